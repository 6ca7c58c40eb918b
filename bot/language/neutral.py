"""Words that tell no language, as people use them in every one."""

#: Words of German offices and of everyday life here that people use in every language.
_NEUTRAL_WORDS = """
    jobcenter job-center kulturamt sportamt auslanderbehorde ausländerbehörde ausländeramt
    grünflächenamt gruenflaechenamt sozialamt jugendamt standesamt wohnungsamt bürgeramt amt
    rathaus ausländerbeirat auslanderbeirat verein e.v. ehrenamt termin formular bescheid
    anmeldung wohnung miete kita kindergarten schule deutschkurs integrationskurs bamf wir
    wiesbaden biebrich kastel mainz-kastel erbenheim dotzheim klarenthal bierstadt schierstein
    westend nordenstadt sonnenberg rheingauviertel hessen frankfurt mainz deutschland germany
    migramundi berami caritas diakonie awo vhs whatsapp telegram facebook instagram zoom email
    e-mail mail newsletter workshop chat online internet ok okay hallo start menu menü stop test
    gu bvre ditib damigra whats app tel telefon handy pdf cv
"""
NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
