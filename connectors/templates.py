"""The pages that the edge renders itself."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "pages"


@cache
def environment() -> Environment:
    """Templates of `connectors/pages`: everything is escaped, a missing value is an error."""
    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
