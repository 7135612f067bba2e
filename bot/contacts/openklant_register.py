"""Making one call-back request in a Klantinteracties register, or what is missing of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from weakref import WeakValueDictionary

from bot.contacts import CallbackRefused, CallbackRequest, ContactsUnavailable
from bot.contacts import openklant_texts as texts
from bot.contacts.openklant_client import Invalid, Json, KlantinteractiesClient
from bot.contacts.openklant_team import Teams
from bot.contacts.references import Mark

_POLL_SECONDS = 0.2

# In this process a request is made by one adapter at a time.
_busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


async def numbered(client: KlantinteractiesClient, path: str, number: int, **options: str) -> Json | None:
    """The klantcontact or task with this `referentienummer`. The filter's result is checked, not trusted."""
    page = await client.get(path, referentienummer=str(number), **options)
    hits = [item for item in page["results"] if item["referentienummer"] == str(number)]
    if len(hits) != len(page["results"]):
        raise ContactsUnavailable("the register doesn't filter as asked")
    return min(hits, key=lambda item: str(item["uuid"]), default=None)


class Registration:
    """`place` names the register, for requests of the same number in different ones. The rest is as in `OpenKlantContacts`."""

    def __init__(
        self, client: KlantinteractiesClient, teams: Teams, place: str, kanaal: str, zaak_register: str,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._teams = teams
        self._place = place
        self._kanaal, self._zaak_register = kanaal, zaak_register
        self._now = now

    async def make(self, request: CallbackRequest, phone: str, ours: Mark) -> bool:
        """Make the request, each part once. False when the number is somebody else's: then nothing is done.

        Raises CallbackRefused, and Invalid for anything else that the register refuses.
        """
        lock = _busy.setdefault(f"{self._place} {ours.number}", asyncio.Lock())
        async with lock:
            contact = await self._find(ours) or await self._start(request, ours)
            if contact["metadata"].get(texts.MARK) != ours.digest:
                return False
            return await self._complete(contact, request, phone, ours)

    async def _find(self, ours: Mark) -> Json | None:
        return await numbered(self._client, "klantcontacten", ours.number, expand="hadBetrokkenen")

    async def _start(self, request: CallbackRequest, ours: Mark) -> Json:
        """A new klantcontact; or the one that another process made in the meantime, once that has finished it."""
        body = texts.klantcontact(request, ours, self._kanaal, self._now())
        try:
            made = await self._client.create("klantcontacten", body)
        except Invalid as exc:
            if ("referentienummer", "unique") not in exc.faults:
                raise
            return await self._of_another(ours)
        if made["referentienummer"] != str(ours.number):
            raise ContactsUnavailable("the register answers about something else")
        return made

    async def _of_another(self, ours: Mark) -> Json:
        while True:  # until the time of the call is up
            contact = await self._find(ours)
            if contact and (contact["leiddeTotInterneTaken"] or contact["metadata"].get(texts.MARK) != ours.digest):
                return contact
            await asyncio.sleep(_POLL_SECONDS)

    async def _complete(self, contact: Json, request: CallbackRequest, phone: str, ours: Mark) -> bool:
        """Make what the klantcontact doesn't have yet; the task last. False when a task elsewhere has the number."""
        if contact["leiddeTotInterneTaken"]:
            return True
        actor = await self._teams.of(request.team).uuid()
        betrokkene = await self._betrokkene(contact, request)
        if not betrokkene["digitaleAdressen"]:
            await self._phone(contact, betrokkene, phone)
        if request.zaak and not contact["gingOverOnderwerpobjecten"]:
            await self._client.create("onderwerpobjecten", texts.zaak(contact["uuid"], request.zaak, self._zaak_register))
        try:
            await self._client.create("internetaken", texts.internetaak(contact["uuid"], actor, request, ours))
        except Invalid as exc:
            if ("referentienummer", "unique") not in exc.faults:
                raise
            return await self._has_task(contact, ours)
        return True

    async def _has_task(self, contact: Json, ours: Mark) -> bool:
        """Whether the task with our number is of this klantcontact; if not, that can't be finished and is taken away."""
        task = await numbered(self._client, "internetaken", ours.number)
        if task is None or task["aanleidinggevendKlantcontact"]["uuid"] == contact["uuid"]:
            await self._of_another(ours)
            return True
        await self._client.delete(f"klantcontacten/{contact['uuid']}")
        return False

    async def _betrokkene(self, contact: Json, request: CallbackRequest) -> Json:
        if contact["hadBetrokkenen"]:
            return dict(contact["_expand"]["hadBetrokkenen"][0])
        return await self._client.create("betrokkenen", texts.betrokkene(contact["uuid"], request.name))

    async def _phone(self, contact: Json, betrokkene: Json, phone: str) -> None:
        try:
            await self._client.create("digitaleadressen", texts.phone(betrokkene["uuid"], phone))
        except Invalid as exc:
            if not any(field == "adres" for field, _ in exc.faults):
                raise
            await self._client.delete(f"klantcontacten/{contact['uuid']}")  # nobody can do anything with it
            raise CallbackRefused("phone") from exc
