"""Notices from the wish to the log: a real Redis, the demonstration's systems, and clerks with a clock of their own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.appointments import Appointment, Customer, Item
from bot.conversation import keys
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable
from bot.gemeenten import AMSTERDAM
from bot.notices import Gone, TooMany
from bot.settings import Settings
from bot.wiring import Services, build
from bot.zaken import ZaakStatus, ZakenUnavailable
from tests.notices_fixtures import GEMEENTE, Bench


@pytest.fixture
async def bench(services: Services) -> Bench:
    return Bench(services)


@pytest.fixture
async def short(redis_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    """An installation with small limits."""
    made = build(Settings(data_dir=str(tmp_path / "var"), max_notices=2, max_notices_waiting=1, notice_attempts=3), redis_url)
    yield Bench(made)
    await made.aclose()


class Answers:
    """A case system or appointment system that does as `reply` says, and counts how often it is asked."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.asked: list[tuple[str, ...]] = []

    async def announced(self, ref: str, status: str) -> ZaakStatus | None:
        return await self._answer(ref, status)

    async def get(self, reference: str, code: str) -> Appointment:
        return await self._answer(reference, code)

    async def aclose(self) -> None:
        pass

    async def _answer(self, *asked: str) -> Any:
        self.asked.append(asked)
        reply = self.reply[min(len(self.asked), len(self.reply)) - 1] if isinstance(self.reply, list) else self.reply
        if isinstance(reply, Exception):
            raise reply
        return reply


def replace(bench: Bench, port: str, reply: Any) -> Answers:
    answers = Answers(reply)
    bench.services._adapters[port, GEMEENTE] = answers
    return answers


# A case that changed


async def test_who_follows_a_case_is_told_once_when_it_changes(bench: Bench) -> None:
    conv = await bench.follower()
    assert await bench.announce(*await bench.advance())
    await bench.work()
    [notice] = await bench.notices(conv)
    assert notice["kind"] == "case_status" and bench.case.identificatie in notice["text"]
    assert f"stap {bench.case.step + 1} van" in notice["text"] and "'afmelden'" in notice["text"]


async def test_nobody_else_is_told(bench: Bench) -> None:
    follower, other = await bench.follower(), await bench.conversation()
    await bench.announce(*await bench.advance())
    await bench.work()
    assert await bench.notices(other) == [] and len(await bench.notices(follower)) == 1


async def test_nothing_is_asked_of_the_case_system_when_nobody_follows(bench: Bench) -> None:
    case, status = await bench.advance()
    system = replace(bench, "zaken", None)
    assert await bench.announce(case, status)
    await bench.work()
    assert system.asked == [] and await bench.services.redis.zcard(keys.DUE) == 0


async def test_the_same_delivery_ten_times_has_one_effect(bench: Bench) -> None:
    conv = await bench.follower()
    told = await bench.advance()
    for _ in range(5):
        await bench.announce(*told)
    await bench.work()
    for _ in range(5):
        await bench.announce(*told)
        await bench.work()
    assert len(await bench.notices(conv)) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1, 0)])
async def test_deliveries_out_of_order_tell_the_present_status_once(bench: Bench, order: tuple[int, ...]) -> None:
    conv = await bench.follower()
    statuses = [await bench.advance(), await bench.advance()]
    for which in order:
        await bench.announce(*statuses[which])
        await bench.work()
    [notice] = await bench.notices(conv)
    assert f"stap {bench.case.step + 2} van" in notice["text"]


async def test_each_change_is_told(bench: Bench) -> None:
    conv = await bench.follower()
    for _ in range(2):
        await bench.announce(*await bench.advance())
        await bench.work()
    first, second = await bench.notices(conv)
    assert f"stap {bench.case.step + 1} van" in first["text"] and f"stap {bench.case.step + 2} van" in second["text"]


async def test_two_clerks_at_once_tell_it_once(bench: Bench) -> None:
    convs = [await bench.follower() for _ in range(3)]
    await bench.announce(*await bench.advance())
    clerks = [bench.clerk() for _ in range(4)]
    await asyncio.gather(*(clerk.work() for clerk in clerks for _ in range(3)))
    assert [len(await bench.notices(conv)) for conv in convs] == [1, 1, 1]


