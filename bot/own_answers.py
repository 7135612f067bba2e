"""Whole answers of one municipality (`data/gemeenten/<name>/answers.yml`), which go before the general ones. Knows no Rasa."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.dutch.aspects import ASPECTS

Responses = Mapping[str, list[dict[str, Any]]]  # "utter_bijstand" -> its variants, as Rasa has them

_NAME = re.compile(r"{(\w+)}")
_OF_TOPIC = ("topic", "source", "source_label", "reviewed")  # what the answer to a new aspect has from the topic's main answer


class _Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out is taken from the general answer; null takes it away."""

    topic: str | UnsetType = UNSET
    aspect: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    source: str | UnsetType | None = UNSET
    source_label: str | UnsetType | None = UNSET
    reviewed: date | UnsetType = UNSET
    upl: str | UnsetType | None = UNSET
    appointment_product: str | UnsetType | None = UNSET
    outcome: str | UnsetType = UNSET
    applies: bool | UnsetType = UNSET  # false: there is nothing to do for this topic here; life events leave it out


class _Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    payload: str


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1)]
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    buttons: list[_Button] | UnsetType = UNSET


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    responses: dict[Annotated[str, Meta(pattern="^utter_[a-z0-9_]+$")], Any] = {}
    version: str = "3.1"


def parse(loaded: Any) -> Responses:
    """The answers of a loaded answers.yml. Raises ValueError that names answer and fault."""
    return {name: _variants(name, given) for name, given in msgspec.convert(loaded, _File).responses.items()}


def _variants(name: str, given: Any) -> list[dict[str, Any]]:
    try:
        return list(msgspec.to_builtins(msgspec.convert(given, Annotated[list[_Answer], Meta(min_length=1)])))
    except msgspec.ValidationError as exc:
        raise ValueError(f"{name}: {exc}") from exc


def before(general: Responses, own: Responses, values: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """All answers: the `own` ones before the `general` ones. `values`: the names that have a value in this municipality.

    An own main answer replaces the topic as a whole: the general answers per aspect (`utter_<slug>_kosten`, …) go with the
    general main answer, because they could contradict the own one. An own answer per aspect replaces that aspect, or adds it to
    the topic. Raises ValueError for an answer of no known topic, and for a `{name}` without a value.
    """
    replaced = {f"{name}_{aspect}" for name in own for aspect in ASPECTS}
    kept = {name: variants for name, variants in general.items() if name not in replaced}
    return kept | {name: [_whole(name, answer, general, values) for answer in variants] for name, variants in own.items()}


def _whole(name: str, answer: dict[str, Any], general: Responses, values: Collection[str]) -> dict[str, Any]:
    metadata = answer["metadata"]
    inherited = _inherited(name, general)
    if "source" in metadata:
        inherited.pop("source_label", None)  # it says what the other source is
    whole = answer | {"metadata": inherited | metadata}
    filled = {*values, *(_NAME.findall(general[name][0]["text"]) if name in general else ())}  # those of an action, too
    if unknown := set(_NAME.findall(f"{whole['text']} {whole['metadata'].get('source')}")) - filled:
        raise ValueError(f"{name} uses {', '.join(sorted(unknown))}, without a value in variables.yml")
    return whole


def _inherited(name: str, general: Responses) -> dict[str, Any]:
    """Metadata of the answer that this one replaces; for a new aspect what it has in common with the topic's main answer."""
    if name in general:
        return dict(general[name][0].get("metadata", {}))
    topic, aspect = next(((name.removesuffix(f"_{a}"), a) for a in ASPECTS if name.endswith(f"_{a}")), (name, ""))
    if topic not in general:
        raise ValueError(f"{name} is an answer of no known topic")
    main = general[topic][0].get("metadata", {})
    return {key: main[key] for key in _OF_TOPIC if key in main} | {"aspect": aspect}
