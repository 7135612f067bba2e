"""All configuration that belongs to an installation, from environment variables `BALIE_<NAME>`.

What belongs to a municipality (name, hours, fees, locations, suppliers) is in `data/gemeenten/<name>/`; see `bot.gemeenten`.
Every limit, time budget and retry of the system is here, with its unit in the name or the help text.
"""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

DEMO_SECRET = "demonstration-secret-not-for-production"  # refused in production


class SettingsError(Exception):
    """The configuration is wrong; the message lists every fault, one per line, in words an engineer can act on."""


def _setting(default: Any, help: str, per_gemeente: bool = False) -> Any:
    """`per_gemeente`: a municipality may have its own value, in the variable with two underscores and its key after it."""
    return field(default=default, metadata={"help": help, "per_gemeente": per_gemeente})


@dataclass(frozen=True)
class Settings:
    """The settings of one process. `Settings()` is a laptop with the demonstration municipalities."""

    environment: str = _setting("demo", "`demo` or `production`; production refuses demonstration logins and secrets")
    host: str = _setting("127.0.0.1", "address the edge listens on")
    port: int = _setting(8080, "port the edge listens on")
    public_url: str = _setting("", "public https address of the edge; empty means http://host:port")
    gemeenten: str = _setting("voorbeeld,weidedorp", "municipalities served, comma separated: folders of gemeenten_dir")
    gemeenten_dir: str = _setting("data/gemeenten", "folder with a folder for each municipality")
    data_dir: str = _setting("var", "folder for the embedded Redis and the demonstration databases")
    model_dir: str = _setting("models", "folder with the trained Rasa models; the newest is served")
    redis_url: str = _setting("", "address of your own Redis (7 or later, or Valkey); empty starts the embedded one")
    secret: str = _setting(DEMO_SECRET, "key for hashing addresses and signing sessions; 32 characters or more")
    log_level: str = _setting("INFO", "level of the structured logs: DEBUG, INFO, WARNING or ERROR")
    trusted_proxies: int = _setting(0, "number of reverse proxies in front whose X-Forwarded-For entry is believed")

    # Limits of a citizen. `lift_rates` is for benchmarks only; production refuses it.
    lift_rates: bool = _setting(False, "no rate limits (benchmarks only; refused in production)")
    max_text_chars: int = _setting(2000, "longest message of a citizen, characters")
    max_body_bytes: int = _setting(16384, "largest request body on the citizen API, bytes")
    rate_conversation_minute: int = _setting(30, "messages per conversation per minute")
    rate_address_minute: int = _setting(120, "messages per network address per minute")
    rate_address_day: int = _setting(2000, "messages per network address per day")
    rate_create_minute: int = _setting(20, "new conversations per network address per minute")
    rate_queue_hour: int = _setting(30, "times per hour that one network address may join the queue for an agent")
    rate_callback_address_day: int = _setting(30, "requests to be called back per network address per day")
    rate_callback_number_day: int = _setting(5, "requests to be called back per telephone number per day")
    rate_login_minute: int = _setting(10, "sign-in attempts at the desk per network address per minute")
    rate_token_hour: int = _setting(30, "renewals of the token of one conversation per hour")
    token_grace_seconds: int = _setting(
        600, "how long a token stays valid after another was given for it, and longer until that one is used, seconds"
    )
    upload_seconds: float = _setting(
        30.0, "how long the rest of a refused upload is taken in and forgotten, so that its sender can read the refusal"
    )
    max_streams: int = _setting(2000, "open event streams per edge process")
    max_streams_conversation: int = _setting(10, "open event streams per conversation per edge process")
    max_inbox: int = _setting(40, "messages of one conversation that may wait for the brain")
    max_backlog: int = _setting(5000, "conversations that may wait for a brain before new messages get 503")
    max_events: int = _setting(5000, "events in one conversation before a new one must be started")
    max_picks: int = _setting(20, "choices from offered topics kept per conversation, for the editors")
    max_picked: int = _setting(5000, "conversations with such choices kept per municipality")

    # Time.
    store_timeout_seconds: float = _setting(2.0, "time a Redis command may take")
    body_seconds: float = _setting(10.0, "time a client has to send the body of a request")
    end_seconds: float = _setting(5.0, "time that requests under way get when the edge stops")
    ping_seconds: float = _setting(15.0, "pause between pings on an open event stream")
    poll_max_seconds: float = _setting(25.0, "longest wait of a long poll")
    turn_seconds: float = _setting(20.0, "time a turn may take in the brain before it counts as failed")
    lease_seconds: float = _setting(6.0, "silence after which another brain takes over a turn")
    turn_attempts: int = _setting(3, "tries before a turn that keeps failing is set aside")
    brain_ready_seconds: float = _setting(10.0, "age of a brain's last sign of life above which /ready says 503")
    backend_seconds: float = _setting(4.5, "time budget of one call to a case, appointment or contact system")
    request_seconds: float = _setting(3.0, "time one request to an appointment system may take; less than backend_seconds")
    backend_failures: int = _setting(5, "failures in a row after which a supplier's system is left alone for a while")
    backend_rest_seconds: float = _setting(30.0, "how long it is left alone")
    check_seconds: float = _setting(20.0, "time that `balie check-connections` gives one system to answer")

    # The brain.
    brains: int = _setting(1, "brain processes that `balie demo` starts")
    brain_concurrency: int = _setting(32, "turns a brain has under way at once; most wait for a case or appointment system")
    lean_brain: bool = _setting(True, "brains start without TensorFlow, which Rasa imports and this assistant does not use")
    tracker_events: int = _setting(60, "Rasa events of a conversation kept as they were; older ones become a state snapshot")

    # Look-ups.
    lookup_attempts: int = _setting(5, "wrong second factors before the look-up of a case is locked")
    lookup_attempts_address: int = _setting(20, "wrong look-ups from one network address or chat before it is locked")
    lookup_lock_seconds: int = _setting(3600, "how long a locked look-up stays locked, seconds")
    own_cases: int = _setting(20, "most cases of a citizen who logged in, the newest")
    own_cases_read: int = _setting(100, "cases of a citizen who logged in that are read and checked to be theirs, at most")
    own_cases_at_once: int = _setting(8, "requests to the case system under way at once for one citizen who logged in")
    catalogue_seconds: float = _setting(600.0, "how long case types and their steps are kept after reading them")
    case_memory_seconds: int = _setting(
        1800, "how long a case or appointment is known without its number, and what a login showed can be read, seconds"
    )
    case_memory: int = _setting(50, "looked-up cases that a conversation remembers at once")
    cases_shown: int = _setting(3, "own cases shown at once after a login")

    # Logging in.
    login_ticket_seconds: int = _setting(600, "how long a link to log in works, and how long the login may take, seconds")
    login_result_seconds: int = _setting(300, "how long the result of a login waits for its code, seconds")
    login_tries: int = _setting(5, "wrong codes after which the result of a login is gone")
    login_metadata_seconds: int = _setting(3600, "how long the addresses and keys of a broker are kept, seconds")
    login_leeway_seconds: int = _setting(30, "how far the clock of a broker may differ from ours, seconds")

    # Appointments.
    appointment_horizon_days: int = _setting(60, "how many days ahead an appointment can be made")
    appointment_keep_days: int = _setting(30, "days after its day that an appointment can still be looked up")
    calendar_link_seconds: int = _setting(2592000, "how long the link to an .ics file works, seconds")
    appointment_max_persons: int = _setting(6, "people that one appointment can be for")
    appointment_max_products: int = _setting(3, "products that one appointment can be for")
    appointment_days_searched: int = _setting(7, "days whose times are asked for at most to find what fits a wish")
    callback_days: int = _setting(14, "how many days ahead a citizen can ask to be called back")

    # Notices: a case that is followed, and the reminder of an appointment.
    notice_days: int = _setting(90, "how many days a case is followed at most; never longer than a conversation is kept")
    reminder_hour: int = _setting(10, "hour at which a reminder comes, the day before; the last notice of a period as well")
    quiet_from: int = _setting(21, "hour from which no notice is brought, in the Netherlands; as quiet_until: never quiet")
    quiet_until: int = _setting(8, "hour from which notices are brought again, in the Netherlands")
    max_notices: int = _setting(20, "cases and appointments that one conversation may be told of")
    max_notices_waiting: int = _setting(10000, "notices that may be due before announcements of the case system get 503")
    notice_recent_seconds: int = _setting(3600, "how long an announced change is remembered for who asks to be told just then")
    notice_undo_seconds: int = _setting(3600, "how long withdrawn notices can be brought back, seconds")
    notice_poll_seconds: float = _setting(2.0, "pause between looks at what notices are due")
    notice_lease_seconds: float = _setting(30.0, "silence after which another edge process takes a notice over")
    notices_at_once: int = _setting(4, "notices that one edge process has under way at once")
    notice_retry_seconds: float = _setting(30.0, "pause before a notice is tried again; it doubles with every try")
    notice_retry_most_seconds: float = _setting(3600.0, "longest pause before a notice is tried again")
    notice_attempts: int = _setting(30, "tries before a notice is given up")
    reminder_patience_seconds: int = _setting(7200, "how long a reminder waits for an appointment system that doesn't answer")

    # The emergency notice and the switch.
    notice_max_chars: int = _setting(300, "longest emergency notice, and longest text for citizens when Balie is off, characters")
    service_fresh_seconds: float = _setting(2.0, "how old what a process knows of notice and switch may be when a message comes")
    service_poll_seconds: float = _setting(5.0, "pause between looks at notice and switch, for open pages that missed the change")
    service_told_seconds: int = _setting(86400, "how long pages that come back are told that a notice or the switch has ended")
    rate_gemeente_minute: int = _setting(300, "questions per network address per minute how it is with a municipality")

    # Call-backs: kept here until they are written to the contact register.
    callback_lease_seconds: float = _setting(30.0, "silence after which another edge process writes a call-back to the register")
    callback_poll_seconds: float = _setting(2.0, "pause between looks at which call-backs are still to be written")
    callbacks_at_once: int = _setting(4, "call-backs of one municipality that one edge process writes at once")
    callback_retry_seconds: float = _setting(10.0, "pause before a call-back is written again; it doubles with every try")
    callback_retry_most_seconds: float = _setting(900.0, "longest pause before a call-back is written again")
    callback_memory_seconds: int = _setting(604800, "how long a turn that is done again finds the call-back it made, seconds")
    max_callbacks_waiting: int = _setting(5000, "call-backs of one municipality that may wait to be written; more are refused")
    task_claim_seconds: int = _setting(1800, "how long a call-back is an agent's who took it, seconds")
    tasks_fresh_seconds: float = _setting(5.0, "how old the desk's list of call-backs in the contact register may be")
    tasks_known_seconds: float = _setting(60.0, "how long what the contact register says of one call-back is kept for that list")
    tasks_shown: int = _setting(200, "call-backs of the contact register that the desk shows at most, the longest waiting")

    # Desk.
    desk_session_seconds: int = _setting(36000, "length of an agent's session, seconds")
    agent_gone_seconds: int = _setting(60, "silence of an agent's browser after which conversations go back to the queue")
    rate_desk_minute: int = _setting(1200, "requests of one person at the desk per minute")
    rate_search_minute: int = _setting(60, "searches of one person at the desk per minute")
    desk_max_streams: int = _setting(30, "open event streams of one person at the desk per edge process")
    audit_days: int = _setting(180, "days that the audit log of the desk keeps who looked at or did what")
    audit_most: int = _setting(1000000, "entries of the audit log of one municipality; with more the oldest go before their day")
    audit_searched: int = _setting(20000, "entries of the audit log that one page of a search looks at")
    seconds_per_conversation: int = _setting(300, "assumed length of a conversation with an agent, until enough were measured")
    citizen_gone_seconds: float = _setting(40.0, "silence of a citizen's page after which the desk says that nobody is there")
    desk_context_events: int = _setting(1000, "last events of a conversation that the desk makes its summary from")
    search_conversations: int = _setting(500, "conversations that one search of the desk looks in, the newest")
    search_events: int = _setting(500, "last events of a conversation that a search looks in")
    search_found: int = _setting(30, "conversations that one search of the desk gives at most")
    search_seconds: float = _setting(2.0, "time that one search of the desk may take")
    desk_undo_seconds: float = _setting(10.0, "how long an agent can undo closing or handing on; 0 does it at once")
    glance_seconds: float = _setting(10.0, "how long a request for suggestions waits for a brain before it is dropped")
    glance_keep_seconds: int = _setting(3600, "how long suggestions for a message are kept, seconds")
    max_glances: int = _setting(20, "messages of one conversation whose suggestions are kept")
    max_glances_waiting: int = _setting(100, "requests for suggestions that may wait for a brain; beyond it the oldest go")
    answers_found: int = _setting(8, "answers shown at once to an agent who searches the knowledge base and the canned answers")

    # Push notifications (docs/push.md).
    push_devices: int = _setting(5, "devices of one conversation that are told of news; of more the one kept longest ago goes")
    push_delay_seconds: float = _setting(10.0, "time that a citizen has to read something before a push tells of it")
    push_seconds: float = _setting(5.0, "time that one request to a push service or a municipality's push system may take")
    push_attempts: int = _setting(10, "tries before a push is given up")
    push_retry_seconds: float = _setting(5.0, "pause before a push is tried again; it doubles with every try")
    push_retry_most_seconds: float = _setting(
        900.0, "longest pause before a push is tried again, unless the other side asks for more"
    )
    push_ttl_seconds: int = _setting(86400, "how long a push is worth bringing, here and at the push service, seconds")
    push_poll_seconds: float = _setting(1.0, "pause between looks at what pushes are due")
    push_lease_seconds: float = _setting(30.0, "silence after which another edge process takes a push over")
    pushes_at_once: int = _setting(8, "pushes that one edge process has under way at once with one push service")
    push_hosts: str = _setting(
        "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
        "push services of browsers that are used, comma separated; `*.` stands for any host below",
    )
    push_contact: str = _setting(
        "", "where push services reach you, `mailto:` or `https:`; empty means the municipality's website"
    )

    # Telegram.
    telegram_token: str = _setting(
        "", "token of the bot on Telegram; without a municipality's name it is for the first of `gemeenten`; empty means none",
        per_gemeente=True,
    )
    telegram_secret: str = _setting("", "secret token of the webhook; needed when public_url is set", per_gemeente=True)
    telegram_api_url: str = _setting("https://api.telegram.org", "address of the Bot API")
    telegram_stale_seconds: int = _setting(
        86400, "age after which what was said is not brought to who blocked the bot and came back; news of a case always is"
    )

    # Content (`balie content`). The measured basis of the two word limits is in docs/add-a-topic.md.
    review_months: int = _setting(12, "months after which an answer must be checked again")
    sentence_words: int = _setting(20, "longest sentence of an answer before an editor gets a tip, words")
    answer_words: int = _setting(150, "longest answer before an editor gets a tip, words")
    import_max_bytes: int = _setting(50_000_000, "largest file with questions and answers that is imported, bytes")
    import_max_chars: int = _setting(100_000, "longest answer that is imported, characters")

    # Suppliers' secrets (addresses are in data/gemeenten/<name>/gemeente.yml). A municipality may have its own: see `of`.
    zgw_client_id: str = _setting("", "client id at the ZGW APIs", per_gemeente=True)
    zgw_secret: str = _setting("", "secret at the ZGW APIs", per_gemeente=True)
    klantinteracties_token: str = _setting("", "API token at the Klantinteracties API", per_gemeente=True)
    qmatic_api_key: str = _setting("", "API key at Qmatic", per_gemeente=True)
    jcc_client_id: str = _setting("", "OAuth client id at JCC WARP", per_gemeente=True)
    jcc_secret: str = _setting("", "OAuth client secret at JCC WARP", per_gemeente=True)
    oidc_client_id: str = _setting("", "client id at the broker where citizens log in", per_gemeente=True)
    oidc_secret: str = _setting("", "client secret at the broker where citizens log in", per_gemeente=True)
    desk_oidc_client_id: str = _setting("", "client id at the provider where people of the desk sign in", per_gemeente=True)
    desk_oidc_secret: str = _setting("", "client secret at the provider where people of the desk sign in", per_gemeente=True)
    push_vapid_key: str = _setting(
        "", "private key for web push (`balie push-key`); empty: none, but a demonstration makes its own", per_gemeente=True
    )
    push_hook_secret: str = _setting("", "secret that signs pushes to the municipality's own app, `whsec_…`", per_gemeente=True)

    own: Mapping[tuple[str, str], Any] = field(default_factory=dict, metadata={"own": True}, repr=False)
    """(setting, municipality) -> the municipality's own value."""

    def of(self, name: str, gemeente: str) -> Any:
        """The setting `name` for a municipality: its own (`BALIE_ZGW_SECRET__WEIDEDORP`), or the one for all."""
        return self.own.get((name, gemeente), getattr(self, name))

    @property
    def telegram_tokens(self) -> dict[str, str]:
        """Municipality -> token of its bot. A bot speaks for one municipality: a token without a name is for the first."""
        found = {key: token for key in self.gemeente_names if (token := self.own.get(("telegram_token", key)))}
        first = next(iter(self.gemeente_names), "")
        return found | ({first: self.telegram_token} if first and self.telegram_token and first not in found else {})

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def base_url(self) -> str:
        """Address where browsers reach the edge, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def gemeente_names(self) -> list[str]:
        return [name.strip() for name in self.gemeenten.split(",") if name.strip()]

    @property
    def gemeenten_path(self) -> Path:
        return ROOT / self.gemeenten_dir

    @property
    def data_path(self) -> Path:
        return ROOT / self.data_dir

    @property
    def model_path(self) -> Path:
        return ROOT / self.model_dir


def env_name(name: str) -> str:
    """Name of the environment variable of a setting: `port` -> `BALIE_PORT`."""
    return f"BALIE_{name.upper()}"


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `env` (the process environment by default). Raises SettingsError listing all faults."""
    env = os.environ if env is None else env
    values: dict[str, Any] = {}
    faults: list[str] = []
    for item in known():
        try:
            if raw := env.get(env_name(item.name)):
                values[item.name] = _convert(raw, item.default)
        except ValueError:
            kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(item.default)]
            faults.append(f"{env_name(item.name)} must be {kind}, not {raw!r}")
    names = {env_name(item.name) for item in known()}
    values["own"], theirs = _own(env)
    faults += [f"{name} is not a setting of Balie" for name in env if name.startswith("BALIE_") and name not in names | theirs]
    settings = Settings(**values)
    faults += check(settings)
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def known() -> list[Field[Any]]:
    """All settings, with their `help` in the metadata."""
    return [item for item in fields(Settings) if "help" in item.metadata]