async def test_a_clerk_that_died_after_telling_and_before_finishing_tells_nothing_twice(bench: Bench) -> None:
    convs = [await bench.follower() for _ in range(2)]
    await bench.announce(*await bench.advance())
    book, done = bench.services.notice_book, bench.services.notice_book.done

    async def die(_item: object) -> bool:
        raise StoreUnavailable("killed")

    book.done = die  # type: ignore[method-assign]
    await bench.clerk().work()
    book.done = done  # type: ignore[method-assign]
    assert [len(await bench.notices(conv)) for conv in convs] == [1, 1]
    assert not await bench.clerk().work()  # its lease still counts
    await bench.services.redis.zadd(keys.TAKEN, {item: 1 for item in await bench.services.redis.zrange(keys.TAKEN, 0, -1)})
    assert await bench.clerk().work()
    assert [len(await bench.notices(conv)) for conv in convs] == [1, 1]
    assert await bench.services.redis.zcard(keys.TAKEN) == 0


async def test_a_clerk_that_died_between_the_log_and_its_note_tells_nothing_twice(bench: Bench) -> None:
    conv = await bench.follower()
    told = await bench.advance()
    await bench.announce(*told)
    book, replace_entry = bench.services.notice_book, bench.services.notice_book.replace

    async def die(*_: object) -> bool:
        raise StoreUnavailable("killed")

    book.replace = die  # type: ignore[method-assign]
    await bench.clerk().work()
    book.replace = replace_entry  # type: ignore[method-assign]
    await bench.services.redis.zadd(keys.TAKEN, {item: 1 for item in await bench.services.redis.zrange(keys.TAKEN, 0, -1)})
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_an_acknowledged_announcement_survives_a_restart_of_the_store(own_redis: EmbeddedRedis, tmp_path: Path) -> None:
    services = build(Settings(data_dir=str(tmp_path / "var")), own_redis.url)
    bench = Bench(services)
    conv = await bench.follower()
    await bench.announce(*await bench.advance())
    await services.aclose()
    own_redis.stop()
    own_redis.start()
    again = Bench(build(Settings(data_dir=str(tmp_path / "var")), own_redis.url), now=bench.now)
    await again.work()
    assert len(await again.notices(conv)) == 1
    await again.services.aclose()


async def test_what_the_case_system_cannot_tell_now_is_asked_again_later(bench: Bench) -> None:
    conv = await bench.follower()
    told = await bench.advance()
    zaak = await bench.services.zaken(GEMEENTE).announced(*told)
    system = replace(bench, "zaken", [ZakenUnavailable("down"), ZakenUnavailable("down"), zaak])
    await bench.announce(*told)
    await bench.work()
    assert len(system.asked) == 1
    bench.later(seconds=29)
    await bench.work()
    assert len(system.asked) == 1
    bench.later(seconds=2)
    await bench.work()
    assert len(system.asked) == 2 and await bench.notices(conv) == []
    bench.later(seconds=31)  # the pause doubles
    await bench.work()
    assert len(system.asked) == 2
    bench.later(seconds=30)
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_a_case_system_that_stays_away_is_given_up_in_the_end(short: Bench) -> None:
    conv = await short.follower()
    told = await short.advance()
    system = replace(short, "zaken", ZakenUnavailable("down"))
    await short.announce(*told)
    for _ in range(10):
        await short.work()
        short.at(12, days=1)
    assert len(system.asked) == 3 and await short.notices(conv) == []
    assert not [item for item in await short.services.redis.hkeys(keys.ITEMS) if item.startswith(b"announced")]


async def test_an_unforeseen_failure_stops_no_other_notice(bench: Bench) -> None:
    conv = await bench.follower()
    told = await bench.advance()
    zaak = await bench.services.zaken(GEMEENTE).announced(*told)
    replace(bench, "zaken", [RuntimeError("boom"), zaak])
    await bench.announce(*told)
    await bench.work()
    bench.later(minutes=5)
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_a_status_that_citizens_are_not_told_of_is_silent(bench: Bench) -> None:
    conv = await bench.follower()
    told = await bench.advance()
    replace(bench, "zaken", None)
    await bench.announce(*told)
    await bench.work()
    assert await bench.notices(conv) == []


