"""How long somebody waits for an agent, in Dutch: the same words from the bot, on Telegram, and in the widget (its text.js)."""

import math

LONG_SECONDS = 1800  # a wait beyond this is not told in minutes: nobody can know it so well


def wait_in_words(seconds: int | None) -> str:
    """A sentence without its full stop, no shorter than the wait is; None: nobody takes conversations now."""
    if seconds is None:
        return "Er is nu geen medewerker vrij"
    if seconds > LONG_SECONDS:
        return "Het duurt langer dan een half uur"
    if seconds < 60:
        return "Het duurt minder dan 1 minuut"
    minutes = math.ceil(seconds / 60)
    about = minutes if minutes <= 10 else math.ceil(minutes / 5) * 5
    return f"Het duurt ongeveer {about} {'minuut' if about == 1 else 'minuten'}"
