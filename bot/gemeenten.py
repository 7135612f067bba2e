"""What differs per municipality: `data/gemeenten/<name>/`.

`gemeente.yml` holds facts and choices, `variables.yml` the values of `{names}` in answers, `answers.yml` (if there is one) whole
answers that go before the general ones of the topics.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec
import yaml

from bot import own_answers
from bot.dutch.text import WEEKDAYS
from bot.gemeente_file import DAYS, GemeenteFile, Hours, Team
from bot.opening import Opening, in_dutch, in_english
from bot.opening import find as find_opening
from bot.own_answers import Responses
from bot.settings import ROOT, SettingsError
from bot.theme import Theme
from bot.theme import parse as parse_theme

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FOLDER = ROOT / "data" / "gemeenten"


class Gemeente:
    """One municipality. `key` is the folder's name; the fields of gemeente.yml are attributes.

    `answers`: its own answers, as they stand in answers.yml; `responses` puts them before the general ones.
    """

    def __init__(
        self, key: str, file: GemeenteFile, variables: Mapping[str, str], answers: Responses, theme: Theme | None = None
    ) -> None:
        self.key, self.theme = key, theme or Theme()
        self.naam, self.website, self.telefoon, self.adres = file.naam, file.website, file.telefoon, file.adres
        self.privacy, self.retention_days, self.origins = file.privacy, file.retention_days, file.origins
        self.products, self.locations, self.suppliers, self.desk = file.products, file.locations, file.suppliers, file.desk
        self.login, self.teams, self.app = file.login, file.teams, file.app
        self.hours = {name: opening(hours) for name, hours in file.hours.items()}
        self.answers = answers
        self._variables = dict(variables)
        self._holidays = holidays.country_holidays("NL", language="nl")

    def is_holiday(self, day: date) -> bool:
        """Dutch public holidays (5 May only in its jubilee years, as the library has it)."""
        return day in self._holidays

    def holiday(self, day: date) -> str | None:
        """The name in Dutch of the holiday on this day."""
        name: str | None = self._holidays.get(day)
        return name

    def is_open(self, what: str, at: datetime) -> bool:
        """Whether `what` (balie, telefoon, chat) is open at the aware time `at`."""
        local = at.astimezone(AMSTERDAM)
        return any(start <= local.time() < end for start, end in self.open_on(what, local.date()))

    def open_on(self, what: str, day: date) -> Sequence[tuple[time, time]]:
        return () if self.is_holiday(day) else self.hours[what].get(day.weekday(), ())

    def variables(self, now: datetime) -> dict[str, str]:
        """Values for `{names}` in answers, at the aware time `now`."""
        today = now.astimezone(AMSTERDAM).date()
        return self._variables | {
            "gemeente_naam": self.naam,
            "gemeente_telefoon": self.telefoon,
            "gemeente_website": self.website,
            "adres": self.adres,
            "balie_uren": self.week("balie"),
            "telefoon_uren": self.week("telefoon"),
            "balie_open_vandaag": self.today("balie", today),
            "telefoon_open_vandaag": self.today("telefoon", today),
            "balie_nu": in_dutch(self.opening("balie", now)),
            "telefoon_nu": in_dutch(self.opening("telefoon", now)),
            "counter_now": in_english(self.opening("balie", now)),
            "phone_now": in_english(self.opening("telefoon", now)),
            "bewaartermijn_dagen": str(self.retention_days),
        }

    def team(self, id: str) -> Team | None:
        return next((team for team in self.teams if team.id == id), None)

    def team_for(self, topic: str | None) -> Team:
        """Who helps with this topic; the first team with what belongs to no other."""
        return next((team for team in self.teams if topic in team.topics), self.teams[0])

    def team_of(self, id: str, topic: str | None = None) -> Team:
        """The team with this id. One that the municipality no longer has, or that nobody named, is the one of the topic."""
        return self.team(id) or self.team_for(topic)

    def offers(self, product: str) -> bool:
        """Whether an appointment can be made here for the product with this id."""
        return any(product == offered.id for offered in self.products)

    def lacks(self, topic: str) -> bool:
        """Whether its own answer says that there is nothing to do for this topic here (`applies: false`)."""
        return any(answer["metadata"].get("applies") is False for answer in self.answers.get(f"utter_{topic}", []))

    def responses(self, general: Responses) -> dict[str, list[dict[str, Any]]]:
        """All answers as this municipality gives them, its own before the `general` ones: see `own_answers.before`.

        Raises SettingsError for an own answer that fits no topic or names no value.
        """
        with _faults(self.key, Path("answers.yml")):
            return own_answers.before(general, self.answers, self.variables(datetime.now(UTC)).keys())

    def opening(self, what: str, at: datetime) -> Opening | None:
        """The opening of `what` that goes on or comes next at the aware time `at`."""
        return find_opening(partial(self.open_on, what), at.astimezone(AMSTERDAM))

    def today(self, what: str, day: date) -> str:
        """Today's hours in words: "vandaag open van 08:30 tot 17:00 uur", "vandaag gesloten, Eerste Kerstdag"."""
        hours = self.open_on(what, day)
        if not hours:
            return ", ".join(["vandaag gesloten", *filter(None, [self.holiday(day)])])
        return "vandaag open van " + " en van ".join(f"{a:%H:%M} tot {_clock(b)} uur" for a, b in hours)

    def week(self, what: str) -> str:
        """All hours of the week, one day a line, days alike taken together."""
        return "\n".join(f"- {day}: {hours}" for day, hours in self.week_rows(what))

    def week_rows(self, what: str) -> list[tuple[str, str]]:
        """(day, hours in words) for maandag to zondag."""
        rows = []
        for number, name in enumerate(WEEKDAYS):
            hours = self.hours[what].get(number, ())
            rows.append((name, " en ".join(f"{a:%H:%M} - {_clock(b)}" for a, b in hours) or "gesloten"))
        return rows