async def test_a_change_between_the_look_up_and_the_wish_is_not_missed(bench: Bench) -> None:
    conv, zaak = await bench.conversation(), await bench.look_up()
    await bench.announce(*await bench.advance())
    await bench.services.notices.follow(conv, GEMEENTE, zaak)
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_what_was_seen_at_the_look_up_is_not_told_again(bench: Bench) -> None:
    told = await bench.advance()
    await bench.announce(*told)
    conv = await bench.follower()
    await bench.announce(*told)
    await bench.work()
    assert await bench.notices(conv) == []


async def test_a_case_that_is_done_is_told_and_then_forgotten(bench: Bench) -> None:
    conv = await bench.follower()
    for _ in range(len(bench.case.zaaktype.steps) - bench.case.step):
        await bench.announce(*await bench.advance())
        await bench.work()
    assert "geen berichten meer" in (await bench.notices(conv))[-1]["text"]
    assert await bench.services.notices.list_for(conv) == []
    assert not await bench.services.redis.exists(keys.notices(conv))


async def test_a_notice_takes_nobodys_turn_and_no_question_away(bench: Bench) -> None:
    conv = await bench.follower()
    await bench.services.redis.hset(keys.meta(conv), mapping={"owner": "agent", "agent": "sanne", "question": "1"})
    await bench.announce(*await bench.advance())
    await bench.work()
    meta = await bench.services.redis.hgetall(keys.meta(conv))
    assert (meta[b"owner"], meta[b"agent"], meta[b"question"]) == (b"agent", b"sanne", b"1")
    assert await bench.services.redis.llen(keys.inbox(conv)) == 0 and len(await bench.notices(conv)) == 1


# Quiet hours


async def test_at_night_it_waits_for_the_morning_and_tells_what_is_so_then(bench: Bench) -> None:
    conv = await bench.follower()
    bench.at(22)
    await bench.announce(*await bench.advance())
    await bench.work()
    bench.at(7, 59, days=1)
    await bench.work()
    assert await bench.notices(conv) == []
    await bench.announce(*await bench.advance())
    bench.at(8)
    await bench.work()
    [notice] = await bench.notices(conv)
    assert f"stap {bench.case.step + 2} van" in notice["text"]


# The end of it


async def test_the_period_is_never_longer_than_the_conversation_is_kept(bench: Bench) -> None:
    conv = await bench.conversation()
    until = await bench.services.notices.follow(conv, GEMEENTE, await bench.look_up())
    assert until == bench.now.date() + timedelta(days=bench.services.gemeente(GEMEENTE).retention_days)


async def test_following_twice_is_following_once(bench: Bench) -> None:
    conv = await bench.conversation()
    zaak = await bench.look_up()
    assert len({await bench.services.notices.follow(conv, GEMEENTE, zaak) for _ in range(3)}) == 1
    assert len(await bench.services.notices.list_for(conv)) == 1
    await bench.announce(*await bench.advance())
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_the_day_before_the_end_there_is_a_last_notice_with_a_way_to_go_on(bench: Bench) -> None:
    conv = await bench.follower()
    [wish] = await bench.services.notices.list_for(conv)
    days = (wish.until - bench.now.date()).days
    bench.at(9, 59, days=days - 1)
    await bench.work()
    assert await bench.notices(conv) == []
    bench.at(10)
    for _ in range(3):
        await bench.work()
    [last] = await bench.notices(conv)
    assert [option["label"] for option in last["parts"][0]["options"]] == ["Ja, houd mij op de hoogte", "Nee, stop de berichten"]
    assert last["_payloads"] == [f'/notices_longer{{"bericht": "{wish.id}"}}', f'/notices_off{{"bericht": "{wish.id}"}}']
    longer = await bench.services.notices.extend(conv, wish.id)
    assert longer.until == wish.until + timedelta(days=days - 1)
    bench.at(12, days=3)
    await bench.announce(*await bench.advance())
    await bench.work()
    assert len(await bench.notices(conv)) == 2


