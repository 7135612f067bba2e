"""Rasa component: Dutch words and their dictionary forms, by spaCy."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import language
from bot.nlu.fingerprint import digest


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DutchTokenizer(Tokenizer):
    """Splits a text into words and punctuation; every token carries its lemma."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        return ["nl"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options that every tokenizer of Rasa has; there are none of our own."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return digest(language)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one text; a text of spaces alone is one token, because Rasa expects at least one."""
        text = message.get(attribute)
        found = [Token(t.text, t.idx, lemma=t.lemma_) for t in language.dutch()(text) if not t.is_space]
        tokens: list[Token] = self._apply_token_pattern(found or [Token(text, 0)])
        return tokens
