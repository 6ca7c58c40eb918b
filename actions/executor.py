"""The action endpoint: rasa-sdk's executor in our own web application."""

import hmac
import json
import zlib
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.base import OfficeAction
from actions.complaints import ComplaintForm
from actions.emergencies import Emergency, InformOffice
from actions.forms import Form, FormDone, FormTurn
from actions.general import Back, Cancel, ChangeLanguage, Greet, No, NotUnderstood, Yes
from actions.interpreters import InterpreterForm
from actions.knowledge import Answer, Events, Feedback, ShowEntry
from actions.offers import OfferForm
from actions.organisations import RegistrationForm
from actions.privacy import DeletionDone, DeletionForm, ShowData
from actions.questions import QuestionForm
from actions.requests import RequestForm
from actions.subscriptions import SubscriptionForm
from actions.tickets import HandOver, Status
from casework.context import Casework

#: Bytes of an action call; a tracker is some ten thousand.
MOST_BYTES = 4_000_000
_STATUS = (
    (ActionExecutionRejection, 400),
    (ActionNotFoundException, 404),
    (ActionMissingDomainException, 449),
)


def all_forms() -> dict[str, Form]:
    """Every form by its name."""
    forms: tuple[Form, ...] = (
        OfferForm(),
        RequestForm(),
        InterpreterForm(),
        RegistrationForm(),
        ComplaintForm(),
        QuestionForm(),
        SubscriptionForm(),
        DeletionForm(),
    )
    return {form.name: form for form in forms}


def all_actions(cw: Casework) -> list[OfficeAction]:
    """Every action of the domain."""
    forms = all_forms()
    return [
        *_of_forms(cw, forms),
        Greet(cw),
        Yes(cw),
        No(cw),
        Cancel(cw, forms),
        Back(cw, forms),
        ChangeLanguage(cw),
        NotUnderstood(cw),
        Answer(cw),
        ShowEntry(cw),
        Events(cw),
        Feedback(cw),
        HandOver(cw),
        Status(cw),
        Emergency(cw),
        InformOffice(cw),
        ShowData(cw),
    ]


def _of_forms(cw: Casework, forms: dict[str, Form]) -> list[OfficeAction]:
    actions: list[OfficeAction] = []
    for form in forms.values():
        done = DeletionDone if isinstance(form, DeletionForm) else FormDone
        actions += [FormTurn(cw, form, forms), done(cw, form)]
    return actions


def routes(cw: Casework) -> list[Route]:
    """What Rasa calls, below `/actions`."""
    executor = ActionExecutor()
    for action in all_actions(cw):
        executor.register_action(action)
    endpoint = _Endpoint(executor, cw.settings.rasa_token or cw.settings.key("rasa"))
    return [
        Route("/actions/webhook", endpoint.webhook, methods=["POST"]),
        Route("/actions/actions", endpoint.names, methods=["GET"]),
        Route("/actions/health", endpoint.health, methods=["GET"]),
    ]


class _Endpoint:
    """Answers as rasa-sdk's own server does, for whoever knows the shared token."""

    def __init__(self, executor: ActionExecutor, token: str) -> None:
        self._executor = executor
        self._token = token.encode()

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def names(self, request: Request) -> Response:
        if not self._knows_token(request):
            return _problem("token", 401)
        return JSONResponse([each.model_dump() for each in self._executor.list_actions()])

    async def webhook(self, request: Request) -> Response:
        if not self._knows_token(request):
            return _problem("token", 401)
        try:
            call = _decoded(await request.body(), request.headers.get("content-encoding"))
        except ValueError:
            return _problem("Invalid body request", 400)
        # rasa-sdk asks for the domain again (449) when none was ever sent; our actions need none.
        call.setdefault("domain", {})
        try:
            result = await self._executor.run(call)
        except tuple(kind for kind, _ in _STATUS) as refused:
            return _refusal(refused)
        return JSONResponse(result.model_dump() if result else None)

    def _knows_token(self, request: Request) -> bool:
        given = request.query_params.get("token", "")
        return hmac.compare_digest(given.encode(), self._token)


def _decoded(body: bytes, encoding: str | None) -> dict[str, Any]:
    if encoding == "deflate":
        unpack = zlib.decompressobj()
        try:
            body = unpack.decompress(body, MOST_BYTES)
        except zlib.error as problem:
            raise ValueError("not deflated") from problem
        if unpack.unconsumed_tail:
            raise ValueError("too large")
    call = json.loads(body)
    if not isinstance(call, dict) or not isinstance(call.get("tracker", {}), dict):
        raise ValueError("not an action call")
    return call


def _refusal(refused: Exception) -> Response:
    status = next(code for kind, code in _STATUS if isinstance(refused, kind))
    name = getattr(refused, "action_name", None)
    return JSONResponse({"error": str(refused), "action_name": name}, status_code=status)


def _problem(error: str, status: int) -> Response:
    return JSONResponse({"error": error}, status_code=status)
