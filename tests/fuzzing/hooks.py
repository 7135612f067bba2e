"""For schemathesis, in its own environment: what is generated goes to conversations that exist.

A generated number of a conversation that has the right form is replaced by a real one, with its token; wrong ones stay wrong.
"""

import os
import re
from typing import Any

import requests
import schemathesis

SERVER = os.environ["FUZZ_SERVER"]
KNOWN = {"gemeente": "voorbeeld", "slug": "paspoort_aanvragen", "sealed": os.environ["FUZZ_SEALED"]}
PER_CONVERSATION = 200  # messages after which another one is begun: they have an end

_CONV = re.compile(r"c_[A-Za-z0-9_-]{22}")


class Conversations:
    """Real ones. The one in use is replaced when it was erased, or is getting long."""

    def __init__(self) -> None:
        self._begun: dict[str, str] = {}
        self._used = PER_CONVERSATION

    def begin(self) -> tuple[str, str]:
        """The number and the token of a new one."""
        answer = requests.post(f"{SERVER}/v1/conv", json={"gemeente": "voorbeeld", "channel": "app"}, timeout=10)
        answer.raise_for_status()
        body = answer.json()
        return body["conv"], body["token"]

    def get(self) -> tuple[str, str]:
        self._used += 1
        if self._used > PER_CONVERSATION:
            self._begun, self._used = dict([self.begin()]), 0
        return next(iter(self._begun.items()))


conversations = Conversations()


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    path = case.path_parameters or {}
    for name, value in KNOWN.items():
        if name in path:
            case.path_parameters[name] = value
    if _CONV.fullmatch(str(path.get("conv", ""))):
        conv, token = conversations.begin() if case.method.upper() == "DELETE" else conversations.get()
        case.path_parameters["conv"] = conv
        case.headers["Authorization"] = f"Bearer {token}"
    if "notificaties" in case.path:
        case.headers["Authorization"] = os.environ["FUZZ_SENDER"]
    if case.path.endswith("/events"):
        case.query = {"wait": 0, **(case.query or {})}  # a stream has no end
