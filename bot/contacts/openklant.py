"""Call-back requests in a register that speaks Klantinteracties 0.9, such as Open Klant 2.

A request is a klantcontact with a betrokkene, a telephone number, the case it is about (if any) and, last, an interne taak for
the municipality's team: an employee sees no half-made request. The API knows no idempotency key, so we bring our own mark: a
`referentienummer` made from the key, which the API can search on and keeps unique, on the klantcontact and on the task. A repeat
finds what there is by that number and makes only what is missing.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from bot.circuit import Circuit, CircuitOpen
from bot.contacts import CallbackNotFound, CallbackRefused, CallbackRequest, ContactsUnavailable, OpenCallback, Registered
from bot.contacts import openklant_texts as texts
from bot.contacts.openklant_client import Invalid, Json, KlantinteractiesClient
from bot.contacts.openklant_register import Registration, numbered
from bot.contacts.openklant_team import Actor, Team
from bot.contacts.references import mark, number_of, spelled
from bot.http import RETRY_PAUSE_SECONDS, HttpFailure

log = structlog.get_logger()

_ATTEMPTS = 3  # numbers tried when one belongs to somebody else's klantcontact
_AT_ONCE = 8  # klantcontacten read at the same time
# What the API accepts: a Dutch number of ten digits, or an international one after + or 00.
_PHONE = re.compile(r"0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13}")


class OpenKlantContacts:
    """The `Contacts` port on a Klantinteracties API.

    `url` is the root of the API. `secret` makes the references: with another one a repeat isn't recognised. `kanaal` is the name
    of the chat in the register's list of channels, `zaak_register` that of the case system in its objects. Every call ends within
    `budget_seconds`; what came of it then is found out by the same call again. After repeated failures `circuit` stops asking.
    """

    def __init__(
        self, url: str, token: str, actor: Actor, *, secret: bytes, budget_seconds: float, kanaal: str = "chat",
        zaak_register: str = "openzaak", circuit: Circuit | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC),
        retry_pause_seconds: float = RETRY_PAUSE_SECONDS,
    ) -> None:
        # A request gets longer than the call, so that it is always the call that ends.
        self._client = KlantinteractiesClient(url, token, 2 * budget_seconds, retry_pause_seconds)
        self._team = Team(self._client, actor)
        self._registration = Registration(self._client, self._team, url, kanaal, zaak_register, now)
        self._secret = secret
        self._budget_seconds = budget_seconds
        self._circuit = circuit or Circuit()

    async def register(self, request: CallbackRequest, *, key: str) -> Registered:
        """As `Contacts.register`."""
        phone = re.sub(r"[\s()-]", "", request.phone)
        if not _PHONE.fullmatch(phone):
            raise CallbackRefused("phone")
        async with self._bounded("register"):
            for attempt in range(_ATTEMPTS):
                ours = mark(self._secret, key, attempt)
                if await self._registration.make(request, phone, ours):
                    break
            else:
                raise ContactsUnavailable("no number is free")
        return Registered(ours.reference)

    async def open(self, limit: int) -> list[OpenCallback]:
        """As `Contacts.open`; of the team's tasks only those that were made here."""
        found: list[OpenCallback] = []
        async with self._bounded("open"):
            tasks = await self._tasks() if limit > 0 else []
            while tasks and len(found) < limit:
                batch, tasks = tasks[:_AT_ONCE], tasks[_AT_ONCE:]
                found += [each for each in await asyncio.gather(*map(self._waiting, batch)) if each]
        return found[: max(limit, 0)]

    async def done(self, reference: str, outcome: str) -> None:
        """As `Contacts.done`; the outcome is added to the task's explanation."""
        number = number_of(reference)
        if number is None:
            raise CallbackNotFound(reference)
        async with self._bounded("done"):
            task = await numbered(self._client, "internetaken", number)
            if task is None:
                raise CallbackNotFound(reference)
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
                actors = await self._team.all()
        except TimeoutError:
            return [f"No answer within {self._budget_seconds:g} s. Is the register up, and can it be reached from here?"]
        except (ContactsUnavailable, HttpFailure, Invalid) as exc:
            return [f"The contact register gives no usable answer: {exc}. Look at `url` and the token."]
        except (KeyError, TypeError, AttributeError):
            return ["The answers aren't those of a Klantinteracties API. Does `url` end in /klantinteracties/api/v1?"]
        faults = []
        if page["results"] or tasks["results"]:
            faults.append("The register can't search on referentienummer. It must be Klantinteracties 0.9 or later.")
        if actors and not any(actor.get("indicatieActief", True) for actor in actors):
            faults.append(f"The actor {self._team.naam!r} isn't active in the register, so it may get no new tasks.")
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

    async def _tasks(self) -> list[Json]:
        """The team's tasks that were made here and wait, the oldest first. The team may stand in the register more than once."""
        tasks: dict[str, Json] = {}
        for actor in await self._team.all():
            found = await self._client.get_all("internetaken", status=texts.TO_DO, toegewezenAanActor__uuid=actor["uuid"])
            tasks |= {task["uuid"]: task for task in reversed(found) if _is_ours(task, actor["uuid"])}
        return sorted(tasks.values(), key=lambda task: datetime.fromisoformat(task["toegewezenOp"]))

    async def _waiting(self, task: Json) -> OpenCallback | None:
        """The request behind a task; None when another system made it."""
        uuid = task["aanleidinggevendKlantcontact"]["uuid"]
        expand = "hadBetrokkenen,hadBetrokkenen.digitaleAdressen"
        contact = await self._client.get(f"klantcontacten/{uuid}", expand=expand)
        if contact["uuid"] != uuid or texts.MARK not in contact["metadata"]:
            return None
        registered = datetime.fromisoformat(contact["plaatsgevondenOp"]).astimezone(UTC)
        return OpenCallback(spelled(int(task["referentienummer"])), texts.request(contact), registered)


def _is_ours(task: Json, actor: str) -> bool:
    """Whether a task waits for this team and has a number such as ours. Checked again here: a filter may be ignored."""
    number = task["referentienummer"] or ""
    ours = number.isdecimal() and number_of(spelled(int(number))) == int(number)
    return ours and task["status"] == texts.TO_DO and any(each["uuid"] == actor for each in task["toegewezenAanActoren"])
