"""A visitor of the web chat: a random token in a cookie, whose hash is the address."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from babel import negotiate_locale
from starlette.requests import Request
from starlette.responses import Response

from casework.languages import DEFAULT, SERVED, served
from casework.settings import Settings

CHANNEL = "web"
TOKEN_COOKIE = "anlaufstelle_chat"  # noqa: S105  (a cookie's name)
LANGUAGE_COOKIE = "anlaufstelle_language"
PATH = "/chat"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN_BYTES = 32
_DAYS = 30
_SECONDS = _DAYS * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page; `chosen`: the language is their own choice."""

    token: str
    language: str
    chosen: bool
    new: bool

    @property
    def address(self) -> str:
        """What the office knows of the visitor: the token's SHA-256."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def visitor_of(request: Request) -> Visitor:
    """Return who is there; a visitor without a token gets one."""
    token = request.cookies.get(TOKEN_COOKIE, "")
    known = _TOKEN.fullmatch(token) is not None
    chosen = served(request.cookies.get(LANGUAGE_COOKIE))
    return Visitor(
        token if known else secrets.token_urlsafe(_TOKEN_BYTES),
        chosen or _preferred(request.headers.get("accept-language", "")),
        chosen is not None,
        not known,
    )


def _preferred(header: str) -> str:
    """Return the served language that the browser likes best."""
    weighted = []
    for position, part in enumerate(header.split(",")[:20]):
        code, _, quality = part.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), position, code.replace("-", "_")))
        except ValueError:
            continue
    liked = [code for _, _, code in sorted(weighted)]
    return served(negotiate_locale(liked, SERVED)) or DEFAULT


def remember(response: Response, settings: Settings, visitor: Visitor) -> None:
    """Keep the visitor's token in a cookie that no script can read."""
    _set(response, settings, TOKEN_COOKIE, visitor.token)


def remember_language(response: Response, settings: Settings, language: str) -> None:
    """Keep a language chosen on the page."""
    _set(response, settings, LANGUAGE_COOKIE, language)


def _set(response: Response, settings: Settings, name: str, value: str) -> None:
    secure = (settings.public_url or "").startswith("https://")
    response.set_cookie(
        name, value, max_age=_SECONDS, path=PATH, httponly=True, samesite="lax", secure=secure
    )


def from_our_page(request: Request, settings: Settings) -> bool:
    """Whether a request was made by our own page, as far as the browser tells."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return True  # no browser: there is no cookie to be misused
    ours = {request.headers.get("host"), urlsplit(settings.public_url or "").netloc}
    return urlsplit(origin).netloc in ours
