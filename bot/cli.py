"""The command `balie`."""

import os
import socket
import sys
from collections.abc import Callable
from functools import wraps
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
            click.echo(f"Balie cannot start.\n{exc}", err=True)
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

    everything.run(configuration.load(), Console())


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
@_clear_errors
def train() -> None:
    """Train the model if its content changed."""
    from bot import training

    console = Console()
    settings = configuration.load()
    with console.status("Training the model…"):
        path = training.train(settings.model_path, console.log)
    console.print(f"Model: {path}")


def _redis_url(settings: Settings) -> str:
    if not settings.redis_url:
        raise SettingsError("BALIE_REDIS_URL is empty: name your Redis, or use `balie demo`, which brings its own.")
    return settings.redis_url


if __name__ == "__main__":
    main()
