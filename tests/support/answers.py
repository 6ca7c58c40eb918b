"""A small pack of answers, written for the tests."""

import shutil
from pathlib import Path

from casework.settings import Settings

#: Four entries in German and English, the first also in Turkish and Arabic.
VOLUNTEERING = """\
topic: volunteering
entries:
  - id: volunteering/start
    source: V
    section: "1, 3"
    as_of: 2019-01
    review_months: 12
    next_step: offer_help
    offices: [coordination_volunteers]
    texts:
      de:
        title: Wie kann ich mich ehrenamtlich engagieren?
        reviewed: true
        answer: >-
          Die Kontaktstelle hört Ihnen zu und vermittelt Sie an eine Organisation,
          die zu Ihnen passt.

          Schreiben Sie uns hier im Chat.
        asking:
          - Ich möchte mich ehrenamtlich engagieren
          - bin in rente und habe viel zeit für andere
          - Kann ich mich als Freiwillige melden?
          - Ich will etwas für Geflüchtete tun
      en:
        title: How can I volunteer?
        reviewed: false
        answer: The contact point listens to you and finds an organisation that fits.
        asking:
          - I would like to volunteer
          - just retired and I have time for others
          - can i sign up as a helper
          - I want to do something for refugees
      tr:
        title: Nasıl gönüllü olabilirim?
        reviewed: false
        answer: İletişim noktası sizi dinler ve size uygun bir kuruluşa yönlendirir.
        asking:
          - Gönüllü olmak istiyorum
          - emekliyim, vaktim var, yardım etmek isterim
          - Gönüllü olarak nereye başvurabilirim?
      ar:
        title: كيف يمكنني التطوع؟
        reviewed: false
        answer: مركز التواصل يستمع إليك ويوصلك بمنظمة مناسبة.
        asking:
          - أريد أن أتطوع
          - عندي وقت فراغ وأحب أن أساعد الناس
          - كيف أصير متطوعا
  - id: volunteering/office_hours
    source: V
    section: "1"
    as_of: 2019-01
    review_months: 12
    offices: [coordination_volunteers]
    texts:
      de:
        title: Wann ist die Sprechstunde?
        reviewed: true
        answer: Dienstags von 16 bis 18 Uhr und mittwochs von 10 bis 12 Uhr.
        asking:
          - Wann habt ihr offen?
          - Zu welchen Uhrzeiten erreiche ich jemanden?
          - seid ihr heute da
          - Öffnungszeiten der Koordination
      en:
        title: When are the office hours?
        reviewed: false
        answer: Tuesdays from 4 to 6 pm and Wednesdays from 10 to 12.
        asking:
          - When are you open?
          - at what time can I reach somebody
          - are you there today
          - opening hours of the coordination
"""
ORGANISATIONS = """\
topic: organisations
entries:
  - id: organisations/rooms
    source: C
    section: "2.5"
    as_of: 2020-09
    review_months: 12
    next_step: request_support/rooms
    offices: [coordination_organisations]
    url: https://www.example.org/rooms
    texts:
      de:
        title: Wie finden wir einen Raum für unseren Verein?
        reviewed: true
        answer: Die Koordination hilft bei der Suche nach Räumen.
        asking:
          - Unser Verein sucht einen Raum
          - Wir treffen uns immer im Wohnzimmer, das wird zu eng
          - Gibt es Säle, die man mieten kann?
          - brauchen platz für die probe unserer tanzgruppe
      en:
        title: How does our association find a room?
        reviewed: false
        answer: The coordination helps to look for rooms.
        asking:
          - Our association is looking for a room
          - we always meet in my living room and it is too small
          - are there halls to rent
          - need space for our dance group
  - id: organisations/legal_form
    source: C
    section: "1.3"
    as_of: 2020-09
    review_months: 12
    offices: [coordination_organisations, foreigners_council]
    texts:
      de:
        title: Müssen wir ein eingetragener Verein sein?
        reviewed: true
        answer: Nein, auch Initiativen sind willkommen.
        asking:
          - Wir haben keine Satzung
          - Muss man im Vereinsregister stehen?
          - sind nur eine lose gruppe von müttern
          - Brauchen wir das e. V. hinter dem Namen?
      en:
        title: Do we have to be a registered association?
        reviewed: false
        answer: No, initiatives are welcome too.
        asking:
          - We have no statutes
          - must we be in the register of associations
          - we are just a loose group of mothers
          - do we need e. V. behind our name
"""
SHARED_FILES = ("municipality.yml", "offices.yml", "routing.yml", "sources.yml")
_WIESBADEN = Settings.model_fields["knowledge_dir"].default / "wiesbaden"


def write_pack(folder: Path, **topics: str) -> Path:
    """A folder of packs with Wiesbaden's offices and these topics, else the two above."""
    pack = folder / "wiesbaden"
    (pack / "faq").mkdir(parents=True)
    for name in SHARED_FILES:
        shutil.copyfile(_WIESBADEN / name, pack / name)
    chosen = topics or {"volunteering": VOLUNTEERING, "organisations": ORGANISATIONS}
    for topic, content in chosen.items():
        (pack / "faq" / f"{topic}.yml").write_text(content, encoding="utf-8")
    return folder
