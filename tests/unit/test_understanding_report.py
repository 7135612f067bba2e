"""The report of the evaluation: both sides, what makes its figures unusual, and its pictures."""

from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from benchmarks import understanding_pictures as pictures
from benchmarks import understanding_report as report
from benchmarks.asking import Heard
from benchmarks.models import Trained
from benchmarks.questions import ASKED_BACK, Answered, Question
from benchmarks.understanding_report import Figures


def _answered(
    topic: str, given: str, confidence: float, *ranking: str, offered: tuple[str, ...] = (), text: str = "?"
) -> Answered:
    return Answered(Question(text, topic, "faq", topic), given, offered, ranking or (given,), confidence)


OURS = [
    _answered("visum", "visum", 0.9),
    _answered("visum", ASKED_BACK, 0.5, "aow", "visum", offered=("aow", "visum")),
    _answered("aow", "visum", 0.7),
    _answered("crisis", "crisis", 1.0),
    _answered("out_of_scope", "visum", 0.8, text="hoe maak ik soep"),
]
THEIRS = [
    _answered("visum", "visum", 0.9),
    _answered("visum", ASKED_BACK, 0.2, "aow", "visum"),
    _answered("aow", "aow", 0.7),
    _answered("crisis", "aow", 1.0),
    _answered("out_of_scope", "out_of_scope", 0.8),
]
TIMES = Heard([], [1.0, 2.0, 3.0], 0.0)
BALIE = Figures("Balie", OURS, Trained(Path("b"), 60.4), TIMES, turns=[5.0, 6.0])
STOCK = Figures(
    "stock Rasa", THEIRS, Trained(Path("s"), 3600, 0.4, (0.3, 0.5, 0.625)), TIMES, epochs=3, learned={3: THEIRS, 1: OURS}
)
MACHINE = {"processor": "abacus"}


def _row(text: str, start: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_both_sides_are_side_by_side() -> None:
    text = report.markdown([BALIE, STOCK], MACHINE)
    assert _row(text, "right at first answer") == ["0.500", "0.500", "≥ 0.920"]
    assert _row(text, "right within the suggestions") == ["0.750", "0.500", "≥ 0.980"]
    assert _row(text, "likeliest three, sure or not") == ["0.750", "0.750", ""]
    assert _row(text, "wrong but confident") == ["0.250", "0.250", "≤ 0.030"]
    assert _row(text, "out of scope answered by mistake") == ["1.000", "0.000", "≤ 0.050"]
    assert _row(text, "crisis missed") == ["0 of 1", "1 of 1", "0"]
    assert _row(text, "training, s") == ["60", "3600", ""]
    assert _row(text, "understanding a message, p50, ms") == ["2.0", "2.0", ""]
    assert _row(text, "visum") == ["2", "0.50", "1.00", "0.50", "0.00", "0.50", "1.00", "0.50", "0.00"]
    assert "no suggestions" in text and "abacus" in text


def test_what_is_not_stock_and_what_is_noisy_is_said_first() -> None:
    head = report.markdown([BALIE, STOCK], MACHINE).split("|", 1)[0]
    assert "NOT STOCK: the neural network of stock Rasa was trained for 3 of its 100 epochs" in head
    assert "NOISY: other work used 0.40 of a core while stock Rasa was trained" in head


def test_how_stock_rasa_learned() -> None:
    text = report.markdown([BALIE, STOCK], MACHINE)
    assert _row(text, "1") == ["0.300", "0.500", "0.500"]
    assert _row(text, "2") == ["0.500", "–", "–"]
    assert _row(text, "3") == ["0.625", "0.500", "0.500"]


def test_without_stock_rasa() -> None:
    text = report.markdown([BALIE], MACHINE)
    assert "stock" not in text.lower()
    assert "- hoe maak ik soep → visum (0.80)" in text


def test_the_error_of_calibration_is_weighted_by_bin() -> None:
    sure = [_answered("visum", "visum", 0.95), _answered("visum", "aow", 0.95), _answered("visum", "visum", 0.5)]
    assert abs(report.calibration_error(sure) - (0.9 + 0.5) / 3) < 1e-9


def test_the_most_confused_topics_come_first() -> None:
    assert report.confused([OURS[1], OURS[1], OURS[2], OURS[0]]) == [(("visum", "aow"), 2), (("aow", "visum"), 1)]


def test_the_summary_fits_a_screen() -> None:
    console = Console(width=80, record=True)
    console.print(*report.summary([BALIE, STOCK]), sep="\n")
    assert "out of scope answered by mistake" in console.export_text()


def test_pictures(tmp_path: Path) -> None:
    pictures.confusion(OURS, tmp_path / "confusion.svg")
    pictures.calibration([BALIE, STOCK], tmp_path / "calibration.svg")
    for name in ("confusion.svg", "calibration.svg"):
        assert ElementTree.parse(tmp_path / name).getroot().tag.endswith("svg")


def test_a_picture_of_no_confusion_at_all(tmp_path: Path) -> None:
    pictures.confusion(OURS[:1], tmp_path / "confusion.svg")
    assert (tmp_path / "confusion.svg").exists()
