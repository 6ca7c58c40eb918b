"""Rasa as the bot sees it: a message in, payloads out, or RasaDown."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from casework.context import Casework

_log = structlog.get_logger(__name__)

#: Seconds for a turn; a turn takes some 30 ms, so that is a Rasa that will not answer.
TURN_SECONDS = 12.0
_CONNECT_SECONDS = 2.0
#: Seconds that a failing Rasa is left alone before the next message tries it again.
REST_SECONDS = 3.0
_CONNECTIONS = 64


class RasaDown(Exception):
    """Rasa cannot be reached, is too slow, or answers nonsense."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a conversation stands: the form under way and the slot it has asked for."""

    form: str | None = None
    slot: str | None = None


class Rasa:
    """A client of Rasa's REST channel; `async with` opens and closes its connections."""

    def __init__(self, url: str, token: str, *, seconds: float = TURN_SECONDS) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            params={"token": token},
            timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=_CONNECTIONS),
        )
        self._resting_until = 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def turn(
        self, sender: str, text: str, *, language: str, channel: str, signs: Iterable[str] = ()
    ) -> list[dict[str, Any]]:
        """Say something to Rasa; what it wants said in return, in order.

        `signs` (casework.signs) outweigh what Rasa makes of the text.
        """
        answers = await self._ask(
            "POST",
            "/webhooks/rest/webhook",
            json={
                "sender": sender,
                "message": text,
                "metadata": {"language": language, "channel": channel, "signs": sorted(signs)},
            },
        )
        if not isinstance(answers, list):
            raise RasaDown("not a list of answers")
        return [payload for answer in answers if (payload := _payload(answer)) is not None]

    async def position(self, sender: str) -> Position:
        """Return where a conversation stands."""
        tracker = await self._ask(
            "GET", f"/conversations/{sender}/tracker", params={"include_events": "NONE"}
        )
        if not isinstance(tracker, dict):
            raise RasaDown("not a tracker")
        loop = (tracker.get("active_loop") or {}).get("name")
        slot = (tracker.get("slots") or {}).get("requested_slot")
        return Position(str(loop).removesuffix("_form") if loop else None, slot)

    async def parse(self, text: str) -> Mapping[str, Any]:
        """Return what Rasa understands of a text, without any conversation."""
        parsed = await self._ask("POST", "/model/parse", json={"text": text})
        if not isinstance(parsed, dict):
            raise RasaDown("not a parse")
        return parsed

    async def _ask(self, method: str, path: str, **request: Any) -> Any:
        if time.monotonic() < self._resting_until:
            raise RasaDown("resting after a failure")
        try:
            response = await self._http.request(method, path, **request)
            response.raise_for_status()
            return response.json()
        except httpx.TransportError as problem:
            self._resting_until = time.monotonic() + REST_SECONDS
            raise _down(type(problem).__name__) from None
        except httpx.HTTPStatusError as problem:
            raise _down(f"status {problem.response.status_code}") from None
        except (httpx.HTTPError, ValueError) as problem:
            raise _down(type(problem).__name__) from None


def _down(reason: str) -> RasaDown:
    """Log the reason, never the message."""
    _log.warning("rasa_down", reason=reason)
    return RasaDown(reason)


def rasa_of(cw: Casework) -> Rasa:
    """Return a client of the Rasa that the settings name."""
    return Rasa(cw.settings.rasa_url, cw.settings.rasa_secret)


def _payload(answer: Any) -> dict[str, Any] | None:
    payload = answer.get("custom") if isinstance(answer, dict) else None
    if isinstance(payload, dict) and "say" in payload:
        return payload
    _log.error("rasa_answer_without_key", kind=sorted(answer) if isinstance(answer, dict) else "")
    return None
