"""`balie widget`: what a website pastes to have the chat, and what else must be done."""

import click

from bot import embed, gemeenten, theme
from bot.gemeenten import Gemeente
from bot.knowledge.answers import general
from bot.settings import Settings, SettingsError

# Option of the command -> what may be given.
MEANT = {
    "position": f"--position is {' or '.join(embed.POSITIONS)}",
    "greeting": f"--greeting has at most {embed.MOST_CHARS} characters",
    "title": f"--title has at most {embed.MOST_CHARS} characters",
    "topic": "--topic is the slug of a topic, such as paspoort_aanvragen: a file of data/nlu/topics",
    "invite": f"--invite is a number of seconds, 1 to {embed.MOST_SECONDS}",
    "invite_text": f"--invite-text has at most {embed.MOST_CHARS} characters",
}


def run(settings: Settings, key: str, options: embed.Options) -> None:
    """Print the tag and what the page's Content-Security-Policy must allow. Raises SettingsError."""
    served = settings.gemeente_names
    if key not in served:
        raise SettingsError(f"this installation does not serve {key!r}; it serves {', '.join(served)} (BALIE_GEMEENTEN)")
    if wrong := options.faults(general().catalogue.offers):
        raise SettingsError("\n".join(MEANT[name] for name in wrong))
    gemeente = gemeenten.load(served, settings.gemeenten_path)[key]
    click.echo(embed.snippet(settings.base_url, key, options))
    click.echo("\nThe Content-Security-Policy of the page must allow:")
    for directive, source in embed.policy(settings.base_url).items():
        click.echo(f"  {directive} {source}")
    for line in _todo(settings, gemeente):
        click.echo(line, err=True)


def _todo(settings: Settings, gemeente: Gemeente) -> list[str]:
    """What would keep this from working well on a real website."""
    lines = [f"{gemeente.key}: theme: {fault}" for fault in theme.faults(gemeente.theme)]
    if not gemeente.origins:
        lines.append(f"{gemeente.key}: `origins` of gemeente.yml names no website yet: only Balie itself may show the chat")
    if not settings.public_url:
        lines.append("BALIE_PUBLIC_URL is empty: this tag works on this machine only")
    return lines
