"""The domain and the actions say the same."""

from typing import Any

import yaml

from actions.executor import all_actions, all_forms
from casework.context import Casework
from tests.support.rasa import ROOT


def _domain() -> dict[str, Any]:
    whole: dict[str, Any] = {"actions": [], "forms": {}, "slots": {}, "responses": {}}
    for path in sorted((ROOT / "domain").glob("*.yml")):
        part = yaml.safe_load(path.read_text())
        whole["actions"] += part.get("actions", [])
        for name in ("forms", "slots", "responses"):
            whole[name] |= part.get(name, {})
    return whole


def test_every_action_of_the_domain_is_there_and_no_other(cw: Casework) -> None:
    assert sorted(_domain()["actions"]) == sorted(action.name() for action in all_actions(cw))


def test_every_form_asks_for_its_fields(cw: Casework) -> None:
    domain = _domain()
    asked = {name: form["required_slots"] for name, form in domain["forms"].items()}
    forms = all_forms().values()
    assert asked == {form.loop: [field.slot for field in form.fields] for form in forms}
    assert {field.slot for form in forms for field in form.fields} <= set(domain["slots"])


def test_no_sentence_stands_in_the_domain() -> None:
    for variants in _domain()["responses"].values():
        for variant in variants:
            assert set(variant) == {"custom"}
            assert all(" " not in str(value) for value in variant["custom"].values())
