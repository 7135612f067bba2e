"""From the HTML of another system to the text of an answer: plain, with "- " and "1. " for lists and addresses written out.

nh3 decides what is safe; what it leaves is written as text, so that nothing of it is markup any more.
"""

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin, urlsplit

import nh3

from bot.editing.language import visible

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PARAGRAPHS = {"p", "div", "section", "article", "blockquote", "pre", "caption", "dl", "dt", "dd", "hr", "table", *_HEADINGS}
_TAGS = _PARAGRAPHS | {"ul", "ol", "li", "br", "a", "tr", "td", "th"}
_NEVER = {"script", "style", "iframe", "noscript", "object", "template", "textarea", "select", "button"}
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_UNSAFE = re.compile(r"<\s*(?:script|style|iframe|object|embed|form|svg)\b|<[^<>]*\son\w+\s*=|(?:java|vb)script\s*:|\bdata:text",
                     re.IGNORECASE)


@dataclass(frozen=True)
class Plain:
    """The text of an answer. `remarks`: what the editor has to look at, because it could not be kept as it was."""

    text: str
    remarks: tuple[str, ...] = ()


def to_text(source: str, base: str = "") -> Plain:
    """The text of `source`, HTML or plain. Addresses are completed with `base`, the address of the page, if it is known."""
    source = visible(source)
    if not _TAG.search(source):
        source = visible(_unescaped(source))
    remarks = ["Er is onveilige code weggehaald. Kijk of de tekst nog klopt."] if _UNSAFE.search(source) else []
    if _TAG.search(source):
        writer = _Writer(base)
        writer.feed(nh3.clean(
            source, tags=_TAGS, clean_content_tags=_NEVER, attributes={"a": {"href"}}, link_rel=None,
            url_schemes={"http", "https", "mailto", "tel"},
        ))
        writer.close()
        text, remarks = writer.text(), remarks + writer.remarks
        if re.search(r"<(?:table|img|video)\b", source, re.IGNORECASE):
            remarks.append("Er stond een tabel of een plaatje in. Kijk of de tekst nog klopt.")
    else:
        text = "\n".join(re.sub(r"^[•*·–]\s+", "- ", " ".join(line.split())) for line in source.splitlines())
    return _plain(text, remarks)


def _plain(text: str, remarks: list[str]) -> Plain:
    """Takes the meaning from signs that are markup elsewhere: < before a name, and braces, which would be a variable here."""
    text = re.sub(r"\n{3,}", "\n\n", visible(_unescaped(text))).strip()
    if re.search(r"<(?=[a-zA-Z/!?])", text):
        remarks = [*remarks, "Er staat code in de tekst, tussen ‹ en ›. Haal die weg."]
        text = re.sub(r"<(?=[a-zA-Z/!?])([^<>\n]*)(>?)", lambda found: f"‹{found[1]}{'›' if found[2] else ''}", text)
    if re.search(r"[{}]", text):
        remarks = [*remarks, "Er stonden accolades in. Het zijn nu haakjes. Hoort hier een {naam} van Balie?"]
        text = text.translate({ord("{"): "(", ord("}"): ")"})
    return Plain(text, tuple(dict.fromkeys(remarks)))


def _unescaped(text: str) -> str:
    """`text` with its entities as characters, also when escaped again: &amp;amp;lt; is <. Addresses keep their &copy=1."""
    return _ENTITY.sub(lambda found: html.unescape(f"&{found[1]};"), text)


class _Writer(HTMLParser):
    """Writes safe HTML as text, without recursion: nesting may be as deep as it likes."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.remarks: list[str] = []
        self._base = base
        self._done: list[str] = []
        self._line: list[str] = []
        self._lists: list[int] = []   # of each open list the number of its last item; -1 when it has no numbers
        self._mark = ""               # stands before the next line
        self._break = False           # the next line belongs to the paragraph of the last one
        self._cells = 0               # of the open row, if any
        self._row = False
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        self._end_line()
        return "".join(self._done)

    def handle_data(self, data: str) -> None:
        self._line.append(re.sub(r"\s+", " ", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self._line))
        elif tag == "br":
            self._pause()
        elif tag in {"td", "th"}:
            self._line.append("" if not self._cells else ": " if self._cells == 1 else "; ")
            self._cells += 1
        elif tag == "tr":
            self._end_line()
            self._row, self._cells, self._mark = True, 0, "- "
        elif tag in {"ul", "ol"}:
            self._end_line()
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._end_line()
            self._mark = self._next_mark()
        elif not self._row:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag == "tr":
            self._end_line()
            self._row, self._mark = False, ""
        elif tag in {"ul", "ol"}:
            self._end_line()
            self._mark = ""
            self._lists[-1:] = []
        elif tag not in {"td", "th", "br"} and not self._row:
            self._end_line()

    def _next_mark(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _pause(self) -> None:
        """A line break; inside a list or a table that would end the item, so there it is a space."""
        if self._lists or self._row:
            self._line.append(" ")
        else:
            self._end_line()
            self._break = bool(self._done)

    def _end_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if not line:
            return
        between = "" if not self._done else "\n" if self._mark or self._break else "\n\n"
        self._done.append(f"{between}{self._mark}{line}")
        self._mark, self._break = "", False

    def _end_link(self) -> None:
        href, start = self._link or ("", len(self._line))
        self._link = None
        label = " ".join("".join(self._line[start:]).split())
        address = _address(href, self._base)
        if not address:
            if label:
                self.remarks.append(f'De link bij "{label}" is weg: het adres kan niet. Zoek het juiste adres op.')
        elif not _says(label, address):
            self._line.append(f" ({address})" if label else address)
        if address and address.startswith("http:"):
            self.remarks.append(f"Link zonder https: {address}")


def _address(href: str, base: str) -> str:
    """The address as a citizen can read it; "" for one that cannot be reached from here."""
    try:
        href = urljoin(base, href.strip()) if base else href.strip()
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"} and parts.hostname:
        return quote(href, safe="%/:?#[]@!$&'()*+,;=~")
    if parts.scheme in {"mailto", "tel"}:
        return unquote(parts.path).strip()
    return ""


def _says(label: str, address: str) -> bool:
    """Whether the label holds the address already: the same words, or the same telephone number."""
    digits = re.sub(r"\D", "", address)
    telephone = not re.search(r"[a-zA-Z]", address) and len(digits) >= 3 and digits[-8:] in re.sub(r"\D", "", label)
    return telephone or address.lower() in label.lower()
