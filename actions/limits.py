"""How often one network address may ask for people: what they do costs more than what the bot does."""

from actions.context import services
from bot.conversation.limits import Rate

HOUR, DAY = 3600, 86400


async def too_many(*rates: Rate) -> bool:
    """Count one against every rate: whether one of them is over. Raises StoreUnavailable."""
    return not services().settings.lift_rates and await services().limits.hit(rates) > 0
