"""A member of staff's own settings: language and password."""

from starlette.responses import Response

from casework import staff as staff_cases
from casework.errors import CaseworkError, InvalidFact, LoginRefused
from desk.catalogues import LANGUAGES
from desk.errors import sentence_of
from desk.views.login import keep_session
from desk.visit import Visit
from desk.wording import own_name


async def show(visit: Visit) -> Response:
    """The settings page."""
    return _page(visit)


async def change_language(visit: Visit) -> Response:
    """Work in another language from now on."""
    language = visit.value("language")
    if language not in LANGUAGES:
        raise InvalidFact("language", "unknown")
    await staff_cases.set_language(visit.cw, visit.staff.id, language)
    return visit.go(visit.link("profile"), done="profile")


async def change_password(visit: Visit) -> Response:
    """Replace the password; other logins end."""
    new = visit.value("new")
    if new != visit.value("again"):
        words = visit.wording.text("The new password and its repetition differ.")
        return _page(visit, 422, words)
    try:
        token, _ = await staff_cases.change_own_password(
            visit.cw, visit.staff.login, old=visit.value("old"), new=new
        )
    except (LoginRefused, InvalidFact) as problem:
        return _page(visit, 422, _sentence(visit, problem))
    to = visit.link("profile") if visit.staff.password_is_own else visit.link("queue")
    response = visit.go(to, done="password")
    keep_session(visit, response, token)
    return response


def _sentence(visit: Visit, problem: CaseworkError) -> str:
    wording = visit.wording
    if isinstance(problem, LoginRefused):
        return wording.text(
            "The present password is not right. After several wrong tries, wait a few minutes."
        )
    if isinstance(problem, InvalidFact) and problem.problem == "short":
        return wording.plural(
            "The new password is too short; it needs at least {count} character.",
            "The new password is too short; it needs at least {count} characters.",
            staff_cases.MIN_PASSWORD,
        )
    if isinstance(problem, InvalidFact) and problem.problem == "same":
        return wording.text("The new password is the old one. Please choose another.")
    return sentence_of(wording, problem)


def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    return visit.page(
        "profile.html",
        status,
        must_change=not visit.staff.password_is_own,
        problem=problem,
        minimum=staff_cases.MIN_PASSWORD,
        languages=[(code, own_name(code)) for code in LANGUAGES],
    )
