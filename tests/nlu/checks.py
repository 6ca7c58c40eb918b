"""Checks that run in Rasa's own environment: `python checks.py <name>`; an assertion ends it."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

NLU = Path(__file__).resolve().parents[2] / "nlu"
sys.path.insert(0, str(NLU))


def bad_answers_are_refused():
    """The compiled schema says no to what Rasa's own check says no to, and yes to the rest."""
    import launch
    from jsonschema import ValidationError
    from rasa.core.actions.action import RemoteAction

    action = RemoteAction("action_test", None)
    slow = RemoteAction._validate_action_result
    answers = [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}]},
        {"events": [{"event": "active_loop", "name": None}], "responses": [{"custom": {}}]},
        {"events": "none"},
        {"events": [{"event": "slot"}]},
        {"events": [{"event": "no such event"}]},
        {"events": [], "responses": [1]},
        [],
    ]
    expected = [_accepts(slow, action, answer, ValidationError) for answer in answers]
    launch.compile_answer_schema()
    fast = RemoteAction._validate_action_result
    assert fast is not slow
    assert [_accepts(fast, action, each, ValidationError) for each in answers] == expected
    assert True in expected
    assert False in expected


def _accepts(check, action, answer, refusal):
    try:
        return check(action, answer)
    except refusal:
        return False


def checking_an_answer_is_cheap():
    """A hundred answers within a tenth of a second: Rasa's own check takes two seconds."""
    import launch
    from rasa.core.actions.action import RemoteAction

    launch.compile_answer_schema()
    action = RemoteAction("action_test", None)
    slots = [{"event": "slot", "name": "a", "value": 1, "timestamp": None}] * 5
    started = time.process_time()
    for _ in range(100):
        action._validate_action_result({"events": slots, "responses": []})
    assert time.process_time() - started < 0.5


def conversations_are_kept_and_folded():
    """What was filled in outlives the process; what lies before a restart is gone."""
    from components.conversations import ConversationStore, folded
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import (
        ActionExecuted,
        ActiveLoop,
        Restarted,
        SessionStarted,
        SlotSet,
        UserUttered,
    )

    domain = Domain.load(str(NLU.parent / "domain"))

    async def keep(path):
        store = ConversationStore(domain, host=f"sqlite:///{path}")
        tracker = await store.get_or_create_tracker("somebody", append_action_listen=False)
        events = [ActionExecuted("action_session_start"), SessionStarted()]
        events += [ActionExecuted("action_listen"), UserUttered("hello", {"name": "greet"})]
        events += [ActiveLoop("offer_form"), SlotSet("district", "biebrich")]
        events += [SlotSet("requested_slot", "contact"), ActionExecuted("offer_form")]
        tracker.update_with_events(events, domain)
        for _ in range(20):
            tracker.update(ActionExecuted("action_listen"))
            tracker.update(UserUttered("and so on", {"name": "help"}))
            tracker.update(ActionExecuted("utter_menu"))
            tracker.update(ActionExecuted("offer_form"))
        await store.save(tracker)
        again = ConversationStore(domain, host=f"sqlite:///{path}")
        found = await again.retrieve("somebody")
        assert len(found.events) < 40
        assert found.get_slot("district") == "biebrich"
        assert found.get_slot("requested_slot") == "contact"
        assert found.active_loop_name == "offer_form"
        assert found.latest_action_name == "offer_form"
        assert found.past_states(domain)[-1] == tracker.past_states(domain)[-1]
        assert list(await again.keys()) == ["somebody"]
        found.update(Restarted(), domain)
        assert folded(found, domain) == []

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(keep(Path(folder) / "conversations.sqlite3"))


DAYS = {"شنبه": "sat", "سه شنبه": "tue"}


def conversations_are_kept_in_redis():
    """Several Rasa processes share them: `checks.py conversations_are_kept_in_redis URL`."""
    from components.conversations import KEPT_SECONDS, QuickRedisLocks, RedisShelf
    from rasa.utils.endpoints import EndpointConfig

    async def keep(url):
        shelf = RedisShelf(url)
        assert await shelf.read("somebody") is None
        await shelf.write("somebody", "[]")
        assert await RedisShelf(url).read("somebody") == "[]"
        assert await shelf.keys() == ["somebody"]
        assert 0 < await shelf._redis.ttl("anlaufstelle:conversation:somebody") <= KEPT_SECONDS
        locks = QuickRedisLocks(EndpointConfig(url=url))
        started = time.perf_counter()
        await asyncio.gather(*(_hold(locks) for _ in range(3)))
        assert time.perf_counter() - started < 0.9  # Rasa's own would wait two whole seconds

    asyncio.run(keep(sys.argv[2]))


async def _hold(locks):
    async with locks.lock("somebody"):
        await asyncio.sleep(0.01)


