"""Call-back requests in a register that speaks Klantinteracties 0.9, such as Open Klant 2.

A request is a klantcontact with a betrokkene, a telephone number, the case it is about (if any) and, last, an interne taak for
the team that it is about: an employee sees no half-made request. The API knows no idempotency key, so we bring our own mark: a
`referentienummer` made from the key, which the API can search on and keeps unique, on the klantcontact and on the task. A repeat
finds what there is by that number and makes only what is missing.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.circuit import Circuit, CircuitOpen
from bot.contacts import (
    CallbackNotFound,
    CallbackRefused,
    CallbackRequest,
    ContactsUnavailable,
    OpenCallback,
    ReferenceTaken,
    Registered,
)
from bot.contacts import openklant_texts as texts
from bot.contacts.openklant_client import Invalid, Json, KlantinteractiesClient
from bot.contacts.openklant_register import Registration, numbered
from bot.contacts.openklant_team import Actor, Team, Teams
from bot.contacts.references import ATTEMPTS, Mark, mark, number_of, spelled
from bot.http import RETRY_PAUSE_SECONDS, HttpFailure

log = structlog.get_logger()

_AT_ONCE = 8  # klantcontacten read at the same time
# What the API accepts: a Dutch number of ten digits, or an international one after + or 00.
_PHONE = re.compile(r"0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13}")


class OpenKlantContacts:
    """The `Contacts` port on a Klantinteracties API.

    `url` is the root of the API. `actor` gets the tasks of teams that have none of their own in `actors`. `secret` makes the
    references: with another one a repeat isn't recognised. `kanaal` is the name of the chat in the register's list of channels,
    `zaak_register` that of the case system in its objects. Every call ends within `budget_seconds`; what came of it then is found
    out by the same call again. What a klantcontact says is read anew after `known_seconds`. After repeated failures `circuit`
    stops asking.
    """

    def __init__(
        self, url: str, token: str, actor: Actor, *, secret: bytes, budget_seconds: float, kanaal: str = "chat",
        zaak_register: str = "openzaak", circuit: Circuit | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC),
        retry_pause_seconds: float = RETRY_PAUSE_SECONDS, actors: Mapping[str, Actor] | None = None, known_seconds: float = 0.0,
    ) -> None:
        # A request gets longer than the call, so that it is always the call that ends.
        self._client = KlantinteractiesClient(url, token, 2 * budget_seconds, retry_pause_seconds)
        self._teams = Teams(self._client, actor, actors or {})
        self._registration = Registration(self._client, self._teams, url, kanaal, zaak_register, now)
        self._known: dict[str, tuple[float, Json]] = {}  # klantcontacten of tasks that wait, and when they were read
        self._known_seconds = known_seconds
        self._secret = secret
        self._budget_seconds = budget_seconds
        self._circuit = circuit or Circuit()

    async def register(self, request: CallbackRequest, *, key: str, reference: str | None = None) -> Registered:
        """As `Contacts.register`."""
        phone = re.sub(r"[\s()-]", "", request.phone)
        if not _PHONE.fullmatch(phone):
            raise CallbackRefused("phone")
        async with self._bounded("register"):
            for ours in self._marks(key, reference):
                if await self._registration.make(request, phone, ours):
                    return Registered(ours.reference)
        raise ReferenceTaken

    def _marks(self, key: str, reference: str | None) -> list[Mark]:
        """The numbers that the request may get. A ValueError when `reference` wasn't made from the key with our secret."""
        ours = [mark(self._secret, key, attempt) for attempt in range(ATTEMPTS)]
        return [ours[[each.reference for each in ours].index(reference)]] if reference else ours

    async def open(self, limit: int) -> list[OpenCallback]:
        """As `Contacts.open`; of the teams' tasks only those that were made here."""
        found: list[OpenCallback] = []
        async with self._bounded("open"):
            actors = await self._actors() if limit > 0 else {}
            tasks = await self._tasks(actors)
            self._known = {uuid: known for uuid in map(_contact_of, tasks) if (known := self._known.get(uuid))}
            while tasks and len(found) < limit:
                batch, tasks = tasks[:_AT_ONCE], tasks[_AT_ONCE:]
                found += [each for each in await asyncio.gather(*(self._waiting(task, actors) for task in batch)) if each]
        return found[: max(limit, 0)]

    async def tried(self, reference: str, at: datetime, note: str = "") -> None:
        """As `Contacts.tried`; counted in the task's explanation, in minutes."""
        async with self._bounded("tried"):
            task = await self._task(reference)
            told = texts.explanation_tried(task["toelichting"], at, note)
            if told is not None and task["status"] != texts.DONE:
                await self._client.change(f"internetaken/{task['uuid']}", {"toelichting": told})

    async def done(self, reference: str, outcome: str) -> None:
        """As `Contacts.done`; the outcome is added to the task's explanation."""
        async with self._bounded("done"):
            task = await self._task(reference)
            if task["status"] != texts.DONE:
                told = texts.explanation_with(task["toelichting"], outcome)
                await self._client.change(f"internetaken/{task['uuid']}", {"status": texts.DONE, "toelichting": told})

    async def check(self) -> list[str]:
        """As `Contacts.check`."""
        try:
            async with asyncio.timeout(self._budget_seconds):
                # No number is 0, so that a register that knows the filter has nothing to show.
                page = await self._client.get("klantcontacten", referentienummer="0", pageSize="1")
                tasks = await self._client.get("internetaken", referentienummer="0", pageSize="1")
                actors = {team.naam: await team.all() for team in self._teams}
        except TimeoutError:
            return [f"No answer within {self._budget_seconds:g} s. Is the register up, and can it be reached from here?"]
        except (ContactsUnavailable, HttpFailure, Invalid) as exc:
            return [f"The contact register gives no usable answer: {exc}. Look at `url` and the token."]
        except (KeyError, TypeError, AttributeError):
            return ["The answers aren't those of a Klantinteracties API. Does `url` end in /klantinteracties/api/v1?"]
        faults = []
        if page["results"] or tasks["results"]:
            faults.append("The register can't search on referentienummer. It must be Klantinteracties 0.9 or later.")
        for naam, found in actors.items():
            if found and not any(actor.get("indicatieActief", True) for actor in found):
                faults.append(f"The actor {naam!r} isn't active in the register, so it may get no new tasks.")
        return faults

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _bounded(self, action: str) -> AsyncIterator[None]:
        """Around one call: its time, and one kind of error for whatever goes wrong with the register."""
        try:
            with self._circuit.call(ContactsUnavailable):
                try:
                    async with asyncio.timeout(self._budget_seconds):
                        yield
                except TimeoutError as exc:
                    raise ContactsUnavailable("out of time") from exc
                except (HttpFailure, Invalid) as exc:
                    raise ContactsUnavailable(str(exc)) from exc
                except (KeyError, TypeError, ValueError, AttributeError) as exc:
                    raise ContactsUnavailable("an answer has an unexpected form") from exc
        except CircuitOpen as exc:
            raise ContactsUnavailable("left alone after repeated failures") from exc
        except ContactsUnavailable as exc:
            log.warning("contacts_unavailable", action=action, reason=str(exc))
            raise

    # What waits

    async def _task(self, reference: str) -> Json:
        number = number_of(reference)
        task = await numbered(self._client, "internetaken", number) if number is not None else None
        if task is None:
            raise CallbackNotFound(reference)
        return task

    async def _actors(self) -> dict[Team, set[str]]:
        """The uuids of each team in the register. A team may stand there more than once."""
        found = await asyncio.gather(*(team.all() for team in self._teams))
        return {team: {actor["uuid"] for actor in actors} for team, actors in zip(self._teams, found, strict=True)}

    async def _tasks(self, actors: Mapping[Team, set[str]]) -> list[Json]:
        """The teams' tasks that were made here and wait, the oldest first."""
        tasks: dict[str, Json] = {}
        for actor in sorted(set().union(*actors.values())):
            found = await self._client.get_all("internetaken", status=texts.TO_DO, toegewezenAanActor__uuid=actor)
            tasks |= {task["uuid"]: task for task in reversed(found) if _is_ours(task, actor)}
        return sorted(tasks.values(), key=lambda task: datetime.fromisoformat(task["toegewezenOp"]))

    async def _waiting(self, task: Json, actors: Mapping[Team, set[str]]) -> OpenCallback | None:
        """The request behind a task; None when another system made it."""
        contact = await self._contact(_contact_of(task))
        if contact["uuid"] != _contact_of(task) or texts.MARK not in contact["metadata"]:
            return None
        registered = datetime.fromisoformat(contact["plaatsgevondenOp"]).astimezone(UTC)
        request = texts.request(contact)
        team = self._teams.having({each["uuid"] for each in task["toegewezenAanActoren"]}, actors, request.team)
        reference = spelled(int(task["referentienummer"]))
        return OpenCallback(reference, replace(request, team=team), registered, texts.tries(task["toelichting"]))

    async def _contact(self, uuid: str) -> Json:
        """The klantcontact with who is to be called, as it was at most `known_seconds` ago."""
        read, contact = self._known.get(uuid, (0.0, {}))
        if not contact or time.monotonic() - read >= self._known_seconds:
            expand = "hadBetrokkenen,hadBetrokkenen.digitaleAdressen"
            contact = await self._client.get(f"klantcontacten/{uuid}", expand=expand)
            self._known[uuid] = time.monotonic(), contact
        return contact


def _contact_of(task: Json) -> str:
    return str(task["aanleidinggevendKlantcontact"]["uuid"])


def _is_ours(task: Json, actor: str) -> bool:
    """Whether a task waits for this team and has a number such as ours. Checked again here: a filter may be ignored."""
    number = task["referentienummer"] or ""
    ours = number.isdecimal() and number_of(spelled(int(number))) == int(number)
    return ours and task["status"] == texts.TO_DO and any(each["uuid"] == actor for each in task["toegewezenAanActoren"])
