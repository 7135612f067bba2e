"""All questions of tests/topics against the trained model: what fails is known, and what is known to fail still does."""

from typing import Any

import pytest

from benchmarks import known_failures
from benchmarks.questions import questions
from benchmarks.understanding import answered
from bot import content
from bot.wiring import Services, use


async def test_only_known_failures_fail(assistant: Any, services: Services) -> None:
    use(services)
    catalogue = content.load()
    answers = [await answered(question, assistant, "voorbeeld", catalogue) for question in questions()]
    difference = known_failures.compare(known_failures.read(), answers)
    if difference:
        pytest.fail(str(difference), pytrace=False)
