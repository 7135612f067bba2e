"""The rules for content. Each looks at everything and says in plain Dutch, per file, what breaks it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from dateutil.relativedelta import relativedelta

from bot.dutch.aspects import ASPECTS
from bot.editing.files import Answer, Content, Finding, Municipality
from bot.editing.language import beginning, long_sentences, reading, some, words
from bot.levensgebeurtenissen import Levensgebeurtenis
from bot.settings import Settings

MIN_SENTENCES = 120        # training sentences of a topic
MIN_SENTENCES_MOST = 200   # of a topic with `most_asked: true` in the metadata of its main answer
MIN_TESTS = 15             # test sentences of a topic
TITLE_CHARS = (3, 40)      # a button on a phone

_SOURCE = re.compile(r"https://[\w.-]+\.\w+\S*|\{gemeente_website\}\S*")
_NO_LINK = re.compile(r"\b(?:http|ftp)://\S+|\b(?:javascript|vbscript|data|file):\S+", re.IGNORECASE)
_BSN = re.compile(r"(?<![\d-])\d{9}(?!\d)")


@dataclass(frozen=True)
class Check:
    """What a rule looks at: the content, the limits in force, and the day it is."""

    content: Content
    settings: Settings
    today: date


Rule = Callable[[Check], Iterable[Finding]]


def readable(check: Check) -> Iterator[Finding]:
    """Every file can be read."""
    yield from check.content.faults


def whole(check: Check) -> Iterator[Finding]:
    """A topic file has one intent of its own name, a main answer and a rule."""
    for topic in check.content.topics:
        slug = topic.slug
        if list(topic.examples) != [slug]:
            yield Finding(topic.path, f"Onder `nlu` hoort één intent, met dezelfde naam als het bestand: {slug}.")
        if topic.main is None:
            yield Finding(topic.path, f"Het antwoord `utter_{slug}` ontbreekt.")
        if topic.rules != [{"rule": slug, "steps": [{"intent": slug}, {"action": f"utter_{slug}"}]}]:
            yield Finding(topic.path, "De regel onder `rules` is er niet of klopt niet. Doe als een ander onderwerp.")
        for answer in topic.answers:
            if answer.name not in {f"utter_{slug}", *(f"utter_{slug}_{aspect}" for aspect in ASPECTS)}:
                yield Finding(topic.path, f"Het antwoord `{answer.name}` wordt nooit gegeven: de naam klopt niet.")
    empty = [(answer, "Antwoord is nog leeg") for answer in check.content.all_answers if not answer.text]
    yield from _grouped(empty)


def labelled(check: Check) -> Iterator[Finding]:
    """A main answer has a title for its button; every answer of a topic says what it belongs to, and its source."""
    found = []
    for topic in check.content.topics:
        least, most = TITLE_CHARS
        if topic.main and not least <= len(title := topic.main.value("title")) <= most:
            says = f"Titel van {len(title)} tekens" if title else "Geen titel"
            yield Finding(topic.path, f"{says} (`title`). Maak een titel van {least} tot {most} tekens.")
        for answer in topic.answers:
            if answer.value("topic") != topic.slug:
                found.append((answer, f"`topic` is niet {topic.slug}"))
            if answer.aspect and answer is not topic.main and answer.value("aspect") != answer.aspect:
                found.append((answer, f"`aspect` is niet {answer.aspect}"))
            found += [(answer, f"Geen {what} (`{key}`)") for key, what in
                      (("source", "bron"), ("source_label", "naam van de bron")) if not answer.value(key)]
    yield from _grouped(found)


def reviewed(check: Check) -> Iterator[Finding]:
    """Every answer of a topic says when it was last checked, and that is no day to come."""
    topics = {topic.path for topic in check.content.topics}
    found = []
    for answer in check.content.all_answers:
        said = answer.value("reviewed")
        if not said and answer.path in topics:
            found.append((answer, "Geen controledatum (`reviewed`)"))
        elif said and (day := _day(said)) is None:
            found.append((answer, f"Controledatum bestaat niet: {said} (schrijf een datum als 2026-11-24)"))
        elif said and day and day > check.today:
            found.append((answer, f"Controledatum moet nog komen: {said}"))
    yield from _grouped(found)


def expired(check: Check) -> Iterator[Finding]:
    """No answer was last checked longer ago than the review period."""
    months = check.settings.review_months
    found = []
    for answer in check.content.all_answers:
        day = _day(answer.value("reviewed"))
        if day and day + relativedelta(months=months) < check.today:
            found.append((answer, f"Langer dan {months} maanden geleden gecontroleerd ({day}), kijk of het nog klopt"))
    yield from _grouped(found)


def variables(check: Check) -> Iterator[Finding]:
    """Every municipality has a value for each {name} in the answers it gives."""
    for item in check.content.municipalities:
        known = set(item.gemeente.variables(datetime.now(UTC)))
        missing: dict[Path, set[str]] = defaultdict(set)
        for answer in _given(check.content, item):
            missing[answer.path] |= answer.variables - known
        for path, names in missing.items():
            if names:
                shown = some([f"{{{name}}}" for name in sorted(names)], 9)
                yield Finding(path, f"Geen waarde bij {item.gemeente.naam}: {shown}. Zet die in {item.variables_path}.")
    loose = [(answer, "Losse accolade (een {naam} heeft er twee)") for answer in check.content.all_answers
             if re.search(r"[{}]", re.sub(r"{[^\n{}]+}", "", answer.text))]
    yield from _grouped(loose)


def unused(check: Check) -> Iterator[Finding]:
    """Every variable of a municipality is used in an answer."""
    general = {name for answer in check.content.answers for name in answer.variables}
    general |= {name for event in check.content.events.values() for name in _named(event)}
    general |= {name for file in check.content.canned.values() for canned in file.standaardantwoorden for name in canned.names}
    for item in check.content.municipalities:
        own = {name for answer in (item.own.answers if item.own else []) for name in answer.variables}
        if dead := set(item.variables) - general - own:
            yield Finding(item.variables_path, f"Geen antwoord gebruikt {some(sorted(dead), 9)}. Haal het weg.", False)


def plain_language(check: Check) -> Iterator[Finding]:
    """Answers and their sentences are short enough for level B1."""
    found = []
    long: dict[Path, list[str]] = defaultdict(list)
    for answer in check.content.all_answers:
        if (count := words(answer.text)) > check.settings.answer_words:
            found.append((answer, f"Lang antwoord ({count} woorden, liefst hooguit {check.settings.answer_words})"))
        long[answer.path] += long_sentences(answer.text, check.settings.sentence_words)
    yield from _grouped(found, error=False)
    for path, sentences in long.items():
        if sentences:
            shown = some([f'"{beginning(sentence)}" ({words(sentence)} woorden)' for sentence in sentences])
            yield Finding(path, f"Lange zin (liefst hooguit {check.settings.sentence_words} woorden): {shown}.", False)


def links(check: Check) -> Iterator[Finding]:
    """Every address that a citizen gets is an https address."""
    found = [(answer, f"De bron is geen https-adres ({source})") for answer in check.content.all_answers
             if (source := answer.value("source")) and not _SOURCE.fullmatch(source)]
    found += [(answer, f"Link zonder https ({link.group()})")
              for answer in check.content.all_answers if (link := _NO_LINK.search(answer.text))]
    yield from _grouped(found)
    for item in check.content.municipalities:
        for name, value in item.variables.items():
            if link := _NO_LINK.search(str(value)):
                yield Finding(item.variables_path, f"{name} heeft een link zonder https: {link.group()}.")


def references(check: Check) -> Iterator[Finding]:
    """Other topics, appointments and answers that are named exist."""
    answered = {answer.name for answer in check.content.answers}
    products = {product.id for item in check.content.municipalities for product in item.gemeente.products}
    found = []
    for answer in check.content.all_answers:
        child, product = answer.value("for_child"), answer.value("appointment_product")
        if child and f"utter_{child}" not in answered:
            found.append((answer, f"`for_child` verwijst naar {child}, maar dat onderwerp is er niet"))
        if product and product not in products:
            found.append((answer, f"`appointment_product` verwijst naar {product}, maar geen gemeente heeft die afspraak"))
    for item in check.content.municipalities:
        for answer in item.own.answers if item.own else []:
            if not {answer.name, answer.name.removesuffix(f"_{answer.aspect}")} & answered:
                found.append((answer, "Hoort bij geen enkel onderwerp"))
    yield from _grouped(found)


def answered_once(check: Check) -> Iterator[Finding]:
    """No answer stands in two files."""
    first: dict[str, Path] = {}
    for answer in check.content.answers:
        if first.setdefault(answer.name, answer.path) != answer.path:
            yield Finding(answer.path, f"Het antwoord `{answer.name}` staat ook in {first[answer.name]}.")


def enough_sentences(check: Check) -> Iterator[Finding]:
    """A topic has enough training sentences; those that are asked most need more."""
    for topic in check.content.topics:
        count = len({reading(sentence) for sentence in topic.examples.get(topic.slug, [])})
        most = topic.main is not None and topic.main.metadata.get("most_asked") is True
        least = MIN_SENTENCES_MOST if most else MIN_SENTENCES
        if count < least:
            yield Finding(topic.path, f"{count or 'Nog geen'} voorbeeldzinnen. Schrijf er minstens {least}, elk anders.")


def enough_tests(check: Check) -> Iterator[Finding]:
    """A topic has a file with enough test sentences."""
    for topic in check.content.topics:
        path, tests = check.content.tests.get(topic.slug, (Path("tests/topics") / topic.path.name, []))
        if not (check.content.root / path).exists():
            yield Finding(topic.path, f"Het bestand met testzinnen ontbreekt: {path}.")
        elif topic.slug in check.content.tests and (count := len({reading(test) for test in tests})) < MIN_TESTS:
            yield Finding(path, f"{count or 'Nog geen'} testzinnen. Laat iemand anders er minstens {MIN_TESTS} schrijven.")


def one_intent(check: Check) -> Iterator[Finding]:
    """No sentence is under two intents."""
    seen: dict[str, str] = {}
    for source in check.content.nlu:
        twice = defaultdict(list)
        for intent, sentences in source.examples.items():
            for sentence in sentences:
                if (other := seen.setdefault(reading(sentence), intent)) != intent:
                    twice[other].append(f'"{beginning(sentence)}"')
        for other, found in twice.items():
            yield Finding(source.path, f"Staat ook bij de voorbeeldzinnen van {other}: {some(found)}. Kies één van de twee.")


def untrained_tests(check: Check) -> Iterator[Finding]:
    """No test sentence is a training sentence."""
    tests = {reading(test): path for path, sentences in check.content.tests.values() for test in sentences}
    tests.pop("", None)
    for source in check.content.nlu:
        learned = defaultdict(list)
        for sentence in (sentence for sentences in source.examples.values() for sentence in sentences):
            if path := tests.get(reading(sentence)):
                learned[path].append(f'"{beginning(sentence)}"')
        for path, found in learned.items():
            yield Finding(source.path, f"Testzin van {path} staat bij de voorbeeldzinnen: {some(found)}. Haal die hier weg.")


def no_bsn(check: Check) -> Iterator[Finding]:
    """No file holds a number that could be somebody's BSN."""
    for source in (*check.content.nlu, *(item.own for item in check.content.municipalities if item.own)):
        if found := _BSN.findall(source.raw):
            yield Finding(source.path, f"Er staat een getal van 9 cijfers in, misschien een BSN: {some(found)}. Haal het weg.")


