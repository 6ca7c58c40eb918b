"""The language of an answer is the person's own, and nothing small turns it around."""

import io
import json
from collections.abc import Sequence

import pytest

from bot.language import Detector, Situation, settle
from bot.language.__main__ import main as measure

DETECTOR = Detector()

SENTENCES: dict[str, Sequence[str]] = {
    "de": (
        "Guten Tag, ich habe eine Frage",
        "wo kann ich mich anmelden",
        "Ich würde gerne beim Deutschlernen helfen",
        "unser verein braucht einen proberaum",
        "hab freitags zeit und kann polnisch",
        "Meine Nachbarin sucht eine Wohnung",
    ),
    "en": (
        "Hi, where can I learn German?",
        "i want to volunteer on weekends",
        "our club needs a room for 30 people",
        "nobody has answered me for two weeks",
        "could somebody come with me to the doctor",
        "what happens with my data",
    ),
    "tr": (
        "Merhaba, gönüllü olmak istiyorum",
        "dernegimiz icin salon ariyoruz",
        "oğlumun dersine kim yardım edebilir",
        "yarin doktora gidecegim tercuman lazim",
        "kimse bana cevap vermedi",
        "Almanca kursu nerede var",
    ),
    "pl": (
        "Dzień dobry, szukam pracy",
        "chcialabym pomagac dzieciom w lekcjach",
        "nasze stowarzyszenie szuka sali",
        "potrzebuję tłumacza do lekarza",
        "kto mi pomoże wypełnić formularz",
        "czy mozna dostac pieniadze na projekt",
    ),
    "ru": (
        "Здравствуйте, как записаться на курсы немецкого?",
        "хочу помогать по выходным",
        "нашему обществу нужно помещение",
        "мне никто не ответил уже неделю",
        "нужен переводчик к врачу во вторник",
    ),
    "uk": (
        "Добрий день, шукаю роботу",
        "хочу допомагати дітям з уроками",
        "нашій спілці потрібна зала",
        "хто може піти зі мною до лікаря",
        "скільки це коштує",
    ),
    "ar": (
        "السلام عليكم، أريد أن أتطوع",
        "وين فيني اتعلم الماني",
        "جمعيتنا تحتاج إلى قاعة",
        "بدي مترجم عند الدكتور يوم الثلاثاء",
        "لم يجبني أحد منذ أسبوعين",
    ),
    "fa": (
        "سلام، می‌خواهم داوطلب شوم",
        "کجا میتونم آلمانی یاد بگیرم",
        "انجمن ما به یک سالن نیاز دارد",
        "برای دکتر مترجم لازم دارم",
        "هیچ کس جواب مرا نداد",
    ),
    "it": (
        "Buongiorno, vorrei dare una mano",
        "dove posso imparare il tedesco",
        "la nostra associazione cerca una sala",
        "mi serve un interprete dal medico",
        "nessuno mi ha risposto da due settimane",
    ),
    "fr": (
        "Bonjour, je voudrais aider",
        "où est-ce que je peux apprendre l'allemand",
        "notre association cherche une salle",
        "il me faut un interprète chez le médecin",
        "personne ne m'a répondu depuis deux semaines",
    ),
}
LATIN: dict[str, Sequence[str]] = {
    "ar": ("marhaba, baddi sa3ed b tarjame", "bghit nt3allem almania, fin nsewel"),
    "fa": ("salam, mikham komak konam", "koja mitoonam almani yad begiram"),
    "ru": ("privet, ya hochu pomogat detyam", "mne nuzhen perevodchik k vrachu"),
    "uk": ("dobryi den, ya shukaiu robotu", "meni potriben perekladach do likaria"),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_of_a_few_words_are_told_apart(language: str) -> None:
    guesses = {text: DETECTOR.detect(text) for text in SENTENCES[language]}
    wrong = [text for text, guess in guesses.items() if guess is None or guess.language != language]
    assert wrong == []


@pytest.mark.parametrize("language", LATIN)
def test_other_scripts_in_latin_letters_are_recognised(language: str) -> None:
    guesses = [DETECTOR.detect(text) for text in LATIN[language]]
    assert [guess and guess.language for guess in guesses] == [language] * len(guesses)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "Kulturamt?",
        "Ja",
        "112",
        "name@example.org",
        "+49 611 123456",
        "W-26-00042",
        "https://www.wiesbaden.de/integration",
        "Ayşe Yılmaz",
        "Anna",
        "👍",
        "",
        "...",
        "Biebrich",
        "Jobcenter Termin",
        "B2",
    ],
)
@pytest.mark.parametrize("language", ["tr", "ar", "uk", "de"])
def test_small_and_neutral_messages_turn_nothing_around(text: str, language: str) -> None:
    assert settle(DETECTOR, text, Situation(language)).language == language


@pytest.mark.parametrize(
    ("text", "language"), [("merhaba", "tr"), ("Привіт!", "uk"), ("سلام علیکم", "fa")]
)
def test_a_first_greeting_may_tell_the_language(text: str, language: str) -> None:
    guess = DETECTOR.detect(text)
    assert guess is not None
    assert guess.language == language


def test_the_first_message_goes_before_the_channels_hint() -> None:
    settled = settle(DETECTOR, "Dzień dobry, szukam pracy", Situation("de", first=True))
    assert settled.language == "pl"


def test_a_clear_change_is_followed() -> None:
    settled = settle(DETECTOR, "i want to volunteer on weekends", Situation("de"))
    assert settled.language == "en"


def test_ones_own_choice_holds_until_one_writes_otherwise_twice() -> None:
    text = "хочу помогать по выходным"
    assert settle(DETECTOR, text, Situation("de", chosen=True)).language == "de"
    again = settle(DETECTOR, text, Situation("de", chosen=True, before="ru"))
    assert again.language == "ru"


def test_german_offices_do_not_make_a_sentence_german() -> None:
    text = "impossible d'avoir un Termin à l'Ausländerbehörde, que faire"
    assert settle(DETECTOR, text, Situation("fr")).language == "fr"
    arabic = "شو يعني Vielfaltszentrum"
    assert settle(DETECTOR, arabic, Situation("ar")).language == "ar"


def test_the_measured_accuracy_is_printed_per_language() -> None:
    lines = [
        json.dumps({"text": text, "language": language})
        for language, texts in SENTENCES.items()
        for text in texts
    ]
    out = io.StringIO()
    measure(io.StringIO("\n".join(lines)), out)
    rows = [line.split() for line in out.getvalue().splitlines()[1:]]
    assert [row[0] for row in rows] == list(SENTENCES)
    assert all(row[2] == "100.0%" for row in rows)
