"""National facts that the answers must state, in every municipality, and what no answer may say against them.

Each fact names its source. An answer that is reworded keeps to the fact; a fact that changes is changed here with its source.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.gemeenten import Gemeente
from tests.unit.test_gemeenten import DEMONSTRATION, general_answers

RIJK = "https://www.rijksoverheid.nl/onderwerpen"
PASPOORT = f"{RIJK}/paspoort-en-identiteitskaart/vraag-en-antwoord"
PERSOON = f"{RIJK}/privacy-en-persoonsgegevens/vraag-en-antwoord"
AANVRAGEN = f"{PASPOORT}/waar-en-hoe-kan-ik-een-paspoort-of-identiteitskaart-aanvragen"
GELDIG = f"{PASPOORT}/duur-geldigheid-paspoort-of-nederlandse-identiteitskaart"
KIND = f"{PASPOORT}/heeft-mijn-kind-een-eigen-paspoort-of-identiteitskaart-nodig"
VERMIST = f"{PASPOORT}/wat-moet-ik-doen-als-ik-mijn-paspoort-of-identiteitskaart-kwijt-ben"
VERHUIZEN = f"{RIJK}/gemeenten/vraag-en-antwoord/hoe-kan-ik-mijn-verhuizing-doorgeven-aan-de-gemeente"
BEZWAAR = f"{RIJK}/bezwaar-en-beroep/vraag-en-antwoord"
STEMMEN = f"{RIJK}/verkiezingen/vraag-en-antwoord"
DIGID = f"{RIJK}/digitale-overheid/vraag-en-antwoord"


@dataclass(frozen=True)
class Fact:
    """What an answer states. `never`: what no answer of the topic says, in any municipality. Both are patterns without case."""

    answer: str
    states: tuple[str, ...]
    source: str
    never: str = ""


FACTS = (
    Fact("paspoort_aanvragen", ("10 jaar geldig", "onder de 18 jaar is dat 5 jaar"),
         GELDIG, r"kunt u .{0,20}paspoort verlengen"),
    Fact("paspoort_aanvragen", ("komt zelf naar de balie", "binnen 3 maanden", "na 5 werkdagen"), AANVRAGEN),
    Fact("paspoort_aanvragen_duur", ("5 werkdagen", "4 weken", "vernietigd", "tot en met 2028"), AANVRAGEN),
    Fact("id_kaart_aanvragen", ("10 jaar geldig", r"tot 12 jaar .*toestemming"), GELDIG),
    Fact("id_kaart_aanvragen", (r"Verenigd Koninkrijk .*Caribische .*paspoort nodig",),
         f"{PASPOORT}/naar-welke-landen-reizen-met-nederlandse-identiteitskaart"),
    Fact("id_kaart_aanvragen", ("vanaf 14 jaar",),
         f"{RIJK}/identificatieplicht/vraag-en-antwoord/geldt-de-identificatieplicht-ook-voor-minderjarigen"),
    Fact("reisdocument_kind", ("paspoort tot 18 jaar", "ID-kaart tot 12 jaar", "5 jaar geldig"), KIND, r"\b10 jaar"),
    Fact("reisdocument_vermist", ("verklaring van vermissing", "politie is niet verplicht", "lever het in"), VERMIST,
         "aangifte bij de politie is verplicht|eerst aangifte"),
    Fact("verhuizing_doorgeven", ("4 weken voor de verhuizing", "uiterlijk 5 dagen erna", "gratis", "vanaf 16 jaar", "€ 325"),
         VERHUIZEN),
    Fact("geboorteaangifte", ("binnen 3 dagen", "2 werkdagen", "gemeente waar het kind is geboren", "gratis"),
         "https://www.defryskemarren.nl/onderwerpen/kinderen_43031/item/geboorteaangifte_34139.html"),
    Fact("erkenning_kind", ("jonger is dan 16", "vanaf 12 jaar", "1 januari 2023"),
         "https://www.overbetuwe.nl/een-kind-erkennen-en-naam-kiezen"),
    Fact("trouwen_partnerschap", ("14 dagen", "1 jaar van tevoren", "minstens 2 en hooguit 4", "18 jaar"),
         "https://www.koggenland.nl/trouwen-0"),
    Fact("overlijden_aangifte", ("36 uur", "6 werkdagen"),
         f"{RIJK}/overlijden/vraag-en-antwoord/welke-regels-gelden-er-bij-begraven-en-cremeren"),
    Fact("emigratie", ("meer dan 8 maanden", "5 dagen voor uw vertrek"), f"{PERSOON}/uitschrijven-basisregistratie-personen"),
    Fact("immigratie_inschrijven", ("langer dan 4 maanden", "binnen 5 dagen", "gratis"), f"{PERSOON}/wanneer-in-brp-inschrijven"),
    Fact("bsn", ("9 cijfers", "blijft altijd geldig", "gratis"), f"{PERSOON}/hoe-kom-ik-aan-een-burgerservicenummer-bsn"),
    Fact("briefadres", ("geen postbus", "moet de gemeente u helpen"),
         f"{RIJK}/gemeenten/vraag-en-antwoord/kan-ik-een-briefadres-krijgen-als-ik-geen-vast-woonadres-heb"),
    Fact("geheimhouding", ("gratis", "geen einddatum", "overheden .*krijgen uw gegevens wel"),
         f"{PERSOON}/hoe-stop-ik-het-delen-van-mijn-gegevens-uit-de-basisregistratie-personen"),
    Fact("digid_aanvragen", ("21 dagen", "3 jaar niet gebruikt", "DigiD Machtigen"),
         f"{DIGID}/hoe-vraag-ik-digid-aan", r"\b20 dagen"),
    Fact("mijnoverheid_berichtenbox", ("vanaf 14 jaar", "opzeggen kan niet", "Belastingdienst kan dat niet"),
         f"{DIGID}/wat-is-mijnoverheid"),
    Fact("stemmen", ("5 jaar verlopen", "14 dagen voor", "12:00 uur op de dag ervoor", "vanaf 18 jaar"),
         f"{STEMMEN}/wat-heb-ik-nodig-om-te-stemmen"),
    Fact("stemmen_iemand_anders", ("hooguit 2 anderen", "strafbaar"),
         f"{STEMMEN}/iemand-machtigen-om-te-stemmen-bij-verkiezingen"),
    Fact("bezwaar_maken", ("binnen 6 weken bezwaar", "gratis", "geen advocaat nodig", "6 of 12 weken"),
         f"{BEZWAAR}/bezwaar-tegen-beslissing-overheid"),
    Fact("bezwaar_maken_duur", ("binnen 6 weken", "12 weken", "in gebreke", "2 weken"),
         f"{BEZWAAR}/beslissing-aanvraag-bezwaar-te-laat"),
    Fact("woz_bezwaar", ("binnen 6 weken na de datum op de brief", "gratis"),
         f"{RIJK}/gemeenten/vraag-en-antwoord/kan-ik-bezwaar-maken-tegen-de-gemeentelijke-belastingaanslag"),
    Fact("woo_verzoek", ("binnen 4 weken", "2 weken bij komen", "gratis", "mondeling"),
         f"{RIJK}/wet-open-overheid-woo/vraag-en-antwoord/wat-gebeurt-er-nadat-ik-een-woo-verzoek-heb-ingediend"),
    Fact("huurtoeslag", ("€ 932,93", "€ 498,20", "maximale huur is er sinds 2026 niet meer"),
         "https://www.thius.nl/over-thius/onze-organisatie/nieuws-en-publicaties/huurtoeslag-verandert-vanaf-2026",
         "900,07|23 jaar"),
    Fact("aow", ("2026 en 2027 is dat 67 jaar", "2028 is het 67 jaar en 3 maanden"),
         "https://www.randstad.nl/werkgevers/werkpocket/wet-en-regelgeving/pensioen/algemene-ouderdomswet-aow/"),
    Fact("wmo", ("€ 21,80 per maand", "6 weken", "binnen 2 weken"),
         "https://www.hetcak.nl/wet-maatschappelijke-ondersteuning/laatste-nieuws/verandering-eigen-bijdrage-wmo-2026"),
    Fact("schuldhulp", ("gratis", "binnen 4 weken", "binnen 3 werkdagen"),
         "https://isdbrabantsewal.antwoordop.nl/schulden/464439-schuldhulpverlening"),
    Fact("rijbewijs_verlengen_duur", ("geldig tot u 75 wordt", "70 tot 75 jaar is het 5 jaar"), "https://huizen.nl/rijbewijs-65"),
    Fact("donorregister", ("18 jaar en ouder", "geen bezwaar", "12 tot 18 jaar"),
         "https://www.donorregister.nl/actueel/nieuws/2025/08/07/opzegservice-donorregister-kan-niet"),
    Fact("crisis", (r"\b112\b", r"\b113\b", "0800-0113", "0800-2000"),
         f"{RIJK}/huiselijk-geweld/vraag-en-antwoord/wat-moet-ik-doen-bij-huiselijk-geweld"),
)
# What no answer says: rules and amounts that no longer hold, and plans that are no law.
GONE = {
    r"\bWob\b|Wet openbaarheid": f"{RIJK}/wet-open-overheid-woo/vraag-en-antwoord/hoe-dien-ik-een-woo-verzoek-in",
    r"€ ?77,87|€ ?58,89|€ ?70,38|€ ?37,99": f"{PASPOORT}/wat-zijn-de-kosten-van-paspoorten-en-identiteitskaarten",
    r"€ ?141\.896|€ ?179\.429": "https://www.skipr.nl/nieuws/lagere-vermogensgrens-zorgtoeslag-treft-spaarders-met-laag-inkomen/",
    r"eigen risico\D{0,40}€ ?460": "https://www.consumentenbond.nl/zorgverzekering/zorgverzekeringen-2026-zorgpremies-stijgen-amper",
}


def said(gemeente: Gemeente) -> dict[str, str]:
    """All answers as citizens of this municipality read them, by name without `utter_`; variants of one answer together."""
    values = gemeente.variables(datetime.now(UTC))
    return {
        name.removeprefix("utter_"): re.sub(
            r"{(\w+)}", lambda found: values.get(found[1], found[0]), "\n".join(str(variant["text"]) for variant in variants)
        )
        for name, variants in gemeente.responses(general_answers()[0]).items()
    }


@pytest.fixture(scope="module", params=list(DEMONSTRATION.values()), ids=list(DEMONSTRATION))
def answers(request: pytest.FixtureRequest) -> dict[str, str]:
    return said(request.param)


def of_topic(slug: str, answers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The main answer of a topic and those about one aspect."""
    return ((name, text) for name, text in answers.items() if name == slug or name.startswith(f"{slug}_"))


@pytest.mark.parametrize("fact", FACTS, ids=[f"{number} {fact.answer}" for number, fact in enumerate(FACTS)])
def test_the_answer_states_the_fact(fact: Fact, answers: dict[str, str]) -> None:
    text = answers[fact.answer]
    missing = [words for words in fact.states if not re.search(words, text, re.IGNORECASE)]
    assert not missing, f"utter_{fact.answer} zegt niet meer: {missing}. Bron: {fact.source}"
    wrong = [name for name, other in of_topic(fact.answer, answers) if fact.never and re.search(fact.never, other, re.IGNORECASE)]
    assert not wrong, f"{wrong} spreekt dit tegen ({fact.never}). Bron: {fact.source}"


@pytest.mark.parametrize("words", GONE)
def test_no_answer_says_what_is_no_longer_so(words: str, answers: dict[str, str]) -> None:
    wrong = [name for name, text in answers.items() if re.search(words, text, re.IGNORECASE)]
    assert not wrong, f"{wrong} zegt iets dat niet meer geldt. Bron: {GONE[words]}"
