"""What is different between two texts, word by word."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_PIECE = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
#: Pieces up to which texts are compared word by word; longer ones line by line.
_LONGEST = 4_000
#: Below this likeness nobody sees what stayed: the old text is shown, then the new one.
_ALIKE = 0.35


def difference(old: str, new: str) -> Markup:
    """Both texts in one: what is gone in `<del>`, what is new in `<ins>`.

    >>> str(difference("16 bis 18 Uhr", "15 bis 18 Uhr"))
    '<del>16</del><ins>15</ins> bis 18 Uhr'
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _marked("replace", old, new)
    parts = (
        _marked(kind, "".join(before[i1:i2]), "".join(after[j1:j2]))
        for kind, i1, i2, j1, j2 in matcher.get_opcodes()
    )
    return Markup("").join(parts)


def lines_of(old: list[str], new: list[str]) -> list[Markup]:
    """The lines that are not in both, marked as gone or new; changed ones word by word."""
    found: list[Markup] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        found += [difference(old[i1 + n], new[j1 + n]) for n in range(paired)]
        found += [Markup("<del>{}</del>").format(line) for line in old[i1 + paired : i2]]
        found += [Markup("<ins>{}</ins>").format(line) for line in new[j1 + paired : j2]]
    return found


def _pieces(text: str) -> list[str]:
    pieces = _PIECE.findall(text)
    return pieces if len(pieces) <= _LONGEST else text.splitlines(keepends=True)


def _marked(kind: str, old: str, new: str) -> Markup:
    if kind == "equal":
        return escape(old)
    gone = Markup("<del>{}</del>").format(old) if old else Markup("")
    came = Markup("<ins>{}</ins>").format(new) if new else Markup("")
    return gone + came
