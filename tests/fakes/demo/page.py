"""The page and what its script asks for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tests.fakes import FakeBotApi, FakeUser, Message
from tests.fakes.demo.sample import png
from tests.fakes.world import Json

FILES = Path(__file__).parent / "static"
TYPING_FOR = 5
ONLINE_FOR = 5
HEARTBEAT = 15
SHOWN_CALLS = 60
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ckb", "ps"}
UNINTERESTING = {"getUpdates", "sendChatAction"}

Form = dict[str, Any]


class Page:
    """Serves the page for one fake server."""

    def __init__(self) -> None:
        self.api: FakeBotApi

    def routes(self) -> list[BaseRoute]:
        """Return the routes to mount into the fake server."""
        return [
            Route("/", self._page),
            Mount("/demo/static", StaticFiles(directory=FILES)),
            Route("/demo/state", self._state),
            Route("/demo/news", self._news),
            Route("/demo/file/{file_id}", self._file),
            Route("/demo/people", self._new_person, methods=["POST"]),
            Route("/demo/do/{what}", self._do, methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        return FileResponse(FILES / "index.html")

    async def _news(self, request: Request) -> Response:
        """Tell the page each time that something has changed."""

        async def events() -> AsyncIterator[str]:
            while not (self.api.closing or await request.is_disconnected()):
                seen = len(self.api.calls)
                await self.api.wait_for_news(HEARTBEAT)
                yield f"data: {seen}\n\n"

        headers = {"cache-control": "no-store"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    async def _file(self, request: Request) -> Response:
        stored = self.api.world.files.get(request.path_params["file_id"])
        if stored is None:
            return Response(status_code=404)
        return Response(stored.content, media_type="application/octet-stream")

    # What the page shows

    async def _state(self, request: Request) -> Response:
        chosen = request.query_params.get("person", "")
        people = [self.api.user(user_id) for user_id in self.api.world.users]
        person = next((one for one in people if str(one.id) == chosen), people[0])
        state = {
            "people": [self._person(one) for one in people],
            "chat": self._chat(person),
            "bot": {"online": self._is_online(), "username": self.api.world.bot["username"]},
            "calls": self._calls(),
        }
        return JSONResponse(state)

    @staticmethod
    def _person(user: FakeUser) -> Json:
        code = user.language_code or ""
        last = next(reversed(user.chat.messages.values()), None)
        return {
            "id": user.id,
            "name": " ".join(filter(None, (user.wire["first_name"], user.wire.get("last_name")))),
            "language": code,
            "language_name": language_name(code),
            "rtl": code.partition("-")[0] in RIGHT_TO_LEFT,
            "status": user.chat.bot_status,
            "last": None if last is None else _line(last),
        }

    def _chat(self, user: FakeUser) -> Json:
        keyboard = (user.chat.keyboard or {}).get("keyboard", [])
        return {
            "person": user.id,
            "messages": list(user.chat.messages.values()),
            "commands": user.commands,
            "name": self.api.profile_for(user, "name") or self.api.world.bot["first_name"],
            "description": self.api.profile_for(user, "description"),
            "short_description": self.api.profile_for(user, "short_description"),
            "keyboard": [[button["text"] for button in row] for row in keyboard],
            "typing": self._is_typing(user),
            "answers": self._answers(user),
        }

    def _is_typing(self, user: FakeUser) -> bool:
        now = time.monotonic()
        shown = [one.at for one in self.api.actions if one.chat_id == user.id]
        sent = [
            call.at
            for call in self.api.calls[-SHOWN_CALLS:]
            if call.method.startswith("send") and call.method != "sendChatAction"
            if call.parameters.get("chat_id") == user.id
        ]
        return bool(shown) and now - shown[-1] < TYPING_FOR and not sent[-1:] > shown[-1:]

    def _answers(self, user: FakeUser) -> list[Json]:
        queries = self.api.world.queries.values()
        mine = [query for query in queries if query.message["chat"]["id"] == user.id]
        return [{"id": query.id, "answer": query.answer} for query in mine[-5:]]

    def _is_online(self) -> bool:
        now = time.monotonic()
        polls = (call for call in self.api.calls[-SHOWN_CALLS:] if call.method == "getUpdates")
        return self.api.updates.is_taken or any(now - poll.at < ONLINE_FOR for poll in polls)

    def _calls(self) -> list[Json]:
        told = [call for call in self.api.calls if call.method not in UNINTERESTING]
        return [
            {
                "method": call.method,
                "status": call.status,
                "description": call.description,
                "parameters": {name: _shown(value) for name, value in call.parameters.items()},
            }
            for call in told[-SHOWN_CALLS:]
        ]

    # What the page does

    async def _new_person(self, request: Request) -> Response:
        form = await request.form()
        user = self.api.user(
            None, str(form.get("first_name") or "Neu"), str(form.get("language_code") or "") or None
        )
        self.api.changed()
        return JSONResponse({"id": user.id})

    async def _do(self, request: Request) -> Response:
        async with request.form() as form:
            values: Form = dict(form)
            user = self.api.user(int(str(values["person"])))
            try:
                await DEEDS[request.path_params["what"]](user, values)
            except (ValueError, LookupError) as error:
                return JSONResponse({"problem": str(error)}, 400)
        return JSONResponse({})


def language_name(code: str) -> str:
    """Return a language's name in itself."""
    try:
        return Locale.parse(code, sep="-").display_name if code else "no language"
    except (UnknownLocaleError, ValueError):
        return code


