"""The rules for the canned answers of the desk. Like those of `rules`, they say in plain Dutch what is wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.conversation.privacy import mask
from bot.editing.files import Finding
from bot.editing.language import beginning, long_sentences, some, words
from bot.editing.rules import Check
from bot.knowledge.canned import CannedFile, unknown


def canned_answers(check: Check) -> Iterator[Finding]:
    """Every id stands in a file once, every {name} has a meaning for who uses it, and sentences are short."""
    for path, file in check.content.canned.items():
        if file.twice:
            yield Finding(path, f"Staat er meer dan één keer in: {some(file.twice, 9)}.")
        yield from _names(check, path, file)
        if found := [canned.id for canned in file.standaardantwoorden if mask(canned.text) != canned.text]:
            yield Finding(path, f"Er staat een getal in dat een BSN kan zijn: {some(found, 9)}. Haal het weg.")
        long = [
            f'"{beginning(sentence)}" ({words(sentence)} woorden)' for canned in file.standaardantwoorden
            for sentence in long_sentences(canned.text, check.settings.sentence_words)
        ]
        if long:
            yield Finding(path, f"Lange zin (liefst hooguit {check.settings.sentence_words} woorden): {some(long)}.", False)


def _names(check: Check, path: Path, file: CannedFile) -> Iterator[Finding]:
    municipalities = [item.gemeente for item in check.content.municipalities if path.parent.name in ("desk", item.gemeente.key)]
    values = [set(gemeente.variables(datetime.now(UTC))) for gemeente in municipalities]
    known = set.intersection(*values) if values else set()
    for canned in file.standaardantwoorden:
        if canned.loose:
            yield Finding(path, f"Losse accolade bij {canned.id} (een {{naam}} heeft er twee).")
        if missing := unknown(canned, known):
            shown = some([f"{{{name}}}" for name in missing], 9)
            yield Finding(path, f"Geen waarde voor {shown} bij {canned.id}. Elke gemeente met deze tekst moet die hebben.")
