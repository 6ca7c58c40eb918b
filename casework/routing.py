"""Which office a case goes to: the pack's table, first match wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.pack import Pack


@dataclass(frozen=True, slots=True)
class Route:
    """The office that leads, the others involved, and the row's reason (`de`, `en`)."""

    lead: str
    involved: tuple[str, ...]
    reason: dict[str, str]


def route(pack: Pack, kind: str, topic: str | None, facts: Mapping[str, Any]) -> Route:
    """The first row that fits kind, topic and the facts `purpose`, `role` and `entry`."""
    row = next(row for row in pack.routing if row.match.fits(kind, topic, facts))
    return Route(row.lead, tuple(row.involved), row.reason.model_dump())
