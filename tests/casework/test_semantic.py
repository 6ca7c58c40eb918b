"""Likeness by meaning, through a tiny real model: loaded, cached, and named when it is broken."""

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from casework import knowledge, semantic
from casework.context import Casework
from casework.errors import SettingsError
from casework.search import Document, Index
from casework.semantic import Embedder, connect
from casework.vectors import VectorStore
from tests.support.answers import write_pack
from tests.support.office import make_casework, make_settings

#: Words of one meaning have one vector, in whatever language.
MEANINGS = (("raum", "room", "salle", "غرفة"), ("zeit", "time", "temps"), ("geld", "money"))
DIMENSIONS = 8


def write_model(folder: Path) -> Path:
    """A sentence-embedding model as it is exported: words' vectors, to be pooled by their mean."""
    (folder / "onnx").mkdir(parents=True)
    words = ["[PAD]", "[UNK]", *(word for meaning in MEANINGS for word in meaning)]
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(len(words), DIMENSIONS)).astype(np.float32)
    for meaning in MEANINGS:
        for word in meaning:
            vectors[words.index(word)] = vectors[words.index(meaning[0])]
    _write_tokenizer(folder, words)
    onnx.save(_network(vectors), folder / "onnx" / "model.onnx")
    return folder


def _write_tokenizer(folder: Path, words: list[str]) -> None:
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_max_length": 64, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0}))


def _network(vectors: np.ndarray) -> onnx.ModelProto:
    shape = ["texts", "words"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape)],
        [
            helper.make_tensor_value_info(
                "last_hidden_state", TensorProto.FLOAT, [*shape, DIMENSIONS]
            )
        ],
        [numpy_helper.from_array(vectors, "vectors")],
    )
    return helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 17)])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model") / "tiny")


def test_without_the_setting_there_is_no_model(tmp_path: Path) -> None:
    assert connect(make_settings(tmp_path)) is None


def test_sentences_of_one_meaning_are_alike_in_any_language(model: Path, tmp_path: Path) -> None:
    embedder = connect(make_settings(tmp_path, semantic_model=str(model)))
    assert embedder is not None
    passages = embedder.embed_passages(["Raum", "Zeit Geld", "Geld money, geld"])
    assert (passages.shape, passages.dtype) == ((3, DIMENSIONS), np.float32)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    query = embedder.embed_query("salle")
    assert query.shape == (DIMENSIONS,)
    assert (passages @ query).argmax() == 0
    assert passages[0] @ query == pytest.approx(1, abs=1e-5)
    assert (passages @ embedder.embed_query("money")).argmax() == 2


def test_what_a_question_means_counts_in_the_ranking(model: Path, tmp_path: Path) -> None:
    documents = [
        Document("rooms", "de", "Ein Raum?", "Raum gibt es.", ("Raum",) * 4),
        Document("money", "de", "Mehr Geld?", "Geld gibt es.", ("Geld",) * 4),
    ]
    assert Index(documents).search("salle", "de") == []
    found = Index(documents, embedding=Embedder(str(model), tmp_path)).search("salle", "de")
    assert [hit.id for hit in found] == ["rooms", "money"]
    assert found[0].score > 2 * found[1].score


