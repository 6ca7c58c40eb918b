"""Training data, and when a model is trained again."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import training
from casework.languages import SERVED
from casework.vocabulary import FUNDING_PURPOSES, OFFER_KINDS, REQUEST_TOPICS
from tests.support.office import make_settings
from tests.support.rasa import ROOT, RunningRasa, trained_model
from tools import evaluate

NLU = ROOT / "nlu"
LEAST_EXAMPLES = 100
#: What is said in a word or two.
SHORT = {"greet": 30, "goodbye": 30, "thank": 35, "affirm": 45, "deny": 38}
BUTTONS = (
    *("inform", "skip", "done", "change", "resume", "switch", "set_language", "show_entry"),
    *("feedback", "pass_question", "inform_office", "show_privacy", "show_data"),
)
QUESTIONS = ROOT / "tests" / "data" / "understanding"
#: Share of unseen sentences whose intent must be right, in each language.
LEAST_RIGHT = 0.85


def test_rasa_finds_domain_rules_and_examples_consistent(tmp_path: Path) -> None:
    lessons = training.generate_lessons(make_settings(tmp_path))
    validate = [training.nlu_python(), "-m", "rasa", "data", "validate"]
    data = ["--domain", ROOT / "domain", "--config", "config.yml", "--data", "data", lessons]
    done = subprocess.run(
        [*validate, *data],
        cwd=NLU,
        env={**os.environ, "PYTHONPATH": str(NLU), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    assert "No story structure conflicts found" in said
    found = [line for line in said.splitlines() if "UserWarning" in line]
    # Intents that only buttons produce have no examples.
    assert [line for line in found if not _of_a_button(line)] == []


def _of_a_button(warning: str) -> bool:
    return "is not found in the NLU training data" in warning and any(
        f"'{intent}'" in warning for intent in BUTTONS
    )


@pytest.mark.parametrize("language", SERVED)
def test_every_intent_has_enough_examples_in_every_language(language: str) -> None:
    count: Counter[str] = Counter()
    for block in _blocks(language):
        if "intent" in block:
            count[block["intent"]] += len(_examples(block))
    assert {i: n for i, n in count.items() if n < SHORT.get(i, LEAST_EXAMPLES)} == {}
    assert len(count) == 22


@pytest.mark.parametrize("language", SERVED)
def test_kinds_topics_and_purposes_are_those_of_the_trade(language: str) -> None:
    facts: dict[str, set[str]] = {"kind": set(), "topic": set(), "purpose": set()}
    for block in _blocks(language):
        for name, value in (block.get("metadata") or {}).items():
            facts[name].add(value)
    assert facts["kind"] == set(OFFER_KINDS)
    assert facts["topic"] == set(REQUEST_TOPICS)
    assert facts["purpose"] <= set(FUNDING_PURPOSES)


def test_no_sentence_is_taught_for_two_intents() -> None:
    taught: dict[str, set[str]] = {}
    for language in SERVED:
        for block in _blocks(language):
            if "intent" in block:
                for example in _examples(block):
                    taught.setdefault(example.casefold(), set()).add(block["intent"])
    assert {text: each for text, each in taught.items() if len(each) > 1} == {}


def test_a_model_is_trained_once_for_the_same_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    model = trained_model()
    monkeypatch.setattr(training, "_train", None)
    assert trained_model() == model


def test_another_example_means_another_model(tmp_path: Path) -> None:
    lessons = training.generate_lessons(make_settings(tmp_path))
    before = training.fingerprint(lessons)
    assert training.fingerprint(lessons) == before
    (lessons / "districts.yml").write_text('version: "3.1"\nnlu: []\n')
    assert training.fingerprint(lessons) != before


def test_the_packs_districts_and_cldrs_names_are_taught(tmp_path: Path) -> None:
    lessons = training.generate_lessons(make_settings(tmp_path))
    districts = (lessons / "districts.yml").read_text()
    assert "- mainz-kastel" in districts
    languages = (lessons / "languages.yml").read_text()
    assert "- rumunsk*" in languages
    assert "- казахск*" in languages
    assert "- araba\n" not in languages  # Italian for Arabic, Turkish for a car
    by_hand = {example for code in SERVED for example in _forms_by_hand(code)}
    repeated = by_hand & {line.strip()[2:] for line in languages.splitlines()}
    assert repeated == set()


@pytest.mark.parametrize("language", SERVED)
async def test_unseen_sentences_are_understood(rasa: RunningRasa, language: str) -> None:
    lines = (QUESTIONS / f"{language}.jsonl").read_text().splitlines()
    asked = [json.loads(line) for line in lines]
    wrong = []
    for each in asked:
        parsed = await rasa.parse(each["text"])
        ranking = [i["name"] for i in parsed["intent_ranking"] if i["name"] != "nlu_fallback"]
        if ranking[0] != each["intent"]:
            wrong.append((each["intent"], ranking[0], each["text"]))
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(asked), wrong


def _blocks(language: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for path in sorted((NLU / "data" / language).glob("*.yml")):
        blocks += yaml.safe_load(path.read_text())["nlu"]
    return blocks


def _examples(block: dict[str, Any]) -> list[str]:
    return [line.strip()[2:].strip() for line in block["examples"].splitlines() if line.strip()]


def _forms_by_hand(language: str) -> set[str]:
    return {
        example.casefold()
        for block in _blocks(language)
        if block.get("lookup") == "language"
        for example in _examples(block)
    }


def test_no_message_of_the_examination_is_taught() -> None:
    messages = evaluate.read(evaluate.MESSAGES)
    assert len(messages) > 2500
    assert evaluate.overlapping(messages, evaluate.examples()) == []


def test_near_copies_are_overlap() -> None:
    taught = [
        ("de", "Wo kann ich hier Deutsch lernen?"),
        ("de", "Hallo"),
        ("en", "where is it now"),
    ]
    messages = ("wo kann ich hier deutsch lernen", "hallo!", "Wo lernt man Polnisch?", "Hallo du")
    found = evaluate.overlapping([("de", {"text": text}) for text in messages], taught)
    assert found == ["de: wo kann ich hier deutsch lernen", "de: hallo!"]


def test_the_report_compares_with_the_last_one(tmp_path: Path) -> None:
    wanted = {"text": "hallo ihr alle", "intent": "greet", "manner": "plain"}
    got = {"intent": "greet", "confidence": 0.9, "language": "de", "decision": "say", "kind": None}
    wrong = {**got, "intent": "emergency", "confidence": 0.4}
    evaluate.written([evaluate.Case("de", wanted, {**wrong, "topic": None})], tmp_path)
    table = evaluate.written([evaluate.Case("de", wanted, {**got, "topic": None})], tmp_path)
    assert "| intent | 1.000 (+1.000) | 1.000 (+1.000) |" in table
    assert "| false alarm | 0.000 (-1.000)" in table
    report = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "![Which intent" in report
    assert all(
        (tmp_path / name).stat().st_size > 5000 for name in ("confusions.png", "calibration.png")
    )
