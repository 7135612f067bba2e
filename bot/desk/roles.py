"""The roles of people at the desk, and what each may. One person may have several."""

from collections.abc import Iterable

from bot.gemeente_file import ROLES

AGENT, TEAM_LEAD, EDITOR, ADMINISTRATOR = ROLES

CONVERSATIONS = (AGENT, TEAM_LEAD)  # take and answer conversations of citizens, and do their call-backs
LEADS = (TEAM_LEAD,)  # see how a team is doing, read what its agents have, and give that to others
ANSWERS = (AGENT, TEAM_LEAD, EDITOR)  # look up in the knowledge base
OVERSIGHT = (ADMINISTRATOR,)  # the audit log
OUTBOX = (AGENT, TEAM_LEAD, ADMINISTRATOR)  # what is still to be written to the contact register
NOTICE = (EDITOR, ADMINISTRATOR)  # the emergency notice: words for citizens are an editor's work
SWITCH = (ADMINISTRATOR,)  # Balie off and on
EVERYBODY = ROLES

LABELS = {AGENT: "Medewerker", TEAM_LEAD: "Teamleider", EDITOR: "Redacteur", ADMINISTRATOR: "Beheerder"}


def may(has: Iterable[str], allowed: Iterable[str]) -> bool:
    """Whether one of the roles that somebody `has` is allowed."""
    return not set(has).isdisjoint(allowed)