def life_events(check: Check) -> Iterator[Finding]:
    """A life event leads to topics that exist, each once; what it says itself has a source, is checked, and is short."""
    topics = {topic.slug for topic in check.content.topics}
    begun: dict[str, Path] = {}
    for path, event in check.content.events.items():
        if missing := [topic for topic in dict.fromkeys([*event.starts, *event.topics]) if topic not in topics]:
            yield Finding(path, f"Onderwerp bestaat niet: {some(missing, 9)}.")
        if event.twice:
            yield Finding(path, f"Onderwerp staat er meer dan één keer in: {some(event.twice, 9)}.")
        for topic in event.starts:
            if begun.setdefault(topic, path) != path:
                yield Finding(path, f"Het onderwerp {topic} begint ook {begun[topic]}. Kies één van de twee.")
        for source in (event.source, *(step.source for step in event.steps if step.source)):
            if not _SOURCE.fullmatch(source):
                yield Finding(path, f"De bron is geen https-adres ({source}).")
        if event.reviewed > check.today:
            yield Finding(path, f"Controledatum moet nog komen: {event.reviewed}.")
        elif event.reviewed + relativedelta(months=check.settings.review_months) < check.today:
            yield Finding(path, f"Langer dan {check.settings.review_months} maanden geleden gecontroleerd ({event.reviewed}), "
                                "kijk of het nog klopt.")
        lines = [event.intro, event.closing, *(f"{step.when} {step.text}." for step in event.steps)]
        if long := [sentence for line in lines for sentence in long_sentences(line, check.settings.sentence_words)]:
            shown = some([f'"{beginning(sentence.strip())}" ({words(sentence)} woorden)' for sentence in long])
            yield Finding(path, f"Lange zin (liefst hooguit {check.settings.sentence_words} woorden): {shown}.", False)
        for item in check.content.municipalities:
            if unknown := sorted(_named(event) - set(item.gemeente.variables(datetime.now(UTC)))):
                shown = some([f"{{{name}}}" for name in unknown], 9)
                yield Finding(path, f"Geen waarde bij {item.gemeente.naam}: {shown}. Zet die in {item.variables_path}.")


