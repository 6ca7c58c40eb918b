"""The model: what it is trained from, and when that has to be done again.

Rasa's environment trains; this module writes what Rasa learns from the municipality's pack and from
CLDR, and knows from a fingerprint of all inputs whether a model is still the right one.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.language_names import codes, latin_names, names
from casework import wordlist
from casework.errors import CaseworkError
from casework.languages import SERVED
from casework.meanings import Group
from casework.pack import load_pack
from casework.settings import Settings
from casework.text import words

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "nlu"
DOMAIN = ROOT / "domain"
_KEPT_MODELS = 2
#: A stem of fewer letters begins too many other words.
_TELLING_STEM = 4

Echo = Callable[[str], object]
Forms = Mapping[str, Iterable[str]]  # value → the forms that stand for it


class TrainingError(CaseworkError):
    """No model could be trained; the message says what to do."""


def ensure_model(settings: Settings, *, echo: Echo, force: bool = False) -> Path:
    """The model for the present inputs, trained first when there is none; raises TrainingError."""
    lessons = generate_lessons(settings)
    models = settings.data_dir / "models"
    model = models / f"{fingerprint(lessons)}.tar.gz"
    if force or not model.is_file():
        echo("The model is trained, as examples are new or have changed (two or three minutes).")
        _train(settings, model, lessons, echo)
        _forget_older(models, model)
    return model


def generate_lessons(settings: Settings) -> Path:
    """Write districts, language names and the office's words as lookup tables; their folder."""
    folder = settings.data_dir / "rasa" / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    pack = load_pack(settings.knowledge_dir, settings.municipality)
    districts = {
        district.id: [district.name, *district.also] for district in pack.municipality.districts
    }
    written_by_hand = _forms_by_hand()
    _write(folder / "districts.yml", "district", _unambiguous(districts, {}))
    _write(
        folder / "languages.yml",
        "language",
        _unambiguous(_names(set(written_by_hand.values())), written_by_hand),
    )
    _replace(folder / "words.yml", "".join(_word_groups(wordlist.read(pack.path))))
    return folder


def fingerprint(lessons: Path) -> str:
    """Twenty hexadecimal digits over everything that a model depends on."""
    digest = hashlib.sha256()
    for path in _inputs(lessons):
        digest.update(path.name.encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def nlu_python() -> Path:
    """Rasa's own Python; raises TrainingError when its environment is not set up."""
    python = NLU / ".venv" / "bin" / "python"
    if not python.exists():
        raise TrainingError(f"{python} is missing: `make setup` sets Rasa's environment up.")
    return python


def _inputs(lessons: Path) -> Iterator[Path]:
    yield from sorted(DOMAIN.rglob("*.yml"))
    yield from sorted((NLU / "data").rglob("*.yml"))
    yield from sorted((NLU / "components").rglob("*.py"))
    yield from (NLU / "config.yml", NLU / "launch.py", NLU / "uv.lock")
    yield from sorted(lessons.glob("*.yml"))


def _train(settings: Settings, model: Path, lessons: Path, echo: Echo) -> None:
    command = [nlu_python(), NLU / "launch.py", "train", "--model", model, "--data", lessons]
    environment = {**os.environ, "ANLAUFSTELLE_DATA_DIR": str(settings.data_dir.resolve())}
    with subprocess.Popen(  # noqa: S603  (our own launcher)
        [str(part) for part in command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as training:
        last: list[str] = []
        for line in training.stdout or ():
            echo(line.rstrip())
            last = [*last[-9:], line.rstrip()]
    if training.returncode or not model.is_file():
        raise TrainingError("Training failed:\n" + "\n".join(last))


def _forget_older(models: Path, present: Path) -> None:
    others = [path for path in models.glob("*.tar.gz") if path != present]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[_KEPT_MODELS - 1 :]:
        path.unlink(missing_ok=True)


def _names(by_hand: set[str]) -> dict[str, list[str]]:
    """What the languages are called; beside forms by hand, CLDR's names without endings."""
    return {
        code: [*dict.fromkeys(_plain_names(code) if code in by_hand else names(code))]
        for code in sorted({*codes(), *by_hand})
    }


def _plain_names(code: str) -> Iterator[str]:
    yield from (name for name in names(code) if not name.endswith("*"))
    yield from latin_names(code)


@lru_cache(maxsize=1)
def _forms_by_hand() -> dict[str, str]:
    """Each form of a language's name in the handwritten tables, and the code it stands for."""
    forms: dict[str, str] = {}
    for path in sorted((NLU / "data").glob("*/entities.yml")):
        blocks: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        named = {
            form
            for block in blocks
            if block.get("lookup") == "language"
            for form in _lines(block["examples"])
        }
        for block in blocks:
            if "synonym" in block:
                value = str(block["synonym"])
                forms |= {form: value for form in _lines(block["examples"]) if form in named}
    return forms


def _lines(examples: str) -> Iterator[str]:
    for line in examples.splitlines():
        form = line.strip().removeprefix("-").strip()
        if form:
            yield form.casefold()


def _unambiguous(forms: Forms, known: Mapping[str, str]) -> dict[str, list[str]]:
    """Each form under one value; what is known by hand is neither repeated nor contradicted."""
    owners: dict[str, set[str]] = {}
    for value, spellings in forms.items():
        for spelling in spellings:
            owners.setdefault(spelling.strip().casefold(), set()).add(value)
    chosen: dict[str, list[str]] = {}
    for form, values in sorted(owners.items()):
        if len(values) == 1 and form not in known and not set("[](){}") & set(form):
            chosen.setdefault(next(iter(values)), []).append(form)
    return chosen


def _write(path: Path, entity: str, forms: Mapping[str, list[str]]) -> None:
    blocks = [_block("lookup", entity, [form for each in forms.values() for form in each])]
    blocks += [_block("synonym", value, each) for value, each in sorted(forms.items())]
    _replace(path, "".join(blocks))


def _word_groups(groups: Iterable[Group]) -> Iterator[str]:
    """A table for each language, a line for each group; what `nlu/components/groups.py` reads."""
    groups = list(groups)
    for language in SERVED:
        lines = (
            f"{group.id}_in_list: {', '.join(dict.fromkeys(_beginnings(group, language)))}"
            for group in groups
            if group.words.get(language)
        )
        yield _block("lookup", f"groups.{language}", lines)


def _beginnings(group: Group, language: str) -> Iterator[str]:
    return (_beginning(item, language).replace(",", " ") for item in group.words[language])


def _beginning(item: str, language: str) -> str:
    """A word as any that begins with its stem, if the stem is long enough to tell it."""
    said = words(item, language)
    if "*" in item or len(said) != 1:
        return item
    word = said[0]
    tells = len(word.stem) >= _TELLING_STEM and word.spelling.startswith(word.stem)
    return f"{word.stem}*" if tells else item


def _replace(path: Path, blocks: str) -> None:
    text = 'version: "3.1"\nnlu:\n' + blocks
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _block(kind: str, name: str, forms: Iterable[str]) -> str:
    lines = "".join(f"    - {form}\n" for form in forms)
    return f'- {kind}: "{name}"\n  examples: |\n{lines}'
