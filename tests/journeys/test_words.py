"""What the journeys' people write is their own: nothing of it was learnt by heart."""

from pathlib import Path

from casework.settings import Settings
from tests.journeys.speakers import Speaker

ROOT = Path(__file__).resolve().parent.parent.parent
_PACKS: Path = Settings.model_fields["knowledge_dir"].default


def test_nothing_stands_in_what_is_learnt(speaker: Speaker) -> None:
    learnt = {
        _bare(line)
        for folder in (ROOT / "nlu" / "data" / speaker.language, _PACKS)
        for path in folder.rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    written = [
        speaker.question.words,
        speaker.offer.words,
        speaker.request.words,
        speaker.hand_over.words,
        speaker.hand_over.afterwards.words,
        speaker.emergency,
    ]
    assert [words for words in written if _bare(words) in learnt] == []


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