async def test_search_is_served_before_the_first_vectors_are_made(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = write_pack(tmp_path / "packs")
    async with make_casework(tmp_path, knowledge_dir=packs, semantic_model=str(model)) as office:
        await knowledge.import_pack(office)
        assert office.knowledge.search("Ehrenamt", "de")
        assert "semantic" not in _measures(office)
        assert await knowledge.refresh(office)
        assert "semantic" in _measures(office)
        assert not await knowledge.refresh(office)
        await office.knowledge.prepare("Wo ist Raum?")
        monkeypatch.setattr(office.knowledge.embedder, "_embed", _not_on_the_event_loop)
        office.knowledge.look_up("Wo ist Raum?", "de")
        with pytest.raises(AssertionError):
            office.knowledge.look_up("Nicht vorbereitet", "de")


def _not_on_the_event_loop(texts: object) -> None:
    raise AssertionError(f"made only now: {texts}")


def _measures(office: Casework) -> set[str]:
    measured = office.knowledge._loaded.index.rankings["de"].measure("Ehrenamt")
    assert measured is not None
    return set(measured.values)


def test_a_text_s_vector_does_not_depend_on_what_else_is_asked(model: Path, tmp_path: Path) -> None:
    embedder = Embedder(str(model), tmp_path)
    long = "Zeit " * 50
    together = embedder.embed_passages([long, "Raum Geld", ""])
    alone = Embedder(str(model), tmp_path / "other").embed_passages(["Raum Geld"])
    assert np.allclose(together[1], alone[0], atol=1e-6)
    assert embedder.embed_passages([]).shape == (0, DIMENSIONS)


async def test_questions_are_prepared_beside_the_event_loop(model: Path, tmp_path: Path) -> None:
    embedder = Embedder(str(model), tmp_path)
    await asyncio.gather(*(embedder.prepare(f"Raum {n}") for n in range(20)))
    assert embedder.embed_query("Raum 3") is embedder.embed_query("Raum 3")


def test_after_a_restart_no_sentence_is_embedded_again(model: Path, tmp_path: Path) -> None:
    texts = [f"Raum {number}" for number in range(1200)]
    first = Embedder(str(model), tmp_path).embed_passages(texts)
    store = VectorStore(_only(tmp_path / "vectors"), DIMENSIONS)
    again = store.get([*texts, texts[0]], lambda missing: pytest.fail(f"{len(missing)} made"))
    assert np.array_equal(again[:-1], first)
    assert np.array_equal(again[-1], first[0])


def _only(folder: Path) -> Path:
    (found,) = folder.glob("*.sqlite3")
    return found


def test_another_model_has_vectors_of_its_own(model: Path, tmp_path: Path) -> None:
    other = write_model(tmp_path / "other model")
    for each in (model, other):
        Embedder(str(each), tmp_path / "cache").embed_passages(["Raum"])
    assert len(list((tmp_path / "cache" / "vectors").glob("*.sqlite3"))) == 2


def test_vectors_that_cannot_be_read_are_made_anew(model: Path, tmp_path: Path) -> None:
    embedder = Embedder(str(model), tmp_path)
    before = embedder.embed_passages(["Raum"])
    _only(tmp_path / "vectors").write_bytes(b"no database at all" * 1000)
    assert np.array_equal(embedder.embed_passages(["Raum"]), before)
    embedder.embed_passages(["Zeit"])
    VectorStore(_only(tmp_path / "vectors"), DIMENSIONS).get(
        ["Zeit"], lambda _: pytest.fail("made again")
    )


def test_what_a_model_wants_before_each_sentence_is_put_there(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "prompted")
    config = {"prompts": {"query": "geld "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    embedder = Embedder(str(folder), tmp_path)
    assert embedder.embed_query("money") @ embedder.embed_query("") == pytest.approx(1, abs=1e-5)
    assert embedder.embed_query("raum") @ embedder.embed_query("") < 0.99


def test_the_first_word_s_vector_is_the_sentence_s_where_the_model_says_so(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "first word")
    (folder / "1_Pooling").mkdir()
    pooling = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    vectors = Embedder(str(folder), tmp_path).embed_passages(["Raum Geld", "room Zeit"])
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)


def refused(model: str, tmp_path: Path) -> str:
    with pytest.raises(SettingsError) as problem:
        connect(make_settings(tmp_path, semantic_model=model))
    assert str(problem.value).startswith("ANLAUFSTELLE_SEMANTIC_MODEL: ")
    return str(problem.value)


def test_a_missing_extra_says_how_to_install_it(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    problem = refused(str(model), tmp_path)
    assert 'the extra "semantic" is not installed' in problem
    assert "`make run` installs it" in problem


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("onnx/model.onnx", "cannot be loaded"),
        ("tokenizer.json", "cannot be loaded"),
        ("tokenizer_config.json", "cannot be loaded"),
    ],
)
def test_a_broken_model_is_named_with_what_is_needed(
    tmp_path: Path, broken: str, reason: str
) -> None:
    folder = write_model(tmp_path / "broken")
    for content in (b"rubbish", None):
        if content is None:
            (folder / broken).unlink()
        else:
            (folder / broken).write_bytes(content)
        problem = refused(str(folder), tmp_path)
        assert f"{folder} {reason}" in problem
        assert "a folder with model.onnx, tokenizer.json" in problem


def test_a_model_that_answers_no_vectors_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "strange")
    onnx.save(
        _network(np.full((20, DIMENSIONS), np.nan, dtype=np.float32)),
        folder / "onnx" / "model.onnx",
    )
    assert "its answers are no vectors" in refused(str(folder), tmp_path)


def test_a_name_that_nobody_knows_is_refused_without_a_look_into_the_net(tmp_path: Path) -> None:
    assert semantic.RECOMMENDED in refused("nobody/knows-this", tmp_path)