def names_are_found_in_any_script():
    """Word limits are what a reader sees: vowel signs and half-spaces belong to their word."""
    from components.lookup import LookupExtractor

    tables = {"language": {"عربی": "ar", "turkce": "tr", "русским": "ru"}, "day": DAYS}
    finder = LookupExtractor({}, None, None, tables, [["email", r"\S+@\S+"]])

    def found(text):
        named = [*finder._named(text), *finder._matching(text)]
        return [
            (each["entity"], each["value"], text[each["start"] : each["end"]]) for each in named
        ]

    assert found("TÜRKÇE konuşuyorum") == [("language", "tr", "TÜRKÇE")]
    assert found("владею русским, да") == [("language", "ru", "русским")]
    assert found("عَرَبِيّ") == [("language", "ar", "عَرَبِيّ")]
    assert found("روز شنبه") == [("day", "sat", "شنبه")]
    assert found("سه‌شنبه صبح") == [("day", "tue", "سه‌شنبه")]
    assert found("me@example.org") == [("email", "me@example.org", "me@example.org")]


def a_star_stands_for_endings_and_joined_words_are_parted():
    """Endings that no table lists, two languages in one compound, an article before a name."""
    from components.lookup import LookupExtractor

    forms = {
        "казахск*": "kk",
        "deutsch": "de",
        "turkisch": "tr",
        "по-узбекски": "uz",
        "arabe": "ar",
    }
    tables = {"language": forms}
    finder = LookupExtractor({}, None, None, tables, [])

    def found(text):
        return [(each["value"], text[each["start"] : each["end"]]) for each in finder._named(text)]

    assert found("знаю казахского немного") == [("kk", "казахского")]
    assert found("Tandem Deutsch-Türkisch?") == [("de", "Deutsch"), ("tr", "Türkisch")]
    assert found("говорю по-узбекски") == [("uz", "по-узбекски")]
    assert found("казах") == []
    assert found("seulement l’arabe") == [("ar", "arabe")]


FORMS = {
    "de": {"i": ["ich"], "can_i": ["ich kann"], "course": ["*kurs", "unterricht*"], "the": ["die"]},
    "en": {"i": ["i"], "death": ["die", "dying"], "course": ["course*"]},
    "ar": {"club": ["جمعية"]},
}


def groups_are_those_of_the_language_that_knows_most_words():
    """`die` is an article in a German sentence, and death in an English one."""
    from components.groups import WordGroups, of_tables, pairs

    groups = WordGroups(FORMS)
    assert groups.of("Ich kann die Deutschkurse") == {"i", "can_i", "the"}
    assert groups.of("ich mag Unterrichtsstunden und den Sprachkurs") == {"i", "course"}
    assert groups.of("I may die in this course") == {"i", "death", "course"}
    assert groups.of("نريد للجمعية دعما") == {"club"}
    assert groups.of("نريد دعما") == set()
    assert groups.of("والجمعية") == {"club"}
    assert groups.of("12 !") == set()
    assert pairs({"b", "a", "c"}) == ["a+b", "a+c", "b+c"]
    lines = [{"name": "groups.de", "elements": ["i: ich, mich", "course: *kurs"]}]
    tables = [*lines, {"name": "district", "elements": ["x: y"]}]
    assert of_tables(tables) == {"de": {"i": ["ich", "mich"], "course": ["*kurs"]}}


def what_sounds_alike_is_alike():
    """In whatever letters a word is typed."""
    from components.sounds import heard

    for one, other in (("переводчик", "perevodchik"), ("مترجم", "motarjem"), ("хочу", "khochu")):
        assert heard(one) == heard(other), (heard(one), heard(other))
    assert heard("7abibi") == heard("حبيبي")
    assert heard("") == ""


def _taught():
    """Two labels that half of the words tell apart, and noise."""
    import random

    chance = random.Random(3)
    texts, labels = [], []
    for _ in range(600):
        label = chance.choice(["offer", "ask"])
        telling = {"offer": ["give", "help", "free"], "ask": ["where", "when", "cost"]}
        other = "ask" if label == "offer" else "offer"
        words = [chance.choice(telling[label if chance.random() < 0.7 else other]) for _ in "ab"]
        texts.append(" ".join([*words, chance.choice(["today", "here", "please"])]))
        labels.append(label)
    return texts, labels


def a_model_is_the_same_after_saving():
    """Numbers and vocabularies come back as they were."""
    from components.ngrams import NgramModel, Reader

    reader = Reader.of(FORMS)
    model = NgramModel.fit(reader, *_taught())
    with tempfile.TemporaryDirectory() as folder:
        reader.save(Path(folder))
        model.save(Path(folder))
        again = NgramModel.load(Path(folder), Reader.load(Path(folder)))
    for text in ("where is free help", "", "نعم", "😀"):
        assert again.ranking(text) == model.ranking(text)
    assert Reader.of(FORMS) is reader


