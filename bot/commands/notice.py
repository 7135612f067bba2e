"""`balie notice`: the emergency notice and the switch of a municipality, from a terminal; the desk has a page for it."""

import asyncio
import getpass
from dataclasses import dataclass

import click
from msgspec import UNSET, UnsetType

from bot import service
from bot.commands import closing, served
from bot.conversation.queue import Agent
from bot.conversation.service import Notice, Off, ServiceState
from bot.gemeenten import AMSTERDAM
from bot.settings import Settings, SettingsError
from bot.wiring import Services, joining

WHY = {
    "empty": "type some text",
    "too_long": "the text is too long: at most {most} characters (BALIE_NOTICE_MAX_CHARS)",
    "no_moment": "--until is a moment such as 2026-11-28T17:00, in the Netherlands",
    "past": "--until is in the past",
}


@dataclass(frozen=True)
class Wanted:
    """What the command was told to do; nothing of it is: only show how it is."""

    text: str | None = None
    until: str = ""
    off: str | None = None
    on: bool = False
    clear: bool = False


def run(settings: Settings, key: str, wanted: Wanted) -> None:
    """Do it and print how it is then. Raises SettingsError in words: then nothing was changed."""
    if wanted.until and wanted.text is None:
        raise SettingsError("--until belongs to --text")
    if (wanted.text is not None and wanted.clear) or (wanted.off is not None and wanted.on):
        raise SettingsError("--text and --clear, or --off and --on, can't be done at once")
    services = joining(settings)
    served(services, key)
    asyncio.run(closing(services, _run(services, key, wanted)))


async def _run(services: Services, key: str, wanted: Wanted) -> None:
    if not await services.store.writable():  # the last known state, which is what there would be then, is of no use here
        raise SettingsError("Redis doesn't answer, so nothing was changed: does `balie demo` run, or is BALIE_REDIS_URL right?")
    try:
        state = await _change(services, key, wanted)
    except service.NotFit as exc:
        raise SettingsError(WHY[exc.why].format(most=services.settings.notice_max_chars)) from exc
    click.echo("\n".join(_told(key, state)))


async def _change(services: Services, key: str, wanted: Wanted) -> ServiceState:
    """Everything is checked before anything is done."""
    by, now, most, book = _who(), services.now(), services.settings.notice_max_chars, services.service_book
    notice: Notice | UnsetType | None = None if wanted.clear else UNSET
    off: Off | UnsetType | None = None if wanted.on else UNSET
    acts: dict[str, dict[str, str]] = {}  # what the audit log says of it, with details
    if wanted.text is not None:
        notice = service.notice(wanted.text, wanted.until, by, now, most)
        acts["notice_set"] = {"reference": notice.id}
    elif wanted.clear:
        acts["notice_ended"] = {}
    if wanted.off is not None:
        off = service.off(wanted.off, by, now, most)
        acts["switched_off"] = {}
    elif wanted.on:
        acts["switched_on"] = {}
    state = await (book.put(key, notice=notice, off=off) if acts else book.get(key))
    for action, details in acts.items():
        await services.audit.write(key, Agent("balie notice", by), "", action, details)
    return state


def _who() -> str:
    """Who the desk says did it: the person at this machine."""
    try:
        return f"{getpass.getuser()} (opdrachtregel)"
    except (OSError, KeyError):  # a container may have a user without a name
        return "opdrachtregel"


def _told(key: str, state: ServiceState) -> list[str]:
    lines = [f"{key}: switched off. Citizens read: {state.off_text}" if state.off else f"{key}: on."]
    if state.notice is None:
        return [*lines, f"{key}: no notice."]
    until = state.notice.until
    end = f", until {until.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}" if until else ""
    return [*lines, f"{key}: notice{end}: {state.notice.text}"]
