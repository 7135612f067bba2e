"""The part of `bot.wiring` that is about cases: where they are looked up, and where their changes are announced."""

from bot.conversation.limits import Limits
from bot.gemeenten import Gemeente
from bot.notices.subscriptions import Subscriptions
from bot.settings import Settings
from bot.sqlite import database
from bot.suppliers import SECRETS
from bot.zaken import Zaken
from bot.zaken.demo import DemoZaken
from bot.zaken.guard import GuardedZaken
from bot.zaken.zgw import OwnCases, ZgwZaken
from bot.zgw import ZgwClient

GUARD_SECONDS = 0.5  # that a look-up may take longer than the case system: somebody else's look-up may go first


def zaken(gemeente: Gemeente, settings: Settings, limits: Limits) -> GuardedZaken:
    """The case system of this municipality, with the lock against guessing in front."""
    if gemeente.suppliers["zaken"].supplier == "zgw":
        found: Zaken = _zgw(gemeente, settings)
    else:
        found = DemoZaken(database(settings.data_path, gemeente.key, "zaken"), most=settings.own_cases)
    return GuardedZaken(
        found, limits, max_attempts=settings.lookup_attempts, lock_seconds=settings.lookup_lock_seconds,
        max_attempts_who=settings.lookup_attempts_address, scope=gemeente.key,
        budget_seconds=settings.backend_seconds + GUARD_SECONDS,
    )


def notifications(gemeente: Gemeente, settings: Settings, callback: str, auth: str) -> Subscriptions:
    """Where its case system announces changes. `callback`: address of ours that is told, `auth`: the header that it asks for."""
    chosen = gemeente.suppliers["notifications"]
    client_id, secret = (settings.of(name, gemeente.key) for name in SECRETS["notificaties"])
    client = ZgwClient([chosen.url], client_id, secret, settings.backend_seconds)
    filters = {"bronorganisatie": gemeente.suppliers["zaken"].bronorganisatie}
    return Subscriptions(client, chosen.url, callback, auth, filters)


def _zgw(gemeente: Gemeente, settings: Settings) -> ZgwZaken:
    chosen = gemeente.suppliers["zaken"]
    client_id, secret = (settings.of(name, gemeente.key) for name in SECRETS["zgw"])
    own = OwnCases(
        chosen.allowed_confidentiality_own, most=settings.own_cases, read=settings.own_cases_read,
        at_once=settings.own_cases_at_once,
    )
    return ZgwZaken(
        chosen.zaken_url, chosen.catalogi_url, client_id, secret,
        budget_seconds=settings.backend_seconds, catalogue_seconds=settings.catalogue_seconds,
        bronorganisatie=chosen.bronorganisatie or None, allowed_confidentiality=chosen.allowed_confidentiality, own=own,
        failures=settings.backend_failures, open_seconds=settings.backend_rest_seconds,
    )
