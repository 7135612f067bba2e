"""Requests to a Klantinteracties API: the token, pages, and what an error means."""

from typing import Any

from bot.contacts import ContactsUnavailable
from bot.http import RETRY_PAUSE_SECONDS, Http, HttpFailure, Reply

Json = dict[str, Any]

_PAGE_SIZE = 100  # what the API sends when it isn't asked for less or more
_MAX_PAGES = 50
_MEANING = {
    401: "the token isn't accepted there",
    403: "the token has no permission for this",
    404: "there is no Klantinteracties API at this address",
}


class Invalid(Exception):
    """The register refuses what it was sent (400). `faults` are (field, code), such as ("adres", "invalid")."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("status 400: " + (", ".join(f"{field} {code}" for field, code in faults) or "no reason given"))
        self.faults = faults


class KlantinteractiesClient:
    """JSON below `url`, the root of the API (`https://…/klantinteracties/api/v1`), with an API token. For one event loop.

    Every failure but a 400 is a ContactsUnavailable, whose text names no address, no person and not what was sent. Addresses in
    answers are never followed: all requests go below `url`.
    """

    def __init__(
        self, url: str, token: str, timeout_seconds: float, retry_pause_seconds: float = RETRY_PAUSE_SECONDS
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        self._http = Http(timeout_seconds, retry_pause_seconds)

    async def get(self, path: str, **filters: str) -> Json:
        """Read one object or one page. A blank filter is a ValueError: the API would leave it out and send everything."""
        if not all(value.strip() for value in filters.values()):
            raise ValueError("a blank filter would return everything")
        try:
            return _object(await self._http.get(f"{self._url}/{path}", headers=self._headers, params=filters), 200)
        except HttpFailure as exc:
            raise ContactsUnavailable(str(exc)) from exc

    async def get_all(self, path: str, **filters: str) -> list[Json]:
        """The objects of a list on all its pages, newest first as the API sends them."""
        found: list[Json] = []
        for number in range(1, _MAX_PAGES + 1):
            page = await self.get(path, **filters, page=str(number), pageSize=str(_PAGE_SIZE))
            found += page["results"]
            if not page["next"]:
                return found
        raise ContactsUnavailable("a list has no end")

    async def create(self, path: str, body: Json) -> Json:
        """Make an object; returns it as the register has it. Raises Invalid."""
        return _object(await self._act("POST", path, body), 201)

    async def change(self, path: str, body: Json) -> None:
        """Change the named fields of an object. Raises Invalid."""
        _object(await self._act("PATCH", path, body), 200)

    async def delete(self, path: str) -> None:
        """Take an object away, with what belongs to it."""
        _expect(await self._act("DELETE", path), 204)

    async def aclose(self) -> None:
        """Close the connections; a later request opens new ones."""
        await self._http.aclose()

    async def _act(self, method: str, path: str, body: Json | None = None) -> Reply:
        try:
            return await self._http.act(method, f"{self._url}/{path}", headers=self._headers, json=body)
        except HttpFailure as exc:
            raise ContactsUnavailable(str(exc)) from exc


def _expect(reply: Reply, status: int) -> None:
    if reply.status == 400:
        raise Invalid(_faults(reply))
    if reply.status != status:
        meaning = _MEANING.get(reply.status)
        raise ContactsUnavailable(f"status {reply.status}" + (f": {meaning}" if meaning else ""))


def _object(reply: Reply, status: int) -> Json:
    _expect(reply, status)
    answer = reply.json()
    if not isinstance(answer, dict):
        raise ContactsUnavailable("an answer isn't an object")
    return answer


def _faults(reply: Reply) -> list[tuple[str, str]]:
    """The fields and codes of a 400; not the reasons, which may repeat what was sent."""
    try:
        return [(str(each["name"]), str(each["code"])) for each in reply.json()["invalidParams"]]
    except (HttpFailure, KeyError, TypeError):
        return []