def _own(env: Mapping[str, str]) -> tuple[dict[tuple[str, str], str], set[str]]:
    """The values that are for one municipality, and the names of their variables."""
    found, names = {}, set()
    for item in known():
        for name, raw in env.items():
            setting, _, gemeente = name.partition("__")
            if item.metadata["per_gemeente"] and setting == env_name(item.name) and gemeente and raw:
                found[item.name, gemeente.lower()] = raw
                names.add(name)
    return found, names


def _convert(raw: str, default: Any) -> Any:
    if isinstance(default, bool):
        if raw.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError(raw)
        return raw.lower() in {"1", "true", "yes"}
    return type(default)(raw)


def check(settings: Settings) -> list[str]:
    """Faults of the settings taken together; empty when they are fine."""
    faults = []
    if settings.environment not in {"demo", "production"}:
        faults.append("BALIE_ENVIRONMENT must be demo or production")
    if not 0 < settings.port < 65536:
        faults.append("BALIE_PORT must be between 1 and 65535")
    if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        faults.append("BALIE_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    if not settings.gemeente_names:
        faults.append("BALIE_GEMEENTEN must name at least one folder of data/gemeenten")
    for item in known():
        value = getattr(settings, item.name)
        if type(value) in (int, float) and value < 0:
            faults.append(f"{env_name(item.name)} must not be negative")
    for name in ("reminder_hour", "quiet_from", "quiet_until"):
        if getattr(settings, name) > 23:
            faults.append(f"{env_name(name)} must be an hour, 0 to 23")
    return faults + check_telegram(settings) + (_check_production(settings) if settings.production else [])


def check_telegram(settings: Settings) -> list[str]:
    """Faults of the bots on Telegram. A webhook is as safe as its secret, and a bot speaks for one municipality."""
    tokens, name = settings.telegram_tokens, env_name("telegram_token")
    named = {gemeente for setting, gemeente in settings.own if setting == "telegram_token"}
    faults = [f"{name}__{key.upper()}: this installation does not serve {key!r}" for key in named - set(settings.gemeente_names)]
    if len(set(tokens.values())) < len(tokens):
        faults.append(f"{name}: two municipalities have the same bot; make a bot for each")
    return faults + [
        f"{env_name('telegram_secret')} must have 16 characters or more for {key} when BALIE_PUBLIC_URL is set"
        for key in tokens if settings.public_url and len(settings.of("telegram_secret", key)) < 16
    ]


def _check_production(settings: Settings) -> list[str]:
    faults = []
    if settings.lift_rates:
        faults.append("BALIE_LIFT_RATES is refused in production")
    if settings.secret == DEMO_SECRET or len(settings.secret) < 32:
        faults.append("BALIE_SECRET must be your own, 32 characters or more, in production")
    if not settings.redis_url:
        faults.append("BALIE_REDIS_URL is needed in production: the embedded Redis is for a laptop")
    if urlsplit(settings.public_url).scheme != "https":
        faults.append("BALIE_PUBLIC_URL must be an https address in production")
    return faults
