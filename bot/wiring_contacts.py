"""The part of `bot.wiring` that is about call-backs: the contact register, and the outbox in front of it."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from redis.asyncio import Redis

from bot.circuit import Circuit
from bot.contacts import Contacts
from bot.contacts.demo import DemoContacts
from bot.contacts.openklant import OpenKlantContacts
from bot.contacts.openklant_team import Actor
from bot.contacts.outbox import OutboxContacts
from bot.conversation.outbox import Outbox
from bot.gemeente_file import Actor as ActorFields
from bot.gemeenten import Gemeente
from bot.pauses import Pauses
from bot.settings import Settings
from bot.sqlite import database


def contacts(gemeente: Gemeente, settings: Settings, redis: Redis, now: Callable[[], datetime]) -> OutboxContacts:
    """The contact register of this municipality, behind its outbox. Both make references with the same secret."""
    secret = f"{settings.secret}\n{gemeente.key}".encode()
    outbox = Outbox(
        redis, gemeente.key, settings.secret, lease_seconds=settings.callback_lease_seconds,
        memory_seconds=settings.callback_memory_seconds, most=settings.max_callbacks_waiting,
    )
    return OutboxContacts(
        _register(gemeente, settings, secret, now), outbox, secret=secret,
        pauses=Pauses(settings.callback_retry_seconds, settings.callback_retry_most_seconds), now=now,
        team_for=lambda topic: gemeente.team_for(topic).id,
    )


def _register(gemeente: Gemeente, settings: Settings, secret: bytes, now: Callable[[], datetime]) -> Contacts:
    chosen = gemeente.suppliers["contacts"]
    if chosen.supplier == "demo" or chosen.actor is None:
        return DemoContacts(database(settings.data_path, gemeente.key, "contacten"), now=now)
    return OpenKlantContacts(
        chosen.url, settings.of("klantinteracties_token", gemeente.key), _actor(chosen.actor),
        actors={team.id: _actor(team.actor) for team in gemeente.teams if team.actor},
        secret=secret, budget_seconds=settings.backend_seconds, kanaal=chosen.kanaal,
        zaak_register=chosen.zaak_register, circuit=Circuit(settings.backend_failures, settings.backend_rest_seconds),
        now=now, known_seconds=settings.tasks_known_seconds,
    )


def _actor(chosen: ActorFields) -> Actor:
    return Actor(**msgspec.structs.asdict(chosen))