def _line(message: Json) -> str:
    """Return one line that stands for a message in the list of people."""
    text = message.get("text") or message.get("caption")
    if text:
        return str(text).replace("\n", " ")[:60]
    kinds = ("photo", "document", "voice", "location", "contact", "sticker")
    return next((kind for kind in kinds if kind in message), "message")


def _shown(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | dict | list) else repr(value)[:80]


# Deeds of a person


def _message(user: FakeUser, form: Form) -> Message:
    record = user.chat.messages.get(int(form["message"]))
    if record is None:
        raise LookupError("this message is gone")
    return Message(record, user.chat)


async def _content(form: Form) -> tuple[str, str, bytes] | None:
    """Return name, MIME type and content of the file that the page sent, if any."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    return upload.filename, upload.content_type or "", await upload.read()


async def _send(user: FakeUser, form: Form) -> None:
    if str(form["text"]).strip():
        await user.sends(str(form["text"]))


async def _start(user: FakeUser, form: Form) -> None:
    await user.starts(str(form.get("payload", "")))


async def _press(user: FakeUser, form: Form) -> None:
    await user.presses(_message(user, form), str(form["data"]))


async def _tap(user: FakeUser, form: Form) -> None:
    await user.taps(str(form["label"]))


async def _edit(user: FakeUser, form: Form) -> None:
    await user.edits(_message(user, form), str(form["text"]))


async def _block(user: FakeUser, form: Form) -> None:
    await user.blocks()


async def _unblock(user: FakeUser, form: Form) -> None:
    await user.unblocks()


async def _photo(user: FakeUser, form: Form) -> None:
    file = await _content(form)
    await user.sends_photo(
        content=file[2] if file else png(), caption=str(form.get("caption", "")) or None
    )


async def _document(user: FakeUser, form: Form) -> None:
    if file := await _content(form):
        await user.sends_document(name=file[0], mime_type=file[1], content=file[2])
    else:
        await user.sends_document()


async def _voice(user: FakeUser, form: Form) -> None:
    await user.sends_voice()


async def _location(user: FakeUser, form: Form) -> None:
    await user.sends_location()


async def _contact(user: FakeUser, form: Form) -> None:
    await user.sends_contact()


async def _sticker(user: FakeUser, form: Form) -> None:
    await user.sends_sticker()


DEEDS: dict[str, Callable[[FakeUser, Form], Awaitable[None]]] = {
    "send": _send,
    "start": _start,
    "press": _press,
    "tap": _tap,
    "edit": _edit,
    "block": _block,
    "unblock": _unblock,
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "location": _location,
    "contact": _contact,
    "sticker": _sticker,
}
