"""Likeness by meaning: sentences as vectors, made by an ONNX model on the CPU. Off by default.

Needs the extra `semantic` (fastembed). A model is one that fastembed knows by name, fetched once
into the data folder, or a local folder with `model.onnx` (or `onnx/model.onnx`),
`tokenizer.json` and `tokenizer_config.json`, as sentence-transformers exports them.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from casework.errors import SettingsError
from casework.settings import PREFIX
from casework.vectors import Vectors, VectorStore

if TYPE_CHECKING:
    from casework.settings import Settings

VARIABLE = f"{PREFIX}SEMANTIC_MODEL"
#: A model that knows all ten languages, 220 MB.
RECOMMENDED = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
_NOT_INSTALLED = (
    'the extra "semantic" is not installed; with this set in .env, `make run` installs it, in '
    "Docker `docker compose build`; or leave it unset"
)
_HOW_TO_MEND = (
    f"a folder with model.onnx, tokenizer.json and tokenizer_config.json is needed, or a name "
    f"such as {RECOMMENDED} and access to huggingface.co at the first start"
)
#: Where a folder keeps its model, the fastest first.
_MODEL_FILES = ("onnx/model_quantized.onnx", "onnx/model.onnx", "model.onnx")
_BATCH = 64
#: Questions whose vectors are kept in memory.
_QUESTIONS = 2_000
#: What E5 models were trained to find before each of two sentences that are compared.
_E5_PROMPT = "query: "


class _Model(Protocol):
    """What is used of fastembed's models."""

    def embed(self, documents: list[str], batch_size: int = ...) -> Iterable[NDArray[Any]]:
        """One vector per text, in order."""
        ...


class Embedder:
    """A sentence-embedding model; safe to use in several threads.

    Vectors are of length 1, so that the product of two is their cosine.
    """

    def __init__(self, model: str, cache_dir: Path) -> None:
        """Load a model, by its name or from its folder; takes seconds.

        Raises SettingsError, with how to mend it, where the extra is missing or the model broken.
        """
        self._model, self._prompt, key = _load(model, cache_dir)
        try:
            self.dimensions = int(self._embed(["?"]).shape[1])
        except Exception as problem:
            raise _cannot_load(model, problem) from problem
        self._store = VectorStore(cache_dir / "vectors" / f"{key}.sqlite3", self.dimensions)
        self._of_question: Callable[[str], Vectors] = lru_cache(_QUESTIONS)(self._question)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of many texts, one row each; those known from before are read from disk.

        Slow for new ones (some milliseconds each): not to be called on the event loop.
        """
        return self._store.get(texts, self._embed)

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question; at once if it was asked before, or `prepare` awaited."""
        return self._of_question(text)

    async def prepare(self, text: str) -> None:
        """Make the vector of a question in a thread, so that `embed_query` has it at once."""
        await asyncio.to_thread(self._of_question, text)

    def _question(self, text: str) -> Vectors:
        vector: Vectors = self._embed([text])[0]
        vector.setflags(write=False)
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        prompted = [self._prompt + text for text in texts]
        found = np.array(list(self._model.embed(prompted, batch_size=_BATCH)), dtype=np.float32)
        if found.ndim != 2 or not np.isfinite(found).all():  # noqa: PLR2004  (texts, dimensions)
            raise ValueError("its answers are no vectors")
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        vectors: Vectors = found / np.maximum(lengths, 1e-9)
        return vectors


def connect(settings: "Settings") -> Embedder | None:
    """The model that the settings name; None where they name none. Raises SettingsError."""
    if not settings.semantic_model:
        return None
    return Embedder(settings.semantic_model, settings.data_dir / "semantic")


def _load(model: str, cache_dir: Path) -> tuple[_Model, str, str]:
    """The model, what goes before each text, and a key that changes when the model does."""
    try:
        from fastembed import TextEmbedding
        from loguru import logger
    except ImportError:
        raise SettingsError(VARIABLE, _NOT_INSTALLED) from None
    logger.disable("fastembed")  # what it would say is said by us
    try:
        if Path(model).is_dir():
            return _from_folder(Path(model))
        if model not in {each["model"] for each in TextEmbedding.list_supported_models()}:
            raise ValueError("no folder, and no model that fastembed knows")
        loaded = TextEmbedding(model, cache_dir=str(cache_dir / "models"), threads=_threads())
    except Exception as problem:
        raise _cannot_load(model, problem) from problem
    return loaded, _E5_PROMPT if "e5" in model.lower() else "", _key(model)


def _from_folder(folder: Path) -> tuple[_Model, str, str]:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource

    file = next((name for name in _MODEL_FILES if (folder / name).is_file()), None)
    if file is None:
        raise ValueError("there is no model.onnx")
    state = (folder / file).stat()
    key = _key(f"{folder.resolve()} {state.st_size} {state.st_mtime_ns}")
    pooling = _pooling(folder)
    name = f"local/{key}"
    known = {each["model"] for each in TextEmbedding.list_supported_models()}
    if name not in known:
        TextEmbedding.add_custom_model(
            name,
            pooling=pooling,
            normalization=True,
            sources=ModelSource(url=folder.resolve().as_uri()),  # never fetched: it is there
            dim=0,
            model_file=file,
        )
    loaded = TextEmbedding(name, specific_model_path=str(folder), threads=_threads())
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return loaded, str(prompts.get("query") or ""), key


def _pooling(folder: Path) -> Any:
    """How a sentence's vector is made of its words', as sentence-transformers writes it down."""
    from fastembed.common.model_description import PoolingType

    config = _json(folder / "1_Pooling" / "config.json")
    if config.get("pooling_mode_cls_token"):
        return PoolingType.CLS
    return PoolingType.LAST_TOKEN if config.get("pooling_mode_lasttoken") else PoolingType.MEAN


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    content = json.loads(file.read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


def _threads() -> int:
    """Half of the machine: people wait for answers meanwhile."""
    return max(1, (os.cpu_count() or 1) // 2)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _cannot_load(model: str, problem: Exception) -> SettingsError:
    reason = (str(problem) or type(problem).__name__).splitlines()[0]
    return SettingsError(VARIABLE, f"{model} cannot be loaded ({reason}); {_HOW_TO_MEND}")
