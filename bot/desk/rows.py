"""One line of a list for one conversation: whose, about what, since when. The same line for the lists and for a search."""

from typing import Any

from bot.conversation import references
from bot.conversation.events import Event
from bot.conversation.store import Conversation
from bot.desk import words
from bot.gemeente_file import Team
from bot.gemeenten import Gemeente

Row = dict[str, Any]


class Rows:
    """Lines of one municipality. `here_seconds`: silence of a citizen's page after which nobody is there any more."""

    def __init__(self, gemeente: Gemeente, contexts: words.Contexts, secret: str, here_seconds: float) -> None:
        self._gemeente, self._contexts = gemeente, contexts
        self._secret, self._here_seconds = secret, here_seconds

    @property
    def teams(self) -> list[str]:
        """Ids of all teams."""
        return [team.id for team in self._gemeente.teams]

    def team(self, found: Conversation) -> Team:
        """Who helps here."""
        return self._gemeente.team_of(found.team, found.handover.get("topic"))

    def reference(self, conv: str) -> str:
        return references.reference(self._secret, conv)

    def here(self, found: Conversation, now: float) -> dict[str, Any]:
        """Whether the citizen's page gave a sign of life lately, and when the last one was; `now` in seconds since 1970."""
        return {"open": now - found.seen < self._here_seconds, "seen": found.seen or None}

    def row(self, found: Conversation, since: float) -> Row:
        """What every list shows. `since`: seconds since 1970."""
        team = self.team(found)
        return {
            "conv": found.id, "reference": self.reference(found.id), "since": int(since),
            "channel": words.CHANNELS.get(found.channel, found.channel), "team": {"id": team.id, "name": team.name},
            "priority": found.priority,
        } | self._contexts.of(found.handover)

    def waiting(self, found: Conversation, now: float) -> Row:
        return self.row(found, found.queued_at) | {"here": self.here(found, now)["open"]}

    def active(self, found: Conversation, since: float, now: float) -> Row:
        """With whom, and what is about to be done with it."""
        return self.row(found, since) | {
            "agent": {"id": found.agent, "name": found.agent_name}, "pending": pending(found),
            "here": self.here(found, now)["open"],
        }

    def closed(self, found: Conversation, at: float, closing: Event) -> Row:
        """By whom, and how it ended. `closing`: the event that says so."""
        return self.row(found, at) | {
            "outcome": words.outcome(closing.get("outcome") or ""), "agent": (closing.get("agent") or {}).get("name"),
        }


def pending(found: Conversation) -> dict[str, Any] | None:
    """The act that is done in a moment, and when: seconds since 1970."""
    return {"act": found.pending["act"], "at": found.pending["at"]} if found.pending else None
