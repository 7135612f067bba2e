"""What must not work at the desk: guessing, forging, framing, looking where one has no business. Numbers are of ASVS 5.0."""

import asyncio
import logging
import re
import uuid
from pathlib import Path

import msgspec
import pytest
import yarl
from structlog.testing import capture_logs

from bot import gemeenten, suppliers
from bot.agreed import DeskLogin
from bot.conversation import events, keys
from bot.conversation.mailbox import Answer
from bot.conversation.queue import Agent as Who
from bot.conversation.sessions import Person, Sessions
from bot.conversation.store import digest
from bot.desk import words
from bot.desk.accounts import Accounts
from bot.desk.app import GET, POST
from bot.settings import Settings
from tests import desk_fixtures
from tests.desk_fixtures import Agent, Office, Opener

desk_redis, open_office, office = desk_fixtures.desk_redis, desk_fixtures.open_office, desk_fixtures.office

CHANGES = ("/conv/{c}/claim", "/conv/{c}/messages", "/conv/{c}/typing", "/conv/{c}/close", "/presence")
LOOKS = ("/lists", "/events", "/conv/{c}", "/conv/{c}/events", "/conv/{c}/history?before=9")


CONVERSATIONS_ONLY = {path for path in (*GET, *POST) if path.startswith((
    "/api/lists", "/api/events", "/api/conv", "/api/appointments", "/api/search", "/api/presence", "/api/tasks/",
)) and not path.endswith("/assign")}


async def enter_as(office: Office, roles: tuple[str, ...], teams: tuple[str, ...] = ()) -> Agent:
    """Somebody with exactly these roles and teams."""
    id = "-".join((*roles, *teams))
    gemeente = office.services.gemeente("voorbeeld")
    gemeente.desk = msgspec.structs.replace(gemeente.desk, login=DeskLogin("oidc", issuer="https://nergens.example"))
    person = Person(Who(id, id.title()), "voorbeeld", roles, teams, "work")
    sessions, http = Sessions(office.services.redis), office.browser()
    name = await sessions.create(person, 60)
    http.cookie_jar.update_cookies({"balie_desk": name}, yarl.URL(office.origin + "/desk"))
    session = await sessions.get(name)
    assert session is not None
    return Agent(http, office.origin, session.csrf)


async def _page(response) -> str:  # type: ignore[no-untyped-def]
    return re.sub(r'value="[^"]*"', "", await response.text())


# --- passwords: 6.3.1, 6.3.8, 11.4.2 ---


async def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(office: Office) -> None:
    http = office.browser()
    wrong, unknown = await office.login(http, "sanne", "fout"), await office.login(http, "niemand", "fout")
    assert (wrong.status, unknown.status) == (401, 401)
    assert await _page(wrong) == await _page(unknown)
    assert words.WRONG_LOGIN in await wrong.text()
    assert "Set-Cookie" not in wrong.headers


@pytest.mark.parametrize("user", ["sanne", "SANNE", " sanne"])
async def test_guessing_is_stopped_per_user_from_however_many_addresses(open_office: Opener, user: str) -> None:
    async with open_office(trusted_proxies=1) as office:
        http, statuses = office.browser(), []
        for number in range(101):
            form, headers = {"user": user, "password": "fout" * 100}, {"X-Forwarded-For": f"192.0.2.{number}"}
            async with http.post(
                f"{office.origin}/desk/login", data=form, headers=headers | {"Origin": office.origin}, allow_redirects=False
            ) as response:
                statuses.append((response.status, response.headers.get("Retry-After")))
        assert [status for status, _ in statuses] == [401] * 100 + [429]
        assert int(statuses[-1][1] or 0) > 0
        right = await office.login(http, "sanne")
        assert right.status == 429
        assert words.TOO_MANY_LOGINS in await right.text()


