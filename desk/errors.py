"""What the office's work refuses, as a status and a sentence; mapped here and nowhere else."""

from collections.abc import Callable
from typing import Any

from casework.errors import (
    CaseworkError,
    EmptyText,
    EntryChanged,
    IllegalMove,
    InvalidEntry,
    InvalidFact,
    LoginRefused,
    NotAllowed,
    NotFound,
    TextTooLong,
    UnknownOffice,
    UnknownRequester,
    UnknownStaff,
)
from desk.catalogues import mark
from desk.labels import state_of
from desk.wording import Wording


class ChangedMeanwhile(CaseworkError):
    """Somebody else changed the same thing since this page was loaded; `what` is a sentence."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def status_of(error: CaseworkError) -> int:
    """The HTTP status that says the same."""
    return next((code for kind, code, _ in _MAP if isinstance(error, kind)), 400)


def sentence_of(wording: Wording, error: CaseworkError) -> str:
    """What a member of staff reads."""
    for kind, _, tell in _MAP:
        if isinstance(error, kind):
            return tell(wording, error)
    return wording.text("That is not possible at the moment.")


def _says(message: str) -> Callable[[Wording, Any], str]:
    return lambda wording, _: wording.text(message)


def _illegal_move(wording: Wording, error: IllegalMove) -> str:
    return wording.text(
        "A ticket that is “{present}” cannot become “{wanted}”. Somebody may have changed it.",
        present=_state(wording, error.present),
        wanted=_state(wording, error.wanted),
    )


def _state(wording: Wording, name: str) -> str:
    """The words for `open` or `waiting(office)`."""
    state, _, waiting_for = name.rstrip(")").partition("(")
    return state_of(wording, state, waiting_for or None)


def _too_long(wording: Wording, error: TextTooLong) -> str:
    return wording.plural(
        "The text is {count} character too long; at most {limit} can be delivered.",
        "The text is {count} characters too long; at most {limit} can be delivered.",
        error.length - error.limit,
        limit=wording.number(error.limit),
    )


def _changed(wording: Wording, error: ChangedMeanwhile) -> str:
    return wording.text(error.what)


_MAP: list[tuple[type[CaseworkError], int, Callable[[Wording, Any], str]]] = [
    (ChangedMeanwhile, 409, _changed),
    (IllegalMove, 409, _illegal_move),
    (EmptyText, 422, _says(mark("Nothing was written yet."))),
    (TextTooLong, 422, _too_long),
    (UnknownOffice, 422, _says(mark("That office does not exist in this municipality."))),
    (UnknownStaff, 422, _says(mark("That member of staff does not exist or is not active."))),
    (
        UnknownRequester,
        409,
        _says(mark("The person's data is deleted; nobody can be written to any more.")),
    ),
    (
        EntryChanged,
        409,
        _says(
            mark(
                "Somebody else has changed this entry in the meantime. Please look at what is "
                "there now, and try again."
            )
        ),
    ),
    (InvalidEntry, 422, _says(mark("That cannot be kept like this yet."))),
    (InvalidFact, 422, _says(mark("That entry is not valid."))),
    (
        LoginRefused,
        401,
        _says(
            mark(
                "Login or password is not right, or there were too many tries. "
                "After several wrong tries, wait a few minutes."
            )
        ),
    ),
    # What somebody may not see does not exist for them.
    (NotAllowed, 404, _says(mark("There is no such page, or not any more."))),
    (NotFound, 404, _says(mark("There is no such page, or not any more."))),
]
