"""The words of notices, from texts.yml."""

from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import yaml

from bot.appointments import Appointment
from bot.dutch import day_in_words, items_in_words
from bot.gemeenten import AMSTERDAM
from bot.zaken import ZaakStatus

FILE = Path(__file__).parent / "texts.yml"


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences by name; see the file. Every method gives the whole text of a notice."""

    case: str
    case_step: str
    case_expected: str
    case_latest: str
    case_over: str
    case_no_date: str
    case_suspended: str
    case_to_pay: str
    case_finished: str
    case_stop: str
    ending: str
    ending_longer: str
    ending_stop: str
    visit: str
    visit_unchecked: str
    visit_for: str
    visit_bring: str
    visit_stop: str
    today: str
    tomorrow: str

    def of_case(self, zaak: ZaakStatus, today: date) -> str:
        """News of a case: where it stands, and what comes. Nothing personal."""
        stand = self._finished(zaak, zaak.finished) if zaak.finished else self._running(zaak, today)
        return self.case.format(nummer=zaak.identificatie, zaaktype=zaak.zaaktype, stand=stand)

    def _finished(self, zaak: ZaakStatus, day: date) -> str:
        return self.case_finished.format(status=zaak.status, dag=day_in_words(day))

    def _running(self, zaak: ZaakStatus, today: date) -> str:
        lines = [self.case_step.format(stap=zaak.step, stappen=zaak.steps, status=" ".join(zaak.status.split()))]
        if zaak.to_pay:
            lines.append(self.case_to_pay)
        lines += [self.case_suspended] if zaak.suspended else self._term(zaak, today)
        return "\n".join([*lines, self.case_stop])

    def _term(self, zaak: ZaakStatus, today: date) -> list[str]:
        """When it should be done: no day that has passed is called expected."""
        expected = zaak.expected if zaak.expected and zaak.expected >= today and zaak.expected != zaak.latest else None
        lines = [self.case_expected.format(dag=day_in_words(expected))] if expected else []
        if zaak.latest:
            sentence = self.case_over if zaak.days_over(today) else self.case_latest
            lines.append(sentence.format(dag=day_in_words(zaak.latest)))
        return lines or [self.case_no_date]

    def of_ending(self, number: str, zaaktype: str, until: date) -> str:
        return self.ending.format(nummer=number, zaaktype=zaaktype, dag=day_in_words(until))

    def of_visit(self, appointment: Appointment, today: date) -> str:
        """The reminder, as the appointment system has it now."""
        place = appointment.location
        products = items_in_words([(line.product.name, line.persons) for line in appointment.lines])
        what = [self.visit_for.format(producten=products)]
        if appointment.bring:
            what.append(self.visit_bring.format(dingen="\n".join(f"- {thing}" for thing in appointment.bring)))
        text = self.visit.format(
            **_moment(self, appointment.start, today), wat="\n".join(what),
            plaats=f"{place.name}, {place.address}, {place.postcode} {place.city}",
        )
        return "\n".join([text, self.visit_stop])

    def of_visit_unchecked(self, start: datetime, today: date) -> str:
        """The reminder when the appointment system doesn't answer: what was known, and that it may be otherwise."""
        return self.visit_unchecked.format(**_moment(self, start, today))


def _moment(texts: Texts, start: datetime, today: date) -> dict[str, str]:
    local = start.astimezone(AMSTERDAM)
    near = {today: texts.today, today + timedelta(days=1): texts.tomorrow}.get(local.date(), "op {dag}")
    return {"dag": near.format(dag=day_in_words(local.date())), "tijd": f"{local:%H:%M}"}


def load(path: Path = FILE) -> Texts:
    """Raises OSError, yaml.YAMLError or msgspec.ValidationError: a broken file must stop the start, not a notice."""
    return msgspec.convert(yaml.safe_load(path.read_text()), Texts)
