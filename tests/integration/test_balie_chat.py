"""`balie chat`, as a user sees it: a real terminal (or a pipe), a real edge, and a brain that echoes."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import signal
import stat
import struct
import sys
import termios
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.conversation import events
from bot.conversation.queue import Agent
from connectors.app.client import State
from connectors.terminal.kept import Kept
from tests.conftest import PATIENCE, EchoBrain, Edge, EdgeFactory
from tests.wire import Wire, wire

_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>78])")
CTRL_C = "\x03"

PARTS = [
    {"kind": "choices", "id": "q", "options": [{"label": "Ja", "value": "1"}, {"label": "Nee", "value": "2"}]},
    {"kind": "link", "label": "Meer", "url": "https://www.voorbeeld.example/meer"},
]
DAY = [{"kind": "date", "id": "d", "min": "2026-12-01", "max": "2026-12-31", "closed": ["2026-12-25"]}]
SLOTS = [{"kind": "time", "id": "t", "slots": ["09:20", "09:40"]}]
FORM = [{"kind": "form", "id": "f", "fields": [
    {"name": "postcode", "label": "Postcode", "hint": "bijvoorbeeld 1234 AB", "pattern": r"\d{4} ?[A-Z]{2}"},
    {"name": "code", "label": "Code", "sensitive": True, "required": False},
]}]


def asking(text: str, parts: Sequence[object]) -> list[events.Event]:
    return [events.message("bot", text, name="Balie", parts=list(parts))]


class Terminal:
    """A user at a terminal."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self.process = process
        self.shown = ""
        self._master = master
        self._seen = 0
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
        for _ in range(data.count(b"\x1b[6n")):  # "where is the cursor?"
            os.write(self._master, b"\x1b[1;1R")
        self.shown += data.decode(errors="replace")
        self._news.set()

    @property
    def text(self) -> str:
        """What was shown, without what steers a terminal."""
        return _ESCAPE.sub("", self.shown).replace("\r", "")

    async def until(self, *wanted: str) -> str:
        """What was shown since the last time, once all of this is in it."""
        try:
            async with asyncio.timeout(PATIENCE * 2):
                while not all(words in self.text[self._seen:] for words in wanted):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{wanted} not in {self.text[self._seen:]}") from None
        found = self.text[self._seen:]
        self._seen = len(self.text)
        return found

    def type(self, text: str, end: str = "\r") -> None:
        os.write(self._master, (text + end).encode())

    async def left(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


def command(url: str, *more: str) -> list[str]:
    return [str(Path(sys.executable).parent / "balie"), "chat", "--server", url, *more]


def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TERM": "xterm-256color",
            "LANG": "C.UTF-8"}


def _own_terminal(slave: int) -> None:
    """Before the command starts: its session has this terminal, and Ctrl-C counts, also where tests run in the background.

    Not by number 0: with uvloop, which Rasa may have put in place, that one is not there yet.
    """
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.asynccontextmanager
async def terminal(url: str, home: Path) -> AsyncIterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 140, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *command(url), cwd=home, env=environment(home), stdin=slave, stdout=slave, stderr=slave,
        preexec_fn=lambda: _own_terminal(slave),
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        with contextlib.suppress(ValueError):
            asyncio.get_running_loop().remove_reader(master)
        os.close(master)


def state_of(url: str, home: Path) -> State:
    found = Kept(url, "voorbeeld", home / "state" / "balie").load()
    assert found
    return found


@pytest.fixture
async def line(edge: Edge) -> AsyncIterator[Wire]:
    async with wire(urlsplit(edge.url).port or 0) as made:
        yield made


async def test_a_citizen_talks_in_a_terminal(edge: Edge, line: Wire, echo_brain: EchoBrain, tmp_path: Path) -> None:
    echo_brain.answers |= {
        "kies": asking("Wilt u dat?\x1b[31m", PARTS), "dag": asking("Welke dag?", DAY), "tijd": asking("Hoe laat?", SLOTS),
        "gegevens": asking("Uw gegevens", FORM),
    }
    async with terminal(line.url, tmp_path) as user:
        await user.until("Gesprek met Gemeente Voorbeeld", "een computer, geen mens", "1  Paspoort aanvragen")
        path = Kept(line.url, "voorbeeld", tmp_path / "state" / "balie").path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700

        user.type("Hoe laat bent u open?")
        await user.until("echo: Hoe laat bent u open?")
        user.type("kies")
        shown = await user.until("Wilt u dat?", "1  Ja", "2  Nee", "Meer: https://www.voorbeeld.example/meer")
        assert "\x1b[31m" not in user.shown[user.shown.index("Wilt u dat?"):][:20] and "virtuele assistent" in shown
        user.type("2")
        await user.until("U: Nee", "echo: Nee")
        user.type("dag")
        await user.until("Welke dag?", "01-12-2026 tot en met 31-12-2026", "Niet op: 25-12")
        user.type("25-12")
        await user.until("Op deze dag kan het niet")
        user.type("24-12")
        await user.until("echo: donderdag 24 december 2026")
        user.type("tijd")
        await user.until("Hoe laat?", "1  09:20")
        user.type("9:40")
        await user.until("echo: 09:40 uur")

        user.type("gegevens")
        await user.until("Uw gegevens", "Postcode (bijvoorbeeld 1234 AB):")
        user.type("fout")
        await user.until("Code (mag leeg blijven):")
        user.type("geheim")
        await user.until("Controleer wat u hier heeft ingevuld", "Postcode (bijvoorbeeld 1234 AB):")
        user.type("1234 AB")
        await user.until("echo: Ingevuld: Postcode, Code")
        assert "geheim" not in user.text

        user.type("/onzin")
        await user.until("Deze opdracht ken ik niet: /onzin")
        user.type("/help")
        await user.until("/opslaan", "Ctrl-C")
        user.type("/opslaan gesprek.txt")
        await user.until("Bewaard in")
        saved = tmp_path / "gesprek.txt"
        assert "echo: Hoe laat bent u open?" in saved.read_text() and stat.S_IMODE(saved.stat().st_mode) == 0o600
        user.type("/opslaan gesprek.txt")
        await user.until("dit bestand is er al")
        user.type("/opslaan gesprek.txt/nog.txt")
        await user.until("op die plek kan dit bestand niet komen")

        user.type("half getypt", end="")
        user.type(CTRL_C, end="")
        await user.until("Tot ziens")
        assert await user.left() == 0 and "Traceback" not in user.text


