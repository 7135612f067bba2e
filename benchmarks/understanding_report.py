"""The figures of `benchmarks.understanding` as Markdown, and in a few lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from rich.table import Table

from benchmarks.asking import Heard
from benchmarks.models import Trained
from benchmarks.questions import CRISIS, OUT_OF_SCOPE, Answered
from benchmarks.stock import EPOCHS

SMALLTALK = "smalltalk"
NEAR_CRISIS = "near_crisis"  # the file of sentences that only sound like a crisis
TENTHS = 10
QUIET_CORES = 0.15  # other work, in cores, above which times are called noisy
PAIRS = 25
NONE = "–"

Value = Callable[[Answered], float]


@dataclass(frozen=True)
class Figures:
    """One side: what became of the questions, its training, and what its model alone made of them in what time.

    `turns`: milliseconds of a whole turn, where there is one. `epochs`, `learned`: of a neural network, how long it was trained,
    and what became of the questions after each number of epochs that was tried.
    """

    name: str
    answers: Sequence[Answered]
    trained: Trained
    heard: Heard
    turns: Sequence[float] = ()
    epochs: int = 0
    learned: Mapping[int, Sequence[Answered]] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return f"{self.name}, {self.epochs} epochs" if self.epochs else self.name


def markdown(sides: Sequence[Figures], about: Mapping[str, str]) -> str:
    """The whole report: the assistant, and perhaps stock Rasa beside it. `about`: the machine it was made on."""
    results = sides[0].answers
    parts = [
        "# How well questions are understood", *(f"**{note}**" for note in _notes(sides)),
        _overall(sides), _meaning(sides, about),
        *(part for side in sides if side.epochs for part in (f"## How {side.name} learned", _learning(side))),
        "## By kind of sentence", _table(sides, "kind", lambda r: r.question.kind),
        "## By topic", _table(sides, "topic", lambda r: r.question.topic),
        "## Out of scope", _scope(results), "## Crisis", _crisis(results),
        "## Confidence", "![](calibration.svg)", _calibration(sides), "## Taken for each other", "![](confusion.svg)",
        *(part for side in sides for part in (f"### {side.head}", _pairs(side.answers))),
    ]
    return "\n\n".join(parts) + "\n"


def summary(sides: Sequence[Figures]) -> list[str | Table]:
    """For a screen."""
    table = Table(box=None)
    table.add_column(no_wrap=True)
    for head in (*(side.head for side in sides), "aim"):
        table.add_column(head, justify="right")
    for name, cells, aim in _rows(sides):
        table.add_row(name, *cells, aim)
    return [*_notes(sides), table]


def calibration_error(results: Sequence[Answered]) -> float:
    """Expected calibration error over ten bins: how far confidence is from the share that is right, on average."""
    return sum(abs(sum(r.confidence - r.ranked_first for r in group)) for group in bins(results).values()) / len(results)


def bins(results: Iterable[Answered]) -> dict[int, list[Answered]]:
    """By tenth of confidence."""
    found: dict[int, list[Answered]] = {}
    for r in results:
        found.setdefault(min(int(r.confidence * TENTHS), TENTHS - 1), []).append(r)
    return dict(sorted(found.items()))


def confused(results: Iterable[Answered], most: int = PAIRS) -> list[tuple[tuple[str, str], int]]:
    """(topic asked about, topic it was taken for) and how often, most frequent first, whether sure enough to answer or not."""
    return Counter((r.question.topic, r.likeliest) for r in results if not r.ranked_first).most_common(most)


def mean(results: Sequence[Answered], value: Value) -> float:
    return sum(value(r) for r in results) / len(results) if results else 0.0


def _notes(sides: Sequence[Figures]) -> list[str]:
    """What makes these figures other than they should be."""
    notes = [
        f"NOT STOCK: the neural network of {side.name} was trained for {side.epochs} of its {EPOCHS} epochs."
        for side in sides if side.epochs and side.epochs != EPOCHS
    ]
    for side in sides:
        busy = {"was trained": side.trained.others_cpu, "was asked": side.heard.others_cpu}
        notes += [f"NOISY: other work used {cores:.2f} of a core while {side.name} {when}; its times are too long."
                  for when, cores in busy.items() if cores > QUIET_CORES]
    return notes


def _rows(sides: Sequence[Figures]) -> list[tuple[str, list[str], str]]:
    """Of the table over all: what, a cell for each side, the aim."""
    def shares(value: Value, of: Callable[[Iterable[Answered]], list[Answered]]) -> list[str]:
        return [f"{mean(of(side.answers), value):.3f}" for side in sides]

    return [
        ("right at first answer", shares(lambda r: r.right, _inside), "≥ 0.920"),
        ("right within the suggestions", shares(lambda r: r.within, _inside), "≥ 0.980"),
        ("likeliest three, sure or not", shares(lambda r: r.ranked_high, _inside), ""),
        ("likeliest, sure or not", shares(lambda r: r.ranked_first, _inside), ""),
        ("asked back", shares(lambda r: r.asked_back, _inside), ""),
        ("wrong but confident", shares(lambda r: r.wrong, _inside), "≤ 0.030"),
        ("out of scope answered by mistake", shares(lambda r: r.wrong, _outside), "≤ 0.050"),
        ("crisis missed", [_of(_missed(s.answers), _crises(s.answers)) for s in sides], "0"),
        ("false alarms of crisis", [_of(_alarms(s.answers), _calm(s.answers)) for s in sides], "0"),
        ("expected calibration error", [f"{calibration_error(s.answers):.3f}" for s in sides], ""),
        ("training, s", [f"{s.trained.seconds:.0f}" for s in sides], ""),
        ("understanding a message, p50, ms", [_percentile(s.heard.milliseconds, 50) for s in sides], ""),
        ("understanding a message, p95, ms", [_percentile(s.heard.milliseconds, 95) for s in sides], ""),
        ("a whole turn in the brain, p95, ms", [_percentile(s.turns, 95) for s in sides], ""),
    ]


def _overall(sides: Sequence[Figures]) -> str:
    lines = ["| | " + " | ".join(side.head for side in sides) + " | aim |", "|---|" + "---:|" * (len(sides) + 1)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} | {aim} |" for name, cells, aim in _rows(sides))])


def _meaning(sides: Sequence[Figures], about: Mapping[str, str]) -> str:
    lines = [
        "`right`: the right answer at once. `within`: right at once, or among the choices when the assistant asks back. "
        "`asked back`: not sure, so choices or a request to say it differently. `wrong`: another answer, given as if sure. "
        "Shares are of the questions that are the counter's business; those out of scope are counted apart.",
    ]
    if len(sides) > 1:
        lines += [
            "Stock Rasa has no suggestions: below its threshold it asks to rephrase, so what it has within the suggestions is "
            "what it has right. Its likeliest three is what it could have offered.",
            "Its training is that of its NLU alone; Balie's is of the whole assistant. Understanding is Rasa's `parse_message`, "
            "one message after another in one process, on both sides.",
        ]
    return "\n".join(f"- {line}" for line in [*lines, ", ".join(f"{name} {value}" for name, value in about.items()) + "."])


def _learning(side: Figures) -> str:
    """By number of epochs: on its own training sentences as Rasa reports it, on the questions where a model was kept."""
    curve = side.trained.curve
    shown = {*range(1, len(curve) + 1, max(1, len(curve) // 10)), len(curve), *side.learned} - {0}
    lines = [
        "| epochs | training sentences right | questions: likeliest right | right at first answer |",
        "|---:|---:|---:|---:|",
    ]
    for epochs in sorted(shown):
        tried = _inside(side.learned.get(epochs, []))
        own = f"{curve[epochs - 1]:.3f}" if epochs <= len(curve) else NONE
        cells = [own, *(f"{mean(tried, value):.3f}" if tried else NONE for value in (_ranked_first, _right))]
        lines.append(f"| {epochs} | {' | '.join(cells)} |")
    return "\n".join([
        *lines, "", "The questions were asked of every model of this content that is kept, each trained from the beginning. "
        "Rasa's batches grow along the epochs, so a short training is not quite the beginning of a long one.",
    ])


def _right(r: Answered) -> bool:
    return r.right


def _ranked_first(r: Answered) -> bool:
    return r.ranked_first


def _inside(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic != OUT_OF_SCOPE]


def _outside(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic == OUT_OF_SCOPE]


def _crises(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic == CRISIS]


def _calm(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic != CRISIS]


def _missed(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in _crises(results) if not r.right]


def _alarms(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in _calm(results) if r.given == CRISIS]


def _of(part: Sequence[Answered], whole: Sequence[Answered]) -> str:
    return f"{len(part)} of {len(whole)}"


def _percentile(values: Sequence[float], percent: int) -> str:
    return f"{np.percentile(values, percent):.1f}" if len(values) else NONE


def _table(sides: Sequence[Figures], head: str, key: Callable[[Answered], str]) -> str:
    """A row for each value of `key`, out of scope left out; the questions of all sides are the same."""
    columns: list[tuple[str, list[Answered], Value]] = []
    for side in sides:
        inside = _inside(side.answers)
        columns += [(f"{side.name}: right", inside, lambda r: r.right)]
        within, high = ("within", inside, lambda r: r.within), ("likeliest three", inside, lambda r: r.ranked_high)
        columns.append(within if side.turns else high)
        columns += [("asked back", inside, lambda r: r.asked_back), ("wrong", inside, lambda r: r.wrong)]
    groups = [(name, len(list(group))) for name, group in groupby(sorted(_inside(sides[0].answers), key=key), key)]
    lines = [f"| {head} | questions | {' | '.join(title for title, _, _ in columns)} |", "|---|" + "---:|" * (len(columns) + 1)]
    for name, count in groups:
        cells = [f"{mean([r for r in inside if key(r) == name], value):.2f}" for _, inside, value in columns]
        lines.append(f"| {name} | {count} | {' | '.join(cells)} |")
    cells = [f"{mean(inside, value):.2f}" for _, inside, value in columns]
    return "\n".join([*lines, f"| **all** | {len(columns[0][1])} | {' | '.join(cells)} |"])


def _scope(results: Iterable[Answered]) -> str:
    outside = _outside(results)
    mistakes = [r for r in outside if r.wrong]
    return "\n".join([
        f"Of {len(outside)} questions that aren't the counter's business: {sum(r.right for r in outside)} refused, "
        f"{sum(r.asked_back for r in outside)} asked back, {len(mistakes)} answered by mistake "
        f"({sum(r.given == SMALLTALK for r in mistakes)} of those with small talk):",
        "", *_listed(mistakes),
    ])


def _crisis(results: Sequence[Answered]) -> str:
    near = [r for r in results if r.question.source == NEAR_CRISIS]
    return "\n".join([
        "Missed:", "", *_listed(_missed(results)), "",
        f"False alarms, {_of(_alarms(near), near)} that resemble a crisis:", "", *_listed(_alarms(results)),
    ])


def _listed(results: Iterable[Answered]) -> list[str]:
    return [f"- {r.question.text} → {r.given} ({r.confidence:.2f})" for r in results] or ["- none"]


def _calibration(sides: Sequence[Figures]) -> str:
    lines = [
        "The likeliest intent of every question, out of scope included, whether the assistant was sure enough to answer or not. "
        "Calibrated is: as often right as it says.", "",
        "| confidence |" + "".join(f" {side.name}: questions | mean confidence | right |" for side in sides),
        "|---|" + "---:|---:|---:|" * len(sides),
    ]
    found = [bins(side.answers) for side in sides]
    for low in range(TENTHS):
        cells = [_bin(side_bins.get(low, [])) for side_bins in found]
        lines.append(f"| {low / TENTHS:.1f} – {(low + 1) / TENTHS:.1f} |{''.join(cells)}")
    errors = "; ".join(f"{side.name} {calibration_error(side.answers):.3f}" for side in sides)
    return "\n".join([*lines, "", f"Expected calibration error: {errors}."])


def _bin(group: Sequence[Answered]) -> str:
    if not group:
        return f" 0 | {NONE} | {NONE} |"
    return f" {len(group)} | {mean(group, lambda r: r.confidence):.2f} | {mean(group, lambda r: r.ranked_first):.2f} |"


def _pairs(results: Sequence[Answered]) -> str:
    sure = Counter((r.question.topic, r.given) for r in results if r.wrong)
    lines = ["| asked about | likeliest was | times | given as if sure |", "|---|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {pair[0]} | {pair[1]} | {times} | {sure[pair]} |" for pair, times in confused(results))])
