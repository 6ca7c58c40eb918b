"""What every text goes through before it is kept."""

from casework.errors import EmptyText, TextTooLong

#: A reply fits into one Telegram message (4096) together with its heading.
REPLY_LIMIT = 3500


def cleaned(text: str) -> str:
    """The text without what no database keeps: NUL, halves of surrogate pairs."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")


def required(text: str, limit: int = REPLY_LIMIT) -> str:
    """The text without blanks around it; raises EmptyText or TextTooLong."""
    stripped = cleaned(text).strip()
    if not stripped:
        raise EmptyText
    if len(stripped) > limit:
        raise TextTooLong(len(stripped), limit)
    return stripped
