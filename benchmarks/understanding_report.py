"""The figures of `benchmarks.understanding` as Markdown, as a picture, and in a few lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.understanding import ASKED_BACK, CRISIS, OUT_OF_SCOPE, Answered

SMALLTALK = "smalltalk"
NEAR_CRISIS = "near_crisis"  # the file of sentences that only sound like a crisis
TENTHS = 10


def markdown(results: Sequence[Answered]) -> str:
    inside, outside = _inside(results), _outside(results)
    parts = [
        "# How well questions are understood", summary(results).replace("\n", "  \n"),
        "`right`: the right answer at once. `within`: right at once, or among the choices when the assistant asks back. "
        "`asked back`: not sure, so choices or a request to say it differently. `wrong`: another answer, given as if sure.",
        "## By topic", _table(inside, "topic", lambda r: r.question.topic),
        "## By kind of sentence", _table(inside, "kind", lambda r: r.question.kind),
        "## Out of scope", _scope(outside), "## Crisis", _crisis(results),
        "## Confidence", _calibration(results), "## Taken for each other", _confusions(results), "![](confusion.svg)",
    ]
    return "\n\n".join(parts) + "\n"


def summary(results: Sequence[Answered]) -> str:
    inside, outside = _inside(results), _outside(results)
    share = _shares(inside)
    missed, alarms = _missed(results), _alarms(results)
    crisis, near = [r for r in results if r.question.topic == CRISIS], [r for r in results if r.question.source == NEAR_CRISIS]
    return "\n".join([
        f"{len(inside)} questions: {share['right']:.3f} right at once, {share['within']:.3f} within the choices, "
        f"{share['asked back']:.3f} asked back, {share['wrong']:.3f} wrong but sure.",
        f"{len(outside)} out of scope: {_mean(outside, lambda r: r.wrong):.3f} answered by mistake.",
        f"Crisis: {len(missed)} missed of {len(crisis)}; {len(alarms)} false alarms in {len(results) - len(crisis)}, "
        f"{len(_alarms(near))} of them in the {len(near)} that resemble one.",
        f"Expected calibration error {_calibration_error(results):.3f}.",
    ])


def _inside(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic != OUT_OF_SCOPE]


def _outside(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic == OUT_OF_SCOPE]


def _missed(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic == CRISIS and not r.right]


def _alarms(results: Iterable[Answered]) -> list[Answered]:
    return [r for r in results if r.question.topic != CRISIS and r.given == CRISIS]


def _mean(results: Sequence[Answered], value: Callable[[Answered], float]) -> float:
    return sum(value(r) for r in results) / len(results) if results else 0.0


def _shares(results: Sequence[Answered]) -> dict[str, float]:
    return {
        "right": _mean(results, lambda r: r.right), "within": _mean(results, lambda r: r.within),
        "asked back": _mean(results, lambda r: r.asked_back), "wrong": _mean(results, lambda r: r.wrong),
    }


def _table(results: Sequence[Answered], head: str, key: Callable[[Answered], str]) -> str:
    ordered = sorted(results, key=key)
    groups = [(name, list(group)) for name, group in groupby(ordered, key)]
    lines = [f"| {head} | questions | right | within | asked back | wrong |", "|---|---:|---:|---:|---:|---:|"]
    for name, group in [*groups, ("**all**", ordered)]:
        shares = " | ".join(f"{share:.2f}" for share in _shares(group).values())
        lines.append(f"| {name} | {len(group)} | {shares} |")
    return "\n".join(lines)


def _scope(outside: Sequence[Answered]) -> str:
    mistakes = [r for r in outside if r.wrong]
    lines = [
        f"Of {len(outside)} questions that aren't the counter's business: {sum(r.right for r in outside)} refused, "
        f"{sum(r.asked_back for r in outside)} asked back, {len(mistakes)} answered by mistake "
        f"({sum(r.given == SMALLTALK for r in mistakes)} of those with small talk):",
        "", *_listed(mistakes),
    ]
    return "\n".join(lines)


def _crisis(results: Sequence[Answered]) -> str:
    return "\n".join([
        "Missed:", "", *_listed(_missed(results)), "", "False alarms:", "", *_listed(_alarms(results)),
    ])


def _listed(results: Iterable[Answered]) -> list[str]:
    return [f"- {r.question.text} → {r.given} ({r.confidence:.2f})" for r in results] or ["- none"]


def _bins(results: Iterable[Answered]) -> dict[int, list[Answered]]:
    found: dict[int, list[Answered]] = {}
    for r in results:
        found.setdefault(min(int(r.confidence * TENTHS), TENTHS - 1), []).append(r)
    return dict(sorted(found.items()))


def _likeliest_right(r: Answered) -> bool:
    return r.likeliest == r.question.topic


def _calibration_error(results: Sequence[Answered]) -> float:
    gaps = [abs(sum(r.confidence - _likeliest_right(r) for r in group)) for group in _bins(results).values()]
    return sum(gaps) / len(results)


def _calibration(results: Sequence[Answered]) -> str:
    lines = [
        "The likeliest intent of every question, out of scope included, whether the assistant was sure enough to answer or not.",
        "", "| confidence | questions | mean confidence | right |", "|---|---:|---:|---:|",
    ]
    for low, group in _bins(results).items():
        sure, right = _mean(group, lambda r: r.confidence), _mean(group, _likeliest_right)
        lines.append(f"| {low / TENTHS:.1f} – {(low + 1) / TENTHS:.1f} | {len(group)} | {sure:.2f} | {right:.2f} |")
    return "\n".join([*lines, "", f"Expected calibration error {_calibration_error(results):.3f}."])


def _confusions(results: Iterable[Answered]) -> str:
    pairs = Counter((r.question.topic, r.given) for r in results if r.wrong)
    lines = ["| asked about | answered with | times |", "|---|---|---:|"]
    return "\n".join([*lines, *(f"| {asked} | {given} | {times} |" for (asked, given), times in pairs.most_common(20))])


def picture(results: Sequence[Answered], path: Path) -> None:
    """Confusion of topics: a row for each topic asked about, a column for each answer; the last column is ASKED_BACK."""
    import matplotlib  # type: ignore[import-untyped]

    matplotlib.use("svg")
    from matplotlib import pyplot

    rows = sorted({r.question.topic for r in results})
    columns = [*sorted({*rows, *(r.given for r in results)} - {ASKED_BACK}), ASKED_BACK]
    counts = Counter((r.question.topic, r.given) for r in results)
    grid = [[counts[row, column] for column in columns] for row in rows]
    figure, axes = pyplot.subplots(figsize=(12, 11), layout="constrained")
    axes.imshow([[n / max(sum(line), 1) for n in line] for line in grid], cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90)
    axes.set_yticks(range(len(rows)), rows)
    axes.set(xlabel="answered with", ylabel="asked about")
    for y, line in enumerate(grid):
        for x, n in enumerate(line):
            if n:
                axes.text(x, y, str(n), ha="center", va="center", color="white" if n > sum(line) / 2 else "black", fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
