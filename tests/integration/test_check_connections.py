"""`balie check-connections`: whoever connects Balie to other systems sees what works, and what to do about the rest."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from click.testing import CliRunner, Result

from bot.cli import main
from bot.commands import connections
from bot.gemeenten import FOLDER
from bot.settings import Settings
from bot.wiring import build
from bot.zaken.demo_data import demo_cases
from tests.stubs import botapi, openklant, zgw
from tests.stubs.faults import Fault
from tests.stubs.openklant import OpenKlantStub
from tests.stubs.server import serving
from tests.stubs.zgw import ZgwStub

Run = Callable[..., Any]


@pytest.fixture
async def klant() -> AsyncIterator[OpenKlantStub]:
    async with OpenKlantStub() as stub:
        yield stub


@pytest.fixture
async def zaken() -> AsyncIterator[ZgwStub]:
    async with ZgwStub(demo_cases(date.today())) as stub:
        yield stub


@pytest.fixture
def env(tmp_path: Path, redis_url: str, klant: OpenKlantStub, zaken: ZgwStub) -> dict[str, str]:
    """An installation for two municipalities with systems of their own; every part works."""
    for name in ("voorbeeld", "weidedorp"):
        shutil.copytree(FOLDER / name, tmp_path / "gemeenten" / name)
        configure(tmp_path, name, {
            "zaken": {"supplier": "zgw", "zaken_url": zaken.zaken_url, "catalogi_url": zaken.catalogi_url},
            "appointments": {"supplier": "demo"},
            "contacts": {"supplier": "openklant", "url": klant.url, "actor": {"naam": "KCC", "objectId": "KCC"}},
        })
    return {
        "BALIE_GEMEENTEN_DIR": str(tmp_path / "gemeenten"), "BALIE_DATA_DIR": str(tmp_path / "var"), "BALIE_REDIS_URL": redis_url,
        "BALIE_ZGW_CLIENT_ID": zgw.CLIENT_ID, "BALIE_ZGW_SECRET": zgw.SECRET, "BALIE_KLANTINTERACTIES_TOKEN": openklant.TOKEN,
        "BALIE_BACKEND_SECONDS": "10",
    }


def configure(folder: Path, name: str, suppliers: dict[str, Any]) -> None:
    path = folder / "gemeenten" / name / "gemeente.yml"
    content = yaml.safe_load(path.read_text()) | {"suppliers": suppliers, "login": None, "desk": {}}
    path.write_text(yaml.safe_dump(content))


async def check(env: dict[str, str], *options: str) -> Result:
    """The command, in a thread: the systems that it asks live in this one."""
    return await asyncio.to_thread(CliRunner().invoke, main, ["check-connections", *options], env=env, catch_exceptions=False)


def row(result: Result, gemeente: str, part: str) -> str:
    """The last column of the table."""
    found = [line.split("│") for line in result.output.splitlines() if line.startswith("│")]
    return next(cells[4].strip() for cells in found if (cells[1].strip(), cells[2].strip()) == (gemeente, part))


async def test_when_all_works_it_says_so(env: dict[str, str]) -> None:
    result = await check(env)
    assert "All is well." in result.output
    assert result.exit_code == 0
    for gemeente in ("voorbeeld", "weidedorp"):
        assert [row(result, gemeente, part) for part in ("zaken", "appointments", "contacts")] == ["OK"] * 3
        assert [row(result, gemeente, part) for part in ("notifications", "login", "desk.login")] == ["nothing to check"] * 3
        assert row(result, gemeente, "telegram") == "nothing to check"
    assert row(result, "(all)", "redis") == "OK"


async def test_what_is_wrong_comes_with_where_to_look(env: dict[str, str]) -> None:
    result = await check(env | {"BALIE_KLANTINTERACTIES_TOKEN__WEIDEDORP": "another-token-of-weidedorp"})
    assert result.exit_code == 1
    assert (row(result, "voorbeeld", "contacts"), row(result, "weidedorp", "contacts")) == ("OK", "wrong, see below")
    assert "weidedorp, contacts (openklant):" in result.output
    assert "the token isn't accepted there" in result.output
    assert "suppliers.contacts in gemeente.yml of weidedorp; BALIE_KLANTINTERACTIES_TOKEN; docs/integration.md" in result.output
    assert "1 of 16 need attention." in result.output


async def test_nothing_secret_is_shown(env: dict[str, str], klant: OpenKlantStub) -> None:
    secrets = {
        "BALIE_ZGW_SECRET": "secret-of-nobody-known-there", "BALIE_KLANTINTERACTIES_TOKEN": "token-of-nobody-known-there",
        "BALIE_TELEGRAM_TOKEN": "987654321:AAnobodys-token", "BALIE_TELEGRAM_API_URL": klant.root,
    }
    result = await check(env | secrets)
    assert result.exit_code == 1
    assert "client id" in result.output
    assert not [name for name, value in secrets.items() if value in result.output and not value.startswith("http")]


async def test_a_secret_in_the_answer_of_another_system_is_hidden(env: dict[str, str], redis_url: str) -> None:
    class Talkative:
        async def check(self) -> list[str]:
            return ["It said: token token-of-balie is wrong."]

        async def aclose(self) -> None: ...

    settings = Settings(gemeenten="voorbeeld", data_dir=env["BALIE_DATA_DIR"], klantinteracties_token="token-of-balie")
    services = build(settings, redis_url)
    services._adapters["contacts", "voorbeeld"] = Talkative()
    found = {result.part: result for result in await connections.check_all(services, "voorbeeld")}
    await services.aclose()
    assert found["contacts"].faults == ("It said: token ••• is wrong.",)


async def test_a_check_that_breaks_does_not_take_the_others_with_it(env: dict[str, str], redis_url: str) -> None:
    class Broken:
        async def check(self) -> list[str]:
            raise KeyError("Anna Voorbeeld")

        async def aclose(self) -> None: ...

    services = build(Settings(gemeenten="weidedorp", data_dir=env["BALIE_DATA_DIR"]), redis_url)
    services._adapters["contacts", "weidedorp"] = Broken()
    found = {result.part: result for result in await connections.check_all(services)}
    await services.aclose()
    assert found["contacts"].faults == ("The check itself failed (KeyError): this is a fault of Balie.",)
    assert found["appointments"].faults == ()


async def test_a_system_that_does_not_answer_takes_no_longer_than_the_limit(env: dict[str, str], klant: OpenKlantStub) -> None:
    klant.faults = [Fault("slow")]
    result = await check(env | {"BALIE_CHECK_SECONDS": "0.3"})
    assert row(result, "voorbeeld", "contacts") == "wrong, see below"
    assert "No answer within 0.3 s." in result.output
    klant.released.set()


async def test_one_municipality_can_be_asked_for(env: dict[str, str], klant: OpenKlantStub) -> None:
    result = await check(env, "--gemeente", "weidedorp")
    assert result.exit_code == 0
    assert "voorbeeld" not in result.output
    assert row(result, "weidedorp", "contacts") == "OK"
    assert not [call for call in klant.called if not call.startswith("GET")]


async def test_a_municipality_that_is_not_served_is_named(env: dict[str, str]) -> None:
    result = await check(env, "--gemeente", "nergens")
    assert result.exit_code == 1
    assert "this installation does not serve 'nergens'" in result.output


async def test_a_configuration_that_misses_something_is_told_before_anything_is_asked(
    env: dict[str, str], klant: OpenKlantStub
) -> None:
    result = await check(env | {"BALIE_KLANTINTERACTIES_TOKEN": ""})
    assert result.exit_code == 1
    assert "municipality 'voorbeeld': suppliers.contacts needs BALIE_KLANTINTERACTIES_TOKEN" in result.output
    assert klant.called == []


@pytest.mark.parametrize("left_out", ["url", "actor"])
async def test_a_register_without_address_or_team_is_refused(env: dict[str, str], tmp_path: Path, left_out: str) -> None:
    path = tmp_path / "gemeenten" / "weidedorp" / "gemeente.yml"
    content = yaml.safe_load(path.read_text())
    del content["suppliers"]["contacts"][left_out]
    path.write_text(yaml.safe_dump(content))
    result = await check(env)
    assert result.exit_code == 1
    assert f"suppliers.contacts needs {left_out}" in result.output


def test_a_contact_register_is_asked_by_https_in_production(env: dict[str, str]) -> None:
    result = CliRunner().invoke(main, ["check-connections"], env=env | {
        "BALIE_ENVIRONMENT": "production", "BALIE_SECRET": "x" * 32, "BALIE_PUBLIC_URL": "https://balie.example",
    })
    assert result.exit_code == 1
    assert "suppliers.contacts.url must be an https address in production" in result.output


async def test_a_redis_that_is_gone_is_told(env: dict[str, str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        result = await check(env | {"BALIE_REDIS_URL": f"redis://:the-password@127.0.0.1:{nobody.getsockname()[1]}"})
    assert row(result, "(all)", "redis") == "wrong, see below"
    assert "does BALIE_REDIS_URL hold its address and password?" in result.output
    assert "the-password" not in result.output


async def test_the_bot_on_telegram_is_asked_who_it_is(env: dict[str, str]) -> None:
    async with botapi.serving() as api:
        telegram = {"BALIE_TELEGRAM_API_URL": api.url, "BALIE_TELEGRAM_TOKEN": botapi.TOKEN}
        own = {"BALIE_TELEGRAM_TOKEN__WEIDEDORP": "555:AAfictitious-token_of_weidedorp-000000000"}
        weidedorp = api.another(own["BALIE_TELEGRAM_TOKEN__WEIDEDORP"], "weidedorp_test_bot")
        result = await check(env | telegram | own)
        assert [row(result, gemeente, "telegram") for gemeente in ("voorbeeld", "weidedorp")] == ["OK", "OK"]
        assert (api.count("getMe"), weidedorp.count("getMe")) == (1, 1)
        wrong = await check(env | telegram | {"BALIE_TELEGRAM_TOKEN": "123456789:AAno"})
        assert "Telegram doesn't accept the token." in wrong.output
        api.fail("getMe", 500)
        assert "The Bot API answers with status 500." in (await check(env | telegram)).output


@pytest.mark.parametrize(
    "path, told", [("/live", "OK"), ("/elsewhere", "something else answers: status 404"), (None, "can't be reached")]
)
async def test_the_public_address_is_tried(env: dict[str, str], path: str | None, told: str) -> None:
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application()
    app.router.add_get(path or "/", alive)
    async with serving(app) as public:
        result = await check(env | {"BALIE_PUBLIC_URL": public})
    if path is None:  # nothing listens there any more
        result = await check(env | {"BALIE_PUBLIC_URL": public})
    assert row(result, "(all)", "public url") == ("OK" if told == "OK" else "wrong, see below")
    assert told in result.output


def test_what_is_said_of_a_part_names_its_own_variables() -> None:
    wrong = connections.Result("weidedorp", "appointments", "qmatic", ("x",))
    assert wrong.place == "suppliers.appointments in gemeente.yml of weidedorp; BALIE_QMATIC_API_KEY; docs/integration.md"
    login = replace(wrong, part="login", supplier="oidc")
    assert login.place.startswith("login in gemeente.yml of weidedorp; BALIE_OIDC_CLIENT_ID, BALIE_OIDC_SECRET")
    assert replace(wrong, gemeente="(all)", part="redis", supplier="embedded").place == "BALIE_REDIS_URL; docs/integration.md"
