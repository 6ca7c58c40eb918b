"""Two things in one message: where a text may be cut in two."""

import re
from collections.abc import Iterator

#: Ends of sentences and of what stands between commas.
_CUT = re.compile(r"(?:[.!?؟;؛…]+(?:\s|$)|[,،:–—]\s|\n+|\s-\s)\s*")
#: Words that a second matter begins with; a text without any mark is cut before them.
_WORDS = (
    r"(?:und|außerdem|ausserdem|übrigens|and|also|btw|ve|bir de|ayrıca|i|oraz|a|poza tym|и|а|"
    r"также|ещё|еще|кстати|та|і|й|також|ще|до речі|و|وكمان|وأيضا|و هم|همچنین|e|inoltre|et|aussi|"
    r"par ailleurs)\s+"
)
_AND = re.compile(rf"\s(?={_WORDS}|و(?=\S{{3}}))", re.IGNORECASE)
#: The second matter is read without the word that joins it.
_JOINED = re.compile(_WORDS, re.IGNORECASE)
_MOST_CUTS = 8
_FEWEST_LETTERS = 6


def halves(text: str) -> Iterator[tuple[int, int]]:
    """Where the first half ends and the second begins, for each place to cut at.

    >>> text = "I sew, and when do you open?"
    >>> [(text[:end], text[start:]) for end, start in halves(text)]
    [('I sew,', 'when do you open?')]
    """
    cuts = {(match.start(), match.end()) for match in _CUT.finditer(text)}
    cuts |= {(match.start(), match.end()) for match in _AND.finditer(text)}
    sensible = (
        (end, start)
        for end, start in sorted(cuts)
        if len(text[:end].strip()) >= _FEWEST_LETTERS
        and len(text[start:].strip()) >= _FEWEST_LETTERS
    )
    for count, (end, start) in enumerate(sensible):
        if count == _MOST_CUTS:
            return
        mark = end + len(text[end:start].rstrip())
        joined = _JOINED.match(text, start)
        yield mark, joined.end() if joined else start
