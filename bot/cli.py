"""The command `balie`."""

import os
import socket
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bot import settings as configuration
from bot.settings import Settings, SettingsError


def _clear_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Known faults become a sentence and exit code 1 instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from bot.conversation.redis import ConfigurationError, StoreUnavailable
        from bot.demo import CannotStart
        from bot.training import ModelMissing, TrainingFailed

        try:
            command(*args, **kwargs)
        except (SettingsError, CannotStart, TrainingFailed, ModelMissing, ConfigurationError, StoreUnavailable) as exc:
            starts = click.get_current_context().info_name in ("demo", "edge", "brain")
            click.echo(f"{'Balie cannot start.' if starts else 'That did not work.'}\n{exc}", err=True)
            sys.exit(1)

    return run


@click.group()
def main() -> None:
    """Balie: the digital counter of a Dutch municipality."""


@main.command()
@_clear_errors
def demo() -> None:
    """Everything on this machine, with the demonstration municipality."""
    from bot import demo as everything

    everything.run(configuration.load(), Console(soft_wrap=True))


@main.command()
@_clear_errors
def edge() -> None:
    """Website, API, Telegram and desk: the process that faces people."""
    from bot import edge as process

    settings = configuration.load()
    process.run(settings, _redis_url(settings))


@main.command()
@click.option("--name", default=f"{socket.gethostname()}-{os.getpid()}", help="Name that tells this brain from others.")
@_clear_errors
def brain(name: str) -> None:
    """A process that answers: start as many as there are cores."""
    from bot.brain import main as process

    settings = configuration.load()
    process.run(settings, _redis_url(settings), name)


@main.command()
@click.option("--server", help="Address of a running Balie; without it that of the settings.")
@click.option("--gemeente", help="The municipality to talk with; without it the first one.")
@_clear_errors
def chat(server: str | None, gemeente: str | None) -> None:
    """Talk with a running Balie in this terminal, as a citizen does."""
    from connectors.app.client import Problem
    from connectors.terminal import chat as terminal

    if server and not server.startswith(("http://", "https://")):
        raise click.ClickException("--server is an address such as https://balie.example")
    settings = configuration.load()
    try:
        terminal.run(server or settings.base_url, gemeente or settings.gemeente_names[0])
    except terminal.Unreachable as exc:
        raise click.ClickException(str(exc)) from exc
    except Problem as exc:
        raise click.ClickException("\n".join(exc.errors.values()) or exc.title) from exc


@main.command()
@_clear_errors
def train() -> None:
    """Train the model if its content changed."""
    from bot import training

    console = Console()
    settings = configuration.load()
    with console.status("Training the model…"):
        path = training.train(settings.model_path, console.log)
    console.print(f"Model: {path}")


@main.command("check-connections")
@click.option("--gemeente", help="Only this municipality, and what all of them share; without it all of them.")
@_clear_errors
def check_connections(gemeente: str | None) -> None:
    """Ask every configured system whether it works; say what is wrong. Exit code 1 when something is."""
    from bot.commands import connections

    sys.exit(not connections.run(configuration.load(), gemeente, Console()))


@main.command()
@click.argument("gemeente")
@click.option("--text", help="Show this emergency notice to everybody.")
@click.option("--until", default="", help="When the notice ends by itself, such as 2026-11-28T17:00, in the Netherlands.")
@click.option("--clear", is_flag=True, help="Take the notice away.")
@click.option("--off", help="Switch Balie off; citizens read this instead.")
@click.option("--on", is_flag=True, help="Switch Balie on again.")
@_clear_errors
def notice(gemeente: str, text: str | None, until: str, clear: bool, off: str | None, on: bool) -> None:
    """The emergency notice of GEMEENTE, and Balie off or on: it works within seconds. Without options: show how it is."""
    from bot.commands import notice as work

    work.run(configuration.load(), gemeente, work.Wanted(text, until, off, on, clear))


@main.command()
@click.option("--gemeente", required=True, help="The municipality whose chat it is.")
@click.option("--position", default="right", show_default=True, help="Side of the page: right or left.")
@click.option("--greeting", default="", help="Words on the button.")
@click.option("--title", default="", help="Title of the chat.")
@click.option("--topic", default="", help="What the page is about: slug of a topic.")
@click.option("--invite", default="", help="Seconds after which the chat invites once; without it never.")
@click.option("--invite-text", default="", help="Words of that invitation.")
@_clear_errors
def widget(gemeente: str, **options: str) -> None:
    """What a website pastes to have the chat, and what its Content-Security-Policy must allow."""
    from bot.commands import widget as work
    from bot.embed import Options

    work.run(configuration.load(), gemeente, Options(**options))


