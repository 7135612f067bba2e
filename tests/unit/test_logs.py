"""The logs: what they may hold, and that nothing which is logged gets lost by it."""

import ast
import json
from collections.abc import Iterator
from io import StringIO

import structlog

from bot import logs
from bot.settings import ROOT

OURS = ("bot", "actions", "connectors")
WRITES = {f"log.{level}" for level in ("debug", "info", "warning", "error")} | {"level"}  # connectors/login.py picks the level


def fields_logged() -> Iterator[tuple[str, str]]:
    """(place, field) of every record that the code writes with `log.<level>(…)`."""
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITES:
                    yield from ((f"{path.name}:{node.lineno}", item.arg) for item in node.keywords if item.arg)


def test_every_field_that_is_logged_is_on_the_list() -> None:
    found = list(fields_logged())
    assert len(found) > 50
    assert [(place, name) for place, name in found if name not in logs.LOGGED] == []


def test_a_field_that_nobody_thought_about_is_dropped_in_every_process() -> None:
    before, out = structlog.get_config(), StringIO()
    logs.structured("INFO")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    try:
        structlog.get_logger().info("turn", conv="c_1", text="Geheimstraat 1")
    finally:
        structlog.configure(**before)
    record = json.loads(out.getvalue())
    assert record.keys() == {"event", "level", "timestamp", "conv"}
