"""What can go wrong with the stub of a supplier."""

from dataclasses import dataclass

from aiohttp import web


@dataclass
class Fault:
    """What goes wrong, for requests `METHOD /path` that contain `where`, `times` times (None: always).

    Of every stub: `slow`: no answer before its `released` is set. `status`: an error with status `code` and the code `problem`,
    nothing done. `drop`: the connection is cut, nothing done. `dies`: it is done, and the connection is cut before the answer.
    `late`: it is done, and answered once `released` is set. `body`: the text `target` instead of the answer. `redirect`: to
    `target`. `lying`: somebody else's resource comes back. `empty`: nothing does. Which of these a stub knows, and what else, is
    told by the stub.
    """

    kind: str
    where: str = "/"
    times: int | None = None
    code: int = 500
    target: str = ""
    problem: str = ""

    def hits(self, called: str) -> bool:
        if self.where not in called or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def cut(request: web.Request) -> web.Response:
    """End the connection; the response is for nobody."""
    if request.transport:
        request.transport.abort()
    return web.Response()
