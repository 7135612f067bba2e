"""What every way of signing in shares: a session begins, a session ends, and who somebody is at this desk."""

from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.conversation.queue import Agent
from bot.conversation.sessions import Person, Session
from bot.desk.access import record
from bot.desk.roles import CONVERSATIONS, EVERYBODY, may
from bot.desk.state import Desk
from bot.desk.web import Problem, read_bytes, reply
from bot.login import DESK_PATH, DeskLogin, Employee, LoginUnavailable

MAX_LOGIN_BYTES = 4096
NOBODY = Agent("", "")  # who tried to sign in, for the audit log


async def enter(desk: Desk, request: web.Request, who: Person, response: web.Response) -> web.Response:
    """A new session for this browser, never an id that it brought along; its cookie goes with `response`."""
    ttl = desk.services.settings.desk_session_seconds
    await desk.sessions.delete(request.cookies.get(desk.cookie, ""))
    await record(desk, who, "", "login", reason=who.via)
    session = await desk.sessions.create(who, ttl)
    if may(who.roles, CONVERSATIONS):
        await desk.presences.set(who, "available")
    response.set_cookie(desk.cookie, session, max_age=ttl, path="/desk", httponly=True, samesite="Strict", secure=desk.secure)
    return response


async def logout(desk: Desk, session: Session, request: web.Request) -> web.StreamResponse:
    """`POST /desk/logout`: the session ends; conversations the agent still has go back to the queue.

    204, or 200 with the `location` where the browser signs out at the provider too.
    """
    await desk.sessions.delete(session.id)
    await desk.presences.leave(session)
    await record(desk, session, "", "logout")
    where = await _leave_address(desk, session)
    response = reply({"location": where}) if where else web.Response(status=204)
    response.del_cookie(desk.cookie, path="/desk", httponly=True, samesite="Strict", secure=desk.secure)
    return response


def login_of(desk: Desk, gemeente: str) -> DeskLogin | None:
    """The provider of this municipality; None when it has none, or isn't served here."""
    return desk.services.desk_login(gemeente) if gemeente in desk.services.gemeenten else None


def person_of(employee: Employee, gemeente: str) -> Person:
    """Who an employee is at this desk. Without a team there are no conversations to take: those roles don't count then."""
    roles = (role for role in EVERYBODY if role in employee.roles and (employee.teams != () or role not in CONVERSATIONS))
    return Person(Agent(employee.id, employee.name), gemeente, tuple(roles), employee.teams or (), "work", employee.id_token)


def may_lead_to(desk: Desk) -> str:
    """Sources for a form that leads to a provider, through every redirect on the way there (CSP form-action)."""
    issuers = [urlsplit(gemeente.desk.login.issuer) for gemeente in desk.services.gemeenten.values() if gemeente.desk.login]
    plain = {f"http://{issuer.netloc}" for issuer in issuers if issuer.scheme == "http"}  # on a laptop only
    return " ".join(["'self'", "https:", *sorted(plain)]) if issuers else "'self'"


async def fields(request: web.Request) -> dict[str, str]:
    """What a form holds. Raises Problem for one that none of our pages sends."""
    raw = (await read_bytes(request, MAX_LOGIN_BYTES)).decode(errors="replace")
    try:
        return dict(parse_qsl(raw, max_num_fields=10))
    except ValueError as exc:
        raise Problem(422, "invalid", "Dit verzoek klopt niet.") from exc


async def _leave_address(desk: Desk, session: Session) -> str | None:
    login = login_of(desk, session.gemeente) if session.via == "work" else None
    try:
        return await login.sign_out_address(session.id_token, desk.services.settings.base_url + DESK_PATH) if login else None
    except LoginUnavailable:
        return None  # signed out here all the same