def probabilities_are_as_often_right_as_they_say():
    """On texts that were left out: within six hundredths."""
    from components.ngrams import NgramModel, Reader

    texts, labels = _taught()
    model = NgramModel.fit(Reader.of(FORMS), texts[:400], labels[:400])
    ranked = [model.ranking(text)[0] for text in texts[400:]]
    said = sum(share for _, share in ranked) / len(ranked)
    right = [name == label for (name, _), label in zip(ranked, labels[400:], strict=True)]
    assert abs(said - sum(right) / len(right)) < 0.06, (said, sum(right) / len(right))
    assert 0.5 < said < 0.95


def a_label_with_too_few_examples_is_refused():
    """There is nothing to leave out and be asked."""
    from components.ngrams import NgramModel, Reader

    refused = ""
    try:
        NgramModel.fit(Reader.of(FORMS), ["a b", "b c", "c d", "d e"], ["x", "x", "x", "y"])
    except ValueError as problem:
        refused = str(problem)
    assert "examples" in refused


def a_message_is_cut_between_its_matters():
    """At marks and before words that mean `and`; never within a few letters of an end."""
    from components.parts import halves

    def cut(text):
        return [(text[:end], text[start:]) for end, start in halves(text)]

    assert ("Ich helfe gern.", "Wann habt ihr auf?") in cut("Ich helfe gern. Wann habt ihr auf?")
    assert ("I can sew", "when do you open") in cut("I can sew and when do you open")
    assert ("أستطيع المساعدة", "ومتى تفتحون؟") in cut("أستطيع المساعدة ومتى تفتحون؟")
    assert cut("Hallo") == []
    assert cut("Ja, ok") == []
    assert len(cut("eins zwei drei, " * 30)) <= 8


class _Told:
    """Stands for a model: whole answers by a word that the text has."""

    def __init__(self, told):
        self.told = told

    def ranking(self, text):
        for word, name in self.told.items():
            if word in text:
                return [(name, 0.9), ("greet", 0.1)]
        return [("greet", 0.6), ("thank", 0.4)]


def two_matters_are_told_apart():
    """An offer and a question; but not a greeting and a question, or one matter twice."""
    from components.intents import NgramIntentClassifier
    from rasa.shared.nlu.training_data.message import Message

    config = {
        **NgramIntentClassifier.get_default_config(),
        "matters": ["offer_help", "ask_question"],
    }
    told = {"open": "ask_question", "sew": "offer_help", "cook": "offer_help"}
    classifier = NgramIntentClassifier(config, None, None, _Told(told))

    def parts(text):
        message = Message(data={"text": text})
        classifier.process([message])
        return [part["intent"]["name"] for part in message.get("parts")]

    assert parts("I can sew, and when do you open?") == ["offer_help", "ask_question"]
    assert parts("I can sew, and I can cook as well") == []
    assert parts("Mondays are fine, when do you open?") == ["greet", "ask_question"]
    assert parts("Mondays are fine, you may open it") == []
    assert parts("") == []


def signs_leave_no_doubt():
    """Danger before the wish for a person; nothing changes without a sign."""
    from components.signs import SignReader
    from rasa.shared.nlu.training_data.message import Message

    def intent(danger=0.1, **metadata):
        names = {"greet": 0.5, "emergency": danger}
        ranking = [{"name": name, "confidence": share} for name, share in names.items()]
        data = {"text": "x", "intent": ranking[0], "intent_ranking": ranking, "metadata": metadata}
        message = Message(data=data)
        SignReader().process([message])
        return message.get("intent")

    assert intent(signs=["danger", "person"]) == {"name": "emergency", "confidence": 1.0}
    assert intent(signs=["person"]) == {"name": "talk_to_human", "confidence": 1.0}
    assert intent(signs=[]) == intent() == {"name": "greet", "confidence": 0.5}
    assert intent(danger=0.006, signs=["danger"])["name"] == "emergency"
    assert intent(danger=0.004, signs=["danger"])["name"] == "greet"


def what_is_unlikely_is_doubted():
    """Each intent has its threshold, or the common one."""
    from components.unsure import UnsureClassifier
    from rasa.shared.nlu.training_data.message import Message

    classifier = UnsureClassifier({"threshold": 0.6, "thresholds": {"greet": 0.3}})

    def first(name, share):
        ranking = [{"name": name, "confidence": share}]
        message = Message(data={"text": "x", "intent": ranking[0], "intent_ranking": ranking})
        classifier.process([message])
        return [each["name"] for each in message.get("intent_ranking")]

    assert first("offer_help", 0.59) == ["nlu_fallback", "offer_help"]
    assert first("offer_help", 0.61) == ["offer_help"]
    assert first("greet", 0.35) == ["greet"]


def logs_hold_no_words():
    """Whatever Rasa logs about a message, the message is not in it."""
    import contextlib
    import io

    import launch

    spoken = io.StringIO()
    with contextlib.redirect_stderr(spoken):
        launch._quiet()
        import structlog

        log = structlog.get_logger("rasa.core.channels.rest")
        log.error("rest.message.received.failure", text="my secret", user_message="my secret")
        log.error("other", slot_values="my secret", action_name="action_x")
    assert "my secret" not in spoken.getvalue()
    assert "action_x" in spoken.getvalue()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
