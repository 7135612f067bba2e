"""What the resources of the Zaken API 1.5 say about a case: pure reading, no requests.

KeyError, TypeError, ValueError and AttributeError mean that an answer hasn't the form of the standard.
"""

import hmac
from datetime import date

from bot.zaken import Personal, SecondFactor, ZaakStatus
from bot.zaken.zgw_catalogue import Zaaktype, require
from bot.zgw import Json

_UNPAID = {"nog_niet", "gedeeltelijk"}


def started_by(rollen: list[Json], zaak_url: str, factor: SecondFactor) -> bool:
    """Whether the factor fits an initiator of this very case.

    Only natural persons count: the address of a company (`vestiging`) is in a public register and proves nothing.
    """
    return any([_fits(rol, factor) for rol in rollen if _is_initiator(rol, zaak_url)])  # a list: no early exit


def roles(rollen: list[Json], zaak_url: str, bsn: str) -> set[str]:
    """What the person with this BSN is in this very case, such as `initiator` or `belanghebbende`; empty for a stranger."""
    return {rol["omschrijvingGeneriek"] for rol in rollen if rol["zaak"] == zaak_url and _has(rol, bsn)}


def told(
    zaak: Json, zaaktype: Zaaktype, status: Json | None, personal: Personal | None = None, may_follow: bool = True
) -> ZaakStatus:
    """The answer about a case. Raises ZakenUnavailable if the present status is none of the type's steps."""
    require(status is None or zaaktype.number(status["statustype"]) > 0)
    step = zaaktype.number(status["statustype"]) if status else 0
    finished = _day(zaak.get("einddatum"))
    following = zaaktype.steps[step:] if not finished else ()
    return ZaakStatus(
        identificatie=zaak["identificatie"],
        zaaktype=zaaktype.name,
        status=zaaktype.steps[step - 1].text if step else "",
        step=step,
        steps=len(zaaktype.steps),
        started=date.fromisoformat(zaak["startdatum"]),
        expected=_expected(zaak),
        finished=finished,
        latest=_day(zaak.get("uiterlijkeEinddatumAfdoening")),
        next_step=following[0].text if following else "",
        suspended=_suspended(zaak),
        extended=_extended(zaak),
        to_pay=zaak.get("betalingsindicatie") in _UNPAID,
        personal=personal,
        ref=zaak["url"],
        may_follow=may_follow,
    )


def personal(zaak: Json, status: Json | None, resultaat: Json | None, result: str) -> Personal:
    """The municipality's own words about a case, for the citizen whose case it is. `result` is the name of its kind of result."""
    return Personal(
        result=result,
        result_note=_note(resultaat, "toelichting"),
        status_note=_note(status, "statustoelichting"),
        suspension_reason=_note(zaak.get("opschorting"), "reden") if _suspended(zaak) else "",
        extension_reason=_note(zaak.get("verlenging"), "reden"),
    )


def _is_initiator(rol: Json, zaak_url: str) -> bool:
    """Checked again here, because an ignored filter would offer the initiators of every case."""
    wanted = {"zaak": zaak_url, "omschrijvingGeneriek": "initiator", "betrokkeneType": "natuurlijk_persoon"}
    return all(rol[name] == value for name, value in wanted.items())


def _fits(rol: Json, factor: SecondFactor) -> bool:
    person = rol.get("betrokkeneIdentificatie") or {}
    home = person.get("verblijfsadres") or {}
    letter, addition = home.get("aoaHuisletter") or "", home.get("aoaHuisnummertoevoeging") or ""
    return factor.matches(
        geboortedatum=person.get("geboortedatum") or "",
        postcode=home.get("aoaPostcode") or "",
        huisnummer=f"{home.get('aoaHuisnummer') or ''} {letter}{addition}",
    )


def _has(rol: Json, bsn: str) -> bool:
    known = str((rol.get("betrokkeneIdentificatie") or {}).get("inpBsn") or "")
    return rol["betrokkeneType"] == "natuurlijk_persoon" and hmac.compare_digest(known.encode(), bsn.encode())


def _expected(zaak: Json) -> date | None:
    """The planned end, else the last day the law allows.

    `einddatumGepland` is what the municipality expects of this very case, so it goes first. Then comes
    `uiterlijkeEinddatumAfdoening`, the limit of this case. `startdatum` plus the type's `doorlooptijd` is not used: it
    is the rule for all such cases, and ignores an extension of this one. While a case is suspended its term doesn't
    run, so no date can be promised.
    """
    if zaak.get("einddatum") or _suspended(zaak):
        return None
    return _day(zaak.get("einddatumGepland")) or _day(zaak.get("uiterlijkeEinddatumAfdoening"))


def _suspended(zaak: Json) -> bool:
    return (zaak.get("opschorting") or {}).get("indicatie") is True


def _extended(zaak: Json) -> bool:
    """An extension that never was may be sent as null, or with nothing in it."""
    extension = zaak.get("verlenging") or {}
    return bool(_note(extension, "reden") or extension.get("duur") not in (None, "", "P0D"))


def _note(resource: Json | None, name: str) -> str:
    return ((resource or {}).get(name) or "").strip()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
