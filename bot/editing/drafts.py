"""`balie content import-vac`: a draft topic per question, in a folder of its own, with a report of what an editor has to do.

Nothing in the folder reaches citizens: an editor moves a draft to `data/nlu/topics` when it is done. A file `.import.json`
remembers which draft came from where and what it was like, so that a draft somebody worked on is known.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path

import msgspec
from dateutil.relativedelta import relativedelta

from bot.dutch.text import plain
from bot.editing import EditingError, vac
from bot.editing.files import read
from bot.editing.language import beginning, long_sentences, reading, some, words
from bot.editing.markup import to_text
from bot.editing.rules import MIN_SENTENCES, MIN_TESTS, TITLE_CHARS
from bot.editing.start import MAX_SLUG, taken
from bot.editing.template import Draft, test_file, topic_file
from bot.settings import Settings

MEMORY, REPORT = ".import.json", "verslag.md"
_SLUG_CHARS = MAX_SLUG - 6  # room for a number behind it
_SMALL = re.compile(  # words that say nothing about what a question is about
    "de|het|een|en|of|in|op|te|van|voor|bij|met|aan|uit|naar|om|als|dat|die|dit|is|zijn|ben|wat|wie|waar|wanneer|hoe|welke|waarom|"
    "kan|kunnen|mag|moet|moeten|wil|word|wordt|worden|heb|heeft|krijg|krijgt|ik|mij|mijn|u|uw|er|ook|dan|niet|geen"
)
_CLOSED = ("data", "tests", "bot", "actions", "connectors")  # folders of the assistant: no place for drafts


class _Known(msgspec.Struct):
    """A draft that was made before: from which question, and the hash of its file."""

    key: str
    sha256: str


@dataclass
class Result:
    """What an import did. `todo`: per draft what an editor has to look at; `kept`: edited drafts that were left as they were."""

    out: Path
    todo: dict[str, list[str]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    skipped: list[vac.Skipped] = field(default_factory=list)


def run(root: Path, file: Path, out: Path, settings: Settings, today: date, force: bool = False) -> Result:
    """Make the drafts in `out`. Raises EditingError, and then nothing has changed."""
    _refuse_folder(root, out)
    found = vac.read(file, settings.import_max_bytes, settings.import_max_chars)
    known = _remembered(out)
    result = Result(out, skipped=[item for item in found if isinstance(item, vac.Skipped)])
    drafts = _named([item for item in found if isinstance(item, vac.Question)], known, out, taken(read(root)), result)
    result.questions = {slug: question.text for slug, question in drafts.items()}
    try:
        for folder in (out / "topics", out / "tests"):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            for slug, question in drafts.items():
                draft, result.todo[slug] = _draft(slug, question, settings, today)
                _write(out, question.key, draft, known, force, result)
        finally:
            _replace(out / MEMORY, msgspec.json.format(msgspec.json.encode(known)).decode())
        _replace(out / REPORT, "\n".join(report(result, today)) + "\n")
    except OSError as exc:
        raise EditingError(f"Schrijven in de map {out} lukt niet. Is er nog plaats, en mag u daar schrijven?") from exc
    return result


def _refuse_folder(root: Path, out: Path) -> None:
    if any(out.resolve().is_relative_to((root / name).resolve()) for name in _CLOSED) or out.resolve() == root.resolve():
        raise EditingError(f"De map {out} hoort bij Balie zelf. Kies een andere map: concepten mogen niet bij inwoners komen.")
    if out.exists() and not out.is_dir():
        raise EditingError(f"{out} is een bestand, geen map. Kies een andere map.")


def _remembered(out: Path) -> dict[str, _Known]:
    try:
        return msgspec.json.decode((out / MEMORY).read_bytes(), type=dict[str, _Known])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as exc:
        raise EditingError(f"Het bestand {out / MEMORY} is beschadigd. Kies een andere map met --out.") from exc


def _named(
    questions: list[vac.Question], known: dict[str, _Known], out: Path, topics: set[str], result: Result
) -> dict[str, vac.Question]:
    """The questions by slug: the slug of the last import, or else a free one. What is in the file twice is taken once."""
    before = {item.key: slug for slug, item in known.items()}
    used = topics | set(known) | {path.stem for path in (out / "topics").glob("*.yml")}
    named: dict[str, vac.Question] = {}
    seen: set[tuple[str, str]] = set()
    keys: Counter[str] = Counter()
    for question in questions:
        same = reading(question.text), reading(question.answer)
        keys[question.key] += 1
        key = f"{question.key}#{keys[question.key]}" if keys[question.key] > 1 else question.key
        slug = before.get(key, "")
        if same in seen:
            result.skipped.append(vac.Skipped(f'"{beginning(question.text)}"', "staat er dubbel in"))
        elif slug in topics:
            result.skipped.append(vac.Skipped(f'"{beginning(question.text)}"', f"is al het onderwerp {slug}"))
        else:
            slug = slug or _free(_slug(question.title or question.text), used)
            used.add(slug)
            named[slug] = replace(question, key=key)
        seen.add(same)
    return named


def _slug(text: str) -> str:
    """A name for the file: the first words of the question that mean something."""
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain(text)))
    found = [word for word in found if not _SMALL.fullmatch(word)] or found
    if not found or not found[0][0].isalpha():
        found = ["vraag", *found]
    slug: str = found[0][:_SLUG_CHARS]
    for word in found[1:]:
        if len(slug) + len(word) + 1 > _SLUG_CHARS:
            break
        slug += f"_{word}"
    return slug


def _free(slug: str, used: set[str]) -> str:
    numbered = (f"{slug}_{number}" for number in count(2))
    return slug if slug not in used else next(name for name in numbered if name not in used)


def _draft(slug: str, question: vac.Question, settings: Settings, today: date) -> tuple[Draft, list[str]]:
    """The draft, and what an editor has to look at in it."""
    answer = to_text(question.answer, question.source)
    title = question.title or question.text
    source = question.source if question.source.startswith("https://") else ""
    todo = list(answer.remarks)
    if len(title) > TITLE_CHARS[1]:
        title = ""
        todo.append(f"Geen titel: de vraag is langer dan {TITLE_CHARS[1]} tekens.")
    if not source:
        todo.append("Geen bron met een https-adres.")
    if not answer.text:
        todo.append("Er is geen tekst overgebleven.")
    if (length := words(answer.text)) > settings.answer_words:
        todo.append(f"Lang antwoord: {length} woorden, liefst hooguit {settings.answer_words}.")
    if long := long_sentences(answer.text, settings.sentence_words):
        todo.append(f"Lange zin, meer dan {settings.sentence_words} woorden: {some([beginning(sentence) for sentence in long])}.")
    if amounts := list(dict.fromkeys(re.findall(r"€\s?[\d.,]*\d", answer.text))):
        todo.append(f"Bedragen: {some(amounts)}. Kloppen ze nog? Verschillen ze per gemeente, maak er dan een {{naam}} van.")
    if (changed := _day(question.changed)) and changed + relativedelta(months=settings.review_months) < today:
        todo.append(f"Oude bron: van {changed}. Kijk of het antwoord nog klopt.")
    notes = (f"Vraag: {question.text}", *question.notes, *(f"Let op: {remark}" for remark in todo))
    return Draft(slug, title, answer.text, source, question.source_label if source else "", notes), todo


def _write(out: Path, key: str, draft: Draft, known: dict[str, _Known], force: bool, result: Result) -> None:
    path, text = out / "topics" / f"{draft.slug}.yml", topic_file(draft)
    if path.exists() and not force and (draft.slug not in known or _sha256(path.read_bytes()) != known[draft.slug].sha256):
        result.kept.append(draft.slug)
        return
    _replace(path, text)
    known[draft.slug] = _Known(key, _sha256(text.encode()))
    tests = out / "tests" / path.name
    if not tests.exists():
        _replace(tests, test_file(draft.slug))


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def summary(result: Result) -> Iterator[str]:
    """The outcome in a few lines."""
    yield f"{len(result.todo) - len(result.kept)} concepten gemaakt in {result.out / 'topics'}."
    if result.kept:
        yield f"{len(result.kept)} concepten heeft iemand bewerkt. Die zijn niet veranderd: {some(result.kept)}."
    if result.skipped:
        yield f"{len(result.skipped)} niet overgenomen:"
        yield from (f"  {reason}: {number}" for reason, number in Counter(item.why for item in result.skipped).most_common())
    yield "Wat een redacteur nog moet doen:"
    yield f"  bij elk concept: {_ALWAYS}"
    kinds = Counter(re.split(r"[:.,]", remark)[0] for todo in result.todo.values() for remark in dict.fromkeys(todo))
    yield from (f"  {kind}: {number}" for kind, number in kinds.most_common())


_ALWAYS = f"minstens {MIN_SENTENCES} voorbeeldzinnen, minstens {MIN_TESTS} testzinnen, en een controledatum"


def report(result: Result, today: date) -> Iterator[str]:
    """The report as Markdown: the outcome, and then draft by draft."""
    yield f"# Verslag van het overnemen, {today}\n"
    yield "```text"
    yield from (line.replace("`", "'") for line in summary(result))
    yield "```\n"
    yield "Is een concept klaar? Zet dan `topics/<naam>.yml` in `data/nlu/topics` en `tests/<naam>.yml` in `tests/topics`."
    yield "Kijk daarna met `balie content check` wat er nog mist.\n"
    for slug, todo in sorted(result.todo.items()):
        yield f"## {slug}\n"
        yield f"{_escaped(result.questions[slug])}\n"
        if slug in result.kept:
            yield "- Bewerkt door een redacteur: niet veranderd."
        yield from (f"- {_escaped(remark)}" for remark in todo or ["Niets bijzonders."])
        yield ""
    if result.skipped:
        yield "## Niet overgenomen\n"
        yield from (f"- {_escaped(item.where)}: {_escaped(item.why)}" for item in result.skipped)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*\[\]<>|#!&])", r"\\\1", text)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
