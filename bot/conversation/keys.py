"""Names of everything Balie keeps in Redis. One prefix, one page."""

PREFIX = "balie"
TURNS = f"{PREFIX}:turns"  # stream: conversations with a turn to do; consumer group GROUP
FEED = f"{PREFIX}:feed"  # stream: conversations with something new to read, no content
DEAD = f"{PREFIX}:dead"  # stream: turns that were set aside
BRAINS = f"{PREFIX}:brains"  # sorted set: brain -> time of its last sign of life
GROUP = "brains"


def meta(conv: str) -> str:
    """Hash: municipality, channel, token hash, owner, agent, lease and the like."""
    return f"{PREFIX}:c:{conv}:meta"


def log(conv: str) -> str:
    """List of event bodies (JSON); an event's number is its place in the list, so numbers have no gaps."""
    return f"{PREFIX}:c:{conv}:log"


def cids(conv: str) -> str:
    """Hash: client message id -> `seq:digest`."""
    return f"{PREFIX}:c:{conv}:cids"


def inbox(conv: str) -> str:
    """List: numbers of the events that wait for the brain, in order."""
    return f"{PREFIX}:c:{conv}:inbox"


def tracker(conv: str) -> str:
    """The Rasa tracker (bytes of bot.brain.tracker)."""
    return f"{PREFIX}:c:{conv}:tracker"


def channel(conv: str) -> str:
    """Hash: the chat that a conversation of Telegram is spoken in, and how far it has got."""
    return f"{PREFIX}:c:{conv}:channel"


def claim(conv: str) -> str:
    """The process that delivers to that chat at the moment."""
    return f"{PREFIX}:c:{conv}:claim"


def picks(conv: str) -> str:
    """List: what the citizen chose from topics that were offered (JSON), newest last; see bot.conversation.picks."""
    return f"{PREFIX}:c:{conv}:picks"


def conversation(conv: str) -> list[str]:
    """All keys of one conversation: what erasing it removes."""
    return [meta(conv), log(conv), cids(conv), inbox(conv), tracker(conv), channel(conv), claim(conv), picks(conv)]


def waiting(gemeente: str) -> str:
    """Sorted set: conversations in the queue, by the time they entered it."""
    return f"{PREFIX}:g:{gemeente}:waiting"


def active(gemeente: str) -> str:
    """Sorted set: conversations that an agent has, by the time of claiming."""
    return f"{PREFIX}:g:{gemeente}:active"


def closed(gemeente: str) -> str:
    """Sorted set: conversations that an agent had, by the time of closing."""
    return f"{PREFIX}:g:{gemeente}:closed"


def picked(gemeente: str) -> str:
    """Sorted set: conversations in which something was chosen, by the time of the last choice."""
    return f"{PREFIX}:g:{gemeente}:picked"


def presence(gemeente: str) -> str:
    """Hash: agent -> JSON of status and time of the last sign of life."""
    return f"{PREFIX}:g:{gemeente}:presence"


def rate(name: str) -> str:
    return f"{PREFIX}:rate:{name}"


def attempts(name: str) -> str:
    return f"{PREFIX}:attempts:{name}"
