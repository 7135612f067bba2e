"""After a citizen erases a conversation the whole store is searched: for the conversation, and for what it was about."""

from typing import Any

import msgspec
import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import zaak
from actions.context import here
from actions.inloggen import ActionAskInlogcode
from bot.conversation import events, keys
from bot.conversation.ledger import RedisLedger
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.store import UnknownConversation
from bot.wiring import Services, use
from bot.zaken import ZaakStatus
from tests.attacks.test_login import everything
from tests.contract.appointment_suppliers import ANNA, FOR_PASSPORT, FRIDAY, Clock, ledgered, qmatic_adapter, qmatic_world
from tests.integration.test_notices import booked
from tests.login_fixtures import Chat
from tests.notices_fixtures import GEMEENTE, Bench
from tests.stubs.qmatic import serving


@pytest.fixture
def bench(services: Services) -> Bench:
    use(services)
    return Bench(services)


async def turn(services: Services, conv: str, tracker: bytes) -> None:
    """A turn as a brain ends it: an answer with a case in it, a tracker, a pick, and the way to a person."""
    mailbox = Mailbox(services.redis, services.redis_blocking, "test", 6.0)
    await mailbox.prepare()
    conversation = await services.store.get(conv)
    await services.store.receive(conversation, "0" * 8, events.message("citizen", "mijn geheime vraag"), "f")
    (entry, _), = await mailbox.wait(1, 10.0)
    taken = await mailbox.take(entry, conv)
    assert taken
    said = [events.message("bot", "geheim antwoord")]
    assert await mailbox.commit(taken, Answer(said, tracker, handover={"summary": "geheim"}, pick={"chosen": "geheim"}), 30)


async def own_case(bench: Bench, conv: str) -> ZaakStatus:
    """One case after a login: known to the tracker, and once more as a result that waits for its code."""
    found = (await bench.services.zaken(GEMEENTE).own("999990019"))[0]
    chat = Chat(bench.services, conv)
    event = zaak.remember([found], here(chat.tracker()))
    await turn(bench.services, conv, msgspec.json.encode(event))
    logins = bench.services.logins
    pending = await logins.find(await logins.ticket(conv, GEMEENTE, "website"))
    assert pending
    browser = await logins.start(pending)
    assert browser and await logins.finish(pending, browser, [msgspec.to_builtins(found)])
    await logins.ticket(conv, GEMEENTE, "website")  # and a link that still works
    return found


async def left_of(services: Services, conv: str, *secrets: str) -> dict[str, list[str]]:
    """Keys that name the conversation or hold one of the secrets; the feed may name the conversation, which says nothing now."""
    held = {key: f"{key} {value}" for key, value in (await everything(services.redis)).items()}
    return {
        key: found for key, text in held.items()
        if (found := [secret for secret in (conv, *secrets) if secret in text and (secret, key) != (conv, keys.FEED)])
    }


async def test_nothing_is_left_of_cases_logins_notices_and_reminders(bench: Bench) -> None:
    services, conv = bench.services, await bench.conversation()
    found = await own_case(bench, conv)
    appointment = await booked(bench)
    looked_up = await bench.look_up()
    await services.notices.follow(conv, GEMEENTE, looked_up)
    await services.notices.remind(conv, GEMEENTE, appointment)
    await services.notices.unfollow_all(conv)
    await services.notices.follow(conv, GEMEENTE, looked_up)
    await services.notices.remind(conv, GEMEENTE, appointment)
    await bench.announce(*await bench.advance())
    secrets = [found.identificatie, appointment.reference, appointment.code, "geheim"]
    kept = {keys.login(conv), keys.login_result(conv), keys.notices(conv), keys.notices_aside(conv), keys.tracker(conv),
            keys.picks(conv), keys.log(conv), keys.ITEMS, keys.DUE, keys.waiting(GEMEENTE), keys.picked(GEMEENTE)}
    assert kept <= (await left_of(services, conv, *secrets)).keys()
    await services.store.erase(await services.store.get(conv))
    assert await left_of(services, conv, *secrets) == {}
    await bench.work()
    assert await left_of(services, conv, *secrets) == {}


async def test_the_ledger_of_appointments_knows_no_person_and_no_code(bench: Bench) -> None:
    """It must still find the appointment by its reference, so it stays: with an end, and nothing of who made it."""
    services, conv, clock = bench.services, await bench.conversation(), Clock()
    async with serving(qmatic_world(clock)) as url:
        system = ledgered(qmatic_adapter(url), RedisLedger(services.redis, services.limits, GEMEENTE), clock)
        day = (await system.days(FOR_PASSPORT, "stadhuis", FRIDAY, FRIDAY))[0]
        start = (await system.times(FOR_PASSPORT, "stadhuis", day))[0]
        made = await system.book(FOR_PASSPORT, "stadhuis", start, ANNA, key=f"{conv}:2")
        await services.store.erase(await services.store.get(conv))
        left = await left_of(services, conv, made.reference, made.code, *ANNA.name.split(), ANNA.email, str(ANNA.phone))
        await system.aclose()
    assert left and all(found == [made.reference] for found in left.values())
    assert all(key.startswith("balie:appointments:") for key in left)
    assert all([await services.redis.ttl(key) > 0 for key in left])


async def test_what_is_still_under_way_brings_nothing_back(bench: Bench) -> None:
    """A brain or a clerk that is in the middle of its work when the citizen erases."""
    services, conv = bench.services, await bench.conversation()
    await services.notices.follow(conv, GEMEENTE, await bench.look_up())
    entries = await services.notice_book.entries(conv)
    conversation, chat = await services.store.get(conv), Chat(services, conv)
    await services.store.erase(conversation)
    await services.notice_book.put_aside(conv, entries, 3600)
    await ActionAskInlogcode().run(CollectingDispatcher(), chat.tracker(), {})
    with pytest.raises(UnknownConversation):
        await services.store.get(conv)
    assert await left_of(services, conv, bench.case.identificatie) == {}


async def test_a_result_that_ends_while_it_is_looked_at_leaves_nothing_without_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, conv = bench.services, await bench.conversation()
    logins = services.logins
    pending = await logins.find(await logins.ticket(conv, GEMEENTE, "website"))
    assert pending
    browser = await logins.start(pending)
    assert browser and await logins.finish(pending, browser, None)
    ask: Any = services.redis.hmget

    async def slowly(name: str, fields: list[str]) -> Any:
        found = await ask(name, fields)
        await services.redis.delete(name)  # its time was up just then
        return found

    monkeypatch.setattr(services.redis, "hmget", slowly)
    await logins.failed(conv, "turn")
    assert await services.redis.ttl(keys.login_result(conv)) != -1


async def test_every_key_of_every_feature_has_an_end(bench: Bench) -> None:
    services, conv = bench.services, await bench.conversation()
    await own_case(bench, conv)
    await services.notices.follow(conv, GEMEENTE, await bench.look_up())
    await services.notices.unfollow_all(conv)
    await services.notices.follow(conv, GEMEENTE, await bench.look_up())
    await services.notices.remind(conv, GEMEENTE, await booked(bench))
    await bench.announce(*await bench.advance())
    await bench.work()
    shared = {keys.FEED, keys.TURNS, keys.waiting(GEMEENTE)}  # streams and lists of the installation: bounded, not timed
    endless = {key for key, ttl in (await bench.keys()).items() if ttl < 0} - shared
    assert endless == set()
