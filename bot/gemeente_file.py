"""What stands in `gemeente.yml`: the facts and choices of a municipality. A field that isn't here is a fault."""

from datetime import date

import msgspec

from bot.agreed import DeskLogin, LoginTerms

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
ROLES = ("agent", "team_lead", "editor", "administrator")  # of people at the desk; what each may is in bot/desk/roles.py

Hours = dict[str, list[str]]  # "ma" -> ["08:30-12:30", "13:30-17:00"]


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something an appointment can be made for."""

    id: str
    name: str
    minutes: int
    bring: list[str] = []


class Location(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with a counter; `hours` are the hours for appointments.

    `near`: four digits of postcodes, and names of neighbourhoods and villages, from where this is the nearest counter.
    """

    id: str
    name: str
    address: str
    postcode: str
    city: str
    hours: Hours
    near: list[str] = []

    def open_on(self, day: date) -> bool:
        """Whether there are hours on this day of the week."""
        return bool(self.hours.get(DAYS[day.weekday()]))


class DemoAgent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who can sign in at the desk of a demonstration. No `teams`: all of them."""

    id: str
    name: str
    password: str
    roles: tuple[str, ...] = ("agent",)
    teams: tuple[str, ...] = ()


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the agents work. `answer_within_minutes`: the level that was agreed; `max_wait_minutes`: then another way is offered;
    `max_conversations`: how many an agent may have at once.
    """

    max_wait_minutes: int = 15
    answer_within_minutes: int = 5
    max_conversations: int = 3
    login: DeskLogin | None = None
    demo_agents: list[DemoAgent] = []


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Who gets the call-backs in a register: its name, kind, and what it is known by there. An afdeling unless said otherwise."""

    naam: str
    object_id: str
    soort: str = "organisatorische_eenheid"
    code_objecttype: str = "afd"
    code_register: str = "obj"
    code_soort_object_id: str = "idf"


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People who help with the same topics. `actor`: who gets their call-backs in a register, when that isn't the general one."""

    id: str
    name: str
    topics: tuple[str, ...] = ()
    actor: Actor | None = None


EVERYBODY = Team("algemeen", "Klantcontact")  # the one team of a municipality that names none


class Supplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which adapter stands behind a port, with its addresses; secrets are settings, never here.

    `products` and `locations` give the appointment system's ids for ours: what isn't there can't be booked. `token_url`: where it
    gives tokens, when that isn't below its `url`.
    `actor`, `kanaal` and `zaak_register` are for a contact register: who gets the call-backs, and its names for the chat and for
    the case system.
    """

    supplier: str
    url: str = ""
    token_url: str = ""
    zaken_url: str = ""
    catalogi_url: str = ""
    bronorganisatie: str = ""
    allowed_confidentiality: tuple[str, ...] = ("openbaar", "beperkt_openbaar")
    allowed_confidentiality_own: tuple[str, ...] = ("openbaar", "beperkt_openbaar", "zaakvertrouwelijk")
    products: dict[str, str] = {}
    locations: dict[str, str] = {}
    actor: Actor | None = None
    kanaal: str = "chat"
    zaak_register: str = "openzaak"


class App(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The municipality's own app. `push_hook`: address of its push system, which is told of news; see docs/push.md."""

    push_hook: str = ""


class GemeenteFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. Raises ValueError for teams and roles that don't fit one another.

    `theme`: a file beside it with the municipality's look, see bot.theme; empty for the look of Balie.
    """

    naam: str
    website: str
    telefoon: str
    adres: str
    privacy: str
    hours: dict[str, Hours]
    products: list[Product]
    locations: list[Location]
    suppliers: dict[str, Supplier]
    retention_days: int = 30
    origins: list[str] = []
    login: LoginTerms | None = None
    teams: tuple[Team, ...] = (EVERYBODY,)
    desk: Desk = msgspec.field(default_factory=Desk)
    app: App = msgspec.field(default_factory=App)
    theme: str = ""

    def __post_init__(self) -> None:
        for name in ("website", "privacy"):
            if not getattr(self, name).startswith(("https://", "http://")):
                raise ValueError(f"`{name}` must be a web address: https://…")
        ids = [team.id for team in self.teams]
        if not ids or len(set(ids)) < len(ids):
            raise ValueError("`teams` must name at least one team, each with an id of its own")
        if unknown := {role for agent in self.desk.demo_agents for role in agent.roles} - set(ROLES):
            raise ValueError(f"a demonstration agent has a role that doesn't exist: {', '.join(sorted(unknown))}")
        if unknown := {team for agent in self.desk.demo_agents for team in agent.teams} - set(ids):
            raise ValueError(f"a demonstration agent is in a team that doesn't exist: {', '.join(sorted(unknown))}")