async def test_guessing_is_stopped_per_address_whatever_it_says_of_itself(office: Office) -> None:
    http, statuses = office.browser(), []
    for number in range(101):
        form = {"user": f"user{number}", "password": "fout" * 100}
        headers = {"Origin": office.origin, "X-Forwarded-For": f"192.0.2.{number}"}
        async with http.post(f"{office.origin}/desk/login", data=form, headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [401] * 100 + [429]


async def test_passwords_are_kept_as_argon2id_and_not_at_all_in_production() -> None:
    found = gemeenten.load(["voorbeeld"])
    accounts = Accounts(found, production=False)
    await accounts.prepare()
    assert "balie-demo" not in str(vars(accounts))
    assert "$argon2id$" in str(vars(accounts))
    production = Accounts(found, production=True)
    await production.prepare()
    assert not production
    assert await production.verify("voorbeeld", "sanne", "balie-demo") is None


@pytest.mark.parametrize(("gemeente", "faults"), [
    ("voorbeeld", ["desk.demo_agents is refused in production", "desk.login is missing"]),
    ("weidedorp", ["desk.demo_agents is refused in production", "desk.login: the demo supplier is refused in production"]),
])
def test_production_does_not_start_with_people_of_the_demonstration(gemeente: str, faults: list[str]) -> None:
    settings = Settings(environment="production", secret="x" * 40, public_url="https://balie.voorbeeld.example")
    found = suppliers.faults(gemeenten.load([gemeente])[gemeente], settings)
    assert [fault for fault in faults if not any(fault in told for told in found)] == []


@pytest.mark.parametrize("form", [
    {}, {"user": "sanne"}, {"user": "sanne", "password": "\0"}, {"user": "sanne", "password": "balie-demo", "gemeente": "elders"},
    {"user": "sanne\0", "password": "balie-demo"}, {"user": "😀" * 200, "password": "x" * 1000},
])
async def test_strange_sign_ins_are_refused_in_words(office: Office, form: dict[str, str]) -> None:
    async with office.browser().post(
        f"{office.origin}/desk/login", data=form, headers={"Origin": office.origin}, allow_redirects=False
    ) as response:
        assert response.status == 401
        assert words.WRONG_LOGIN in await response.text()


@pytest.mark.parametrize(("body", "status"), [(b"x" * 100_000, 413), (b"&".join(b"a=%d" % n for n in range(50)), 422)])
async def test_a_sign_in_that_is_none_is_not_read(office: Office, body: bytes, status: int) -> None:
    headers = {"Origin": office.origin, "Content-Type": "application/x-www-form-urlencoded"}
    async with office.browser().post(f"{office.origin}/desk/login", data=body, headers=headers) as response:
        assert response.status == status


# --- sessions: 3.3, 7.2, 7.4 ---


async def test_the_cookie_is_for_the_desk_alone_and_not_for_scripts(office: Office) -> None:
    cookie = (await office.login(office.browser(), "sanne")).headers["Set-Cookie"]
    assert re.match(r"balie_desk=[A-Za-z0-9_-]{43};", cookie)
    assert {"HttpOnly", "Path=/desk", "SameSite=Strict"} <= set(cookie.split("; "))


async def test_the_cookie_is_secure_on_https(open_office: Opener) -> None:
    async with open_office(public_url="https://balie.voorbeeld.example") as office:
        async with office.browser().post(
            f"{office.origin}/desk/login", data={"user": "sanne", "password": "balie-demo"},
            headers={"Origin": "https://balie.voorbeeld.example"}, allow_redirects=False,
        ) as response:
            cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Secure-balie_desk=")
        assert "Secure" in cookie.split("; ")


async def test_signing_in_gives_a_new_session_and_ends_the_old_one(office: Office) -> None:
    agent = await office.agent()
    old = {c.key: c.value for c in agent.http.cookie_jar}["balie_desk"]
    await office.login(agent.http, "sanne")
    new = {c.key: c.value for c in agent.http.cookie_jar}["balie_desk"]
    sessions = Sessions(office.services.redis)
    assert old != new
    assert await sessions.get(old) is None
    assert (await sessions.get(new)).agent.id == "sanne"  # type: ignore[union-attr]


async def test_the_store_does_not_hold_what_the_cookie_says(office: Office) -> None:
    agent = await office.agent()
    [cookie] = [c.value for c in agent.http.cookie_jar]
    keys = await office.services.redis.keys("*")
    assert not any(cookie.encode() in key for key in keys)
    [session] = [key for key in keys if b":session:" in key]
    assert cookie.encode() not in await office.services.redis.get(session)
    assert 0 < await office.services.redis.ttl(session) <= office.services.settings.desk_session_seconds


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "../" * 10, "😀", "balie:session:"])
async def test_without_a_session_there_is_nothing(office: Office, cookie: str) -> None:
    http = office.browser()
    headers = {"Origin": office.origin, "Cookie": f"balie_desk={cookie}"}
    for path in (*LOOKS, *CHANGES):
        call = http.post if path in CHANGES else http.get
        async with call(f"{office.origin}/desk/api{path.format(c='c_x')}", headers=headers) as response:
            assert response.status == 401, path
            assert (await response.json(content_type=None))["title"] == words.SIGNED_OUT