@main.group()
def notifications() -> None:
    """Being told when a case changes: the subscription at the Notificaties API."""


def _gemeente_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--gemeente", help="Only this municipality; without it all of them.")(command)


@notifications.command("subscribe")
@_gemeente_option
@_clear_errors
def notifications_subscribe(gemeente: str | None) -> None:
    """Subscribe, or make the subscription right. Do it again whenever you like: there is never a second one."""
    from bot.commands import notifications as work

    work.subscribe(configuration.load(), gemeente, Console())


@notifications.command("list")
@_gemeente_option
@_clear_errors
def notifications_list(gemeente: str | None) -> None:
    """Show the subscriptions."""
    from bot.commands import notifications as work

    work.show(configuration.load(), gemeente, Console())


@notifications.command("unsubscribe")
@_gemeente_option
@_clear_errors
def notifications_unsubscribe(gemeente: str | None) -> None:
    """Take the subscription away. Who follows a case hears nothing more."""
    from bot.commands import notifications as work

    work.unsubscribe(configuration.load(), gemeente, Console())


@main.group("demo-case")
def demo_case() -> None:
    """Cases of the demonstration."""


@demo_case.command("advance")
@click.argument("number")
@click.option("--gemeente", help="The municipality of the case; without it the first one.")
@_clear_errors
def demo_case_advance(number: str, gemeente: str | None) -> None:
    """Put case NUMBER one step further, and tell the running edge, as a case system would."""
    from bot.commands import demo_case as work

    work.advance(configuration.load(), gemeente, number, Console())


@main.command("push-key")
@_clear_errors
def push_key() -> None:
    """Make a new key pair for web push. Devices that subscribed with another one can't be reached with it."""
    from bot.commands import push_key as work

    work.run(Console())


@main.group()
def content() -> None:
    """For editors: check the content, start a topic, make drafts of questions and answers from elsewhere."""


def _clear_refusals(command: Callable[..., None]) -> Callable[..., None]:
    """What cannot be done becomes a sentence in Dutch and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from bot.editing import EditingError

        try:
            command(*args, **kwargs)
        except (EditingError, SettingsError) as exc:
            click.echo(str(exc), err=True)
            sys.exit(1)

    return run


@content.command("check")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Check as if it were this day, such as 2026-11-24.")
@_clear_refusals
def content_check(today: datetime | None) -> None:
    """What is wrong or missing in topics, test sentences and values. Exit code 1 when something is an error."""
    from bot.editing import check

    findings = check.run(configuration.ROOT, configuration.load(), (today or datetime.now()).date())
    click.echo("\n".join(check.in_words(findings)))
    sys.exit(any(finding.error for finding in findings))


@content.command("new")
@click.argument("slug")
@_clear_refusals
def content_new(slug: str) -> None:
    """Start the topic SLUG: a file for its sentences and answer, and one for its test sentences."""
    from bot.editing import start

    made = start.start(configuration.ROOT, slug)
    click.echo(f"Gemaakt: {' en '.join(map(str, made))}.\nVul ze in. Kijk daarna met `balie content check` wat er nog mist.")


@content.command("import-vac")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("drafts"), show_default=True, help="Folder for the drafts.")
@click.option("--force", is_flag=True, help="Also replace drafts that somebody edited.")
@_clear_refusals
def content_import(file: Path, out: Path, force: bool) -> None:
    """Make drafts of the questions and answers in FILE: VAC objects, or open data of rijksoverheid.nl."""
    from bot.editing import drafts

    result = drafts.run(configuration.ROOT, file, out, configuration.load(), date.today(), force)
    click.echo("\n".join(drafts.summary(result)))
    click.echo(f"\nHet hele verslag staat in {out / drafts.REPORT}.")


@content.command("picks")
@click.option("--gemeente", help="Only this municipality; without it all of them.")
@_clear_refusals
def content_picks(gemeente: str | None) -> None:
    """What citizens chose when Balie was not sure: which sentences are missing, and which topics are confused."""
    from bot import picks

    picks.run(configuration.load(), gemeente, Console())


def _redis_url(settings: Settings) -> str:
    if not settings.redis_url:
        raise SettingsError("BALIE_REDIS_URL is empty: name your Redis, or use `balie demo`, which brings its own.")
    return settings.redis_url


if __name__ == "__main__":
    main()
