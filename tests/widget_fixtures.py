"""A chat on the page of a municipality elsewhere, with a brain that has every part to show.

Modules take the fixtures over by name.
"""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Edge, EdgeFactory
from tests.handover_fixtures import Counter, counter
from tests.widget_states import ANSWERS
from tests.wire import Wire, wire


@pytest.fixture
async def edge(make_edge: EdgeFactory) -> Edge:
    return await make_edge(lift_rates=True, desk_undo_seconds=0.0)


@pytest.fixture
async def brain(edge: Edge) -> AsyncIterator[Counter]:
    async with counter(edge.services) as made:
        made.answers.update(ANSWERS)
        yield made


@pytest.fixture
async def line(edge: Edge) -> AsyncIterator[Wire]:
    async with wire(int(edge.url.rsplit(":", 1)[1])) as made:
        yield made
