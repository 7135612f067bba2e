"""Logging in: codes that can't be mistaken, and a configuration that is refused before a citizen meets it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis.asyncio import Redis

from bot import gemeenten, wiring_logins
from bot.conversation.logins import Logins
from bot.login.oidc import challenge
from bot.settings import Settings, SettingsError
from bot.wiring import build

CONV = "c_" + "A" * 22


def _logins(secret: str = "x" * 32) -> Logins:
    """Nothing here asks Redis."""
    return Logins(Redis(), secret, ticket_seconds=600, result_seconds=300, tries=5)


def test_the_challenge_of_pkce_is_that_of_the_standard() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 B


def test_a_code_has_letters_and_digits_that_are_not_mistaken_for_one_another() -> None:
    logins = _logins()
    codes = [logins._code(CONV, str(seed)) for seed in range(2000)]
    assert all(logins.read_code(code) == code for code in codes)
    assert not set("".join(codes)) & set("ILO01")
    assert len(set(codes)) > 1990, "nearly all differ"
    assert _logins("y" * 32)._code(CONV, "1") != codes[1], "the secret of the installation makes them"


@pytest.mark.parametrize("typed", ["abc234", " ABC-234 ", "abc 234.", "a b c 2 3 4"])
def test_a_code_may_be_typed_in_any_way(typed: str) -> None:
    assert _logins().read_code(typed) == "ABC234"


@pytest.mark.parametrize("typed", [
    "straks", "123456", "234567", "ABC23", "ABC2345", "ABC230", "ABCI23", "", "ZAAK-2026", "é2é3é4", "ᴀBC234",
])
def test_what_is_no_code_is_no_try(typed: str) -> None:
    assert _logins().read_code(typed) is None


def test_secrets_of_a_visit_differ_by_purpose_browser_and_installation() -> None:
    logins = _logins()
    made = {logins.derive(browser, name) for browser in ("a", "b") for name in ("state", "nonce", "verifier")}
    assert len(made) == 6 and _logins("y" * 32).derive("a", "state") not in made
    assert all(43 <= len(secret) <= 128 for secret in made), "RFC 7636 section 4.1"


GOOD = {"supplier": "oidc", "issuer": "https://broker.voorbeeld.example", "levels": ["substantieel"]}
WITH_SECRETS = Settings(gemeenten="eigen", oidc_client_id="balie", oidc_secret="geheim")


def _gemeente(folder: Path, login: dict[str, Any]) -> Settings:
    source = gemeenten.FOLDER / "voorbeeld"
    (folder / "eigen").mkdir()
    facts = yaml.safe_load((source / "gemeente.yml").read_text()) | {"login": login}
    (folder / "eigen" / "gemeente.yml").write_text(yaml.safe_dump(facts))
    (folder / "eigen" / "variables.yml").write_text((source / "variables.yml").read_text())
    (folder / "eigen" / "thema.css").write_text("")
    return replace(WITH_SECRETS, gemeenten_dir=str(folder))


def test_a_broker_of_ones_own_is_configured_in_gemeente_yml(tmp_path: Path) -> None:
    login = {**GOOD, "bsn_claim": ["urn:nl", "bsn"], "level_claim": "loa", "client_auth": "client_secret_post"}
    services = build(_gemeente(tmp_path, login), "unix:///nergens")
    made = wiring_logins.citizens(services.gemeente("eigen"), services.settings)
    terms = made.terms
    assert (made.claim.path, terms.level_claim, terms.client_id) == (("urn:nl", "bsn"), ("loa",), "balie")
    assert "geheim" not in repr(terms)
    assert terms.redirect_uri == "http://127.0.0.1:8080/inloggen/terug"


@pytest.mark.parametrize(("change", "secrets", "fault"), [
    ({"levels": []}, {}, "needs levels"), ({"issuer": ""}, {}, "needs issuer"),
    ({"supplier": "saml"}, {}, "must be one of demo, oidc"),
    ({"client_auth": "private_key_jwt"}, {}, "client_auth must be one of"), ({}, {"oidc_secret": ""}, "needs BALIE_OIDC_SECRET"),
    ({}, {"oidc_client_id": ""}, "BALIE_OIDC_CLIENT_ID"), ({"onbekend": 1}, {}, "onbekend"),
])
def test_half_a_configuration_stops_the_start(
    tmp_path: Path, change: dict[str, Any], secrets: dict[str, str], fault: str
) -> None:
    settings = replace(_gemeente(tmp_path, {**GOOD, **change}), **secrets)
    with pytest.raises(SettingsError, match=fault):
        build(settings, "unix:///nergens")


def test_in_production_a_broker_without_https_is_refused(tmp_path: Path) -> None:
    settings = replace(
        _gemeente(tmp_path, {**GOOD, "issuer": "http://broker.voorbeeld.example"}), environment="production", secret="x" * 40,
    )
    with pytest.raises(SettingsError, match="issuer must be an https address"):
        build(settings, "unix:///nergens")
