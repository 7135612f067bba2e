"""What is computed faster must be computed the same: against Rasa's own code, on random rules and conversations."""

import json
import random
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy

from bot.brain import speedups

ORIGINAL = RulePolicy._get_possible_keys
INTENTS, ACTIONS = ["a", "b", "c"], ["action_listen", "utter_a", "utter_b", "form"]


def _state(chance: random.Random, rule: bool) -> dict[str, Any]:
    state: dict[str, Any] = {}
    if chance.random() < 0.9:
        state["prev_action"] = {"action_name": chance.choice(ACTIONS)}
    if chance.random() < 0.7:
        state["user"] = {"intent": chance.choice(INTENTS)}
    if chance.random() < 0.3:
        state["active_loop"] = {"name": chance.choice(["form", "should_not_be_set"] if rule else ["form"])}
    return state


def test_the_same_rules_are_found_as_rasa_finds() -> None:
    chance = random.Random(7)
    for _ in range(300):
        policy = object.__new__(RulePolicy)
        rules = [[_state(chance, True) for _ in range(chance.randint(1, 3))] for _ in range(40)]
        lookup = {json.dumps(rule, sort_keys=True): "utter_a" for rule in rules}
        for _ in range(5):
            states = [_state(chance, False) for _ in range(chance.randint(0, 6))]
            expected = ORIGINAL(policy, lookup, states)
            assert speedups._get_possible_keys(policy, lookup, states) == expected
