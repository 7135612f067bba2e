"""The classifier learns from few sentences, knows how sure it is, and is loaded only as it was saved."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import MultinomialNB

from bot.nlu.augment import Noise
from bot.nlu.bayes import LEAST, SMOOTHING, NaiveBayes
from bot.nlu.calibration import calibrate
from bot.nlu.features import Block, Counted, Sentence, clean, joint_row, sentence
from bot.nlu.linear import ARRAYS, DESCRIPTION, DIGESTS, BrokenModel, LinearModel, Options, _folds, train

EXAMPLES = {
    "paspoort": ["paspoort aanvragen", "ik wil een nieuw paspoort", "mijn paspoort is verlopen", "wat kost een paspoort",
                 "paspoort voor mijn kind", "hoe vraag ik een paspoort aan"],
    "verhuizen": ["ik ga verhuizen", "verhuizing doorgeven", "mijn nieuwe adres doorgeven", "ik ben verhuisd",
                  "hoe geef ik mijn verhuizing door", "ik woon sinds kort op een ander adres"],
    "afval": ["grofvuil laten ophalen", "mijn container is kapot", "wanneer wordt het afval opgehaald", "oud papier wegbrengen",
              "waar kan ik mijn afval kwijt", "grof vuil naar de stort"],
    "openingstijden": ["wanneer zijn jullie open", "openingstijden", "tot hoe laat is de balie open"],
    "wapen": ["jachtakte"],
}


def words(text: str) -> Sentence:
    return sentence((word, word) for word in text.split())


@pytest.fixture(scope="module")
def model() -> LinearModel:
    pairs = [(words(text), label) for label, texts in EXAMPLES.items() for text in texts]
    return train([given for given, _ in pairs], [label for _, label in pairs])


@pytest.fixture
def saved(model: LinearModel, tmp_path: Path) -> Path:
    model.save(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "intent"), [
    ("paspoort verlopen", "paspoort"), ("ik wil een pasport anvragen", "paspoort"), ("wij gaan verhuizen", "verhuizen"),
    ("mijn adres doorgeven", "verhuizen"), ("afval wegbrengen", "afval"), ("hoe laat open", "openingstijden"),
    ("jachtakte", "wapen"),
])
def test_a_new_sentence_gets_its_intent(model: LinearModel, text: str, intent: str) -> None:
    assert model.rank(words(text), 3)[0][0] == intent


def test_confidences_of_all_intents_sum_to_one_best_first(model: LinearModel) -> None:
    ranking = model.rank(words("mijn paspoort en mijn adres"), 10)
    confidences = [confidence for _, confidence in ranking]
    assert {name for name, _ in ranking} == set(EXAMPLES)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1.0)


def test_the_ranking_is_as_long_as_asked(model: LinearModel) -> None:
    assert len(model.rank(words("paspoort"), 2)) == 2


def test_known_words_make_surer_than_the_same_words_among_unknown_ones(model: LinearModel) -> None:
    plain = dict(model.rank(words("paspoort aanvragen"), 5))["paspoort"]
    drowned = dict(model.rank(words("quantumchromodynamica paspoort zwaartekrachtsgolven aanvragen xylofoonmuziek"), 5))
    assert drowned["paspoort"] < plain


def test_a_text_without_one_known_piece_says_nothing(model: LinearModel) -> None:
    for nothing in (words("¿¡ 🙂"), Sentence((), ())):
        assert [confidence for _, confidence in model.rank(nothing, 5)] == [0.2] * 5


def test_the_same_sentences_make_the_same_model(model: LinearModel) -> None:
    pairs = [(words(text), label) for label, texts in EXAMPLES.items() for text in texts]
    again = train([given for given, _ in pairs], [label for _, label in pairs])
    for text in ("paspoort", "ik verhuis", "wat kost afval"):
        assert again.rank(words(text), 5) == model.rank(words(text), 5)


def test_two_intents_are_enough_and_one_is_not() -> None:
    two = train([words("ja"), words("ja graag"), words("nee"), words("nee bedankt")], ["ja", "ja", "nee", "nee"])
    assert two.rank(words("ja hoor"), 1)[0][0] == "ja"
    assert two.rank(words("nee hoor"), 1)[0][0] == "nee"
    with pytest.raises(ValueError, match="at least two"):
        train([words("ja"), words("jazeker")], ["ja", "ja"])


def test_a_sentence_weighs_the_same_alone_as_in_training() -> None:
    sentences = [words(t) for t in ("ik wil een paspoort", "een paspoort een paspoort", "ik verhuis")]
    counted = Counted.of("pieces", sentences[:2])
    rarity = counted.rarity(np.arange(2))
    block = Block("pieces", counted.vocabulary, rarity.astype(np.float32), float(np.log(3) + 1), 0.7)
    together = counted.weighted(rarity, 0.7).toarray()
    for row, given in enumerate(sentences[:2]):
        columns, values = joint_row([block], given)
        assert together[row, columns] == pytest.approx(values, rel=1e-5)
        assert np.linalg.norm(values) == pytest.approx(0.7, rel=1e-5)
    assert np.linalg.norm(joint_row([block], sentences[2])[1]) < 0.7


def test_noisy_copies_do_not_count_as_unseen_sentences() -> None:
    pairs = [(words(text), label) for label, texts in EXAMPLES.items() for text in texts]
    noisy = train([given for given, _ in pairs], [label for _, label in pairs], Options(noisy_copies=2))
    assert noisy.rank(words("pasport anvragen"), 1)[0][0] == "paspoort"
    # Had the copies of a sentence been trained on, every sentence would be recognised and all confidences near one.
    assert dict(noisy.rank(words("open adres"), 5)) != pytest.approx({"openingstijden": 1.0}, abs=0.05)


def test_noise_keeps_the_first_letter_and_is_the_same_again() -> None:
    given = words("ik wil graag een paspoort aanvragen")
    once, twice = Noise(1).copy(given), Noise(1).copy(given)
    assert once == twice != given
    assert {word[0] for word in once.words} <= {word[0] for word in given.words}


def test_calibration_follows_what_was_seen() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 3000)
    scores = random.normal(0, 1, (3000, 3))
    scores[np.arange(3000), truth] += 1.5
    likelihood = random.normal(-5, 2, (3000, 3))
    likelihood[np.arange(3000), truth] += 2
    confidence = calibrate(scores[:2000], likelihood[:2000], truth[:2000])(scores[2000:], likelihood[2000:])
    right = confidence.argmax(axis=1) == truth[2000:]
    for low in (0.4, 0.6, 0.8):
        inside = (confidence.max(axis=1) > low) & (confidence.max(axis=1) <= low + 0.2)
        assert confidence.max(axis=1)[inside].mean() == pytest.approx(right[inside].mean(), abs=0.1)


def test_a_word_of_one_class_counts_for_it_and_a_common_word_for_none() -> None:
    features = csr_matrix(np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0]], dtype=float))
    bayes = NaiveBayes.of(features, np.array([0, 1, 1]), 2)
    common, first, second, nothing = bayes(csr_matrix(np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 0, 0]], dtype=float)))
    assert abs(common[0] - common[1]) < 1
    assert first[0] > first[1] + 3
    assert second[1] > second[0] + 3
    assert nothing[0] == nothing[1]


def test_naive_bayes_is_what_scikit_learn_computes() -> None:
    random = np.random.default_rng(0)
    features, truth = csr_matrix(random.poisson(0.3, (60, 20)).astype(float)), random.integers(0, 4, 60)
    theirs = MultinomialNB(alpha=SMOOTHING, fit_prior=False).fit(features[:40], truth[:40])
    ours = NaiveBayes.of(features[:40], truth[:40], 4)(features[40:])
    assert ours == pytest.approx(np.maximum(theirs.predict_log_proba(features[40:]), LEAST), rel=1e-3, abs=1e-3)


def test_sentences_that_stand_together_are_left_out_together() -> None:
    truth = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert _folds(truth, Options(folds=2)).tolist() == [0, 0, 1, 1, 0, 0, 1, 1]


def test_words_are_read_alike_whatever_their_case_accents_and_length() -> None:
    assert clean("HEEEEEL Één 0612345678 18") == "heel een 000 18"


def test_a_saved_model_says_the_same(model: LinearModel, saved: Path) -> None:
    loaded = LinearModel.load(saved)
    for text in ("paspoort", "wij verhuizen", "¿"):
        assert loaded.rank(words(text), 5) == model.rank(words(text), 5)


def _flip_a_byte(directory: Path) -> None:
    content = bytearray((directory / ARRAYS).read_bytes())
    content[len(content) // 2] ^= 1
    (directory / ARRAYS).write_bytes(content)


def _rename_an_intent(directory: Path) -> None:
    text = (directory / DESCRIPTION).read_text()
    (directory / DESCRIPTION).write_text(text.replace('"paspoort"', '"verhuis"'))


def _drop_digests(directory: Path) -> None:
    (directory / DIGESTS).unlink()


def _empty(directory: Path) -> None:
    (directory / ARRAYS).write_bytes(b"")


@pytest.mark.parametrize("tamper", [_flip_a_byte, _rename_an_intent, _drop_digests, _empty])
def test_a_model_that_was_changed_is_refused(saved: Path, tamper: Callable[[Path], None]) -> None:
    tamper(saved)
    with pytest.raises(BrokenModel):
        LinearModel.load(saved)


def _sign(directory: Path) -> None:
    names = (ARRAYS, DESCRIPTION)
    lines = [f"{hashlib.sha256((directory / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (directory / DIGESTS).write_text("".join(lines))


class _Trap:
    """Whoever unpickles this creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return (Path.touch, (self.path,))


def test_code_in_a_model_is_never_run_even_with_the_right_digest(saved: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    with np.load(saved / ARRAYS) as arrays:
        content = dict(arrays)
    np.savez(saved / ARRAYS, **{**content, "weights": np.array([_Trap(sprung)], dtype=object)})
    _sign(saved)
    with pytest.raises(BrokenModel):
        LinearModel.load(saved)
    (saved / ARRAYS).write_bytes(pickle.dumps(_Trap(sprung)))
    _sign(saved)
    with pytest.raises(BrokenModel):
        LinearModel.load(saved)
    assert not sprung.exists()


def test_weights_that_do_not_fit_are_refused_even_with_the_right_digest(saved: Path) -> None:
    description = json.loads((saved / DESCRIPTION).read_text())
    description["classes"].append("nog een")
    (saved / DESCRIPTION).write_text(json.dumps(description))
    _sign(saved)
    with pytest.raises(BrokenModel, match="promises"):
        LinearModel.load(saved)


def test_an_empty_directory_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel):
        LinearModel.load(tmp_path)