def _named(event: Levensgebeurtenis) -> set[str]:
    """The names between braces in the steps of a life event."""
    return {name for step in event.steps for name in re.findall(r"{([^\n{}]+)}", step.text)}


RULES: tuple[Rule, ...] = (
    readable, whole, labelled, reviewed, expired, variables, links, references, answered_once, enough_sentences, enough_tests,
    one_intent, untrained_tests, no_bsn, unused, plain_language, life_events,
)


def _given(content: Content, item: Municipality) -> list[Answer]:
    """The answers that a municipality gives: its own main answer replaces the whole topic, as in `Gemeente.responses`."""
    own = item.own.answers if item.own else []
    replaced = {name for answer in own for name in (answer.name, *(f"{answer.name}_{aspect}" for aspect in ASPECTS))}
    return own + [answer for answer in content.answers if answer.name not in replaced]


def _grouped(found: Iterable[tuple[Answer, str]], error: bool = True) -> Iterator[Finding]:
    """One finding for all answers of a file with the same fault; the main answer of a topic needs no name."""
    groups: dict[tuple[Path, str], list[str]] = defaultdict(list)
    for answer, text in found:
        main = answer.name == f"utter_{answer.path.stem}"
        groups[answer.path, text].append("antwoord" if main else answer.in_words)
    for (path, text), names in groups.items():
        where = list(dict.fromkeys(names))
        yield Finding(path, f"{text}." if where == ["antwoord"] else f"{text}: {some(where, 9)}.", error)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
