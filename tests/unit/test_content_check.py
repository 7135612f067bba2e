"""`balie content check`: each rule, broken once in real files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.editing import check, language
from bot.editing.files import Finding
from bot.settings import Settings

TODAY = date(2026, 11, 27)
GEMEENTE = {
    "naam": "Gemeente Proef", "website": "https://www.proef.example", "telefoon": "14 0111", "adres": "Plein 1",
    "privacy": "https://www.proef.example/privacy", "locations": [], "suppliers": {},
    "hours": {"balie": {"ma": ["09:00-12:00"]}, "telefoon": {"ma": ["09:00-12:00"]}, "chat": {"ma": ["09:00-12:00"]}},
    "products": [{"id": "vlag", "name": "Vlag lenen", "minutes": 10}],
}


def topic(slug: str, **metadata: Any) -> dict[str, Any]:
    known = {
        "topic": slug, "title": "Vlag lenen", "source": "https://www.proef.example/vlag", "source_label": "Proef: vlag",
        "reviewed": "2026-06-01",
    }
    return {
        "version": "3.1",
        "nlu": [{"intent": slug, "examples": "".join(f"- ik wil {slug} nummer {n}\n" for n in range(120))}],
        "responses": {f"utter_{slug}": [{"text": "U leent een vlag. Dat kost {vlag_prijs}.", "metadata": known | metadata}]},
        "rules": [{"rule": slug, "steps": [{"intent": slug}, {"action": f"utter_{slug}"}]}],
    }


class Site:
    """A small site that breaks no rule, on disk; a test changes one thing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.vlag, self.vlag_path = topic("vlag"), "data/nlu/topics/vlag.yml"
        self.main = self.vlag["responses"]["utter_vlag"][0]
        tests = [{"text": f"vraag {n} over de driekleur"} for n in range(15)]
        self.files: dict[str, Any] = {
            self.vlag_path: self.vlag,
            "tests/topics/vlag.yml": {"topic": "vlag", "sentences": tests},
            "data/nlu/dialogue/groet.yml": {"nlu": [{"intent": "greet", "examples": "- hallo\n- goedemorgen\n"}]},
            "data/gemeenten/proef/gemeente.yml": GEMEENTE,
            "data/gemeenten/proef/variables.yml": {"vlag_prijs": "€ 5"},
        }

    def add_aspect(self, aspect: str = "kosten", **changes: Any) -> None:
        metadata = self.main["metadata"] | {"aspect": aspect} | changes
        self.vlag["responses"][f"utter_vlag_{aspect}"] = [{"text": "Dat kost {vlag_prijs}.", "metadata": metadata}]

    def findings(self, today: date = TODAY, settings: Settings | None = None) -> list[Finding]:
        for name, value in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(value, bytes):
                path.write_bytes(value)
            else:
                path.write_text(value if isinstance(value, str) else yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        return check.run(self.root, settings or Settings(), today)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_content_that_keeps_to_the_rules_has_no_findings(site: Site) -> None:
    site.add_aspect()
    assert site.findings() == []
    assert list(check.in_words([])) == ["Alles klopt."]


def _set(key: str, value: Any) -> Callable[[Site], None]:
    return lambda site: site.main["metadata"].__setitem__(key, value)


def _text(text: str) -> Callable[[Site], None]:
    return lambda site: site.main.__setitem__("text", f"{text} {{vlag_prijs}}")


def _file(name: str, value: Any) -> Callable[[Site], None]:
    return lambda site: site.files.__setitem__(name, value)


def _sentences(*added: str) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        site.vlag["nlu"][0]["examples"] += "".join(f"- {sentence}\n" for sentence in added)
    return change


VLAG, TESTS, VALUES = "data/nlu/topics/vlag.yml", "tests/topics/vlag.yml", "data/gemeenten/proef/variables.yml"
OWN = "data/gemeenten/proef/answers.yml"
EVENT = "data/levensgebeurtenissen/vlaggen.yml"


def life_event(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Vlaggen", "button": "Alles rond vlaggen", "intro": "U vlagt.", "closing": "Klaar.", "reviewed": "2026-06-01",
        "source": "https://www.proef.example/vlag", "source_label": "Proef: vlag", "starts": ["vlag"],
        "steps": [{"topic": "vlag", "text": "kost {vlag_prijs}"}, {"title": "Stok", "text": "pak een stok",
                  "source": "https://www.proef.example/stok", "source_label": "Proef: stok"}],
    } | changes


def _event(**changes: Any) -> Callable[[Site], None]:
    return _file(EVENT, life_event(**changes))

BROKEN: list[tuple[str, Callable[[Site], Any], str, str]] = [
    ("review date past", _set("reviewed", "2025-11-26"), VLAG, "Langer dan 12 maanden geleden gecontroleerd (2025-11-26)"),
    ("review date missing", _set("reviewed", ""), VLAG, "Geen controledatum (`reviewed`)."),
    ("review date in the future", _set("reviewed", "2026-11-28"), VLAG, "Controledatum moet nog komen: 2026-11-28"),
    ("review date is none", _set("reviewed", "mei 2026"), VLAG, "Controledatum bestaat niet: mei 2026"),
    ("source missing", _set("source", ""), VLAG, "Geen bron (`source`)."),
    ("label missing", _set("source_label", None), VLAG, "Geen naam van de bron (`source_label`)."),
    ("source without https", _set("source", "http://www.proef.example"), VLAG,
     "De bron is geen https-adres (http://www.proef.example)"),
    ("source with a script", _set("source", "javascript:alert(1)"), VLAG, "De bron is geen https-adres"),
    ("title missing", _set("title", ""), VLAG, "Geen titel (`title`)."),
    ("title long", _set("title", "x" * 41), VLAG, "Titel van 41 tekens"),
    ("topic of another", _set("topic", "wapen"), VLAG, "`topic` is niet vlag"),
    ("child's topic missing", _set("for_child", "vlaggetje"), VLAG, "`for_child` verwijst naar vlaggetje"),
    ("product missing", _set("appointment_product", "wimpel"), VLAG, "`appointment_product` verwijst naar wimpel"),
    ("link without https", _text("Kijk op http://proef.example/vlag."), VLAG, "Link zonder https (http://proef.example/vlag.)"),
    ("unknown variable", _text("Haal hem op bij {vlag_loket}."), VLAG,
     "Geen waarde bij Gemeente Proef: {vlag_loket}. Zet die in data/gemeenten/proef/variables.yml."),
    ("loose brace", _text("Haal hem op {."), VLAG, "Losse accolade"),
    ("empty answer", lambda site: site.main.update(text=""), VLAG, "Antwoord is nog leeg."),
    ("unknown aspect", lambda site: site.add_aspect("kleur"), VLAG, "`utter_vlag_kleur` wordt nooit gegeven"),
    ("source of an aspect missing", lambda site: site.add_aspect("kosten", source=""), VLAG,
     'Geen bron (`source`): deelantwoord "kosten".'),
    ("no main answer", lambda site: site.vlag["responses"].update(utter_vlag_duur=site.vlag["responses"].pop("utter_vlag")), VLAG,
     "Het antwoord `utter_vlag` ontbreekt."),
    ("intent of another name", lambda site: site.vlag["nlu"].append({"intent": "wimpel", "examples": "- wimpel\n"}), VLAG,
     "één intent, met dezelfde naam als het bestand: vlag"),
    ("no rule", lambda site: site.vlag.pop("rules"), VLAG, "De regel onder `rules` is er niet"),
    ("few sentences", lambda site: site.vlag["nlu"][0].update(examples="- vlag\n- Vlag!\n- vlág\n"), VLAG,
     "1 voorbeeldzinnen. Schrijf er minstens 120"),
    ("no sentences", lambda site: site.vlag["nlu"][0].update(examples=None), VLAG, "Nog geen voorbeeldzinnen."),
    ("few sentences for what is asked most", _set("most_asked", True), VLAG, "120 voorbeeldzinnen. Schrijf er minstens 200"),
    ("few tests", _file(TESTS, {"sentences": [{"text": f"zin {n}"} for n in range(14)]}), TESTS, "14 testzinnen."),
    ("no tests", lambda site: site.files.pop(TESTS), VLAG, "Het bestand met testzinnen ontbreekt: tests/topics/vlag.yml."),
    ("test sentence trained", _sentences("VRAAG 3, over de dríekleur?!"), VLAG,
     'Testzin van tests/topics/vlag.yml staat bij de voorbeeldzinnen: "VRAAG 3, over de dríekleur?!"'),
    ("two intents", _sentences("Hállo!"), VLAG, 'Staat ook bij de voorbeeldzinnen van greet: "Hállo!"'),
    ("a BSN", _sentences("mijn nummer is 123456782"), VLAG, "getal van 9 cijfers in, misschien een BSN: 123456782"),
    ("answer twice", _file("data/nlu/topics/wimpel.yml", topic("wimpel") | {"responses": topic("vlag")["responses"]}),
     "data/nlu/topics/wimpel.yml", "Het antwoord `utter_vlag` staat ook in data/nlu/topics/vlag.yml."),
    ("value without https", _file(VALUES, {"vlag_prijs": "kijk op http://x.example"}), VALUES,
     "vlag_prijs heeft een link zonder https"),
    ("own answer of no topic", _file(OWN, {"responses": {"utter_wimpel": [{"text": "Nee."}]}}), OWN,
     "Hoort bij geen enkel onderwerp"),
    ("own answer past its date", _file(OWN, {"responses": {"utter_vlag": [
        {"text": "Gratis, {vlag_prijs}.", "metadata": {"reviewed": "2024-01-01"}}]}}), OWN, "Langer dan 12 maanden geleden"),
    ("no YAML", _file(VLAG, "nlu:\n- intent: vlag\n  examples: |\n    - vlag\n responses: x\n"), VLAG,
     "Regel 5: dit is geen goede YAML."),
    ("no UTF-8", _file(VLAG, "nlu: [] # één".encode("latin-1")), VLAG, "niet opgeslagen als UTF-8"),
    ("a name twice", _file(VLAG, "responses:\n  utter_vlag: []\n  utter_vlag: []\n"), VLAG,
     "Regel 3: utter_vlag staat er twee keer."),
    ("a date that does not exist", _file(VLAG, "reviewed: 2026-02-30\n"), VLAG, "een datum in die niet bestaat"),
    ("another form", _file(VLAG, "nlu:\n- intent: vlag\n  examples: [vlag]\n"), VLAG, "Het deel `nlu[0].examples` heeft niet"),
    ("tests of another form", _file(TESTS, "topic: vlag\n"), TESTS, "Het deel `sentences` ontbreekt."),
    ("topic of a life event missing", _event(starts=["wimpel"]), EVENT, "Onderwerp bestaat niet: wimpel."),
    ("topic twice in a life event", _event(steps=[{"topic": "vlag", "text": "eerst"}, {"topic": "vlag", "text": "weer"}]), EVENT,
     "Onderwerp staat er meer dan één keer in: vlag."),
    ("life event past its date", _event(reviewed="2025-11-26"), EVENT, "Langer dan 12 maanden geleden"),
    ("life event to be checked", _event(reviewed="2026-11-28"), EVENT, "Controledatum moet nog komen: 2026-11-28"),
    ("life event without https", _event(source="http://www.proef.example"), EVENT, "De bron is geen https-adres"),
    ("life event with an unknown value", _event(steps=[life_event()["steps"][1], {"topic": "vlag", "text": "in {loket}"}]), EVENT,
     "Geen waarde bij Gemeente Proef: {loket}."),
    ("life event without an intro", _file(EVENT, {k: v for k, v in life_event().items() if k != "intro"}), EVENT,
     "Het deel `intro` ontbreekt."),
    ("life event with a slip", _event(begint="vlag"), EVENT, "Het deel `begint` hoort hier niet."),
    ("two life events of one topic", lambda site: site.files.update({EVENT: life_event(), f"{EVENT[:-4]}_2.yml": life_event()}),
     f"{EVENT[:-4]}_2.yml", f"Het onderwerp vlag begint ook {EVENT}."),
    ("municipality that cannot be read", _file("data/gemeenten/proef/gemeente.yml", {"naam": "Proef"}),
     "data/gemeenten/proef/gemeente.yml", "Deze gemeente is niet te lezen."),
]


@pytest.mark.parametrize(("change", "path", "says"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_breaks_a_rule_is_an_error_in_plain_dutch(
    site: Site, change: Callable[[Site], None], path: str, says: str
) -> None:
    change(site)
    errors = [finding for finding in site.findings() if finding.error]
    assert any(str(finding.path) == path and says in finding.text for finding in errors), errors


LONG = "Dit is een zin met veel te veel woorden die maar door en door en door blijft gaan tot niemand hem volgt {vlag_prijs}."


@pytest.mark.parametrize(("change", "path", "says"), [
    (lambda site: site.main.update(text=LONG), VLAG,
     'Lange zin (liefst hooguit 20 woorden): "Dit is een zin met veel te…" (23 woorden).'),
    (lambda site: site.main.update(text="{vlag_prijs} " + "Kort en goed. " * 50), VLAG, "Lang antwoord (151 woorden"),
    (_file(VALUES, {"vlag_prijs": "€ 5", "wimpel_prijs": "€ 3"}), VALUES, "Geen antwoord gebruikt wimpel_prijs."),
    (_event(intro=LONG.replace(" {vlag_prijs}", "")), EVENT, "Lange zin (liefst hooguit 20 woorden)"),
], ids=["long sentence", "long answer", "dead variable", "long sentence of a life event"])
def test_what_can_be_better_is_a_tip(site: Site, change: Callable[[Site], None], path: str, says: str) -> None:
    change(site)
    [finding] = site.findings()
    assert (str(finding.path), finding.error) == (path, False)
    assert says in finding.text


def test_a_life_event_that_keeps_to_the_rules_has_no_findings_and_uses_its_values(site: Site) -> None:
    site.files[EVENT] = life_event()
    site.main["text"] = "U leent een vlag."
    assert site.findings() == []


def _canned(path: str, *changes: dict[str, Any]) -> Callable[[Site], None]:
    whole = {"id": "groet", "title": "Begroeting", "keys": ["groet"], "text": "Dag, met {medewerker} van {gemeente_naam}."}
    return _file(path, {"standaardantwoorden": [whole | change for change in changes]})


CANNED, OWN_CANNED = "data/desk/standaardantwoorden.yml", "data/gemeenten/proef/standaardantwoorden.yml"


@pytest.mark.parametrize("path", [CANNED, OWN_CANNED])
@pytest.mark.parametrize(("changes", "says"), [
    ([{"text": "Uw {klantnummer} klopt."}], "Geen waarde voor {klantnummer} bij groet."),
    ([{"text": "Een losse } haak."}], "Losse accolade bij groet"),
    ([{}, {}], "Staat er meer dan één keer in: groet."),
    ([{"text": "Uw nummer is 999993653."}], "een BSN kan zijn: groet"),
    ([{"keys": []}], "heeft niet de goede vorm"),
    ([{"title": None}], "heeft niet de goede vorm"),
    ([{"colour": "red"}], "`colour` hoort hier niet"),
])
def test_a_canned_answer_that_cannot_be_said_is_an_error(
    site: Site, path: str, changes: list[dict[str, Any]], says: str
) -> None:
    _canned(path, *changes)(site)
    [finding] = site.findings()
    assert (str(finding.path), finding.error) == (path, True)
    assert says in finding.text


def test_a_canned_answer_uses_values_of_who_gives_it(site: Site) -> None:
    site.files[VALUES] = {"vlag_prijs": "€ 5", "wimpel_prijs": "€ 3"}
    _canned(OWN_CANNED, {"text": "Een wimpel kost {wimpel_prijs}. Uw zaak is {zaaknummer}, kom op {dag}."})(site)
    assert site.findings() == []
    site.files["data/gemeenten/buur/gemeente.yml"] = GEMEENTE | {"naam": "Gemeente Buur"}
    site.files["data/gemeenten/buur/variables.yml"] = {"vlag_prijs": "€ 6"}
    assert site.findings() == [], "the neighbour needs no value for it"
    _canned(CANNED, {"text": "Een wimpel kost {wimpel_prijs}."})(site)
    assert [str(finding.path) for finding in site.findings()] == [CANNED], "but it does for what everybody says"


def test_a_long_sentence_of_a_canned_answer_is_a_tip(site: Site) -> None:
    _canned(CANNED, {"text": LONG.replace(" {vlag_prijs}", "")})(site)
    [finding] = site.findings()
    assert not finding.error and "Lange zin" in finding.text


def test_the_review_period_is_a_setting_and_ends_on_its_day(site: Site) -> None:
    site.main["metadata"]["reviewed"] = "2026-05-27"
    assert site.findings(settings=Settings(review_months=6)) == []
    assert len(site.findings(date(2026, 11, 28), Settings(review_months=6))) == 1


def test_an_own_answer_needs_no_values_of_the_answer_it_replaces(site: Site) -> None:
    site.files[VALUES] = {}
    site.add_aspect()
    site.files[OWN] = {"responses": {"utter_vlag": [{"text": "Wij lenen geen vlaggen uit."}]}}
    assert site.findings() == []


def test_an_own_answer_uses_values_of_its_own_municipality(site: Site) -> None:
    site.files[VALUES] = {"vlag_prijs": "€ 5", "wimpel_prijs": "€ 3"}
    site.files[OWN] = {"responses": {"utter_vlag_kosten": [{"text": "Een vlag is {vlag_prijs}, een wimpel {wimpel_prijs}."}]}}
    assert site.findings() == []


def test_a_date_without_quotes_is_a_date(site: Site) -> None:
    site.main["metadata"]["reviewed"] = date(2026, 6, 1)
    assert site.findings() == []


def test_findings_are_told_file_by_file_errors_first(site: Site) -> None:
    site.main["text"] = LONG
    site.main["metadata"]["source"] = ""
    site.add_aspect("duur", source="")
    lines = list(check.in_words(site.findings()))
    assert lines[0] == VLAG
    assert lines[1] == '  fout  Geen bron (`source`): antwoord, deelantwoord "duur".'
    assert lines[2].startswith("  tip   Lange zin")
    assert lines[-1] == "1 fout en 1 tip, in 1 bestand."


def test_one_fault_in_many_places_is_told_once(site: Site) -> None:
    _sentences(*(f"vraag {n} over de driekleur" for n in range(6)))(site)
    [finding] = site.findings()
    assert finding.text.endswith('"vraag 2 over de driekleur" en nog 3. Haal die hier weg.')


def test_the_command_says_with_its_exit_code_whether_citizens_are_told_something_wrong() -> None:
    def run(day: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["content", "check", "--today", day])
        return result.exit_code, result.output

    code, said = run("2036-01-01")
    assert code == 1 and "Langer dan 12 maanden geleden gecontroleerd" in said
    code, said = run(date.today().isoformat())
    assert ("  fout  " in said) is bool(code)


@pytest.mark.parametrize(("text", "expected"), [
    ("Bel ons. Wij helpen u.", ["Bel ons.", "Wij helpen u."]),
    ("Neem mee:\n- uw pas;\n2. een foto", ["Neem mee:", "uw pas;", "een foto"]),
    ("Dat kost € 1.637,57 per maand, bijv. in mei.", ["Dat kost € 1.637,57 per maand, bijv. in mei."]),
    ("Is het voor u? {naam} helpt.", ["Is het voor u?", "{naam} helpt."]),
])
def test_sentences_of_an_answer(text: str, expected: list[str]) -> None:
    assert language.sentences(text) == expected
