"""`balie content import-vac`: drafts from questions and answers of other systems, harmless and without loss."""

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.editing import EditingError, drafts
from bot.editing.language import visible
from bot.editing.markup import to_text
from bot.editing.template import Draft, topic_file
from bot.settings import Settings

TODAY = date(2026, 11, 27)


def vac(question: str = "Hoe leen ik een vlag?", answer: str = "<p>Bel ons.</p>", **more: Any) -> dict[str, Any]:
    return {"vraag": question, "antwoord": answer, "status": "actief", "doelgroep": "eu-burger"} | more


class Import:
    """Imports into a folder of its own, and reads the drafts back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self.root = folder, folder / "drafts", folder / "balie"
        (self.root / "data/nlu/topics").mkdir(parents=True)
        (self.root / "data/nlu/topics/bijstand.yml").write_text("nlu:\n- intent: bijstand\n  examples: |\n    - bijstand\n")

    def __call__(self, content: Any, force: bool = False, **settings: Any) -> drafts.Result:
        file = self.folder / "vragen.json"
        raw = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
        file.write_bytes(raw)
        return drafts.run(self.root, file, self.out, Settings(**settings), TODAY, force)

    def answers(self) -> dict[str, dict[str, Any]]:
        loaded = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (self.out / "topics").glob("*.yml")}
        return {slug: file["responses"][f"utter_{slug}"][0] for slug, file in loaded.items()}

    def text(self) -> str:
        [answer] = self.answers().values()
        return answer["text"].strip()


@pytest.fixture
def run(tmp_path: Path) -> Import:
    return Import(tmp_path)


def test_a_question_becomes_a_draft_with_its_test_file_and_a_report(run: Import) -> None:
    result = run([vac()])
    assert run.answers() == {"leen_vlag": {"text": "Bel ons.\n", "metadata": {
        "topic": "leen_vlag", "title": "Hoe leen ik een vlag?", "source": "", "source_label": "", "reviewed": ""}}}
    assert result.todo == {"leen_vlag": ["Geen bron met een https-adres."]}
    assert (run.out / "tests/leen_vlag.yml").exists()
    report = (run.out / "verslag.md").read_text()
    assert "1 concepten gemaakt" in report and "## leen_vlag" in report and "minstens 120 voorbeeldzinnen" in report


@pytest.mark.parametrize("content", [
    vac(), [vac()], {"results": [vac()]}, {"results": [{"url": "https://objecten.example/1", "record": {"data": vac()}}]},
    {"record": {"data": vac()}}, [{"record": {"data": vac()}}], json.dumps(vac()) + "\n",
    b"\xef\xbb\xbf" + json.dumps([vac()]).encode(),
    "\n".join([json.dumps(vac()), "", json.dumps({"record": {"data": vac("Wat kost een vlag?")}})]),
], ids=["object", "array", "page", "page of records", "record", "array of records", "a line", "with a mark", "lines"])
def test_all_forms_that_systems_give(run: Import, content: Any) -> None:
    run(content)
    assert "leen_vlag" in run.answers()


def test_open_data_of_rijksoverheid_brings_its_source_and_says_how_old_it_is(run: Import) -> None:
    page = "https://www.rijksoverheid.nl/onderwerpen/vlaggen/vraag-en-antwoord/wanneer-vlaggen"
    result = run({
        "id": "1", "question": "Wanneer mag de vlag uit?", "reference_answer": "niet deze", "canonical": page,
        "reference_answer_html": '<p>Altijd. Zie <a href="/vlagdagen">de vlagdagen</a>.</p>',
        "lastmodified": "2024-02-01T10:00:00Z",
        "subjects": "Vlaggen", "authorities": "Ministerie", "license": "CC0",
    })
    [answer] = run.answers().values()
    assert answer["metadata"]["source"] == page
    assert answer["metadata"]["source_label"] == "Rijksoverheid: Wanneer mag de vlag uit?"
    assert answer["text"].strip() == "Altijd. Zie de vlagdagen (https://www.rijksoverheid.nl/vlagdagen)."
    assert result.todo["vlag"] == ["Oude bron: van 2024-02-01. Kijk of het antwoord nog klopt."]


def test_what_is_for_staff_is_nowhere_in_the_drafts(run: Import) -> None:
    run([vac(
        toelichting="<p>GEHEIM: geef korting</p>", afdelingen=[{"afdelingId": "GEHEIM1", "afdelingNaam": "GEHEIM2"}],
        trefwoorden=[{"trefwoord": "driekleur\n- intent: x"}, {"trefwoord": 3}, "los"], gerelateerdeVACs=[{"VAC": "https://GEHEIM3"}],
        intern="GEHEIM4",
    )])
    texts = [path.read_text() for path in run.out.rglob("*") if path.is_file()]
    assert not any("GEHEIM" in text for text in texts)
    draft = (run.out / "topics/leen_vlag.yml").read_text()
    assert "# Trefwoorden: driekleur - intent: x\n" in draft and "toelichting voor medewerkers" in draft


@pytest.mark.parametrize(("status", "says"), [
    ("non-actief", "de status is non-actief, niet actief"), ("te-verwijderen", "te-verwijderen"),
    ("", "niet ingevuld"), (None, "niet ingevuld"),
])
def test_only_what_is_active_is_taken_over(run: Import, status: Any, says: str) -> None:
    result = run([vac("Wat is oud?", status=status), vac()])
    assert list(run.answers()) == ["leen_vlag"]
    assert [item.where for item in result.skipped] == ["nummer 1 (Wat is oud?)"] and says in result.skipped[0].why


@pytest.mark.parametrize(("attack", "text"), [
    ("<p>Bel.</p><script>alert(1)</script>", "Bel."),
    ("<p>Bel.<ScRiPt src=//x.example></sCrIpT></p>", "Bel."),
    ('<p onclick="alert(1)">Bel.</p><img src=x onerror="alert(1)">', "Bel."),
    ('<a href="javascript:alert(1)">Bel.</a>', "Bel."),
    ('<a href=" java\nscript:alert(1)">Bel.</a>', "Bel."),
    ('<a href="jav&#x09;ascript:alert(1)">Bel.</a>', "Bel."),
    ('<a href="data:text/html;base64,PHNjcmlwdD4=">Bel.</a>', "Bel."),
    ("<style>p{background:url(//x.example)}</style><p>Bel.</p>", "Bel."),
    ("<iframe src=//x.example>in het kader</iframe><p>Bel.</p>", "Bel."),
    ("<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg><p>Bel.</p>", "Bel."),
    ("<!-- <p>weg</p> --><p>Bel.</p>", "Bel."),
    ("&lt;p&gt;Bel.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "Bel."),
    ("&amp;amp;lt;p&amp;amp;gt;Bel.&amp;amp;lt;/p&amp;amp;gt;&amp;amp;lt;script&amp;amp;gt;x&amp;amp;lt;/script&amp;amp;gt;",
     "Bel."),
    ("<p>Bel.</p>&amp;lt;script&amp;gt;alert(1)", "Bel.\n\n‹script›alert(1)"),
    ("Bel. <script src=//x.example", "Bel. ‹script src=//x.example"),
    ("<p>Vul &lt;uw naam&gt; in.</p>", "Vul ‹uw naam› in."),
    ("<p>Bel {gemeente_telefoon.__class__} of {{0}}.</p>", "Bel (gemeente_telefoon.__class__) of ((0))."),
    ("<p>Be\u200bl\u202e.\x00</p>", "Bel."),
])
def test_nothing_in_an_answer_is_code_any_more(run: Import, attack: str, text: str) -> None:
    run([vac(answer=attack)])
    assert run.text() == text


@pytest.mark.parametrize(("markup", "text"), [
    ("Eerste regel.\r\n\r\n\r\n• een\n* twee", "Eerste regel.\n\n- een\n- twee"),
    ("Inkomen &lt; € 1.000 &amp; ouder dan 18", "Inkomen < € 1.000 & ouder dan 18"),
    ("<p>Neem mee:</p><ul><li>uw <b>pas</b></li><li><p>een foto</p></li></ul><p>Tot dan.</p>",
     "Neem mee:\n- uw pas\n- een foto\n\nTot dan."),
    ("<ol><li>Bel<li>Kom langs<br>met uw pas</ol>", "1. Bel\n2. Kom langs met uw pas"),
    ("<ul><li>Ouders<ul><li>moeder</li></ul></li><li>Kind</li></ul>", "- Ouders\n- moeder\n- Kind"),
    ("Kop<p>Een<br />twee</p>\n\n<h3>Kop 2</h3>drie", "Kop\n\nEen\ntwee\n\nKop 2\n\ndrie"),
    ("<table><tr><th>Leeftijd</th><th>Prijs</th></tr><tr><td>18</td><td><p>€ 5</p></td></tr></table>",
     "- Leeftijd: Prijs\n- 18: € 5"),
    ('<p>Zie <a href="https://x.example/a b?c=1&amp;copy=2">de lijst</a>.</p>',
     "Zie de lijst (https://x.example/a%20b?c=1&copy=2)."),
    ('<p><a href="https://x.example">https://x.example</a></p>', "https://x.example"),
    ('<p><a href="https://x.example"></a></p>', "https://x.example"),
    ('<p>Bel <a href="tel:+31701234567">070 123 45 67</a> of <a href="tel:140111">ons</a>.</p>',
     "Bel 070 123 45 67 of ons (140111)."),
    ('<p>Mail <a href="mailto:a@x.example?subject=x">ons</a>.</p>', "Mail ons (a@x.example)."),
    ('<p><a href="https://[">Kapot</a></p>', "Kapot"),
])
def test_markup_becomes_the_text_of_an_answer(markup: str, text: str) -> None:
    assert to_text(markup).text == text


def test_what_could_not_be_kept_is_told() -> None:
    markup = '<p onload=x()><a href="/hier">Hier</a> {x} &lt;b&gt; <a href="http://x.example">daar</a></p><table></table>'
    said = to_text(markup).remarks
    for part in ("onveilige code", 'De link bij "Hier" is weg', "accolades", "code in de tekst",
                 "Link zonder https: http://x.example", "tabel"):
        assert any(part in remark for remark in said), part


def test_deep_and_wide_markup_is_only_text() -> None:
    assert to_text("<div><ul><li><b>" * 3000 + "Bel.").text == "- Bel."


def test_what_an_editor_has_to_do_is_told_per_draft(run: Import) -> None:
    long = "Dit is een zin " + "die maar doorgaat " * 10 + "tot het eind."
    answer = f"<p>{long}</p><p>{'Kort. ' * 150}</p><p>Dat kost € 12,50.</p>"
    result = run([vac("Wat moet ik doen als ik een heel grote vlag wil lenen?", answer)])
    [todo] = result.todo.values()
    told = " ".join(todo)
    for part in ("Geen titel", "Geen bron", "Lang antwoord", "Lange zin, meer dan 20 woorden: Dit is", "Bedragen: € 12,50"):
        assert part in told
    assert long in run.text()  # nothing is cut


def test_faults_of_one_record_leave_the_others(run: Import) -> None:
    result = run([
        3, None, "tekst", [], {}, {"record": {"data": []}}, vac(""), vac(answer=" "), vac(answer=["x"]), vac(question={"x": 1}),
        {"question": "Alleen een vraag?"}, {"vraag": "Zonder de rest?"}, vac("Te lang?", "x" * 2001), vac(),
    ], import_max_chars=2000)
    assert list(run.answers()) == ["leen_vlag"]
    assert len(result.skipped) == 13
    assert result.skipped[-1] == drafts.vac.Skipped("nummer 13 (Te lang?)", "het antwoord is langer dan 2000 tekens")


def test_a_line_that_is_no_json_leaves_the_others(run: Import) -> None:
    result = run("\n".join([json.dumps(vac()), '{"vraag": "half', "[" * 100_000, json.dumps(vac("Wat kost een vlag?"))]))
    assert set(run.answers()) == {"leen_vlag", "kost_vlag"}
    assert [(item.where, item.why) for item in result.skipped] == [("regel 2", "geen goede JSON"), ("regel 3", "geen goede JSON")]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "geen goede JSON"), (b"<html></html>", "geen goede JSON. Het gaat mis bij regel 1, teken 1"),
    (b'[{"vraag": "x"}', "geen goede JSON"),
    ("[{\"vraag\": \"één\"}]".encode("latin-1"), "niet opgeslagen als UTF-8"),
    ("[]".encode("utf-16"), "niet opgeslagen als UTF-8"),
    (b"[" * 200_000, "er zit te veel in elkaar"),
    (b'[{"vraag": ' + b"1" * 5000 + b"}]", "een getal is te lang"), (b"[]", "staan geen vragen"),
    (b" " * 2001, "te groot"),
], ids=["empty", "html", "half", "latin-1", "utf-16", "deep", "number", "nothing", "huge"])
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence_and_nothing_changes(run: Import, content: bytes, says: str) -> None:
    run([vac()])
    before = {path: path.read_bytes() for path in run.out.rglob("*") if path.is_file()}
    with pytest.raises(EditingError, match=says):
        run(content, import_max_bytes=2000 if says == "te groot" else 50_000_000)
    assert {path: path.read_bytes() for path in run.out.rglob("*") if path.is_file()} == before


def test_an_incomplete_page_is_told(run: Import) -> None:
    assert "volgende bladzijde" in run({"next": "https://x.example?page=2", "results": [vac()]}).skipped[0].why


def test_questions_get_names_of_their_own(run: Import) -> None:
    result = run([
        vac(), vac("Hoe leen ik een vlag", "Kom langs."), vac(), vac("?!"), vac("3 vlaggen"), vac("Bijstand?"),
        vac("Wat zijn de rijksvlagverordeningsbeschikkingsbevoegdheidsregelingen?"), vac("Fietsen?", titel="Café's à la carte"),
    ])
    assert set(run.answers()) == {
        "leen_vlag", "leen_vlag_2", "vraag", "vraag_3_vlaggen", "bijstand_2",
        "rijksvlagverordeningsbeschikkingsbevoegdheid", "cafes_a_la_carte",
    }
    assert [item.why for item in result.skipped] == ["staat er dubbel in"]


def test_a_draft_that_somebody_edited_is_kept_unless_forced(run: Import) -> None:
    run([vac(), vac("Wat kost een vlag?", "Niets.")])
    edited, other = run.out / "topics/leen_vlag.yml", run.out / "topics/kost_vlag.yml"
    edited.write_text(edited.read_text().replace("Bel ons.", "Bel ons op maandag."))
    (run.out / "tests/leen_vlag.yml").write_text("sentences: [{text: mijn werk}]")
    fresh = [vac(answer="Mail ons."), vac("Wat kost een vlag?", "Vijf euro.")]
    assert run(fresh).kept == ["leen_vlag"]
    assert "Bel ons op maandag." in edited.read_text() and "Vijf euro." in other.read_text()
    assert run(fresh).kept == ["leen_vlag"]
    assert run(fresh, force=True).kept == []
    assert "Mail ons." in edited.read_text()
    assert (run.out / "tests/leen_vlag.yml").read_text() == "sentences: [{text: mijn werk}]"


def test_another_order_gives_each_question_its_own_draft_again(run: Import) -> None:
    def record(number: int, answer: str) -> dict[str, Any]:
        return {"url": f"https://objecten.example/{number}", "record": {"data": vac(answer=answer)}}

    run([record(1, "Bel."), record(2, "Mail.")])
    before = run.answers()
    run([record(2, "Mail."), record(3, "Kom langs."), record(1, "Bel.")])
    after = run.answers()
    assert {slug: after[slug] for slug in before} == before
    assert after["leen_vlag_3"]["text"].strip() == "Kom langs."


def test_the_same_key_twice_does_not_make_more_drafts_every_time(run: Import) -> None:
    same = [{"id": "1", "question": "Wat is een vlag?", "reference_answer": answer} for answer in ("Doek.", "Stof.")]
    run(same)
    before = run.answers()
    run(same)
    assert run.answers() == before and len(before) == 2


def test_a_file_of_somebody_else_in_the_folder_is_left_alone(run: Import) -> None:
    own = run.out / "topics/leen_vlag.yml"
    own.parent.mkdir(parents=True)
    own.write_text("van mij")
    run([vac()])
    assert own.read_text() == "van mij"
    assert (run.out / "topics/leen_vlag_2.yml").exists()


def test_a_damaged_memory_is_told_and_nothing_changes(run: Import) -> None:
    run([vac()])
    (run.out / drafts.MEMORY).write_text("{")
    before = (run.out / "topics/leen_vlag.yml").read_bytes()
    with pytest.raises(EditingError, match="beschadigd"):
        run([vac(answer="Anders.")])
    assert (run.out / "topics/leen_vlag.yml").read_bytes() == before


@pytest.mark.parametrize("out", ["data/nlu/topics", "data/nlu/../nlu", "tests/topics/x", "."])
def test_drafts_never_come_where_the_assistant_reads(run: Import, out: str) -> None:
    run.out = run.root / out
    with pytest.raises(EditingError, match="concepten mogen niet bij inwoners komen"):
        run([vac()])


def test_a_link_to_where_the_assistant_reads_is_seen_through(run: Import) -> None:
    run.out.symlink_to(run.root / "data/nlu")
    with pytest.raises(EditingError, match="concepten mogen niet"):
        run([vac()])


def test_the_command_tells_what_it_did_and_refuses_in_dutch(tmp_path: Path) -> None:
    file = tmp_path / "vragen.json"
    file.write_text(json.dumps([vac(), vac("Oud?", status="non-actief")]))
    done = CliRunner().invoke(main, ["content", "import-vac", str(file), "--out", str(tmp_path / "uit")])
    assert done.exit_code == 0, done.output
    assert "1 concepten gemaakt" in done.output and "de status is non-actief, niet actief: 1" in done.output
    refused = CliRunner().invoke(main, ["content", "import-vac", str(tmp_path / "weg.json"), "--out", str(tmp_path / "uit")])
    assert (refused.exit_code, refused.output) == (1, f"Het bestand {tmp_path / 'weg.json'} is er niet.\n")


def test_the_report_shows_questions_as_text(run: Import) -> None:
    run([vac("<img src=x> [klik](javascript:x) `vlag` # kop?")])
    report = (run.out / "verslag.md").read_text()
    assert r"\<img src=x\> \[klik\](javascript:x) \`vlag\` \# kop?" in report


@settings(deadline=None)
@given(st.text(), st.text(), st.text(max_size=60))
def test_every_text_can_be_written_and_read_back(answer: str, question: str, label: str) -> None:
    text = to_text(answer).text
    one_line = " ".join(visible(label).split())
    read = yaml.safe_load(topic_file(Draft("vlag", title=one_line, text=text, notes=(visible(question),))))
    found = read["responses"]["utter_vlag"][0]
    assert (found["text"].strip(), found["metadata"]["title"]) == (text, one_line)
    assert not re.search(r"[{}]|<[a-zA-Z/!?]", text)


STANDARDS = os.environ.get("STANDARDS_DIR", "")
SCHEMA = Path(STANDARDS) / "objecttypes" / "vac-schema.json"
OPEN_DATA = Path(STANDARDS).parent / "facts" / "rijksoverheid-vac.jsonl"


@pytest.mark.skipif(not STANDARDS or not SCHEMA.exists(), reason="STANDARDS_DIR has no objecttypes/vac-schema.json")
def test_the_questions_of_these_tests_are_as_the_standard_says() -> None:
    import jsonschema

    jsonschema.validate(vac(toelichting="x", trefwoorden=[{"trefwoord": "x"}]), json.loads(SCHEMA.read_text()))


@pytest.mark.skipif(not STANDARDS or not OPEN_DATA.exists(), reason="no facts/rijksoverheid-vac.jsonl beside STANDARDS_DIR")
def test_no_word_of_rijksoverheids_open_data_is_lost(run: Import) -> None:
    records = [json.loads(line) for line in OPEN_DATA.read_text(encoding="utf-8").splitlines()]
    result = run(OPEN_DATA.read_bytes())
    assert (len(result.todo), result.skipped, result.kept) == (len(records), [], [])
    texts = {answer["metadata"]["source"]: answer["text"] for answer in run.answers().values()}
    for record in records:
        lost = set(re.findall(r"\w+", record["reference_answer"])) - set(re.findall(r"\w+", texts[record["canonical"]]))
        assert not lost, record["question"]
