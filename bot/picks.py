"""The list of `balie content picks`: what citizens chose when Balie was not sure, for the editors."""

import asyncio
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import content
from bot.content import Catalogue
from bot.conversation.picks import Pick, Picks
from bot.conversation.redis import EmbeddedRedis, StoreUnavailable, connect
from bot.settings import Settings, SettingsError

EXAMPLES = 3  # sentences shown with a choice
OTHER_CHOICES = {
    "something_else": "Iets anders", "choose_chat": "Chat met een medewerker", "choose_callback": "Terugbellen",
    "contact_medewerker": "Een medewerker spreken",
}


def run(settings: Settings, gemeente: str | None, console: Console) -> None:
    """Print the choices of one municipality, or of all. Raises SettingsError in words for an editor."""
    names = settings.gemeente_names
    if gemeente and gemeente not in names:
        raise SettingsError(f"De gemeente {gemeente} is hier niet bekend. Kies uit: {', '.join(names)}.")
    try:
        found = asyncio.run(_read(settings, [gemeente] if gemeente else names))
    except StoreUnavailable as exc:
        raise SettingsError("De gesprekken zijn nu niet te lezen: Redis antwoordt niet. Draait Balie?") from exc
    catalogue = content.load()
    for name, picks in found.items():
        console.print(table(name, picks, catalogue) if picks else f"{name}: er zijn nog geen keuzes van inwoners.")


async def _read(settings: Settings, names: Sequence[str]) -> dict[str, list[Pick]]:
    client = connect(settings.redis_url or EmbeddedRedis(settings.data_path / "redis").url, settings.store_timeout_seconds)
    try:
        return {name: await Picks(client).read(name) for name in names}
    finally:
        await client.aclose()


def table(gemeente: str, picks: Sequence[Pick], catalogue: Catalogue) -> Table:
    """One row per offer and choice, the most frequent first, with the newest sentences that led to it."""
    alike: dict[tuple[frozenset[str], str], list[Pick]] = {}
    for pick in picks:
        alike.setdefault((frozenset(pick.offered), pick.picked), []).append(pick)
    made = Table(
        "Aantal", "Inwoner schreef", "Aangeboden", "Gekozen", "Leek het meest op", title=f"Keuzes van inwoners: {gemeente}",
        show_lines=True,
    )
    for group in sorted(alike.values(), key=len, reverse=True):
        words = "\n".join(list(dict.fromkeys(pick.said for pick in group if pick.said))[:EXAMPLES])
        offered = "\n".join(_title(slug, catalogue) for slug in group[0].offered)
        likeliest = f"{_title(group[0].likeliest, catalogue)} ({group[0].confidence:.0%})"
        made.add_row(str(len(group)), Text(words or "(gewist)"), offered, _title(group[0].picked, catalogue), likeliest)
    return made


def _title(slug: str, catalogue: Catalogue) -> str:
    topic = catalogue.offers.get(slug)
    return topic.title if topic else OTHER_CHOICES.get(slug, slug)
