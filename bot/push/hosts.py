"""The push services of browsers that may be asked to deliver (setting `push_hosts`).

A citizen's browser names the address; without this list anybody could make the edge send requests wherever they like.
"""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


@dataclass(frozen=True)
class Hosts:
    """`names`: of hosts, with `*.` for any host below one; `local`: origins on this machine, for tests."""

    names: tuple[str, ...]
    local: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """The comma separated list of the setting."""
        found = [item.strip().lower().rstrip("/") for item in text.split(",") if item.strip()]
        return cls(tuple(item for item in found if "://" not in item), tuple(item for item in found if "://" in item))

    def faults(self, production: bool) -> list[str]:
        """What is wrong with the list, in English."""
        wrong = [name for name in self.names if "*" in name.removeprefix("*.") or "/" in name or name.count(".") < 1]
        wrong += [origin for origin in self.local if production or not _is_local(origin)]
        return [f"BALIE_PUSH_HOSTS: {item!r} is no name of a host, such as push.example or *.push.example" for item in wrong]

    def lane(self, endpoint: str) -> str | None:
        """The entry of the list that allows this address, on https and its own port; None when there is none."""
        try:
            parts = urlsplit(endpoint)
            port, host = parts.port, (parts.hostname or "").lower()
        except ValueError:
            return None
        if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint or "@" in parts.netloc or "\\" in endpoint:
            return None  # what parsers read differently
        if f"{parts.scheme}://{parts.netloc}".lower() in self.local:
            return "local"
        if parts.scheme != "https" or port not in (None, 443) or not _NAME.fullmatch(host):
            return None
        return next((name for name in self.names if _fits(host, name)), None)

    @property
    def lanes(self) -> tuple[str, ...]:
        return (*self.names, *(("local",) if self.local else ()))


def _fits(host: str, name: str) -> bool:
    return host.endswith(name[1:]) and len(host) > len(name) - 1 if name.startswith("*.") else host == name


def _is_local(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return parts.scheme in {"http", "https"} and parts.netloc.rpartition(":")[0] in _LOOPBACK and bool(parts.port)
    except ValueError:
        return False
