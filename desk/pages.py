"""Templates and what they can use."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.languages import RIGHT_TO_LEFT
from desk import notices
from desk.labels import label, state_of

if TYPE_CHECKING:
    from desk.visit import Visit

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Pages:
    """The desk's templates, compiled once."""

    environment: Environment

    def render(self, template: str, /, *, visit: "Visit", done: str | None, **values: Any) -> str:
        """A page in the reader's language."""
        context = {**_helpers(visit), "done": notices.sentence(visit.wording, done), **values}
        return self.environment.get_template(template).render(context)


def load_pages() -> Pages:
    """Read the templates; unknown names in them are errors, values are escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["direction"] = direction
    return Pages(environment)


def direction(language: str | None) -> str:
    """The writing direction of a language: `rtl` or `ltr`; `auto` where none is known."""
    if not language:
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _helpers(visit: "Visit") -> dict[str, Any]:
    wording = visit.wording
    return {
        "visit": visit,
        "staff": visit.session.staff if visit.session else None,
        "wording": wording,
        "_": wording.markup,
        "_n": wording.plural_markup,
        "link": visit.link,
        "label": lambda group, key: label(wording, group, key),
        "state_of": lambda state, waiting_for: state_of(wording, state, waiting_for),
        "office_name": _office_names(visit),
        "municipality": visit.cw.pack.municipality.name.in_language(wording.language),
        "static": lambda name: f"{visit.root}/static/{name}",
    }


def _office_names(visit: "Visit") -> Callable[[str], str]:
    def name(office_id: str) -> str:
        office = visit.cw.pack.offices.get(office_id)
        return office.name.in_language(visit.wording.language) if office else office_id

    return name
