"""Everything that can go wrong in the office's work, by name.

CaseworkError
├── NotFound
│   ├── UnknownRequester
│   ├── UnknownTicket
│   ├── UnknownOffice
│   ├── UnknownEntry
│   └── UnknownStaff
├── IllegalMove            a state that cannot follow the present one
├── NotAllowed             this person may not see or do this
├── ConsentMissing         personal data would be kept without consent
├── InvalidFact            a fact that does not hold water (field, problem)
├── InvalidEntry           an answer that cannot be kept like this (problems)
├── EntryChanged           somebody else changed the same of an answer meanwhile (fields)
├── EmptyText              nothing was written
├── TextTooLong            more than the channel can carry (length, limit)
├── LoginRefused           wrong name or password, or locked for a while
├── DuplicateLogin         that login exists already
├── ImportRefused          what should be brought in cannot be
│   └── NoPagesThere       nothing stands at that address
├── PackError              a municipality pack that does not load (problems)
└── SettingsError          a setting that is missing or wrong (variable)
"""

from collections.abc import Sequence
from dataclasses import dataclass


class CaseworkError(Exception):
    """The root: catch this to answer for anything the office's work refuses."""


class NotFound(CaseworkError):
    """A row that is not there (or not any more)."""


class UnknownRequester(NotFound):
    """No such requester."""


class UnknownTicket(NotFound):
    """No such ticket."""


class UnknownOffice(NotFound):
    """No such office in the municipality's pack."""


class UnknownEntry(NotFound):
    """No such knowledge entry."""


class UnknownCollection(NotFound):
    """No knowledge was ever imported under this name."""


class UnknownStaff(NotFound):
    """No such member of staff, or no longer active."""


class IllegalMove(CaseworkError):
    """A ticket cannot go from its present state to the one asked for."""

    def __init__(self, present: str, wanted: str) -> None:
        super().__init__(f"{present} -> {wanted}")
        self.present = present
        self.wanted = wanted


class NotAllowed(CaseworkError):
    """This member of staff may not see or do this."""


class ConsentMissing(CaseworkError):
    """Personal data would be kept, and the person has not agreed yet."""


class InvalidFact(CaseworkError):
    """A fact is refused; `field` names it, `problem` is a key such as `email` or `past`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """What is wrong with one field of a knowledge entry.

    `language` is None for the entry's own facts; `problem` is a key such as `missing`, `long` or
    `taken`; `detail` says with what, such as the entry that has the same question.
    """

    language: str | None
    field: str
    problem: str
    detail: str = ""


class InvalidEntry(CaseworkError):
    """A knowledge entry is refused; every problem of it is named."""

    def __init__(self, problems: Sequence[EntryProblem]) -> None:
        super().__init__(", ".join(f"{p.language}.{p.field}: {p.problem}" for p in problems))
        self.problems = tuple(problems)


class EntryChanged(CaseworkError):
    """Somebody else changed the same fields meanwhile: pairs of language (or None) and field."""

    def __init__(self, fields: Sequence[tuple[str | None, str]] = ()) -> None:
        super().__init__(", ".join(f"{language}.{field}" for language, field in fields))
        self.fields = tuple(fields)


class EmptyText(CaseworkError):
    """A reply or note without words."""


class TextTooLong(CaseworkError):
    """A text longer than can be delivered; lengths in characters."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} characters, at most {limit}")
        self.length = length
        self.limit = limit


class LoginRefused(CaseworkError):
    """Wrong login or password, or too many tries of late."""


class DuplicateLogin(CaseworkError):
    """That login name is taken."""


class ImportRefused(CaseworkError):
    """What should be brought in cannot be: no list of pages, or not where they belong."""


class NoPagesThere(ImportRefused):
    """Nothing stands at the address that pages were to be fetched from."""


class PackError(CaseworkError):
    """The pack has errors; `problems` are lines `file:line: what is wrong`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SettingsError(CaseworkError):
    """A setting is missing or wrong; `variable` is its name in the environment."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable
        self.problem = problem