async def test_after_the_end_nothing_comes_and_nothing_is_left(bench: Bench) -> None:
    conv = await bench.follower()
    [wish] = await bench.services.notices.list_for(conv)
    bench.at(11, days=(wish.until - bench.now.date()).days - 1)
    await bench.work()
    bench.at(12, days=2)
    await bench.announce(*await bench.advance())
    await bench.work()
    assert len(await bench.notices(conv)) == 1  # the last notice of the period
    assert await bench.services.notices.list_for(conv) == []
    left = [key for key in await bench.keys() if "notices" in key or "followers" in key]
    assert left == []
    with pytest.raises(Gone):
        await bench.services.notices.extend(conv, wish.id)


async def test_a_period_that_is_over_tomorrow_begins_without_a_last_notice(redis_url: str, tmp_path: Path) -> None:
    brief = Bench(build(Settings(data_dir=str(tmp_path / "var"), notice_days=1), redis_url))
    conv = await brief.follower()
    await brief.work()
    assert await brief.notices(conv) == [] and len(await brief.services.notices.list_for(conv)) == 1
    brief.at(0, days=2)
    await brief.work()
    assert not await brief.services.redis.exists(keys.notices(conv))
    await brief.services.aclose()


async def test_withdrawn_means_no_more_notices(bench: Bench) -> None:
    conv, other = await bench.follower(), await bench.follower()
    [wish] = await bench.services.notices.list_for(conv)
    assert (await bench.services.notices.unfollow(conv, wish.id)) == wish
    assert await bench.services.notices.unfollow(conv, wish.id) is None
    await bench.announce(*await bench.advance())
    await bench.work()
    assert await bench.notices(conv) == [] and len(await bench.notices(other)) == 1


async def test_withdrawn_while_it_waits_means_no_notice(bench: Bench) -> None:
    conv = await bench.follower()
    await bench.announce(*await bench.advance())
    await bench.services.notices.unfollow_all(conv)
    await bench.work()
    assert await bench.notices(conv) == []


async def test_a_withdrawal_can_be_taken_back_for_a_while_and_once(bench: Bench) -> None:
    conv = await bench.follower()
    before = await bench.services.notices.list_for(conv)
    assert await bench.services.notices.unfollow_all(conv) == before
    assert 0 < await bench.services.redis.ttl(keys.notices_aside(conv)) <= bench.services.settings.notice_undo_seconds
    assert await bench.services.notices.undo(conv) == before == await bench.services.notices.list_for(conv)
    assert await bench.services.notices.undo(conv) == []
    await bench.announce(*await bench.advance())
    await bench.work()
    assert len(await bench.notices(conv)) == 1


async def test_erasing_the_conversation_removes_all_of_it(bench: Bench) -> None:
    conv = await bench.follower()
    appointment = await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    await bench.announce(*await bench.advance())
    await bench.services.store.erase(await bench.services.store.get(conv))
    assert await bench.services.notices.list_for(conv) == []
    assert not [key for key in await bench.keys() if conv in key or "followers" in key]
    items = [*await bench.services.redis.hkeys(keys.ITEMS), *await bench.services.redis.zrange(keys.DUE, 0, -1)]
    assert not [item for item in items if conv.encode() in item]
    await bench.work()
    assert not await bench.services.redis.exists(keys.log(conv))


async def test_an_erased_conversation_cannot_follow_any_more(bench: Bench) -> None:
    conv = await bench.conversation()
    await bench.services.store.erase(await bench.services.store.get(conv))
    with pytest.raises(Gone):
        await bench.services.notices.follow(conv, GEMEENTE, await bench.look_up())
    assert not [key for key in await bench.keys() if conv in key or "followers" in key]


async def test_a_conversation_that_came_to_its_end_is_forgotten_by_the_clerk(bench: Bench) -> None:
    conv = await bench.follower()
    await bench.services.redis.delete(keys.meta(conv), keys.log(conv))
    await bench.announce(*await bench.advance())
    await bench.work()
    assert not [key for key in await bench.keys() if conv in key or "followers" in key]


