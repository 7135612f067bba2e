"""A client renews its token and keeps its conversation: after a lost answer, with two tabs, and when it does so all the time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import redis.asyncio
import structlog

from bot import logs
from bot.conversation import keys
from tests.conftest import Citizen, EchoBrain, Edge, EdgeFactory, Reply


@pytest.fixture
async def citizen(edge: Edge) -> Citizen:
    return await edge.citizen()


def holding(citizen: Citizen, token: str) -> Citizen:
    """The same conversation, followed with another token."""
    return Citizen(citizen.edge, citizen.conv, token)


async def renew(citizen: Citizen) -> Citizen:
    reply = await citizen.call("POST", "/token")
    assert reply.status == 200, reply.text
    assert set(reply.json) == {"token", "expires_at"}
    return holding(citizen, reply.json["token"])


async def look(citizen: Citizen) -> Reply:
    return await citizen.call("GET", "/history")


async def valid(*holders: Citizen) -> list[bool]:
    """Who may still look; the others get a clear refusal."""
    found = [await look(holder) for holder in holders]
    assert {reply.status for reply in found} <= {200, 401}
    return [reply.status == 200 for reply in found]


class TestRenewing:
    async def test_the_conversation_goes_on_with_the_new_token(self, citizen: Citizen, echo_brain: EchoBrain) -> None:
        await citizen.answered((await citizen.send("Hallo")).json["seq"])
        renewed = await renew(citizen)
        assert renewed.token != citizen.token and renewed.token.startswith(f"{citizen.conv}.")
        assert await renewed.history() == await citizen.history()
        answer, _ = await renewed.answered((await renewed.send("Nog iets")).json["seq"])
        assert answer["text"] == "echo: Nog iets"

    async def test_an_answer_that_got_lost_locks_nobody_out_however_late_the_client_returns(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(token_grace_seconds=0)
        citizen = await edge.citizen()
        lost = await renew(citizen)
        assert await valid(citizen) == [True], "nobody used the new one"
        renewed = await renew(citizen)
        assert await valid(renewed, citizen) == [True, False]
        assert await valid(lost) == [True], "of the same generation: it may be the other tab's"

    async def test_a_second_tab_and_requests_under_way_go_on_for_the_grace(self, citizen: Citizen) -> None:
        renewed = await renew(citizen)
        assert await valid(renewed, citizen, renewed) == [True] * 3
        assert (await citizen.call("POST", "/token")).kind == "unauthorized", "but it is no way to a token that lasts"
        assert await valid(renewed, citizen) == [True, True]

    async def test_the_token_before_ends_once_the_new_one_is_used_and_the_grace_is_over(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(token_grace_seconds=0)).citizen()
        renewed = await renew(citizen)
        assert await valid(renewed, citizen, renewed) == [True, False, True]
        assert (await citizen.call("POST", "/token")).kind == "unauthorized"
        assert (await citizen.call("DELETE")).kind == "unauthorized" and await valid(renewed) == [True]

    async def test_two_tabs_that_renew_at_once_both_have_a_valid_token(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(token_grace_seconds=0)).citizen()
        one, two = await asyncio.gather(renew(citizen), renew(citizen))
        assert one.token != two.token
        assert await valid(one, two, one, two) == [True] * 4
        assert await valid(citizen) == [False]
        later = await renew(one)
        assert await valid(later, one, two) == [True, False, False], "behind: a clear 401, and it reads what is stored"

    async def test_many_renewals_in_a_row_keep_the_last_valid_and_the_conversation_small(self, make_edge: EdgeFactory) -> None:
        edge = await make_edge(rate_token_hour=1000)
        first = await edge.citizen()
        held = first
        for _ in range(40):
            held = await renew(held)
        assert await valid(held, first) == [True, False]
        kept = await edge.services.redis.hget(keys.meta(first.conv), "tokens")  # type: ignore[misc]
        assert kept.count(b'"hash"') <= 8

    async def test_answers_that_keep_getting_lost_lock_nobody_out(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(rate_token_hour=1000)).citizen()
        for _ in range(20):
            renewed = await renew(citizen)
        assert await valid(citizen, renewed) == [True, True]

    async def test_many_at_once_all_get_a_token_or_a_clear_refusal(self, citizen: Citizen) -> None:
        replies = await asyncio.gather(*(citizen.call("POST", "/token") for _ in range(12)))
        assert {reply.status for reply in replies} <= {200, 401}
        assert any(await valid(*(holding(citizen, reply.json["token"]) for reply in replies if reply.status == 200)))


class TestLimits:
    async def test_renewals_are_limited_and_the_token_stays_valid(self, make_edge: EdgeFactory) -> None:
        citizen = await (await make_edge(rate_token_hour=2)).citizen()
        held = await renew(await renew(citizen))
        reply = await held.call("POST", "/token")
        assert reply.kind == "too_many" and 0 < int(reply.headers["Retry-After"]) <= 3600
        assert await valid(held) == [True]

    async def test_it_says_when_the_conversation_ends_and_does_not_make_it_longer(self, citizen: Citizen) -> None:
        client = citizen.edge.services.redis
        await client.expire(keys.meta(citizen.conv), 3600)  # as after 29 days and 23 hours of silence
        reply = await citizen.call("POST", "/token")
        left = datetime.fromisoformat(reply.json["expires_at"]) - datetime.now(UTC)
        assert timedelta(minutes=59) < left <= timedelta(hours=1)
        assert await client.ttl(keys.meta(citizen.conv)) <= 3600
        renewed = holding(citizen, reply.json["token"])
        await renewed.send("Ik ben er weer")
        again = await renewed.call("POST", "/token")
        assert datetime.fromisoformat(again.json["expires_at"]) - datetime.now(UTC) > timedelta(days=29)


class TestPrivacy:
    async def test_only_hashes_are_kept(self, citizen: Citizen) -> None:
        renewed = await renew(citizen)
        await look(renewed)
        kept = b" ".join((await citizen.edge.services.redis.hgetall(keys.meta(citizen.conv))).values())  # type: ignore[misc]
        for holder in (citizen, renewed):
            assert holder.token.partition(".")[2].encode() not in kept

    async def test_erasing_ends_every_token(self, citizen: Citizen) -> None:
        renewed = await renew(citizen)
        assert (await renewed.call("DELETE")).status == 204
        for holder in (citizen, renewed):
            assert (await look(holder)).kind == "conversation_unknown"
        client: redis.asyncio.Redis = citizen.edge.services.redis
        assert not [key async for key in client.scan_iter(f"*{citizen.conv}*")]

    async def test_a_renewal_is_logged_without_the_token(self, citizen: Citizen, capsys: pytest.CaptureFixture[str]) -> None:
        logs.structured("INFO")
        try:
            renewed = await renew(citizen)
        finally:
            structlog.reset_defaults()
        told = capsys.readouterr().out
        assert '"token_renewed"' in told and citizen.conv in told
        assert renewed.token.partition(".")[2] not in told and citizen.token.partition(".")[2] not in told


async def test_a_conversation_from_before_renewals_can_be_renewed(citizen: Citizen) -> None:
    client = citizen.edge.services.redis
    assert not await client.hexists(keys.meta(citizen.conv), "tokens")  # type: ignore[misc]
    assert await valid(await renew(citizen)) == [True]