async def test_signing_out_ends_open_streams(open_office: Opener) -> None:
    async with open_office(ping_seconds=0.1) as office:
        agent = await office.agent()
        async with agent.stream("/events") as stream:
            await anext(stream)
            await agent.post("/logout", root="/desk")
            assert [event async for event in stream][-1]["type"] == "signed_out"


async def test_an_account_that_was_removed_has_no_session_any_more(office: Office) -> None:
    statuses = []
    for agent in (Who("sanne", "Sanne"), Who("vroeger", "Vroeger")):
        session = await Sessions(office.services.redis).create(Person(agent, "voorbeeld", ("agent",)), 60)
        async with office.browser().get(
            f"{office.origin}/desk/api/lists", headers={"Cookie": f"balie_desk={session}"}
        ) as response:
            statuses.append(response.status)
    assert statuses == [200, 401]


# --- forging: 3.5.1, 3.5.3 ---


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1", "https://evil.example/http://x"])
async def test_another_site_changes_nothing(office: Office, origin: str) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    for path in (*CHANGES, "/../logout", "/../login"):
        status, _ = await agent.post(path.format(c=citizen.conv), Origin=origin)
        assert status == 403, path
    assert await citizen.owner() == "queue"
    assert (await agent.get("/lists"))[1]["status"] == "available"


@pytest.mark.parametrize("token", ["", "x", "é"])
async def test_without_the_token_of_the_page_nothing_changes(office: Office, token: str) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    for path in CHANGES:
        status, _ = await agent.post(path.format(c=citizen.conv), **{"X-CSRF-Token": token})
        assert (status, await citizen.owner()) == (403, "queue"), path


