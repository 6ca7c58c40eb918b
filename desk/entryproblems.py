"""What is wrong with an entry, as a sentence beside the field."""

from casework.errors import EntryProblem
from desk.catalogues import mark
from desk.wording import Wording

_SENTENCES: dict[tuple[str, str], str] = {
    ("title", "missing"): mark("A title is needed: the question as people would ask it."),
    ("title", "long"): mark("The title is too long."),
    ("title", "taken"): mark("This question belongs to another entry already: {entry}"),
    ("title", "needed"): mark("This language is needed and stays."),
    ("answer", "missing"): mark("An answer is needed."),
    ("answer", "long"): mark(
        "The answer is too long for one message, by this many characters: {count}"
    ),
    ("answer", "link"): mark(
        "A web address belongs in the field “Web address”, not in the answer."
    ),
    ("asking", "taken"): mark("Another entry is asked for in these words already: {entry}"),
    ("source", "missing"): mark("Please choose the document that the answer stands on."),
    ("source", "unknown"): mark("Please choose the document that the answer stands on."),
    ("as_of", "missing"): mark("Please give year and month, such as 2026-03."),
    ("as_of", "month"): mark("Please give year and month, such as 2026-03."),
    ("as_of", "future"): mark("This month is still to come."),
    ("review_months", "months"): mark("Please give a number of months from 1 to 120."),
    ("next_step", "unknown"): mark("There is no such button."),
    ("offices", "unknown"): mark("That office does not exist in this municipality."),
    ("url", "address"): mark("A whole address is needed that begins with https and two slashes."),
    ("topic", "name"): mark("A topic needs a name that begins with a letter and is not too long."),
    ("name", "taken"): mark("There is an entry with this short name already: {entry}"),
    ("name", "missing"): mark("The short name needs letters."),
}


def sentence(wording: Wording, problem: EntryProblem) -> str:
    """What a member of staff reads beside the field."""
    message = _SENTENCES.get((problem.field, problem.problem))
    if message is None:
        return wording.text("That entry is not valid.")
    return wording.text(message, entry=problem.detail, count=problem.detail)
