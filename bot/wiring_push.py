"""The part of `bot.wiring` that is about push: what a municipality can send with, and what is wrong with that."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from py_vapid import VapidException
from redis.asyncio import Redis

from bot.conversation.devices import Devices
from bot.gemeenten import Gemeente
from bot.http import Http, address_fault, is_public
from bot.push.hook import AppHook, HookKey
from bot.push.hosts import Hosts
from bot.push.reach import Reach
from bot.push.vapid import VapidKey, kept_private
from bot.push.webpush import WebPush
from bot.settings import Settings, env_name

DEMO_KEY_FILE = "push_key"  # in data_dir

Now = Callable[[], datetime]


def reach(gemeenten: Mapping[str, Gemeente], settings: Settings, name: Callable[[str], str], now: Now) -> Reach:
    """The ways to the devices of these municipalities. `name`: makes a name that says nothing of what it is given."""
    http = Http(settings.push_seconds, public=settings.production, connections=0)  # every lane has its own limit
    web = {
        key: WebPush(http, VapidKey(private), _contact(gemeente, settings), settings.push_ttl_seconds, now)
        for key, gemeente in gemeenten.items() if (private := _private(gemeente, settings))
    }
    hooks = {
        key: AppHook(http, gemeente.app.push_hook, HookKey(settings.of("push_hook_secret", key)), name, now)
        for key, gemeente in gemeenten.items() if gemeente.app.push_hook
    }
    return Reach(http, Hosts.of(settings.push_hosts), web, hooks)


def devices(client: Redis, settings: Settings) -> Devices:
    """The store of devices, on this client of Redis. What is due is kept until it can be of no use to anybody."""
    seconds = int(settings.push_ttl_seconds + settings.push_retry_most_seconds) + 3600
    return Devices(
        client, settings.secret, most=settings.push_devices, lease_seconds=settings.push_lease_seconds,
        item_seconds=seconds,
    )


def faults(gemeenten: Mapping[str, Gemeente], settings: Settings) -> list[str]:
    """Everything that is wrong with how these municipalities send, in English."""
    found = Hosts.of(settings.push_hosts).faults(settings.production)
    for gemeente in gemeenten.values():
        found += [f"municipality {gemeente.key!r}: {fault}" for fault in _of_one(gemeente, settings)]
    return found


def _of_one(gemeente: Gemeente, settings: Settings) -> Iterator[str]:
    if private := settings.of("push_vapid_key", gemeente.key):
        try:
            VapidKey(private).authorization("https://push.example", _contact(gemeente, settings), datetime.now(UTC))
        except ValueError:
            yield f"{env_name('push_vapid_key')} can't be used: `balie push-key` makes one"
        except VapidException:
            yield f"{env_name('push_contact')} must be an address by which push services reach you: mailto:… or https://…"
    if hook := gemeente.app.push_hook:
        if fault := address_fault(hook, settings.production) or _inside(hook, settings):
            yield f"app.push_hook {fault}"
        try:
            HookKey(settings.of("push_hook_secret", gemeente.key))
        except ValueError as exc:
            yield f"app.push_hook needs {env_name('push_hook_secret')}: {exc}"


def _inside(address: str, settings: Settings) -> str:
    """Names that only turn out to lead inside are refused by `Http` when they are used."""
    inside = settings.production and not is_public(urlsplit(address).hostname or "")
    return "must not be an address of your own network in production" if inside else ""


def _private(gemeente: Gemeente, settings: Settings) -> str:
    own: str = settings.of("push_vapid_key", gemeente.key)
    return own or ("" if settings.production else kept_private(settings.data_path / DEMO_KEY_FILE))


def _contact(gemeente: Gemeente, settings: Settings) -> str:
    return settings.push_contact or f"https://{urlsplit(gemeente.website).hostname}"
