"""What an agent decides about a conversation, done now or when the time to undo it is over."""

from bot.conversation.events import Event
from bot.conversation.handover import Handover
from bot.conversation.queue import Agent
from bot.conversation.store import Conversation


def closing(outcome: str, note: str, agreed: str) -> Event:
    return {"act": "close", "outcome": outcome, "note": note, "agreed": agreed}


def to_team(team: str, name: str, note: str) -> Event:
    return {"act": "team", "team": team, "name": name, "note": note}


def to_agent(agent: Agent, note: str) -> Event:
    return {"act": "agent", "agent": {"id": agent.id, "name": agent.name}, "note": note}


async def perform(handover: Handover, conversation: Conversation, act: Event, *, postponed: str = "") -> None:
    """Do it, for the agent who has the conversation. `postponed`: only while exactly this was postponed. Raises Refused."""
    by = Agent(conversation.agent, conversation.agent_name)
    if act["act"] == "close":
        await handover.close(conversation, by, act["outcome"], act["note"], act["agreed"], postponed=postponed)
    elif act["act"] == "team":
        await handover.to_team(conversation, by, act["team"], act["name"], act["note"], postponed=postponed)
    else:
        await handover.to_agent(conversation, by, Agent(**act["agent"]), act["note"], postponed=postponed)
