"""The kinds of case, step and result of the demonstration as Catalogi resources, with every field a running Open Zaak sends."""

import uuid
from typing import Any

from bot.zaken.demo_data import DemoCase, DemoStep, DemoZaaktype

Resource = dict[str, Any]

RSIN = "100000009"
_NAMESPACE = uuid.UUID("2b1f3c1e-6a57-4d0b-9c56-0d4f5a6b7c8d")


def made_uuid(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def zaaktype_of(demo: DemoZaaktype, base: str) -> Resource:
    return {
        "url": f"{base}/zaaktypen/{made_uuid('zaaktype', demo.name)}",
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
        "catalogus": f"{base}/catalogussen/{made_uuid('catalogus')}",
        "statustypen": [],
        "resultaattypen": [],
        "eigenschappen": [],
        "informatieobjecttypen": [],
        "roltypen": [f"{base}/roltypen/{made_uuid('roltype', demo.name, kind)}" for kind in ("behandelaar", "initiator")],
        "besluittypen": [],
        "deelzaaktypen": [],
        "gerelateerdeZaaktypen": [],
        "zaakobjecttypen": [],
    }


def statustype_of(step: DemoStep, number: int, zaaktype: Resource, steps: int) -> Resource:
    base = zaaktype["url"].rsplit("/", 2)[0]
    return {
        "url": f"{base}/statustypen/{made_uuid('statustype', zaaktype['omschrijving'], number)}",
        "omschrijving": step.name,
        "omschrijvingGeneriek": "",
        "statustekst": step.text,
        "zaaktype": zaaktype["url"],
        "zaaktypeIdentificatie": zaaktype["identificatie"],
        "volgnummer": number,
        "isEindstatus": number == steps,
        "informeren": step.informs,
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


def resultaattype_of(case: DemoCase, zaaktype: Resource) -> Resource:
    base = zaaktype["url"].rsplit("/", 2)[0]
    return {
        "url": f"{base}/resultaattypen/{made_uuid('resultaattype', case.zaaktype.name, case.result)}",
        "zaaktype": zaaktype["url"],
        "zaaktypeIdentificatie": zaaktype["identificatie"],
        "omschrijving": case.result,
        "resultaattypeomschrijving": "https://selectielijst.example.org/resultaattypeomschrijvingen/1",
        "omschrijvingGeneriek": case.result,
        "selectielijstklasse": "https://selectielijst.example.org/resultaten/1",
        "toelichting": "voor de medewerker",
        "archiefnominatie": "vernietigen",
        "archiefactietermijn": "P5Y",
        "brondatumArchiefprocedure": {
            "afleidingswijze": "afgehandeld",
            "datumkenmerk": "",
            "einddatumBekend": False,
            "objecttype": "",
            "registratie": "",
            "procestermijn": None,
        },
        "procesobjectaard": "",
        "indicatieSpecifiek": None,
        "procestermijn": None,
        "catalogus": zaaktype["catalogus"],
        "besluittypen": [],
        "besluittypeOmschrijving": [],
        "informatieobjecttypen": [],
        "informatieobjecttypeOmschrijving": [],
        "beginGeldigheid": None,
        "eindeGeldigheid": None,
        "beginObject": None,
        "eindeObject": None,
    }
