"""Two pictures with the report of `benchmarks.understanding`: which topics are confused, and how confidence can be believed."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from benchmarks.questions import Answered
from benchmarks.understanding_report import TENTHS, Figures, bins, calibration_error, confused, mean

OTHER = "another topic"
CELL = 0.3  # inches


def confusion(results: Sequence[Answered], path: Path) -> None:
    """The topics of the pairs most often confused: a row for each asked about, a column for each likeliest.

    All others are left out, unless nothing is confused.
    """
    topics = sorted({topic for pair, _ in confused(results) for topic in pair} or {r.question.topic for r in results})
    columns = [*topics, OTHER]
    counts = Counter((r.question.topic, r.likeliest if r.likeliest in topics else OTHER) for r in results)
    grid = [[counts[row, column] for column in columns] for row in topics]
    size = CELL * len(columns) + 3
    figure, axes = pyplot.subplots(figsize=(size, size - 0.5), layout="constrained")
    axes.imshow([[n / max(sum(line), 1) for n in line] for line in grid], cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90)
    axes.set_yticks(range(len(topics)), topics)
    axes.set(xlabel="taken for", ylabel="asked about", title="The most confused topics: questions by their likeliest topic")
    axes.set_xticks([x - 0.5 for x in range(1, len(columns))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(topics))], minor=True)
    axes.grid(which="minor", color="lightgrey", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    for y, line in enumerate(grid):
        for x, n in enumerate(line):
            if n:
                color, weight = "white" if n > sum(line) / 2 else "black", "normal" if columns[x] == topics[y] else "bold"
                axes.text(x, y, str(n), ha="center", va="center", color=color, fontsize=9, fontweight=weight)
    _save(figure, path)


def calibration(sides: Sequence[Figures], path: Path) -> None:
    """How often the likeliest topic is right, by how sure the model was of it; below, how many questions there were of each."""
    figure, (above, below) = pyplot.subplots(
        2, 1, figsize=(6, 7), sharex=True, layout="constrained", gridspec_kw={"height_ratios": [3, 1]}
    )
    above.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1, label="as right as it says")
    for number, side in enumerate(sides):
        groups = bins(side.answers)
        sure = [mean(group, lambda r: r.confidence) for group in groups.values()]
        right = [mean(group, lambda r: r.ranked_first) for group in groups.values()]
        above.plot(sure, right, marker="o", color=f"C{number}", label=f"{side.head}: error {calibration_error(side.answers):.3f}")
        width = 1 / TENTHS / (len(sides) + 1)
        starts = [low / TENTHS + width * (number + 0.5) for low in groups]
        below.bar(starts, [len(group) for group in groups.values()], width, align="edge", color=f"C{number}")
    above.set(ylabel="share right", xlim=(0, 1), ylim=(0, 1), title="Is it right as often as it is sure?")
    above.legend(loc="upper left")
    below.set(xlabel="confidence in the likeliest topic", ylabel="questions", yscale="log")
    _save(figure, path)


def _save(figure: pyplot.Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
