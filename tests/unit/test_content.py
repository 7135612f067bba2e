"""The content that is here keeps to the rules for content, and refers to things that exist."""

from datetime import date

import pytest

from bot import content
from bot.editing.check import ALL
from bot.editing.files import read
from bot.editing.rules import Check, Rule, expired, unused
from bot.settings import ROOT, Settings

NOW = Check(read(ROOT), Settings(), date.today())


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule is not expired], ids=lambda rule: rule.__name__)
def test_the_content_breaks_no_rule(rule: Rule) -> None:
    """Only the review date is left to `balie content check`: tests of a commit must not fail by the passing of time."""
    broken = [f"{finding.path}: {finding.text}" for finding in rule(NOW) if finding.error]
    assert not broken, "\n".join(broken)


def test_no_variable_is_dead() -> None:
    assert not [finding.text for finding in unused(NOW)]


def test_the_rules_looked_at_all_topics_and_municipalities() -> None:
    topics = {topic.slug for topic in NOW.content.topics}
    assert topics == {path.stem for path in (ROOT / "data/nlu/topics").glob("*.yml")} and len(topics) >= 73
    assert topics <= set(content.load())
    assert all(topic.examples and topic.answers for topic in NOW.content.topics)
    assert {item.gemeente.key for item in NOW.content.municipalities} == {
        path.parent.name for path in (ROOT / "data/gemeenten").glob("*/gemeente.yml")
    }
