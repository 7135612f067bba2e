"""The demonstration cases as ZGW resources, with every field a running Open Zaak sends. Nobody in it has a BSN."""

import uuid
from collections.abc import Iterable
from typing import Any

from bot.zaken.demo import DemoCase, DemoStep, DemoZaaktype

Resource = dict[str, Any]

RSIN = "100000009"
_NAMESPACE = uuid.UUID("2b1f3c1e-6a57-4d0b-9c56-0d4f5a6b7c8d")


def of(cases: Iterable[DemoCase], zaken_url: str, catalogi_url: str) -> dict[str, list[Resource]]:
    """zaken, statussen, rollen, zaaktypen and statustypen of the cases, below the two API roots."""
    data: dict[str, list[Resource]] = {"zaken": [], "statussen": [], "rollen": [], "zaaktypen": [], "statustypen": []}
    cases = tuple(cases)
    for demo in dict.fromkeys(case.zaaktype for case in cases):
        zaaktype = _zaaktype(demo, catalogi_url)
        steps = [_statustype(step, n, zaaktype, len(demo.steps)) for n, step in enumerate(demo.steps, start=1)]
        zaaktype["statustypen"] = [step["url"] for step in steps]
        data["zaaktypen"].append(zaaktype)
        data["statustypen"] += reversed(steps)  # Open Zaak's order: the last step first
    types = {zaaktype["omschrijving"]: zaaktype for zaaktype in data["zaaktypen"]}
    for case in cases:
        zaak = _zaak(case, types[case.zaaktype.name], zaken_url)
        reached = types[case.zaaktype.name]["statustypen"][: case.step]
        statussen = [_status(zaak, statustype, last=statustype is reached[-1]) for statustype in reached]
        rollen = [_rol(case, zaak, "behandelaar"), _rol(case, zaak, "initiator")]
        zaak["status"] = statussen[-1]["url"] if statussen else None
        zaak["rollen"] = [rol["url"] for rol in rollen]
        data["zaken"].append(zaak)
        data["statussen"] += reversed(statussen)
        data["rollen"] += rollen
    return data


