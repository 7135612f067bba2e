"""Case types with their steps, and kinds of result, from the Catalogi API 1.3."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.zaken import ZakenUnavailable
from bot.zgw import Json, ZgwClient, at_once

_MOST_KEPT = 1000  # of types; a municipality has some hundreds
_T = TypeVar("_T")


@dataclass(frozen=True)
class Step:
    """A status type. `informs`: whether the initiator is to be told when a case reaches it."""

    url: str
    text: str
    informs: bool


@dataclass(frozen=True)
class Zaaktype:
    """A case type as far as a citizen hears of it. `external`: begun by somebody outside, so there is a citizen to inform."""

    url: str
    name: str
    external: bool
    steps: tuple[Step, ...]

    def number(self, statustype: str | None) -> int:
        """The number of the step, counted from 1; 0 for no status and for a status type of another case type."""
        urls = [step.url for step in self.steps]
        return urls.index(statustype) + 1 if statustype in urls else 0


class Catalogue:
    """What is read is kept for `keep_seconds`.

    Deliberately: nearly every request for a case needs its type and steps, a type that is published hardly changes (a new
    version is a new type with its own address), and a corrected text may come a little later. Nothing about a case or person
    is kept. `root` is that of the API; `clock` gives monotonic seconds.
    """

    def __init__(self, client: ZgwClient, root: str, keep_seconds: float, clock: Callable[[], float]) -> None:
        self._client = client
        self._root = root
        self._keep_seconds = keep_seconds
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}

    async def zaaktype(self, url: str, *, anew: bool = False) -> Zaaktype:
        """The case type at `url`; `anew` when it may have changed since it was read. Raises ZgwFailure."""
        kept = self._recall(url, Zaaktype)
        if kept and not anew:
            return kept
        # By default the catalogue leaves out concept types, which a running case may still have.
        steps = {"zaaktype": url, "status": "alles"}
        zaaktype, statustypen = await at_once(
            self._client.get(url), self._client.get_all(f"{self._root}/statustypen", steps)
        )
        require(all(found == url for found in (zaaktype["url"], *(item["zaaktype"] for item in statustypen))))
        ordered = sorted(statustypen, key=lambda item: int(item["volgnummer"]))
        external = zaaktype["indicatieInternOfExtern"] == "extern"
        return self._keep(url, Zaaktype(url, _text(zaaktype["omschrijving"]), external, tuple(map(_step, ordered))))

    async def result(self, url: str, zaaktype: str) -> str:
        """The name of the kind of result at `url`, which belongs to the case type at `zaaktype`. Raises ZgwFailure."""
        kept = self._recall(url, dict)
        resultaattype = kept or self._keep(url, await self._client.get(url))
        require(resultaattype["url"] == url and resultaattype["zaaktype"] == zaaktype)
        return _text(resultaattype["omschrijving"])

    def _recall(self, url: str, kind: type[_T]) -> _T | None:
        until, kept = self._kept.get(url, (0.0, None))
        return kept if isinstance(kept, kind) and self._clock() < until else None

    def _keep(self, url: str, value: _T) -> _T:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[url] = (self._clock() + self._keep_seconds, value)
        return value


def require(consistent: bool) -> None:
    """An answer that contradicts itself or the question is no answer. Raises ZakenUnavailable."""
    if not consistent:
        raise ZakenUnavailable("the answers don't belong together")


def _step(statustype: Json) -> Step:
    # `statustekst` is written for the citizen, but optional; `omschrijving` is required.
    text = (statustype.get("statustekst") or "").strip() or _text(statustype["omschrijving"])
    return Step(statustype["url"], text, statustype.get("informeren") is True)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value.strip()
