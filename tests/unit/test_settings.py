"""Configuration is checked at the start, and every fault is told at once."""

from pathlib import Path

import pytest

from bot import gemeenten, settings
from bot.settings import SettingsError
from bot.wiring import build

OWN = {
    "BALIE_ENVIRONMENT": "production", "BALIE_SECRET": "x" * 40, "BALIE_REDIS_URL": "redis://redis.example",
    "BALIE_PUBLIC_URL": "https://balie.example",
}


def test_nothing_set_is_a_laptop_on_loopback() -> None:
    found = settings.load({})
    assert (found.host, found.port, found.environment) == ("127.0.0.1", 8080, "demo")
    assert found.base_url == "http://127.0.0.1:8080"


def test_an_empty_variable_is_not_set() -> None:
    assert settings.load({"BALIE_PORT": ""}).port == 8080


@pytest.mark.parametrize(("name", "value"), [
    ("BALIE_PORT", "eighty"), ("BALIE_PORT", "0"), ("BALIE_PORT", "70000"), ("BALIE_LIFT_RATES", "perhaps"),
    ("BALIE_ENVIRONMENT", "test"), ("BALIE_LOG_LEVEL", "LOUD"), ("BALIE_GEMEENTEN", ","), ("BALIE_MAX_INBOX", "-1"),
    ("BALIE_TYPO", "1"),
])
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings.load({name: value})


def test_a_municipality_may_have_a_secret_of_its_own() -> None:
    found = settings.load({"BALIE_ZGW_SECRET": "for-all", "BALIE_ZGW_SECRET__WEIDEDORP": "of-weidedorp"})
    assert (found.of("zgw_secret", "weidedorp"), found.of("zgw_secret", "voorbeeld")) == ("of-weidedorp", "for-all")
    assert "of-weidedorp" not in repr(found)


def test_what_is_the_same_for_the_whole_installation_takes_no_municipality() -> None:
    with pytest.raises(SettingsError, match="BALIE_PORT__WEIDEDORP is not a setting"):
        settings.load({"BALIE_PORT__WEIDEDORP": "8081"})


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load({"BALIE_PORT": "x", "BALIE_LOG_LEVEL": "LOUD"})
    assert "BALIE_PORT" in str(caught.value) and "BALIE_LOG_LEVEL" in str(caught.value)


def test_production_takes_settings_of_your_own() -> None:
    assert settings.load(OWN).production


@pytest.mark.parametrize(("name", "value"), [
    ("BALIE_SECRET", ""), ("BALIE_SECRET", settings.DEMO_SECRET), ("BALIE_SECRET", "short"), ("BALIE_REDIS_URL", ""),
    ("BALIE_PUBLIC_URL", "http://balie.example"), ("BALIE_PUBLIC_URL", ""), ("BALIE_LIFT_RATES", "true"),
])
def test_production_refuses_what_is_for_demonstrations(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings.load(OWN | {name: value})


def test_production_refuses_demonstration_logins_and_suppliers() -> None:
    with pytest.raises(SettingsError) as caught:
        build(settings.load(OWN))
    assert "demo_agents" in str(caught.value) and "suppliers.zaken: the demo supplier" in str(caught.value)


def test_a_webhook_needs_a_secret() -> None:
    with pytest.raises(SettingsError, match="BALIE_TELEGRAM_SECRET"):
        settings.load({"BALIE_TELEGRAM_TOKEN": "1:x", "BALIE_PUBLIC_URL": "https://balie.example"})


def test_an_unknown_municipality_is_told_by_name() -> None:
    with pytest.raises(SettingsError, match="nergenshuizen"):
        gemeenten.load(["nergenshuizen"])


@pytest.mark.parametrize(("old", "new", "told"), [
    ("08:30-17:00", "17:00-08:30", "ends before"), ("ma:", "maandag:", "unknown day"), ("naam:", "name:", "name"),
    ("retention_days: 30", "retention_days: veel", "retention_days"),
])
def test_a_fault_in_a_municipality_names_the_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = tmp_path / "fout"
    folder.mkdir()
    text = (gemeenten.FOLDER / "voorbeeld" / "gemeente.yml").read_text()
    assert old in text
    (folder / "gemeente.yml").write_text(text.replace(old, new, 1))
    (folder / "variables.yml").write_text("")
    (folder / "thema.css").write_text("")
    with pytest.raises(SettingsError, match=told) as caught:
        gemeenten.load(["fout"], tmp_path)
    assert "gemeente.yml" in str(caught.value)
