"""What can go wrong on the citizen API, in words for people and with a stable type for programs (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from aiohttp import web

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:balie:problem:"

# type -> (status, Dutch title for people)
CATALOGUE: dict[str, tuple[int, str]] = {
    "malformed": (400, "Wij kunnen dit verzoek niet lezen."),
    "token_in_url": (400, "Zet een token nooit in het adres. Gebruik de kop Authorization."),
    "unauthorized": (401, "U heeft geen toegang tot dit gesprek. Begin een nieuw gesprek."),
    "forbidden": (403, "Dit gesprek is niet van u."),
    "sender_unknown": (401, "Wij weten niet wie dit stuurt. De kop Authorization ontbreekt."),
    "sender_refused": (403, "Deze afzender mag hier niets melden."),
    "origin_refused": (403, "Deze website mag de chat van de gemeente niet gebruiken."),
    "not_found": (404, "Deze pagina bestaat niet."),
    "conversation_unknown": (404, "Dit gesprek bestaat niet meer."),
    "gemeente_unknown": (404, "Deze gemeente kennen wij niet."),
    "appointment_unknown": (404, "Deze afspraak is er niet (meer)."),
    "method_not_allowed": (405, "Dit kan hier niet."),
    "too_slow": (408, "Het versturen duurt te lang. Probeer het opnieuw."),
    "cid_reused": (409, "Dit nummer is al gebruikt voor een ander bericht."),
    "choice_expired": (409, "Deze keuze hoort bij een eerdere vraag. Kies opnieuw of typ uw vraag."),
    "choice_unknown": (409, "Deze keuze bestaat niet bij deze vraag."),
    "conversation_full": (409, "Dit gesprek is vol. Begin een nieuw gesprek."),
    "push_unavailable": (409, "Deze gemeente stuurt op deze manier geen meldingen."),
    "too_large": (413, "Uw bericht is te groot. Maak het korter."),
    "not_json": (415, "Stuur het verzoek als JSON."),
    "attachment_refused": (415, "In dit gesprek kunt u geen bestand of foto sturen. Vraag de gemeente waar u het wel stuurt."),
    "invalid": (422, "Er klopt iets niet in uw bericht."),
    "too_many": (429, "U stuurt veel berichten achter elkaar. Wacht even en probeer het opnieuw."),
    "busy": (429, "Wij zijn nog bezig met uw vorige berichten. Wacht even en probeer het opnieuw."),
    "too_many_streams": (429, "Dit gesprek staat al op te veel plekken open. Sluit een venster en probeer het opnieuw."),
    "error": (500, "Er ging iets mis bij ons. Probeer het later opnieuw."),
    "switched_off": (503, "De chat is uitgezet. Bel de gemeente of kom langs."),
    "store_unavailable": (503, "Wij kunnen uw bericht nu niet aannemen. Probeer het zo opnieuw."),
    "appointments_unavailable": (503, "Wij kunnen uw afspraak nu niet opzoeken. Probeer het later opnieuw."),
    "notices_full": (503, "Er wachten te veel meldingen. Stuur deze later opnieuw."),
    "overloaded": (503, "Het is nu erg druk. Probeer het zo opnieuw."),
}

_HTTP_KINDS = {400: "malformed", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
               413: "too_large", 415: "not_json"}


@dataclass(frozen=True)
class Fault:
    """A field that is wrong and what is wrong with it, in Dutch."""

    field: str
    message: str


class Problem(Exception):
    """An answer that is not a success. `retry_after`: seconds to wait before trying again, 0 when that doesn't help.

    `title`: words that go before those of the catalogue.
    """

    def __init__(self, kind: str, *faults: Fault, retry_after: int = 0, title: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.faults = faults
        self.retry_after = retry_after
        self.title = title or CATALOGUE[kind][1]


def respond(
    kind: str, faults: Sequence[Fault] = (), retry_after: int = 0, headers: Mapping[str, str] | None = None, title: str = ""
) -> web.Response:
    """The response for a kind of the catalogue. `title`: other words for people."""
    status = CATALOGUE[kind][0]
    extra = dict(headers or {})
    if retry_after:
        extra["Retry-After"] = str(retry_after)
    if status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    body = msgspec.json.encode(content(kind, faults, title))
    return web.Response(status=status, body=body, content_type=MEDIA_TYPE, headers=extra)


def content(kind: str, faults: Sequence[Fault] = (), title: str = "") -> dict[str, object]:
    """The body of that response."""
    status, usual = CATALOGUE[kind]
    body: dict[str, object] = {"type": TYPE_PREFIX + kind, "title": title or usual, "status": status}
    if faults:
        body["errors"] = [{"field": fault.field, "message": fault.message} for fault in faults]
    return body


def kind_of(status: int) -> str:
    """The kind for a bare HTTP status, such as the 404 of an unknown path."""
    return _HTTP_KINDS.get(status, "malformed" if status < 500 else "error")
