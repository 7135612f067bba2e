"""Names of everything Balie keeps in Redis. One prefix, one page."""

PREFIX = "balie"
TURNS = f"{PREFIX}:turns"  # stream: conversations with a turn to do; consumer group GROUP
FEED = f"{PREFIX}:feed"  # stream: conversations with something new to read, no content
FEED_LENGTH = 10000  # entries kept of it, about; the scripts say the same
DEAD = f"{PREFIX}:dead"  # stream: turns that were set aside
BRAINS = f"{PREFIX}:brains"  # sorted set: brain -> time of its last sign of life
GROUP = "brains"
DUE = f"{PREFIX}:notices:due"  # sorted set: item -> when it must be done, seconds since 1970
TAKEN = f"{PREFIX}:notices:taken"  # sorted set: item -> end of the lease of the clerk that has it, by the clock of Redis
ITEMS = f"{PREFIX}:notices:items"  # hash: item -> JSON
TRIES = f"{PREFIX}:notices:tries"  # hash: item -> how often it was taken
ANNOUNCED = f"{PREFIX}:notices:announced"  # set: items that a case system announced and that aren't done yet
PENDING = f"{PREFIX}:desk:pending"  # sorted set: conversation with an act of its agent for later -> when, by the clock of Redis
GLANCES = f"{PREFIX}:glances"  # stream: messages that somebody at the desk wants suggestions for, no content
RECENT = f"{PREFIX}:recent"  # sorted set: names of `recent`, by time; the oldest go when there are too many
SERVICE = "service"  # in the feed instead of a conversation: the state of some municipality is different
FOLLOWERS = f"{PREFIX}:followers:"  # beginning of the names of `followers`
PUSH = f"{PREFIX}:push:"  # beginning of the names of `push`


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
    """Hash: the chat that a conversation is spoken in where Balie itself brings the answers, and how far that has got."""
    return f"{PREFIX}:c:{conv}:channel"


def claim(conv: str) -> str:
    """The process that delivers to that chat at the moment."""
    return f"{PREFIX}:c:{conv}:claim"


def picks(conv: str) -> str:
    """List: what the citizen chose from topics that were offered (JSON), newest last; see bot.conversation.picks."""
    return f"{PREFIX}:c:{conv}:picks"


def glances(conv: str) -> str:
    """Hash: number of a message -> what it may ask for (JSON), or `?` and when that was asked; see bot.conversation.glances."""
    return f"{PREFIX}:c:{conv}:glances"


def login(conv: str) -> str:
    """Hash: the link with which this conversation asked somebody to log in, and the browser that does so."""
    return f"{PREFIX}:c:{conv}:login"


def login_result(conv: str) -> str:
    """Hash: what that login brought, until its code is typed; see bot.conversation.logins."""
    return f"{PREFIX}:c:{conv}:login_result"


def notices(conv: str) -> str:
    """Hash: what the conversation wants to be told, by a name that says nothing (JSON); see bot.conversation.notices."""
    return f"{PREFIX}:c:{conv}:notices"


def notices_aside(conv: str) -> str:
    """What was withdrawn a moment ago (JSON), to bring it back."""
    return f"{PREFIX}:c:{conv}:notices_aside"


def devices(conv: str) -> str:
    """Hash: device that wants to be told -> how it is reached (JSON, sealed); see bot.conversation.devices."""
    return f"{PREFIX}:c:{conv}:devices"


def conversation(conv: str) -> list[str]:
    """All keys of one conversation: what erasing it removes."""
    return [meta(conv), log(conv), cids(conv), inbox(conv), tracker(conv), channel(conv), claim(conv), picks(conv),
            notices_aside(conv), notices(conv), glances(conv), login(conv), login_result(conv), devices(conv)]


def push(lane: str) -> list[str]:
    """The work list of a way to devices: sorted sets `due` and `taken`, hashes `items` and `tries`; see bot.conversation.due.

    An item is `conversation:device`; in the lane `news`, of conversations to look at, it is the conversation.
    """
    return [f"{PUSH}{lane}:{part}" for part in ("due", "taken", "items", "tries")]