async def test_the_token_of_a_colleague_is_no_good(office: Office) -> None:
    citizen, sanne, youssef = await office.waiting(), await office.agent("sanne"), await office.agent("youssef")
    sanne.csrf = youssef.csrf
    assert (await sanne.claim(citizen))[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_reads_nothing(office: Office, site: str) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    for path in LOOKS:
        async with agent.http.get(
            f"{office.origin}/desk/api{path.format(c=citizen.conv)}", headers={"Sec-Fetch-Site": site}
        ) as response:
            assert response.status == 403, path


async def test_another_site_can_not_sign_anybody_in(office: Office) -> None:
    form = {"user": "sanne", "password": "balie-demo"}
    for headers in ({"Origin": "https://evil.example"}, {}, {"Origin": office.origin, "Sec-Fetch-Site": "cross-site"}):
        async with office.browser().post(f"{office.origin}/desk/login", data=form, headers=headers) as response:
            assert response.status == 403
            assert "Set-Cookie" not in response.headers


async def test_behind_a_public_address_only_that_origin_counts(open_office: Opener) -> None:
    form = {"user": "sanne", "password": "balie-demo"}
    async with open_office(public_url="https://balie.voorbeeld.example") as office:
        for origin, status in (
            ("https://balie.voorbeeld.example", 303), ("http://balie.voorbeeld.example", 403), (office.origin, 403),
        ):
            async with office.browser().post(
                f"{office.origin}/desk/login", data=form, headers={"Origin": origin}, allow_redirects=False
            ) as response:
                assert response.status == status


# --- headers: 3.4.2, 3.4.3, 3.4.6, 14.3.2 ---


@pytest.mark.parametrize("path", ["/desk", "/desk/login", "/desk/api/lists", "/desk/static/desk.js", "/desk/nothing"])
async def test_nothing_of_the_desk_is_framed_sniffed_or_kept(office: Office, path: str) -> None:
    agent = await office.agent()
    async with agent.http.get(f"{office.origin}{path}", allow_redirects=False) as response:
        csp = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in csp and "frame-ancestors 'none'" in csp
        assert "require-trusted-types-for 'script'" in csp and "base-uri 'none'" in csp
        assert "unsafe" not in csp and "*" not in csp and "data:" not in csp
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")
        assert "Access-Control-Allow-Origin" not in response.headers


def test_the_pages_have_nothing_that_the_policy_forbids() -> None:
    folder = Path(desk_fixtures.setup.__code__.co_filename).parent
    for page in (folder / "templates").glob("*.html"):
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", page.read_text()), page
    for script in (folder / "static").glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text()), script


@pytest.mark.parametrize("path", ["../web.py", "%2e%2e/web.py", "", "..%2fweb.py", "%2fetc%2fpasswd"])
async def test_only_static_files_are_served(office: Office, path: str) -> None:
    async with office.browser().get(yarl.URL(f"{office.origin}/desk/static/{path}", encoded=True)) as response:
        assert response.status in {403, 404}


# --- other people's conversations: 8.2.2 ---


@pytest.mark.parametrize("path", ["/conv/{c}", "/conv/{c}/events?after=0", "/conv/{c}/history?before=9"])
async def test_a_conversation_of_another_municipality_is_refused_and_audited(office: Office, path: str) -> None:
    other, agent = await office.citizen("weidedorp"), await office.agent()
    with capture_logs() as logs:
        status, body = await agent.get(path.format(c=other.conv))
    assert (status, body["title"]) == (403, words.NOT_OURS)
    [line] = [log for log in logs if log.get("action") == "refused"]
    assert (line["agent"], line["conv"], line["reason"]) == ("sanne", other.conv, "other municipality")


async def test_a_conversation_of_another_municipality_can_not_be_touched(office: Office) -> None:
    other, agent = await office.citizen("weidedorp"), await office.agent()
    bodies = {"/conv/{c}/messages": {"cid": str(uuid.uuid4()), "text": "hoi"}, "/conv/{c}/close": {"outcome": "opgelost"}}
    before = await other.log()
    for path in CHANGES[:-1]:
        assert (await agent.post(path.format(c=other.conv), bodies.get(path)))[0] == 403, path
    assert (await other.log(), await other.owner()) == (before, "bot")


async def test_a_desk_shows_the_queue_of_its_own_municipality_only(office: Office) -> None:
    ours, theirs = await office.citizen("voorbeeld"), await office.citizen("weidedorp")
    await ours.queue()
    await theirs.queue()
    for citizen, user, gemeente in ((ours, "sanne", "voorbeeld"), (theirs, "marieke", "weidedorp")):
        agent = await office.agent(user, gemeente=gemeente)
        _, lists = await agent.get("/lists")
        assert [row["conv"] for row in lists["waiting"]] == [citizen.conv]
        assert lists["colleagues"] == [], "who is there in the other municipality is not told here"
        assert (await agent.claim(citizen))[0] == 200
    assert (await office.login(office.browser(), "marieke", gemeente="voorbeeld")).status == 401


