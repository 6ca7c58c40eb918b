"""Addresses of web pages and mailboxes: which may be fetched, and what is wrong with one."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from email_validator import EmailNotValidError, validate_email

_SCHEMES = frozenset(("http", "https"))
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,}|xn--[a-z0-9-]+")
#: What ends a sentence or closes a bracket around an address, copied along with it.
_COPIED_ALONG = tuple(".,;:!)]}>\"'”“")
_MARKUP = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)|</?[a-zA-Z][^<>\n]*>|\*\*\S|__\S")
_MAILBOX = re.compile(r"[^\s@()<>\[\],;]*@[^\s()<>\[\],;]*")


def host_of(address: str) -> str:
    """The host of a web page's address; empty where it is none."""
    parts = _split(address)
    return parts.hostname or "" if parts and parts.scheme in _SCHEMES else ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("example.org")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_fetch(address: str) -> bool:
    """Whether pages are fetched from there: over https, or from this machine."""
    host = host_of(address)
    return bool(host) and (address.startswith("https://") or is_loopback(host))


def problem_of(address: str) -> str | None:
    """What is wrong with a web page's address, in words; None for a sound one.

    >>> problem_of("https://www.example..org/a"), problem_of("https://www.example.org/a).")
    ('no such host can be', 'ends with ")."')
    """
    host = host_of(address)
    if not host or any(character.isspace() for character in address):
        return "no address of a web page"
    *labels, top = host.split(".")
    if not labels or not _TOP_LEVEL.fullmatch(top) or not all(map(_LABEL.fullmatch, labels)):
        return "no such host can be"
    bare = address
    while bare.endswith(_COPIED_ALONG) and not _closes(bare):
        bare = bare[:-1]
    return f'ends with "{address[len(bare) :]}"' if bare != address else None


def problem_of_mailbox(address: str) -> str | None:
    """What is wrong with a mail address, in the library's words; None for a sound one."""
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as problem:
        return str(problem)
    return None


def mistakes_in(text: str) -> Iterator[str]:
    """Markup that people would read as it stands, and mail addresses that lead nowhere."""
    for found in _MARKUP.finditer(text):
        yield f"{found[0]} is shown as it stands"
    for found in _MAILBOX.finditer(text):
        mailbox = found[0].rstrip(".:!?")
        if problem := problem_of_mailbox(mailbox):
            yield f"{mailbox}: {problem}"


def _closes(address: str) -> bool:
    """Whether the bracket at the end was opened in the address itself."""
    return address.endswith(")") and address.count("(") >= address.count(")")


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  (refuses what is no number)
    except ValueError:
        return None
    return parts
