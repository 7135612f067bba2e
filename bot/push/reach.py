"""The ways to a device: what a device gives to be reached by, which lane it belongs to, and sending."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from bot.http import Http
from bot.push import Push
from bot.push.hook import AppHook
from bot.push.hosts import Hosts
from bot.push.outcome import Outcome
from bot.push.webpush import Subscription, WebPush, key_fault

MAX_TOKEN_CHARS = 512


class WebDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="webpush"):
    """A browser."""

    subscription: Subscription

    def __repr__(self) -> str:
        return "WebDevice()"


class AppDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="app"):
    """A municipality's own app. `token`: what its push system knows the device by."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOKEN_CHARS)]

    def __repr__(self) -> str:
        return "AppDevice()"


Held = WebDevice | AppDevice


class NoSuchWay(Exception):
    """This municipality sends no push of this kind."""


class WrongDevice(Exception):
    """Something about the device can't be used; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Reach:
    """`web` and `hooks` by municipality; who isn't in it has no such way. `http` is closed with this."""

    def __init__(self, http: Http, hosts: Hosts, web: Mapping[str, WebPush], hooks: Mapping[str, AppHook]) -> None:
        self._http = http
        self._hosts = hosts
        self._web = web
        self._hooks = hooks

    @property
    def lanes(self) -> tuple[str, ...]:
        """A lane for every push service and for every municipality's own: one that is down holds up nobody in another."""
        web = self._hosts.lanes if self._web else ()
        return (*(f"web:{name}" for name in web), *(f"app:{gemeente}" for gemeente in self._hooks))

    def public_key(self, gemeente: str) -> str | None:
        """What browsers subscribe with, base64url; None where there is no web push."""
        way = self._web.get(gemeente)
        return way.public_key if way else None

    def lane(self, gemeente: str, held: Held) -> str:
        """The lane of a device. Raises NoSuchWay or WrongDevice."""
        if isinstance(held, AppDevice):
            if gemeente not in self._hooks:
                raise NoSuchWay
            return f"app:{gemeente}"
        if gemeente not in self._web:
            raise NoSuchWay
        if wrong := key_fault(held.subscription.keys):
            raise WrongDevice(f"subscription.keys.{wrong}")
        if (name := self._hosts.lane(held.subscription.endpoint)) is None:
            raise WrongDevice("subscription.endpoint")
        return f"web:{name}"

    async def send(self, push: Push, raw: bytes) -> Outcome:
        """Once, to the device that `raw` (see `packed`) reaches; what isn't allowed any more is `gone`."""
        try:
            held = msgspec.json.decode(raw, type=Held)
            self.lane(push.gemeente, held)
        except (msgspec.MsgspecError, NoSuchWay, WrongDevice):
            return Outcome("gone", "not allowed")
        if isinstance(held, AppDevice):
            return await self._hooks[push.gemeente].send(push, held.token)
        return await self._web[push.gemeente].send(push, held.subscription)

    async def aclose(self) -> None:
        await self._http.aclose()


def packed(held: Held) -> bytes:
    """How the store keeps it, before it is sealed."""
    return msgspec.json.encode(held)
