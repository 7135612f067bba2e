"""Who may enter the desk: a configuration that is refused before anybody meets it, and how claims become roles and teams."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis.asyncio import Redis

from bot import gemeenten, wiring_logins
from bot.conversation.visits import Visits
from bot.desk.roles import CONVERSATIONS, EVERYBODY, LABELS, may
from bot.desk.signing import person_of
from bot.login import Employee
from bot.settings import Settings, SettingsError
from bot.wiring import build

GOOD: dict[str, Any] = {
    "supplier": "oidc", "issuer": "https://inloggen.voorbeeld.example", "roles": {"balie": "agent"},
}
WITH_SECRETS = Settings(gemeenten="eigen", desk_oidc_client_id="balie-desk", desk_oidc_secret="geheim")


def _settings(folder: Path, login: dict[str, Any] | None, **desk: Any) -> Settings:
    source = gemeenten.FOLDER / "voorbeeld"
    (folder / "eigen").mkdir()
    facts = yaml.safe_load((source / "gemeente.yml").read_text())
    facts["desk"] |= {"login": login} | desk
    (folder / "eigen" / "gemeente.yml").write_text(yaml.safe_dump(facts))
    (folder / "eigen" / "variables.yml").write_text((source / "variables.yml").read_text())
    (folder / "eigen" / "thema.css").write_text("")
    return replace(WITH_SECRETS, gemeenten_dir=str(folder))


def test_a_provider_is_configured_in_gemeente_yml(tmp_path: Path) -> None:
    login = GOOD | {
        "claims": {"name": "given_name", "roles": ["resource_access", "balie", "roles"]},
        "roles": {"a": ["agent", "team_lead"], "b": "editor"},
        "teams": {"grp": "burgerzaken", "alle": "*"}, "client_auth": "client_secret_post",
    }
    services = build(_settings(tmp_path, login), "unix:///nergens")
    made = wiring_logins.desk(services.gemeente("eigen"), services.settings)
    assert made.terms.redirect_uri == "http://127.0.0.1:8080/desk/login/terug"
    assert (made.terms.client_id, made.terms.levels, made.terms.prompt) == ("balie-desk", None, "")
    assert (made.claims.id, made.claims.roles) == (("sub",), ("resource_access", "balie", "roles"))
    assert made.claims.role_of == {"a": ("agent", "team_lead"), "b": ("editor",)}
    assert "geheim" not in repr(made.terms)


@pytest.mark.parametrize(("change", "secrets", "fault"), [
    ({"roles": {}}, {}, "desk.login needs roles"), ({"issuer": ""}, {}, "desk.login needs issuer"),
    ({"supplier": "saml"}, {}, "desk.login.supplier must be one of demo, oidc"),
    ({"client_auth": "private_key_jwt"}, {}, "desk.login.client_auth must be one of"),
    ({}, {"desk_oidc_secret": ""}, "desk.login needs BALIE_DESK_OIDC_SECRET"),
    ({}, {"desk_oidc_client_id": ""}, "desk.login needs BALIE_DESK_OIDC_CLIENT_ID"),
    ({"roles": {"balie": "admin"}}, {}, "roles names 'admin': it must be one of agent, team_lead, editor, administrator"),
    ({"teams": {"grp": "zwembad"}}, {}, "desk.login.teams names 'zwembad', which is no team of gemeente.yml"),
    ({"issuer": "ftp://x"}, {}, "desk.login.issuer"), ({"onbekend": 1}, {}, "onbekend"), ({"claims": {"bsn": "x"}}, {}, "bsn"),
])
def test_half_a_configuration_stops_the_start(
    tmp_path: Path, change: dict[str, Any], secrets: dict[str, str], fault: str
) -> None:
    settings = replace(_settings(tmp_path, GOOD | change), **secrets)
    with pytest.raises(SettingsError) as raised:
        build(settings, "unix:///nergens")
    assert fault in str(raised.value)


def test_a_public_client_needs_no_secret(tmp_path: Path) -> None:
    settings = replace(_settings(tmp_path, GOOD | {"client_auth": "none"}), desk_oidc_secret="")
    assert build(settings, "unix:///nergens").desk_login("eigen")


def test_each_municipality_may_have_its_own_client(tmp_path: Path) -> None:
    settings = replace(_settings(tmp_path, GOOD), own={("desk_oidc_client_id", "eigen"): "van-ons"})
    services = build(settings, "unix:///nergens")
    assert wiring_logins.desk(services.gemeente("eigen"), settings).terms.client_id == "van-ons"


@pytest.mark.parametrize(("login", "agents", "faults"), [
    (GOOD, [], 0), (None, [], 1), (GOOD, [{"id": "a", "name": "A", "password": "x"}], 1), ({"supplier": "demo"}, [], 1),
    (GOOD | {"issuer": "http://inloggen.voorbeeld.example"}, [], 1),
])
def test_production_needs_a_provider_and_refuses_accounts(
    tmp_path: Path, login: dict[str, Any] | None, agents: list[Any], faults: int
) -> None:
    settings = replace(_settings(tmp_path, login, demo_agents=agents), environment="production", secret="x" * 40)
    with pytest.raises(SettingsError) as raised:  # the other parts are the demonstration's, which production refuses as well
        build(settings, "unix:///nergens")
    assert len([line for line in str(raised.value).splitlines() if "desk." in line]) == faults


@pytest.mark.parametrize(("agent", "fault"), [
    ({"roles": ["baas"]}, "a role that doesn't exist: baas"), ({"teams": ["zwembad"]}, "a team that doesn't exist: zwembad"),
])
def test_a_demonstration_agent_has_roles_and_teams_that_exist(tmp_path: Path, agent: dict[str, Any], fault: str) -> None:
    settings = _settings(tmp_path, None, demo_agents=[{"id": "a", "name": "A", "password": "x"} | agent])
    with pytest.raises(SettingsError, match=fault):
        build(settings, "unix:///nergens")


@pytest.mark.parametrize(("roles", "teams", "expected"), [
    (("agent",), ("kcc",), (("agent",), ("kcc",))), (("agent",), None, (("agent",), ())), (("agent", "team_lead"), (), ((), ())),
    (("team_lead", "editor"), (), (("editor",), ())), (("administrator",), (), (("administrator",), ())), ((), None, ((), ())),
    (("administrator", "agent"), None, (("agent", "administrator"), ())),
])
def test_without_a_team_there_are_no_conversations_to_take(
    roles: tuple[str, ...], teams: tuple[str, ...] | None, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    person = person_of(Employee("1", "Anouk", roles, teams), "voorbeeld")
    assert (person.roles, person.teams) == expected


def test_every_role_has_a_name_and_only_some_take_conversations() -> None:
    assert LABELS.keys() == set(EVERYBODY)
    assert [role for role in EVERYBODY if may((role,), CONVERSATIONS)] == ["agent", "team_lead"]
    assert not may((), EVERYBODY)


def test_secrets_of_a_visit_differ_by_purpose_browser_and_installation() -> None:
    visits = Visits(Redis(), "x" * 32, 600)
    made = {visits.derive(browser, name) for browser in ("a", "b") for name in ("state", "nonce", "verifier")}
    assert len(made) == 6 and Visits(Redis(), "y" * 32, 600).derive("a", "state") not in made
    assert all(43 <= len(secret) <= 128 for secret in made), "RFC 7636 section 4.1"
