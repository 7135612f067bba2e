"""The Dutch spaCy pipeline: a tokenizer and a lemmatizer on look-up tables. One per process, loaded on first use."""

from functools import lru_cache

import spacy
from spacy.language import Language


@lru_cache(maxsize=1)
def dutch() -> Language:
    """The shared pipeline. It takes a second to load; a sentence takes about 0.1 ms."""
    nlp = spacy.blank("nl")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


@lru_cache(maxsize=1)
def _known_words() -> frozenset[int]:
    table = dutch().get_pipe("lemmatizer").lookups.get_table("lemma_lookup")  # type: ignore[attr-defined]
    return frozenset(table) | frozenset(dutch().vocab.strings.add(lemma) for lemma in table.values())


def is_dutch_word(word: str) -> bool:
    """Whether the look-up tables know the (lower case) word; a word they don't know may be a slip."""
    return dutch().vocab.strings[word] in _known_words()