def followers(name: str) -> str:
    """Set: conversations that want to be told of what `name` stands for."""
    return f"{FOLLOWERS}{name}"


def recent(name: str) -> str:
    """The last announcement of what `name` stands for (JSON), for who asks to be told just then."""
    return f"{PREFIX}:recent:{name}"


def waiting(gemeente: str) -> str:
    """Sorted set: conversations in the queue, by the time they entered it; those with priority a day earlier."""
    return f"{PREFIX}:g:{gemeente}:waiting"


def active(gemeente: str) -> str:
    """Sorted set: conversations that an agent has, by the time of claiming."""
    return f"{PREFIX}:g:{gemeente}:active"


def assigned(gemeente: str) -> str:
    """Hash: conversation -> the agent that has it."""
    return f"{PREFIX}:g:{gemeente}:assigned"


def handled(gemeente: str) -> str:
    """List: `time seconds` of conversations that were closed and how long an agent had them, newest first."""
    return f"{PREFIX}:g:{gemeente}:handled"


def waits(gemeente: str) -> str:
    """List: `time seconds team` of conversations that were claimed and how long they waited, newest first."""
    return f"{PREFIX}:g:{gemeente}:waits"


def closed(gemeente: str) -> str:
    """Sorted set: conversations that an agent had, by the time of closing."""
    return f"{PREFIX}:g:{gemeente}:closed"


def picked(gemeente: str) -> str:
    """Sorted set: conversations in which something was chosen, by the time of the last choice."""
    return f"{PREFIX}:g:{gemeente}:picked"


def presence(gemeente: str) -> str:
    """Hash: agent -> JSON of status, last sign of life, how many at once and teams; see bot.conversation.queue."""
    return f"{PREFIX}:g:{gemeente}:presence"


def session(name: str) -> str:
    """JSON: who signed in at the desk with this browser; see bot.conversation.sessions."""
    return f"{PREFIX}:session:{name}"


def visit(name: str) -> str:
    """The municipality at whose provider this browser is signing in; see bot.conversation.visits."""
    return f"{PREFIX}:desk_visit:{name}"


def audit(gemeente: str) -> str:
    """Stream: who did what at the desk; see bot.conversation.audit. Not a conversation's: it stays when that is erased."""
    return f"{PREFIX}:g:{gemeente}:audit"


def service(gemeente: str) -> str:
    """Hash: the emergency notice, the switch and when they last changed (JSON); see bot.conversation.service."""
    return f"{PREFIX}:g:{gemeente}:service"


def outbox(gemeente: str) -> str:
    """Hash: reference -> what is still to be written to the contact register, sealed; see bot.conversation.outbox."""
    return f"{PREFIX}:g:{gemeente}:outbox"


def outbox_since(gemeente: str) -> str:
    """Sorted set: those references, by when they came."""
    return f"{PREFIX}:g:{gemeente}:outbox:since"


def outbox_due(gemeente: str) -> str:
    """Sorted set: those references, by when they are tried; what waits for a person instead is not in it."""
    return f"{PREFIX}:g:{gemeente}:outbox:due"


def outbox_taken(gemeente: str) -> str:
    """Sorted set: those references, by the end of the lease of the process that writes them, by the clock of Redis."""
    return f"{PREFIX}:g:{gemeente}:outbox:taken"


def callback(name: str) -> str:
    """The reference that a request to be called got, by its key, so that the same request gets no other."""
    return f"{PREFIX}:callback:{name}"


def task(gemeente: str, reference: str) -> str:
    """The agent who deals with a call-back (JSON), for a while."""
    return f"{PREFIX}:g:{gemeente}:task:{reference}"


def rate(name: str) -> str:
    return f"{PREFIX}:rate:{name}"


def attempts(name: str) -> str:
    return f"{PREFIX}:attempts:{name}"


def appointments(name: str) -> str:
    """What the ledger of appointments at a supplier remembers (JSON); see bot.appointments.ledger."""
    return f"{PREFIX}:appointments:{name}"
