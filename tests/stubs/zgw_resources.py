"""The demonstration cases as ZGW resources, with every field a running Open Zaak sends."""

from collections.abc import Iterable

from bot.zaken.demo_data import DemoCase
from tests.stubs.zgw_types import RSIN, Resource, made_uuid, resultaattype_of, statustype_of, zaaktype_of


def of(cases: Iterable[DemoCase], zaken_url: str, catalogi_url: str) -> dict[str, list[Resource]]:
    """The resources of the cases by the name of their collection, below the two API roots."""
    names = ("zaken", "statussen", "rollen", "resultaten", "zaaktypen", "statustypen", "resultaattypen")
    data: dict[str, list[Resource]] = {name: [] for name in names}
    cases = tuple(cases)
    for demo in dict.fromkeys(case.zaaktype for case in cases):
        zaaktype = zaaktype_of(demo, catalogi_url)
        steps = [statustype_of(step, n, zaaktype, len(demo.steps)) for n, step in enumerate(demo.steps, start=1)]
        zaaktype["statustypen"] = [step["url"] for step in steps]
        data["zaaktypen"].append(zaaktype)
        data["statustypen"] += reversed(steps)  # Open Zaak's order: the last step first
    types = {zaaktype["omschrijving"]: zaaktype for zaaktype in data["zaaktypen"]}
    for case in cases:
        zaak = _zaak(case, types[case.zaaktype.name], zaken_url)
        reached = types[case.zaaktype.name]["statustypen"][: case.step]
        statussen = [status(zaak, statustype, last=statustype is reached[-1]) for statustype in reached]
        if statussen:
            statussen[-1]["statustoelichting"] = case.status_note
        if case.result:
            _end(case, zaak, types[case.zaaktype.name], data)
        rollen = [_rol(case, zaak, "behandelaar"), _rol(case, zaak, "initiator")]
        zaak["status"] = statussen[-1]["url"] if statussen else None
        zaak["rollen"] = [rol["url"] for rol in rollen]
        data["zaken"].append(zaak)
        data["statussen"] += reversed(statussen)
        data["rollen"] += rollen
    return data


def _zaak(case: DemoCase, zaaktype: Resource, base: str) -> Resource:
    identifier = made_uuid("zaak", case.identificatie)
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
        "uiterlijkeEinddatumAfdoening": case.latest and case.latest.isoformat(),
        "publicatiedatum": None,
        "laatstGemuteerd": f"{case.started.isoformat()}T10:00:00.658995Z",
        "laatstGeopend": None,
        "communicatiekanaal": "",
        "communicatiekanaalNaam": "",
        "productenOfDiensten": [],
        "vertrouwelijkheidaanduiding": "vertrouwelijk" if case.confidential else "openbaar",
        "betalingsindicatie": "nog_niet" if case.to_pay else "",
        "betalingsindicatieWeergave": "De kosten zijn nog niet betaald." if case.to_pay else "",
        "laatsteBetaaldatum": None,
        "zaakgeometrie": None,
        "verlenging": {"reden": case.extended, "duur": "P42D"} if case.extended else None,
        "opschorting": {"indicatie": bool(case.suspended), "eerdereOpschorting": False, "reden": case.suspended},
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


def status(zaak: Resource, statustype_url: str, last: bool) -> Resource:
    """A status of the case; `last` when it is the present one."""
    identifier = made_uuid("status", zaak["uuid"], statustype_url.rsplit("/", 1)[1])
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


def _end(case: DemoCase, zaak: Resource, zaaktype: Resource, data: dict[str, list[Resource]]) -> None:
    """Give the case its result, of a kind that is added to its type."""
    kind = resultaattype_of(case, zaaktype)
    if kind["url"] not in zaaktype["resultaattypen"]:
        zaaktype["resultaattypen"].append(kind["url"])
        data["resultaattypen"].append(kind)
    identifier = made_uuid("resultaat", zaak["uuid"])
    resultaat = {
        "url": f"{zaak['url'].rsplit('/', 2)[0]}/resultaten/{identifier}",
        "uuid": identifier,
        "zaak": zaak["url"],
        "resultaattype": kind["url"],
        "toelichting": case.result_note,
    }
    zaak["resultaat"] = resultaat["url"]
    data["resultaten"].append(resultaat)


def _rol(case: DemoCase, zaak: Resource, kind: str) -> Resource:
    identifier = made_uuid("rol", zaak["uuid"], kind)
    citizen = kind == "initiator"
    return {
        "url": f"{zaak['url'].rsplit('/', 2)[0]}/rollen/{identifier}",
        "uuid": identifier,
        "zaak": zaak["url"],
        "betrokkene": "",
        "betrokkeneType": "natuurlijk_persoon" if citizen else "medewerker",
        "afwijkendeNaamBetrokkene": "",
        "roltype": f"{zaak['zaaktype'].rsplit('/', 2)[0]}/roltypen/{made_uuid('roltype', case.zaaktype.name, kind)}",
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
        "inpBsn": case.person.bsn,
        "anpIdentificatie": "",
        "inpA_nummer": "",
        "geslachtsnaam": case.person.name,
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
