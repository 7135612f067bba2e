"""What a citizen chose is kept with the conversation, bounded, and goes with it."""

from io import StringIO

import pytest
from redis.asyncio import Redis
from rich.console import Console

from bot import content
from bot.conversation import events, keys
from bot.conversation.mailbox import Answer, Mailbox
from bot.conversation.picks import Pick, Picks, discreet
from bot.conversation.store import DAY
from bot.picks import table
from bot.settings import Settings
from bot.wiring import Services

GEMEENTE, DAYS = "voorbeeld", 30


def _pick(said: int, picked: str = "paspoort_aanvragen") -> events.Event:
    return {"day": "2026-11-24", "offered": ["paspoort_aanvragen", "id_kaart_aanvragen"], "picked": picked,
            "likeliest": "id_kaart_aanvragen", "confidence": 0.31, "said": said}


async def _conversation(services: Services, text: str) -> str:
    """A conversation in which the citizen said `text`; its message has number 2 and its turn waits."""
    conv, _ = await services.store.create(GEMEENTE, "website", "nl", DAYS, events.message("bot", "Hallo", name="Balie"))
    await _say(services, conv, text)
    return conv


async def _say(services: Services, conv: str, text: str) -> int:
    found = await services.store.get(conv)
    _, seq = await services.store.receive(found, f"cid-{text}", events.message("citizen", text), text)
    return seq


async def _commit(services: Services, pick: events.Event | None, **limits: int) -> None:
    """Every turn that waits ends with this pick."""
    mailbox = Mailbox(services.redis, services.redis_blocking, "test", 6, **limits)
    await mailbox.prepare()
    for entry, conv in await mailbox.wait(10, 2):
        turn = await mailbox.take(entry, conv)
        assert turn
        assert await mailbox.commit(turn, Answer([events.message("bot", "Goed", name="Balie")], b"-", pick=pick), DAYS)


async def test_a_choice_is_kept_with_the_words_that_the_log_has(services: Services) -> None:
    await _conversation(services, "iets met mijn pas, mail jan@voorbeeld.nl of 06-12345678")
    await _commit(services, _pick(2))
    assert await Picks(services.redis).read(GEMEENTE) == [Pick(
        "2026-11-24", ("paspoort_aanvragen", "id_kaart_aanvragen"), "paspoort_aanvragen", "id_kaart_aanvragen", 0.31,
        "iets met mijn pas, mail … of …",
    )]
    assert await Picks(services.redis).read("elders") == []


async def test_no_word_of_the_citizen_is_copied(services: Services) -> None:
    conv = await _conversation(services, "geheim woord")
    await _commit(services, _pick(2))
    kept = await services.redis.lrange(keys.picks(conv), 0, -1)
    assert kept and b"geheim" not in b"".join(kept)


async def test_words_that_were_removed_from_the_log_are_not_shown(services: Services) -> None:
    conv = await _conversation(services, "geheim woord")
    await _commit(services, _pick(2))
    body = events.redacted(events.load(await services.redis.lindex(keys.log(conv), 1)))
    await services.redis.lset(keys.log(conv), 1, events.dump(body))
    (pick,) = await Picks(services.redis).read(GEMEENTE)
    assert pick.said == ""


async def test_it_is_gone_when_the_conversation_is_erased(services: Services) -> None:
    conv = await _conversation(services, "een vraag")
    await _commit(services, _pick(2))
    await services.store.erase(await services.store.get(conv))
    assert await Picks(services.redis).read(GEMEENTE) == []
    assert [name async for name in services.redis.scan_iter("*pick*")] == []


async def test_it_lives_as_long_as_the_conversation(services: Services) -> None:
    conv = await _conversation(services, "een vraag")
    await _commit(services, _pick(2))
    client: Redis = services.redis
    for name in (keys.picks(conv), keys.picked(GEMEENTE), keys.log(conv)):
        assert 0 < DAYS * DAY - await client.ttl(name) < 60 or await client.ttl(name) == DAYS * DAY
    await client.expire(keys.picks(conv), 5)
    await _say(services, conv, "nog een vraag")
    await _commit(services, None)
    assert await client.ttl(keys.picks(conv)) > 5


async def test_both_lists_are_bounded(services: Services) -> None:
    for number in range(4):
        conv = await _conversation(services, f"vraag {number}")
        await _commit(services, _pick(2), max_picks=2, max_picked=3)
    for number in range(4):
        seq = await _say(services, conv, f"nog {number}")
        await _commit(services, _pick(seq), max_picks=2, max_picked=3)
    assert await services.redis.llen(keys.picks(conv)) == 2
    assert await services.redis.zcard(keys.picked(GEMEENTE)) == 3
    said = [pick.said for pick in await Picks(services.redis).read(GEMEENTE)]
    assert said[:2] == ["nog 3", "nog 2"]


async def test_a_turn_without_a_choice_leaves_none(services: Services) -> None:
    await _conversation(services, "een vraag")
    await _commit(services, None)
    assert [name async for name in services.redis.scan_iter("*pick*")] == []


def test_the_settings_bound_them() -> None:
    assert (Settings().max_picks, Settings().max_picked) == (20, 5000)


@pytest.mark.parametrize(("text", "shown"), [
    ("mijn auto G-123-BB staat op 1234 AB 12", "mijn auto … staat op … …"),
    ("geboren 12-03-1990, zaak ZAAK-2026-0000000101", "geboren …, zaak …"),
    ("bsn 111222333", "bsn •••••••••"),
    ("ik heb 2 kinderen van 12", "ik heb 2 kinderen van 12"),
])
def test_the_editors_see_no_numbers_or_addresses(text: str, shown: str) -> None:
    assert discreet(text) == shown


def test_the_table_counts_alike_choices_and_shows_text_as_it_is() -> None:
    offered = ("paspoort_aanvragen", "id_kaart_aanvragen")
    said = ["[red]pas", "", "[red]pas"]
    picks = [Pick("2026-11-24", offered, "something_else", "paspoort_aanvragen", 0.4, words) for words in said]
    picks.append(Pick("2026-11-23", offered, "id_kaart_aanvragen", "paspoort_aanvragen", 0.4, ""))
    screen = Console(file=StringIO(), width=160)
    screen.print(table("voorbeeld", picks, content.load()))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    rows = [line for line in shown.splitlines() if "│" in line]
    assert "3" in rows[0] and "[red]pas" in rows[0] and "Iets anders" in rows[0] and "Paspoort aanvragen (40%)" in rows[0]
    assert any("(gewist)" in row and "ID-kaart aanvragen" in row for row in rows)
