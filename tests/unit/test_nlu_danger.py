"""Somebody in danger is always heard; somebody who only sounds like it gets a normal answer."""

import pytest

from bot.nlu.danger import Danger, find_danger
from bot.nlu.language import is_dutch_word

DANGERS: dict[Danger, list[str]] = {
    "suicide": [
        "ik wil dood", "IK WIL DOOD", "ik wil doodddd", "ik w1l d00d", "ik wil gewoon dood", "ik wil dood zijn",
        "ik wil doodgaan", "ik wil niet meer leven", "ik wil nie meer leve", "'k wil nimmer leven",
        "ik wil niet langer leven", "ik wil er niet meer zijn", "ik denk aan zelfmoord",
        "ik denk de laatste tijd aan zelfmoord", "zelfmoord", "z e l f m o o r d", "i k  w i l  d o o d",
        "zelf moord plegen", "ik ga zelfmoort plegen", "ik overweeg suicide", "ik ben suicidaal", "ik ben suïcidaal",
        "suïcidale gedachten", "ik ga mezelf ophangen", "ik ga mezelf iets aandoen", "ik wil mezelf van kant maken",
        "ik maak er een einde aan", "ik ga er een eind aan maken", "ik wil een einde maken aan mijn leven",
        "ik spring voor de trein", "ik ga van de brug springen", "ik spring straks van het dak",
        "ik heb geen zin meer om te leven", "ik zie het leven niet meer zitten", "het leven heeft geen zin meer",
        "ik was liever dood", "was ik maar dood", "ik wou dat ik dood was", "ik heb een overdosis genomen",
        "ik heb te veel pillen geslikt", "mijn dochter wil zelfmoord plegen", "mijn zoon wil dood",
        "mijn vriend zegt dat hij zelfmoord wil plegen", "I want to die", "i want to kill myself",
        "als ik geen uitkering krijg wil ik niet meer leven", "ik kan niet meer, ik wil dood",
        "hoe pleeg je zelfmoord", "ik ga er een eind aan mkaen", "ik ben bang dat ik mezelf wat aandoe",
        "mijn zoon zegt dat hij dood wil", "mn zusje zegt dat ze er niet meer wil zijn",
        "ik heb afscheidsbrieven geschreven", "ik wil.niet.meer.leven", "ik-wil-dood!!!", "Ikwildood",
    ],
    "violence": [
        "mijn man slaat mij", "mn man slaat me", "mijn vriend slaat me elke dag", "ik word geslagen door mijn man",
        "ik word thuis mishandeld", "mijn ex bedreigt mij", "ik word bedreigd door mijn ex", "huiselijk geweld",
        "huislijk geweld melden", "kindermishandeling", "ik ben verkracht", "hij heeft een mes",
        "mijn buurman staat met een mes voor de deur", "mijn vader slaat mijn moeder", "hij gaat me vermoorden",
        "ik ga hem vermoorden", "ik maak jullie allemaal dood", "ik ben thuis niet veilig",
        "ik ben bang voor mijn man", "mijn man heeft mij geslagen", "mijn ex staat voor de deur met een mes",
        "ik word gedwongen om te trouwen", "hij zegt dat hij me vermoordt als ik wegga", "my husband beats me",
        "mijn ouders slaan mij", "kindermishandleing melden",
    ],
    "emergency": [
        "mijn huis staat in brand", "er is brand", "brand!", "BRAND help", "ik ruik gas", "er is een gaslek",
        "er hangt een gaslucht in de straat", "er ligt iemand bewusteloos op straat",
        "mijn vader heeft een hartaanval", "hij ademt niet meer", "ik heb een ambulance nodig",
        "er is een inbreker in huis", "help ik ga dood", "mijn keuken staat in brand",
        "er ligt iemand bewustloos op straat", "gaslek!!", "help mijn kind ademt niet",
    ],
}
NO_DANGER = [
    "ik ben doodmoe van die parkeermeter", "doodmoe van die parkeermeter", "ik schaam me dood",
    "ik schaam me echt dood", "ik zou me doodschamen", "ik lach me dood", "ik verveel me dood", "wat een moordgriet",
    "dat kost me de kop", "ik werk me kapot", "over mijn lijk", "ik wil niet meer leven in deze gemeente",
    "ik wil hier niet meer wonen", "ik wil hier niet meer leven", "mijn vader is dood", "mijn moeder is overleden",
    "er ligt een dode vogel op straat", "er ligt een dood konijn in de berm", "ik wil een dode kat melden",
    "ik wil dood hout melden", "dode boom melden", "doodlopende weg", "ik wil een einde maken aan mijn huwelijk",
    "ik wil een eind aan mijn contract maken", "ik wil mijn vergunning beeindigen", "ik word bedreigd met een boete",
    "de deurwaarder bedreigt me met uithuiszetting", "ik zit met een brandende vraag",
    "brandveiligheid van mijn bedrijf", "omgevingsvergunning brandveilig gebruik",
    "er is brand geweest in de container", "mijn auto is vorige week in brand gestoken",
    "de lantaarnpaal is kapot geslagen", "ik word gek van jullie", "ik word er ziek van",
    "ik word gestoord van die rij", "levensbewijs aanvragen", "ik moet leven van 900 euro",
    "hoe kan ik leven van zo weinig geld", "ik vermoord die parkeerautomaat", "moord en brand schreeuwen",
    "ik wil stoppen", "ik wil niet meer", "ik kan niet meer inloggen", "ik kan niet verder met het formulier",
    "afscheid nemen van mijn man begrafenis", "ik wil sterven regelen", "wilsverklaring euthanasie",
    "waar vind ik informatie over euthanasie",
    "mijn man heeft zelfmoord gepleegd hoe doe ik aangifte van overlijden", "levensgevaarlijk kruispunt",
    "ik wil mijn leven beteren", "ik ben dood op", "dat is doodsimpel", "ik wil dolgraag een afspraak",
    "ik wil doodgraag een nieuw paspoort", "kapotte brandkraan", "waar is de brandweerkazerne",
    "politie heeft mijn rijbewijs ingenomen", "de trein is te laat, ik mis mijn afspraak", "spring in het diepe",
    "ik heb geen leven meer door de geluidsoverlast", "mijn hond is geslagen", "ik sla me er wel doorheen",
    "er wordt ingebroken in mijn account", "mijn fiets is gestolen en mijn id-kaart ook", "ik loop uit het gebouw",
    "wij lopen van het station", "ik heb pillen nodig via de wmo", "een mes inleveren bij de gemeente",
    "gas afsluiten bij verhuizing", "ik wil van het gas af", "subsidie van het gas af",
    "ik ga dood van de honger tot de balie opengaat", "mijn kind wil leren lezen", "ik wil niet meer lezen",
    "ik wil niet meer lenen", "ik wil eruit stappen bij de volgende halte",
    "wanneer kan ik uit de maatschap stappen", "ik wil niet dood gevonden worden in dat paspoort",
    "om dood te gaan zo duur", "ik wil me niet dood betalen aan leges", "overleden persoon dood aangeven",
    "brandgang schoonmaken", "mijn leven is niet meer betaalbaar", "ik ga de buurman een bezoek brengen",
    "ik ga iemand machtigen", "help ik kan niet inloggen", "ambulancepost adres", "is het veilig thuis",
    "ik wil me laten inschrijven", "ik wil iets aan mijn huis doen", "ik wil mezelf inschrijven",
    "ik wil mezelf iets aanbieden", "ik heb mezelf iets aangemeten",
    "hoe versla ik de eindbaas in die game hij slaat me steeds dood", "al sla je me dood, ik weet het niet",
    "ze slaan me om de oren met regels", "mijn man is doodgegaan", "mijn man is dood, wat nu", "een moordzaak",
    "moordwijf die mevrouw aan de balie", "brandstof vergoeding",
    "er was vorig jaar brand in ons huis, ik zoek een ander adres",
    "mijn ex wil niet meewerken aan de id-kaart van mijn kind", "mijn ex en ik gaan scheiden",
    "mijn vriend gaat mij inschrijven op zijn adres", "mijn moeder slaat een enquete over",
    "ik woon met mijn man en kinderen", "hij heeft een nieuw paspoort", "mijn man heeft een wapenvergunning nodig",
    "ik wil doneren", "ik wil de dood van mijn vader doorgeven", "aangifte van dood", "doodsoorzaak opvragen",
    "de kat van de buren is dood", "dode kat langs de weg", "levenslang", "ik wil een leven lang leren",
    "ik ben het zat, geef me een mens", "jullie maken me kapot", "ik word niet goed van die wachttijd", "", "   ",
    "🙂",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in DANGERS.items() for text in texts])
def test_danger_is_heard_in_any_spelling(kind: Danger, text: str) -> None:
    assert find_danger(text, is_dutch_word) == kind
    assert find_danger(text.upper(), is_dutch_word) == kind
    assert find_danger(f"  {text} !!", is_dutch_word) == kind


@pytest.mark.parametrize("text", NO_DANGER)
def test_figures_of_speech_and_ordinary_questions_are_left_alone(text: str) -> None:
    assert find_danger(text, is_dutch_word) is None
    assert find_danger(text.capitalize() + ".", is_dutch_word) is None


def test_danger_is_heard_in_the_middle_of_a_long_story() -> None:
    story = "Ik probeer al weken een uitkering te krijgen en niemand belt terug. " * 12
    assert find_danger(story + "Soms denk ik dat ik niet meer wil leven. Wat moet ik doen?", is_dutch_word) == "suicide"
    assert find_danger(story, is_dutch_word) is None


def test_an_existing_word_is_not_taken_for_a_slip() -> None:
    assert find_danger("ik wil niet meer lezen", is_dutch_word) is None
    assert find_danger("ik wil niet meer leren", is_dutch_word) is None