async def test_a_conversation_with_the_bot_is_not_for_the_desk(office: Office) -> None:
    citizen, agent = await office.citizen(), await office.agent()
    await citizen.say("Dit is tussen mij en de assistent")
    for path in ("", "/events?after=0", "/history?before=99"):
        status, body = await agent.get(f"/conv/{citizen.conv}{path}")
        assert (status, body["title"]) == (403, words.NOT_AT_DESK)
    assert (await agent.claim(citizen))[0] == 409


async def test_a_conversation_of_a_colleague_is_not_read_answered_or_closed(office: Office) -> None:
    citizen, sanne, youssef = await office.waiting(), await office.agent("sanne"), await office.agent("youssef")
    await sanne.claim(citizen)
    before = len([e for e in await citizen.log() if e["type"] in {"message", "note"}])
    for path in ("", "/events?after=0", "/history?before=99"):
        status, body = await youssef.get(f"/conv/{citizen.conv}{path}")
        assert (status, body["title"]) == (403, "Sanne heeft dit gesprek.")
    assert (await youssef.say(citizen, "Ik ook"))[0] == 409
    assert (await youssef.post(f"/conv/{citizen.conv}/typing"))[0] == 409
    assert (await youssef.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "weg"}))[0] == 409
    assert len([e for e in await citizen.log() if e["type"] in {"message", "note"}]) == before
    assert await citizen.owner() == "agent"


