"""How a website puts the chat on its pages: the tag to paste and what its Content-Security-Policy must allow.

The one source of both, for the page /gemeente/{key}/insluiten and the command `balie widget`.
"""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

POSITIONS = ("right", "left")
MOST_CHARS = 80  # of words that an option puts on the page
MOST_SECONDS = 3600  # before an invitation

_WHOLE = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Options:
    """What a website may choose, as typed. Empty: as the chat has it by itself. `invite`: seconds; empty for no invitation."""

    position: str = "right"
    greeting: str = ""
    title: str = ""
    topic: str = ""
    invite: str = ""
    invite_text: str = ""

    def faults(self, topics: Collection[str]) -> list[str]:
        """Names of the options that are wrong. `topics`: slugs that exist."""
        wrong = [name for name in ("greeting", "title", "invite_text") if len(getattr(self, name)) > MOST_CHARS]
        if self.position not in POSITIONS:
            wrong.append("position")
        if self.topic and self.topic not in topics:
            wrong.append("topic")
        if self.invite and not (_WHOLE.fullmatch(self.invite) and int(self.invite) <= MOST_SECONDS):
            wrong.append("invite")
        return wrong


def snippet(base_url: str, gemeente: str, options: Options) -> str:
    """The HTML to paste: the tag, and a link for browsers in which it can't work."""
    chosen = {
        "data-gemeente": gemeente, "data-position": options.position if options.position != "right" else "",
        "data-greeting": options.greeting, "data-title": options.title, "data-topic": options.topic,
        "data-invite": options.invite, "data-invite-text": options.invite_text if options.invite else "",
    }
    attributes = "".join(_attribute(name, value) for name, value in chosen.items() if value)
    contact = html.escape(f"{base_url}/gemeente/{gemeente}/contact")
    return (
        f'<a href="{contact}" data-balie-contact>Contact met de gemeente</a>\n'
        f'<script type="module" src="{html.escape(base_url)}/widget/balie.js"{attributes}></script>'
    )


def _attribute(name: str, value: str) -> str:
    return f'\n  {name}="{html.escape(value)}"'


def policy(base_url: str) -> Mapping[str, str]:
    """Directive -> source that the page's Content-Security-Policy must allow; nothing else is needed."""
    return {"script-src": base_url, "connect-src": base_url}
