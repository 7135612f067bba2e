"""Parameters in the address, checked."""

from collections.abc import Sequence

from aiohttp import web

from connectors.problems import Fault, Problem

LARGEST = 2**31


def integer(request: web.Request, name: str, *, least: int = 0, most: int = LARGEST) -> int | None:
    """A whole number of ASCII digits, or None when it isn't there. Raises Problem("invalid")."""
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise Problem("invalid", Fault(name, f"Dit moet een getal zijn van {least} tot en met {most}."))
    return int(text)


def one_of(request: web.Request, name: str, values: Sequence[str]) -> str:
    """One of `values`; the first when it isn't there. Raises Problem("invalid")."""
    text = request.query.get(name, values[0])
    if text not in values:
        raise Problem("invalid", Fault(name, f"Kies uit: {', '.join(values)}."))
    return text