def _uuid(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def _zaaktype(demo: DemoZaaktype, base: str) -> Resource:
    return {
        "url": f"{base}/zaaktypen/{_uuid('zaaktype', demo.name)}",
        "identificatie": f"ZT-{demo.name[:40].upper().replace(' ', '-')}",
        "omschrijving": demo.name,
        "omschrijvingGeneriek": "",
        "vertrouwelijkheidaanduiding": "openbaar",
        "doel": "doel",
        "aanleiding": "aanleiding",
        "toelichting": "",
        "indicatieInternOfExtern": "intern" if demo.internal else "extern",
        "handelingInitiator": "aanvragen",
        "onderwerp": demo.name,
        "handelingBehandelaar": "behandelen",
        "doorlooptijd": "P56D",
        "servicenorm": "P28D",
        "opschortingEnAanhoudingMogelijk": True,
        "verlengingMogelijk": False,
        "verlengingstermijn": None,
        "trefwoorden": [],
        "publicatieIndicatie": False,
        "publicatietekst": "",
        "verantwoordingsrelatie": [],
        "productenOfDiensten": [],
        "selectielijstProcestype": "",
        "referentieproces": {"naam": "proces", "link": ""},
        "concept": False,
        "verantwoordelijke": RSIN,
        "broncatalogus": {"url": "", "domein": "", "rsin": ""},
        "bronzaaktype": {"url": "", "identificatie": "", "omschrijving": ""},
        "beginGeldigheid": "2024-01-01",
        "eindeGeldigheid": None,
        "versiedatum": "2024-01-01",
        "beginObject": "2024-01-01",
        "eindeObject": None,
        "catalogus": f"{base}/catalogussen/{_uuid('catalogus')}",
        "statustypen": [],
        "resultaattypen": [],
        "eigenschappen": [],
        "informatieobjecttypen": [],
        "roltypen": [f"{base}/roltypen/{_uuid('roltype', demo.name, kind)}" for kind in ("behandelaar", "initiator")],
        "besluittypen": [],
        "deelzaaktypen": [],
        "gerelateerdeZaaktypen": [],
        "zaakobjecttypen": [],
    }


def _statustype(step: DemoStep, number: int, zaaktype: Resource, steps: int) -> Resource:
    base = zaaktype["url"].rsplit("/", 2)[0]
    return {
        "url": f"{base}/statustypen/{_uuid('statustype', zaaktype['omschrijving'], number)}",
        "omschrijving": step.name,
        "omschrijvingGeneriek": "",
        "statustekst": step.text,
        "zaaktype": zaaktype["url"],
        "zaaktypeIdentificatie": zaaktype["identificatie"],
        "volgnummer": number,
        "isEindstatus": number == steps,
        "informeren": True,
        "doorlooptijd": None,
        "toelichting": None,
        "checklistitemStatustype": [],
        "catalogus": zaaktype["catalogus"],
        "eigenschappen": [],
        "zaakobjecttypen": [],
        "beginGeldigheid": None,
        "eindeGeldigheid": None,
        "beginObject": None,
        "eindeObject": None,
    }


def _zaak(case: DemoCase, zaaktype: Resource, base: str) -> Resource:
    identifier = _uuid("zaak", case.identificatie)
    return {
        "url": f"{base}/zaken/{identifier}",
        "uuid": identifier,
        "identificatie": case.identificatie,
        "bronorganisatie": RSIN,
        "omschrijving": case.zaaktype.name,
        "toelichting": "",
        "zaaktype": zaaktype["url"],
        "registratiedatum": case.started.isoformat(),
        "verantwoordelijkeOrganisatie": RSIN,
        "startdatum": case.started.isoformat(),
        "einddatum": case.finished and case.finished.isoformat(),
        "einddatumGepland": case.planned and case.planned.isoformat(),
        "uiterlijkeEinddatumAfdoening": None,
        "publicatiedatum": None,
        "laatstGemuteerd": f"{case.started.isoformat()}T10:00:00.658995Z",
        "laatstGeopend": None,
        "communicatiekanaal": "",
        "communicatiekanaalNaam": "",
        "productenOfDiensten": [],
        "vertrouwelijkheidaanduiding": "vertrouwelijk" if case.confidential else "openbaar",
        "betalingsindicatie": "",
        "betalingsindicatieWeergave": "",
        "laatsteBetaaldatum": None,
        "zaakgeometrie": None,
        "verlenging": None,
        "opschorting": {"indicatie": False, "eerdereOpschorting": False, "reden": ""},
        "selectielijstklasse": "",
        "hoofdzaak": None,
        "deelzaken": [],
        "relevanteAndereZaken": [],
        "gerelateerdeZaken": [],
        "eigenschappen": [],
        "rollen": [],
        "status": None,
        "zaakinformatieobjecten": [],
        "zaakobjecten": [],
        "kenmerken": [],
        "archiefnominatie": None,
        "archiefstatus": "nog_te_archiveren",
        "archiefactiedatum": None,
        "resultaat": None,
        "opdrachtgevendeOrganisatie": "",
        "processobjectaard": "",
        "startdatumBewaartermijn": None,
        "processobject": {"datumkenmerk": "", "identificatie": "", "objecttype": "", "registratie": ""},
        "_expand": {},
    }


def _status(zaak: Resource, statustype_url: str, last: bool) -> Resource:
    identifier = _uuid("status", zaak["uuid"], statustype_url.rsplit("/", 1)[1])
    return {
        "url": f"{zaak['url'].rsplit('/', 2)[0]}/statussen/{identifier}",
        "uuid": identifier,
        "zaak": zaak["url"],
        "statustype": statustype_url,
        "datumStatusGezet": f"{zaak['startdatum']}T10:00:00Z",
        "statustoelichting": "",
        "indicatieLaatstGezetteStatus": last,
        "gezetdoor": None,
        "zaakinformatieobjecten": [],
    }


def _rol(case: DemoCase, zaak: Resource, kind: str) -> Resource:
    identifier = _uuid("rol", zaak["uuid"], kind)
    citizen = kind == "initiator"
    return {
        "url": f"{zaak['url'].rsplit('/', 2)[0]}/rollen/{identifier}",
        "uuid": identifier,
        "zaak": zaak["url"],
        "betrokkene": "",
        "betrokkeneType": "natuurlijk_persoon" if citizen else "medewerker",
        "afwijkendeNaamBetrokkene": "",
        "roltype": f"{zaak['zaaktype'].rsplit('/', 2)[0]}/roltypen/{_uuid('roltype', case.zaaktype.name, kind)}",
        "omschrijving": "Aanvrager" if citizen else "Behandelaar",
        "omschrijvingGeneriek": kind,
        "roltoelichting": kind,
        "registratiedatum": f"{zaak['startdatum']}T09:00:00.337403Z",
        "indicatieMachtiging": "",
        "contactpersoonRol": {"emailadres": "", "functie": "", "telefoonnummer": "", "naam": ""},
        "statussen": [],
        "beginGeldigheid": None,
        "eindeGeldigheid": None,
        "betrokkeneIdentificatie": _person(case) if citizen else _employee(),
        "authenticatieContext": None,
    }


def _person(case: DemoCase) -> Resource:
    number, _, rest = case.huisnummer.replace("-", " ").partition(" ")
    letter, addition = (rest, "") if len(rest) == 1 and rest.isalpha() else ("", rest)
    return {
        "inpBsn": "",
        "anpIdentificatie": "",
        "inpA_nummer": "",
        "geslachtsnaam": "Voorbeeld",
        "voorvoegselGeslachtsnaam": "",
        "voorletters": "",
        "voornamen": "",
        "geslachtsaanduiding": "",
        "geboortedatum": case.geboortedatum.isoformat(),
        "verblijfsadres": {
            "aoaIdentificatie": "1",
            "wplWoonplaatsNaam": "Voorbeeld",
            "gorOpenbareRuimteNaam": "Dorpsstraat",
            "aoaPostcode": case.postcode,
            "aoaHuisnummer": int(number),
            "aoaHuisletter": letter,
            "aoaHuisnummertoevoeging": addition,
            "inpLocatiebeschrijving": "",
        },
        "subVerblijfBuitenland": None,
    }


def _employee() -> Resource:
    return {
        "identificatie": "medewerker-1",
        "achternaam": "Vergunning",
        "voorletters": "V.",
        "voorvoegselAchternaam": "",
    }
