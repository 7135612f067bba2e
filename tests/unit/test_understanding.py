"""What counts as right when understanding is measured, and the list of known failures."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks import known_failures, massive, models, stock
from benchmarks.questions import ASKED_BACK, Answered, Question, judge, judge_parsed, questions
from bot import content

CATALOGUE = content.load()
PASPOORT = Question("pas verlopen", "paspoort_aanvragen", "keywords", "paspoort_aanvragen")
OUTSIDE = Question("wat eten we vanavond", "out_of_scope", "faq", "out_of_scope")


def _parsed(*ranking: tuple[str, float], first: str | None = None) -> dict[str, Any]:
    listed = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return {"intent": {"name": first, "confidence": 0.7} if first else listed[0], "intent_ranking": listed}


def _heard(*parsed: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"event": "user", "parse_data": item} for item in parsed]


def test_a_right_answer() -> None:
    found = judge(PASPOORT, _heard(_parsed(("paspoort_aanvragen", 0.9), ("visum", 0.05))), [], CATALOGUE)
    assert (found.right, found.within, found.wrong, found.failed) == (True, True, False, False)
    assert (found.ranking, found.confidence) == (("paspoort_aanvragen", "visum"), 0.9)


def test_a_wrong_answer_is_not_excused_by_its_ranking() -> None:
    found = judge(PASPOORT, _heard(_parsed(("visum", 0.8), ("paspoort_aanvragen", 0.1))), [], CATALOGUE)
    assert (found.wrong, found.within, found.failed, found.ranked_high) == (True, False, True, True)


def test_a_wrong_answer_with_a_way_to_the_right_one_is_still_wrong() -> None:
    found = judge(PASPOORT, _heard(_parsed(("visum", 0.8), ("paspoort_aanvragen", 0.1))), ["/paspoort_aanvragen"], CATALOGUE)
    assert (found.wrong, found.within, found.failed) == (True, True, False)


@pytest.mark.parametrize("payloads, within", [(["/visum", "/paspoort_aanvragen"], True), (["/visum"], False), ([], False)])
def test_asked_back_is_within_when_the_topic_is_offered(payloads: list[str], within: bool) -> None:
    unsure = _parsed(("nlu_fallback", 0.7), ("visum", 0.5), ("paspoort_aanvragen", 0.4))
    found = judge(PASPOORT, _heard(unsure), payloads, CATALOGUE)
    assert (found.given, found.within, found.failed) == (ASKED_BACK, within, not within)
    assert (found.likeliest, found.confidence) == ("visum", 0.5)  # the fallback's own confidence says nothing


def test_two_questions_are_right_when_one_is() -> None:
    found = judge(PASPOORT, _heard(_parsed(("visum", 0.9)), _parsed(("paspoort_aanvragen", 0.9))), [], CATALOGUE)
    assert found.right


@pytest.mark.parametrize("intent, failed", [("out_of_scope", False), ("nlu_fallback", False), ("openingstijden", True)])
def test_out_of_scope_may_be_refused_or_asked_back(intent: str, failed: bool) -> None:
    found = judge_parsed(OUTSIDE, _parsed(("out_of_scope", 0.6), ("openingstijden", 0.4), first=intent), CATALOGUE)
    assert found.failed is failed


def test_small_talk_is_one_topic() -> None:
    small = [slug for slug, topic in CATALOGUE.items() if topic.topic == "smalltalk"]
    found = judge_parsed(PASPOORT, _parsed((small[0], 0.5), (small[1], 0.3), ("paspoort_aanvragen", 0.1)), CATALOGUE)
    assert found.ranking == ("smalltalk", "paspoort_aanvragen")


def test_every_question_is_there_once() -> None:
    asked = list(questions())
    assert len({(q.source, q.text) for q in asked}) == len(asked) > 1000


def _answered(text: str, given: str, source: str = "paspoort_aanvragen") -> Answered:
    return Answered(Question(text, "paspoort_aanvragen", "faq", source), given, (), (given,), 0.8)


RIGHT, WRONG = _answered("een", "paspoort_aanvragen"), _answered("twee: kosten?", "visum")


def test_the_list_grows_only_when_that_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "known.yml"
    difference = known_failures.rewrite([RIGHT, WRONG], accept=False, path=path)
    assert difference.new == [WRONG]
    assert known_failures.read(path) == frozenset()
    known_failures.rewrite([RIGHT, WRONG], accept=True, path=path)
    assert known_failures.read(path) == {("paspoort_aanvragen", "twee: kosten?")}
    assert not known_failures.compare(known_failures.read(path), [RIGHT, WRONG])


def test_the_list_shrinks_by_itself_also_when_something_else_fails(tmp_path: Path) -> None:
    path = tmp_path / "known.yml"
    path.write_text(yaml.safe_dump({"paspoort_aanvragen": ["een", "weg"]}))
    difference = known_failures.rewrite([RIGHT, WRONG], accept=False, path=path)
    assert ([q.text for q in difference.over], difference.gone) == (["een"], [("paspoort_aanvragen", "weg")])
    assert difference.new == [WRONG]
    assert known_failures.read(path) == frozenset()


def test_a_difference_says_what_to_do() -> None:
    difference = known_failures.compare(frozenset({("paspoort_aanvragen", "een")}), [RIGHT, WRONG])
    assert "paspoort_aanvragen: twee: kosten? → visum" in str(difference)
    assert known_failures.COMMAND in str(difference)


def test_stock_rasa_learns_from_every_sentence_and_from_nothing_else() -> None:
    data = yaml.load(stock.sentences(), Loader=yaml.CSafeLoader)
    assert data.keys() == {"version", "nlu"}
    learnt = {item["intent"] for item in data["nlu"] if "intent" in item}
    assert set(CATALOGUE) <= learnt


def test_stock_rasa_is_its_default_pipeline() -> None:
    names = [part["name"] for part in stock.pipeline()["pipeline"]]
    assert (names[0], names[-1]) == ("WhitespaceTokenizer", "FallbackClassifier")
    assert [part["epochs"] for part in stock.pipeline()["pipeline"] if part["name"] == "DIETClassifier"] == [100]


def test_models_of_the_same_content_have_one_name_however_long_they_were_trained() -> None:
    name = models.understanding_name("x", stock.pipeline(1), "data")
    assert name == models.understanding_name("x", stock.pipeline(100), "data")
    assert name != models.understanding_name("x", stock.pipeline(1), "other data")


TRAINING = """\
Starting to train component 'DIETClassifier'
Epochs:   0%|          | 0/2 [00:00<?, ?it/s]
Epochs:  50%|##        | 1/2 [00:30<00:30, 30.0s/it]
Epochs:  50%|##        | 1/2 [00:30<00:30, 30.0s/it, t_loss=3.1, i_acc=0.412]
Epochs: 100%|##########| 2/2 [01:00<00:00, 30.0s/it, t_loss=3.1, i_acc=0.412]
Epochs: 100%|##########| 2/2 [01:00<00:00, 30.0s/it, t_loss=2.2, i_acc=0.693]
Starting to train component 'TEDPolicy'
Epochs: 100%|##########| 1/1 [00:01<00:00,  1.0s/it, t_loss=2.2, acc=0.9]
Epochs: 100%|##########| 1/1 [00:01<00:00,  1.0s/it, t_loss=2.2, acc=0.9]
"""


def test_progress_of_a_training() -> None:
    told: list[str] = []
    accuracy: dict[int, float] = {}
    list(models._follow(TRAINING.splitlines(), told.append, accuracy))
    assert accuracy == {1: 0.412, 2: 0.693}
    assert "training DIETClassifier: 2 of 2 epochs, accuracy on the training sentences 0.693" in told
    assert told[-1] == "training TEDPolicy: 1 of 1 epochs"


def test_massive_counts_the_ranking_and_not_the_fallback() -> None:
    tried = [massive.Example("a", "x"), massive.Example("b", "y")]
    parsed = [_parsed(("nlu_fallback", 0.7), ("x", 0.2), ("y", 0.1)), _parsed(("x", 0.6), ("y", 0.4))]
    found = massive.score(tried, parsed, [1.0, 3.0])
    assert (found.accuracy, found.within_three, found.p50) == (0.5, 1.0, 2.0)
    assert found.error == pytest.approx((0.8 + 0.6) / 2)


def test_massive_compares_the_classifiers_without_what_overrules_them() -> None:
    found = {name: [part["name"] for part in config["pipeline"]] for name, config, _ in massive.pipelines(3)}
    assert not massive.DECIDING & set(found["Balie"])
    assert any(name.startswith("bot.nlu.classifier") for name in found["Balie"])
    assert found["Rasa, LogisticRegressionClassifier"][-1] == "LogisticRegressionClassifier"
    assert "DIETClassifier" in found["Rasa's default, DIET, 3 epochs"]
