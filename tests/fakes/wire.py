"""A bare client of the Bot API, for tests that look at single requests and answers."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self

import httpx

from tests.fakes.server import FakeServer


class Wire:
    """Sends requests as python-telegram-bot does: form fields, objects as JSON."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server

    async def __aenter__(self) -> Self:
        self.client = httpx.AsyncClient(timeout=70, trust_env=False, verify=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    def address(self, method: str) -> str:
        """Return the address of a method."""
        return f"{self.server.base_url}/bot{self.server.token}/{method}"

    async def asks(
        self, method: str, *, files: dict[str, bytes] | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Send a request and return the whole answer."""
        data = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
        }
        response = await self.client.post(self.address(method), data=data, files=files)
        answer: dict[str, Any] = response.json()
        assert response.status_code == (200 if answer["ok"] else answer["error_code"])
        return answer

    async def does(self, method: str, **parameters: Any) -> Any:
        """Send a request that must succeed and return the result."""
        answer = await self.asks(method, **parameters)
        assert answer["ok"], (method, parameters, answer)
        return answer["result"]

    async def fails(self, method: str, **parameters: Any) -> str:
        """Send a request that must be refused and return code and description."""
        answer = await self.asks(method, **parameters)
        assert not answer["ok"], (method, parameters, answer)
        return f"{answer['error_code']} {answer['description']}"