async def test_everything_in_the_store_has_an_end_and_names_no_case(bench: Bench) -> None:
    conv = await bench.follower()
    appointment = await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    await bench.announce(*await bench.advance())
    found = {name: ttl for name, ttl in (await bench.keys()).items() if name != keys.FEED and ":attempts:" not in name}
    assert found and all(ttl > 0 for ttl in found.values()), found
    days = bench.services.gemeente(GEMEENTE).retention_days + 1
    assert found[keys.notices(conv)] <= days * 86400
    assert not [name for name in found if bench.case.identificatie in name or appointment.reference in name]


async def test_one_conversation_follows_no_more_than_may_be(short: Bench) -> None:
    conv, zaak = await short.follower(), await short.look_up()
    await short.services.notices.remind(conv, GEMEENTE, await booked(short))
    await short.services.notices.follow(conv, GEMEENTE, zaak)  # the same one is no other
    other = ZaakStatus(**{**{name: getattr(zaak, name) for name in zaak.__dataclass_fields__}, "ref": "demo:zaak:other"})
    with pytest.raises(TooMany):
        await short.services.notices.follow(conv, GEMEENTE, other)


# Reminders


async def booked(bench: Bench, days: int = 6) -> Appointment:
    """An appointment at least `days` ahead."""
    system, day = bench.services.appointments(GEMEENTE), bench.now.date() + timedelta(days=days)
    items = [Item("paspoort")]
    free = await system.days(items, "stadhuis", day, day + timedelta(days=14))
    start = (await system.times(items, "stadhuis", free[0]))[0]
    customer = Customer("Sanne Voorbeeld", "sanne@voorbeeld.example")
    return await system.book(items, "stadhuis", start, customer, key=f"test {start} {bench.now}")


def day_before(appointment: Appointment, bench: Bench, hour: int = 10, minute: int = 0) -> None:
    bench.now = (appointment.start.astimezone(AMSTERDAM) - timedelta(days=1)).replace(hour=hour, minute=minute)