async def test_an_agent_does_not_answer_what_was_not_claimed(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    assert (await agent.say(citizen, "Hallo"))[0] == 409
    assert await citizen.texts("agent") == []


@pytest.mark.parametrize("conv", ["c_unknown", "..", "%2e%2e", "c_x%0d%0aSet-Cookie:x", "*", "%00"])
async def test_unknown_conversations(office: Office, conv: str) -> None:
    agent = await office.agent()
    assert (await agent.get(f"/conv/{conv}/history?before=9"))[0] == 404


# --- other people's work: 8.2.1, 8.3.1 ---

NOTICE = {"/api/service", "/api/service/notice", "/api/service/notice/end"}
ALLOWED = {
    "agent": CONVERSATIONS_ONLY | {"/api/answers", "/api/tasks"},
    "team_lead": CONVERSATIONS_ONLY | {"/api/answers", "/api/tasks", "/api/team", "/api/conv/{conv}/assign"},
    "editor": {"/api/answers"} | NOTICE,
    "administrator": {"/api/audit", "/api/tasks", "/api/service/off", "/api/service/on"} | NOTICE,
}


@pytest.mark.parametrize("role", ALLOWED)
async def test_each_role_reaches_its_own_routes_and_no_other(open_office: Opener, role: str) -> None:
    """Every route that there is: a new one must be thought about here as well."""
    async with open_office() as office:
        citizen, agent = await office.citizen(), await enter_as(office, (role,))
        reached = set()
        for path in (*GET, *(set(POST) - {"/logout"})):
            url = path.format(conv=citizen.conv, reference="K7K-2FQ9")
            with capture_logs() as logs:
                if path in GET:
                    async with agent.http.get(f"{office.origin}/desk{url}") as response:
                        status, body = response.status, "" if response.status == 200 else await response.text()
                else:
                    status, body = await agent.post(url, root="/desk")
            if status != 403 or words.NOT_YOUR_ROLE not in str(body):
                reached.add(path)
            else:
                assert [(log["action"], log["reason"]) for log in logs if log.get("agent")] == [("refused", "role")], path
        assert reached == ALLOWED[role]
        assert (await agent.post("/logout", root="/desk"))[0] == 204


@pytest.mark.parametrize("role", ["editor", "administrator"])
async def test_who_takes_no_conversations_reads_none_whatever_state_it_is_in(office: Office, role: str) -> None:
    waiting, taken = await office.waiting(), await office.waiting()
    sanne, other = await office.agent(), await enter_as(office, (role,))
    await sanne.claim(taken)
    for citizen in (waiting, taken):
        for path in ("", "/events?after=0", "/history?before=99"):
            status, body = await other.get(f"/conv/{citizen.conv}{path}")
            assert (status, body["title"]) == (403, words.NOT_YOUR_ROLE)
        assert (await other.claim(citizen))[0] == 403
    assert (await other.get("/search?q=paspoort"))[0] == 403
    assert [one.agent.id for one in await office.services.handover.agents("voorbeeld")] == ["sanne"], "nobody waits for an editor"


async def test_a_conversation_that_waits_for_another_team_is_refused(office: Office) -> None:
    citizen = await office.waiting()  # a passport: burgerzaken
    outside, inside = await enter_as(office, ("agent",), ("sociaal",)), await enter_as(office, ("agent",), ("burgerzaken",))
    for path in ("", "/events?after=0", "/history?before=99"):
        status, body = await outside.get(f"/conv/{citizen.conv}{path}")
        assert (status, body["title"]) == (403, words.OTHER_TEAM)
    assert (await outside.claim(citizen))[0] == 403
    assert (await inside.get(f"/conv/{citizen.conv}"))[0] == 200


async def test_only_the_lead_of_the_team_reads_what_a_colleague_has(office: Office) -> None:
    citizen, sanne = await office.waiting(), await office.agent()
    await sanne.claim(citizen)
    theirs, others = [await enter_as(office, ("team_lead",), (team,)) for team in ("burgerzaken", "sociaal")]
    status, body = await theirs.get(f"/conv/{citizen.conv}")
    assert (status, body["mode"]) == (200, "team")
    assert (await theirs.say(citizen, "Ik neem het over"))[0] == 409, "reading is not taking"
    status, body = await others.get(f"/conv/{citizen.conv}")
    assert (status, body["title"]) == (403, "Sanne heeft dit gesprek.")


async def test_roles_do_not_grow_during_a_session(office: Office) -> None:
    """What the browser sends along changes nothing."""
    agent = await office.agent()
    url, headers = f"{office.origin}/desk/api/audit?roles=administrator", {"X-Roles": "administrator"}
    async with agent.http.get(url, headers=headers) as response:
        assert response.status == 403
    assert (await agent.post("/presence", {"status": "busy", "roles": ["administrator"]}))[0] == 422


@pytest.mark.parametrize("kept", [
    {"gemeente": "voorbeeld"},  # of a version without roles
    {"gemeente": "elders", "roles": ["agent"], "teams": [], "via": "account", "id_token": ""},
    {"gemeente": "voorbeeld", "roles": ["agent"], "teams": [], "via": "work", "id_token": ""},
], ids=["old", "elsewhere", "other way in"])
async def test_a_session_that_nobody_could_have_begun_now_is_none(office: Office, kept: dict[str, object]) -> None:
    body = {"agent": "sanne", "name": "Sanne", "csrf": "x"} | kept
    await office.services.redis.set(keys.session(digest("A" * 43)), events.dump(body))
    headers = {"Cookie": f"balie_desk={'A' * 43}"}
    async with office.browser().get(f"{office.origin}/desk/api/lists", headers=headers) as response:
        assert response.status == 401


# --- bad input: 2.2.1, 4.1 ---


@pytest.mark.parametrize(("body", "status"), [
    (b"", 422), (b"{", 422), (b"[]", 422), (b"null", 422), (b'"hoi"', 422), (b"\xff\xfe", 422), (b"{}", 422),
    ({"cid": "a" * 36, "text": ""}, 422), ({"cid": "a" * 36, "text": " \n\0 "}, 422), ({"cid": "a" * 36, "text": 5}, 422),
    ({"cid": "a" * 36, "text": None}, 422), ({"cid": "", "text": "hoi"}, 422), ({"cid": "a" * 65, "text": "hoi"}, 422),
    ({"cid": "../../x/y/z", "text": "hoi"}, 422), ({"cid": "a" * 36, "text": "hoi", "role": "bot"}, 422),
    ({"cid": "a" * 36, "text": "x" * 2001}, 422), ({"cid": "a" * 36, "text": "x" * 20_000}, 413), (b"x" * 1_000_000, 413),
])
async def test_messages_that_are_none(office: Office, body: object, status: int) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    answer, problem = await agent.post(f"/conv/{citizen.conv}/messages", body)
    assert (answer, await citizen.texts("agent")) == (status, [])
    assert problem["title"]


@pytest.mark.parametrize(("sent", "kept"), [
    ("x" * 2000, "x" * 2000), ("👨‍👩‍👧 hallo", "👨‍👩‍👧 hallo"), ("a\0b\x1b[31mc\r\nd", "ab[31mc\nd"),
    ("Uw BSN is 123456782.", "Uw BSN is •••••••••."), ('<img src=x onerror="alert(1)">', '<img src=x onerror="alert(1)">'),
    ("/restart{\"x\":1}", "/restart{\"x\":1}"),
])
async def test_messages_are_plain_text_without_a_bsn(office: Office, sent: str, kept: str) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    assert (await agent.say(citizen, sent))[0] == 201
    assert await citizen.texts("agent") == [kept]


@pytest.mark.parametrize(("path", "body"), [
    ("/conv/{c}/close", {}), ("/conv/{c}/close", {"outcome": "weg"}),
    ("/conv/{c}/close", {"outcome": "opgelost", "note": "x" * 501}),
    ("/presence", {"status": "weg"}), ("/presence", {"status": 1}), ("/presence", {"agent": "youssef"}),
])
async def test_acts_that_are_none(office: Office, path: str, body: object) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    await agent.claim(citizen)
    assert (await agent.post(path.format(c=citizen.conv), body))[0] == 422
    assert await citizen.owner() == "agent"


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "9" * 30, "١"])
async def test_numbers_that_are_none(office: Office, after: str) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    assert (await agent.get(f"/conv/{citizen.conv}/events?after={after}"))[0] == 422
    assert (await agent.get(f"/conv/{citizen.conv}/history?before={after}"))[0] == 422