def _clock(moment: time) -> str:
    return "24:00" if moment == time.max else f"{moment:%H:%M}"


def opening(hours: Hours) -> dict[int, list[tuple[time, time]]]:
    """Opening hours by weekday number, monday = 0. Raises ValueError on an unknown day or time."""
    parsed: dict[int, list[tuple[time, time]]] = {}
    for day, spans in hours.items():
        if day not in DAYS:
            raise ValueError(f"unknown day {day!r}: use {', '.join(DAYS)}")
        parsed[DAYS.index(day)] = [_span(text) for text in spans]
    return parsed


def _span(text: str) -> tuple[time, time]:
    start, _, end = text.partition("-")
    closing = time.max if end == "24:00" else time.fromisoformat(end)
    if time.fromisoformat(start) >= closing:
        raise ValueError(f"{text!r} ends before it begins")
    return time.fromisoformat(start), closing


def load(names: Sequence[str], folder: Path = FOLDER) -> dict[str, Gemeente]:
    """The municipalities by key. Raises SettingsError that names file and fault."""
    return {name: _load_one(name, folder / name) for name in names}


def _load_one(name: str, folder: Path) -> Gemeente:
    with _faults(name, folder / "variables.yml") as path:
        variables = {key: str(value) for key, value in msgspec.convert(_yaml(path), dict[str, Any]).items()}
    answers: Responses = {}
    if (folder / "answers.yml").exists():
        with _faults(name, folder / "answers.yml") as path:
            answers = own_answers.parse(_yaml(path))
    with _faults(name, folder / "gemeente.yml") as path:
        file = msgspec.convert(_yaml(path), GemeenteFile)
        if file.theme != Path(file.theme).name:
            raise ValueError(f"`theme` names a file beside it, not {file.theme!r}")
    theme = None
    if file.theme:
        with _faults(name, folder / file.theme) as path:
            theme = parse_theme(path.read_text())
    with _faults(name, folder / "gemeente.yml"):
        return Gemeente(name, file, variables, answers, theme)


@contextmanager
def _faults(name: str, path: Path) -> Iterator[Path]:
    try:
        yield path
    except FileNotFoundError as exc:
        raise SettingsError(f"municipality {name!r}: {exc.filename} is missing") from exc
    except (msgspec.ValidationError, ValueError, yaml.YAMLError) as exc:
        raise SettingsError(f"municipality {name!r}: {path.name}: {exc}") from exc


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) or {}
