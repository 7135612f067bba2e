"""`balie content check`: all rules over all files, and what they found in words."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.editing.canned_rules import canned_answers
from bot.editing.files import Finding, read
from bot.editing.rules import RULES, Check, Rule
from bot.settings import Settings

ALL: tuple[Rule, ...] = (*RULES, canned_answers)


def run(root: Path, settings: Settings, today: date) -> list[Finding]:
    """What breaks a rule in the content below `root`, in the order of the rules."""
    check = Check(read(root), settings, today)
    return [finding for rule in ALL for finding in rule(check)]


def in_words(findings: list[Finding]) -> Iterator[str]:
    """The lines that tell an editor, file by file, errors first."""
    by_file: dict[Path, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.path].append(finding)
    for path, found in sorted(by_file.items()):
        yield str(path)
        errors_first = sorted(found, key=lambda finding: not finding.error)
        yield from (f"  {'fout' if finding.error else 'tip '}  {finding.text}" for finding in errors_first)
        yield ""
    errors = sum(finding.error for finding in findings)
    counted = (_count(errors, "fout", "fouten"), _count(len(findings) - errors, "tip", "tips"))
    yield f"{' en '.join(counted)}, in {_count(len(by_file), 'bestand', 'bestanden')}." if findings else "Alles klopt."


def _count(number: int, one: str, more: str) -> str:
    return f"{number or 'geen'} {one if number == 1 else more}"