async def test_only_json_is_read(office: Office) -> None:
    citizen, agent = await office.waiting(), await office.agent()
    headers = {"Content-Type": "text/plain"}
    assert (await agent.post(f"/conv/{citizen.conv}/messages", b'{"cid":"aaaaaaaa","text":"x"}', **headers))[0] == 415


# --- logs: 16.2.5, 16.3 ---


async def test_the_audit_log_tells_who_did_what_and_never_what_was_said(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        citizen, agent = await office.waiting(), await office.agent()
        await agent.get(f"/conv/{citizen.conv}")
        await agent.claim(citizen)
        await agent.say(citizen, "geheim antwoord")
        await citizen.say("geheime vraag")
        await agent.post(f"/conv/{citizen.conv}/close", {"outcome": "opgelost", "note": "geheime notitie"})
        await agent.post("/logout", root="/desk")
    acts = [log["action"] for log in logs if log.get("agent") == "sanne" and "action" in log]
    assert [act for act in acts if act != "follow"] == ["login", "look", "claim", "say", "close", "logout"]
    assert not re.search("geheim|balie-demo", str(logs) + caplog.text)


async def test_a_hidden_message_stays_hidden_at_the_desk(office: Office) -> None:
    citizen = await office.citizen()
    seq = await citizen.say("Geboren op 1 januari 1980")
    await citizen.turn(Answer([events.message("bot", "Dank u")], hide=frozenset({seq})))
    await citizen.queue()
    agent = await office.agent()
    _, page = await agent.get(f"/conv/{citizen.conv}/history?before=99")
    assert "1980" not in str(page)
    assert [e["redacted"] for e in page["events"] if e.get("redacted")] == [True]


async def test_many_attempts_at_once_do_not_stop_the_desk(office: Office) -> None:
    agent = await office.agent()
    http = office.browser()
    attempts = [asyncio.create_task(office.login(http, f"user{n}", "fout")) for n in range(20)]
    assert (await agent.get("/lists"))[0] == 200
    assert {(await attempt).status for attempt in attempts} == {401}
