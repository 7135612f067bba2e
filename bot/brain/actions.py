"""Runs the rasa-sdk actions in this process instead of over HTTP."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

_failures: ContextVar[list[Exception]] = ContextVar("failures")


@contextmanager
def no_silence() -> Iterator[None]:
    """Around a turn: raises what an action raised. Rasa only logs it and ends the turn, and the citizen would hear nothing."""
    failures: list[Exception] = []
    token = _failures.set(failures)
    try:
        yield
    finally:
        _failures.reset(token)
    if failures:
        raise failures[0]


class InProcessActions(EndpointConfig):
    """An action endpoint without a network: Rasa asks it as it would ask an action server."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process", selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, *_: Any, **kwargs: Any) -> Any:
        """Run the action named in `json`. A rejection is told the way the action server tells it: status 400."""
        try:
            return await self._executor.run(kwargs["json"])
        except ActionExecutionRejection as exc:
            text = json.dumps({"error": exc.message, "action_name": exc.action_name})
            raise ClientResponseError(400, exc.message, text) from exc
        except Exception as exc:
            _failures.get([]).append(exc)
            raise