async def test_the_day_before_an_appointment_there_is_a_reminder(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    at = await bench.services.notices.remind(conv, GEMEENTE, appointment)
    day_before(appointment, bench, 9, 59)
    await bench.work()
    assert await bench.notices(conv) == []
    day_before(appointment, bench)
    assert at == bench.now
    for _ in range(3):
        await bench.work()
    [notice] = await bench.notices(conv)
    assert notice["kind"] == "appointment_reminder" and "morgen" in notice["text"] and "Neem mee" in notice["text"]
    assert appointment.code not in notice["text"] and "Sanne" not in notice["text"]
    assert await bench.services.notices.list_for(conv) == []


async def test_a_reminder_that_can_no_longer_come_is_not_offered(bench: Bench) -> None:
    tomorrow = bench.now.astimezone(UTC) + timedelta(days=1)
    assert bench.services.notices.remindable(GEMEENTE, tomorrow) == "too_soon"
    far = bench.now.astimezone(UTC) + timedelta(days=bench.services.gemeente(GEMEENTE).retention_days + 3)
    assert bench.services.notices.remindable(GEMEENTE, far) == "too_far"
    assert bench.services.notices.remindable(GEMEENTE, bench.now + timedelta(days=3)) == ""


async def test_an_appointment_that_was_moved_here_is_reminded_of_at_its_new_time(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    notices = bench.services.notices
    await notices.remind(conv, GEMEENTE, appointment)
    later = await another_time(bench, appointment)
    moved = await bench.services.appointments(GEMEENTE).move(appointment.reference, appointment.code, later, key="move")
    assert await notices.moved(conv, GEMEENTE, appointment.reference, moved) is not None
    assert [notice.start for notice in await notices.list_for(conv)] == [moved.start]
    day_before(appointment, bench)
    await bench.work()
    assert await bench.notices(conv) == []
    day_before(moved, bench)
    await bench.work()
    assert f"{moved.start.astimezone(AMSTERDAM):%H:%M} uur" in (await bench.notices(conv))[0]["text"]


async def another_time(bench: Bench, appointment: Appointment) -> datetime:
    first = appointment.start.date() + timedelta(days=3)
    system = bench.services.appointments(GEMEENTE)
    days = await system.days(appointment.items, appointment.location.id, first, first + timedelta(days=14))
    return (await system.times(appointment.items, appointment.location.id, days[0]))[-1]


async def test_moving_an_appointment_without_a_reminder_makes_none(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    assert await bench.services.notices.moved(conv, GEMEENTE, appointment.reference, appointment) is None
    assert await bench.services.notices.list_for(conv) == []


async def test_an_appointment_that_was_moved_elsewhere_is_reminded_of_at_its_new_time(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    later = await another_time(bench, appointment)
    moved = await bench.services.appointments(GEMEENTE).move(appointment.reference, appointment.code, later, key="move")
    day_before(appointment, bench)
    await bench.work()
    assert await bench.notices(conv) == []
    day_before(moved, bench)
    await bench.work()
    assert len(await bench.notices(conv)) == 1


@pytest.mark.parametrize("told", [True, False], ids=["here", "elsewhere"])
async def test_of_a_cancelled_appointment_nobody_is_reminded(bench: Bench, told: bool) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    await bench.services.appointments(GEMEENTE).cancel(appointment.reference, appointment.code, key="cancel")
    if told:
        await bench.services.notices.gone(conv, GEMEENTE, appointment.reference.lower().replace("-", " "))
        assert await bench.services.notices.list_for(conv) == []
    day_before(appointment, bench)
    await bench.work()
    assert await bench.notices(conv) == [] and await bench.services.notices.list_for(conv) == []


async def test_when_the_appointment_system_stays_away_the_reminder_says_what_is_known(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    system = replace(bench, "appointments", TimeoutError())
    day_before(appointment, bench)
    for _ in range(30):
        await bench.work()
        bench.later(minutes=10)
    [notice] = await bench.notices(conv)
    assert notice["text"].startswith("Volgens onze gegevens") and len(system.asked) > 2


async def test_an_appointment_that_is_over_is_not_reminded_of(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    bench.now = appointment.start.astimezone(AMSTERDAM) + timedelta(hours=3)
    await bench.work()
    assert await bench.notices(conv) == []


async def test_reference_and_code_are_nowhere_readable(bench: Bench) -> None:
    conv, appointment = await bench.conversation(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    redis = bench.services.redis
    kept = b"\n".join([*await redis.hvals(keys.notices(conv)), *await redis.hvals(keys.ITEMS), *await redis.hkeys(keys.ITEMS)])
    for secret in (appointment.reference, appointment.reference.replace("-", ""), appointment.code):
        assert secret.encode() not in kept
    assert "SECRET" not in repr(await bench.services.notices.list_for(conv))


async def test_the_list_has_cases_and_reminders_with_their_ends(bench: Bench) -> None:
    conv, appointment = await bench.follower(), await booked(bench)
    await bench.services.notices.remind(conv, GEMEENTE, appointment)
    case, visit = await bench.services.notices.list_for(conv)
    assert (case.kind, case.number, visit.kind, visit.start) == ("case", bench.case.identificatie, "visit", appointment.start)
    assert isinstance(case.until, date)


async def test_a_store_that_is_away_is_told_at_once(tmp_path: Path, own_redis: EmbeddedRedis) -> None:
    services = build(Settings(data_dir=str(tmp_path / "var"), store_timeout_seconds=0.5), own_redis.url)
    bench = Bench(services)
    conv = await bench.follower()
    own_redis.stop()
    for wish in (bench.announce("demo:zaak:1", "demo:status:1:1"), services.notices.list_for(conv), bench.clerk().work()):
        with pytest.raises(StoreUnavailable):
            await wish
    await services.aclose()


async def test_announcements_that_nobody_follows_do_not_pile_up(short: Bench) -> None:
    """A case system may change a hundred thousand cases in an hour."""
    for number in range(5):
        assert await short.announce(f"https://zaken.example/zaken/{number}", "https://zaken.example/statussen/1")
    recent = [key for key in await short.keys() if key.startswith("balie:recent:")]
    assert len(recent) == short.services.settings.max_notices_waiting
    assert all(ttl > 0 for key, ttl in (await short.keys()).items() if "recent" in key)
