"""The teams that call back: actors in a Klantinteracties register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.contacts.openklant_client import Json, KlantinteractiesClient


@dataclass(frozen=True)
class Actor:
    """Who gets the tasks: an afdeling, groep or medewerker, known in the register by an object id and three codes."""

    naam: str
    object_id: str
    soort: str = "organisatorische_eenheid"
    code_objecttype: str = "afd"
    code_register: str = "obj"
    code_soort_object_id: str = "idf"

    @property
    def identificator(self) -> Json:
        return {
            "objectId": self.object_id, "codeObjecttype": self.code_objecttype, "codeRegister": self.code_register,
            "codeSoortObjectId": self.code_soort_object_id,
        }


class Team:
    """An actor as the register has it. The register doesn't refuse the same one twice, so it may have several of it."""

    def __init__(self, client: KlantinteractiesClient, actor: Actor) -> None:
        self._client = client
        self._actor = actor

    @property
    def naam(self) -> str:
        return self._actor.naam

    async def all(self) -> list[Json]:
        """Every actor with exactly this identification."""
        wanted = self._actor.identificator
        filters = {f"actoridentificator{name[0].upper()}{name[1:]}": value for name, value in wanted.items()}
        return [actor for actor in await self._client.get_all("actoren", **filters) if actor["actoridentificator"] == wanted]

    async def uuid(self) -> str:
        """The one that gets new tasks, always the same of several; made if there is none."""
        actors = await self.all()
        if actors:
            return min(str(actor["uuid"]) for actor in actors)
        made = await self._client.create(
            "actoren",
            {
                "naam": self._actor.naam, "soortActor": self._actor.soort, "indicatieActief": True,
                "actoridentificator": self._actor.identificator,
            },
        )
        return str(made["uuid"])


class Teams:
    """Who calls back for which team of the municipality: its own actor, or the general one."""

    def __init__(self, client: KlantinteractiesClient, general: Actor, own: Mapping[str, Actor]) -> None:
        self._general = Team(client, general)
        self._own = {id: Team(client, actor) for id, actor in own.items()}

    def __iter__(self) -> Iterator[Team]:
        return iter([self._general, *self._own.values()])

    def of(self, team: str | None) -> Team:
        return self._own.get(team or "", self._general)

    def having(self, assigned: set[str], actors: Mapping[Team, set[str]], told: str | None) -> str | None:
        """The team whose task it is by now, for a task that was made for the team `told`: the register may have moved it.

        `assigned`: uuids of the task's actors; `actors`: those of each team. None: no team in particular.
        """
        if assigned & actors[self.of(told)]:
            return told
        return next((id for id, team in self._own.items() if assigned & actors[team]), None)