async def test_it_survives_a_cut_line_goes_on_later_and_is_erased(
    edge: Edge, line: Wire, echo_brain: EchoBrain, tmp_path: Path
) -> None:
    async with terminal(line.url, tmp_path) as user:
        await user.until("een computer, geen mens")
        with line.gone():
            user.type("Bent u er nog?")
            await user.until("Geen verbinding")
            user.type("/opslaan later.txt")
            await user.until("Bewaren lukt niet: er is geen verbinding")
        await user.until("Er is weer verbinding", "echo: Bent u er nog?")
        user.type("/stop")
        await user.until("Tot ziens")
        assert await user.left() == 0
    kept = state_of(line.url, tmp_path)
    async with terminal(line.url, tmp_path) as user:
        await user.until("U gaat verder met uw vorige gesprek", "U: Bent u er nog?", "echo: Bent u er nog?")
        assert state_of(line.url, tmp_path).conv == kept.conv and state_of(line.url, tmp_path).token != kept.token, "renewed"
        user.type("Ik ben er weer")
        await user.until("echo: Ik ben er weer")
        user.type("/wissen")
        await user.until("Weet u zeker")
        user.type("nee")
        await user.until("niet gewist")
        user.type("/wissen")
        await user.until("Weet u zeker")
        user.type("ja")
        await user.until("Uw gesprek is gewist")
        assert await user.left() == 0
    assert not Kept(line.url, "voorbeeld", tmp_path / "state" / "balie").path.exists()
    assert not [key async for key in edge.services.redis.scan_iter(f"*{kept.conv}*")]


async def test_a_citizen_is_told_who_helps(edge: Edge, echo_brain: EchoBrain, tmp_path: Path) -> None:
    handover, store = edge.services.handover, edge.services.store
    agent = Agent("sanne", "Sanne")
    async with terminal(edge.url, tmp_path) as user:
        await user.until("een computer, geen mens")
        conv = state_of(edge.url, tmp_path).conv
        for position in (2, 1):
            queued = events.handover("queued", position=position, eta_s=90 * position, team="Burgerzaken")
            await handover.tell(await store.get(conv), queued)
        shown = await user.until("in de rij voor het team Burgerzaken", "U bent nummer 1 in de rij. Het duurt ongeveer 2 minuten")
        assert shown.count("U staat in de rij") == 1
        await handover.tell(await store.get(conv), events.handover("assigned", agent={"name": agent.name}))
        await user.until("Sanne van de gemeente helpt u vanaf nu")
        await store.signal(conv, "typing:agent")
        await user.until("De medewerker typt")
        await handover.tell(await store.get(conv), events.message("agent", "Goedemiddag", name="Sanne"))
        await user.until("Sanne, medewerker van de gemeente", "Goedemiddag")
        closed = events.handover("closed", agent={"name": agent.name}, outcome="done", agreed="U belt")
        await handover.tell(await store.get(conv), closed)
        await handover.tell(await store.get(conv), {"type": "rating_request"})
        await user.until("Het gesprek met Sanne is klaar", "Afgesproken: U belt", "Welk cijfer")
        user.type("4")
        await user.until("U gaf dit gesprek een 4")
        await store.erase(await store.get(conv))
        await user.until("Dit gesprek bestaat niet meer")
        assert await user.left() == 0


async def run(lines: str, *arguments: str, home: Path) -> tuple[int, str]:
    """The exit code and what was shown, when lines come from a pipe."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments), cwd=home, env=environment(home), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE * 2):
        shown, _ = await process.communicate(lines.encode())
    return process.returncode or 0, shown.decode()


async def test_lines_from_a_pipe_are_answered(edge: Edge, echo_brain: EchoBrain, tmp_path: Path) -> None:
    code, shown = await run("Wat kost een paspoort?\nEn hoe lang duurt het?\n", edge.url, home=tmp_path)
    assert code == 0 and shown.index("echo: Wat kost een paspoort?") < shown.index("echo: En hoe lang duurt het?")


async def test_what_cannot_work_is_said(edge: Edge, tmp_path: Path) -> None:
    code, shown = await run("", "http://127.0.0.1:9", home=tmp_path)
    assert code == 1 and "niet te bereiken" in shown and "Traceback" not in shown
    code, shown = await run("", edge.url, "--gemeente", "elders", home=tmp_path)
    assert code == 1 and "Deze gemeente kennen wij niet." in shown and "Traceback" not in shown
    code, shown = await run("", "balie.example", home=tmp_path)
    assert code == 1 and "--server is an address such as https://balie.example" in shown


async def test_who_starts_it_often_goes_on_with_the_token_of_before(
    make_edge: EdgeFactory, echo_brain: EchoBrain, tmp_path: Path
) -> None:
    edge = await make_edge(rate_token_hour=1)
    for said in ("een", "twee", "drie"):
        code, shown = await run(f"{said}\n", edge.url, home=tmp_path)
        assert code == 0 and f"echo: {said}" in shown
