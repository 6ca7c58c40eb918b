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
    started = time.perf_counter()
    for _ in range(100):
        action._validate_action_result({"events": slots, "responses": []})
    assert time.perf_counter() - started < 0.5


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
