"""What a new topic file and its file of test sentences look like, with hints for the editor."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import indent

from bot.editing.rules import MIN_SENTENCES, MIN_SENTENCES_MOST, MIN_TESTS, TITLE_CHARS


@dataclass(frozen=True)
class Draft:
    """What is known of a topic before an editor looks at it. `notes` are lines for the editor alone."""

    slug: str
    title: str = ""
    text: str = ""
    source: str = ""
    source_label: str = ""
    notes: tuple[str, ...] = ()


def topic_file(draft: Draft) -> str:
    """The topic file as YAML. `draft` must hold no characters that `language.visible` takes away."""
    slug = draft.slug
    return f"""\
version: "3.1"
# Regels die met # beginnen zijn uitleg voor u. Balie leest ze niet. Haal ze weg als u ze niet meer nodig heeft.
# Kijk met `balie content check` wat er nog mist.
{_comments(draft.notes)}
# 1. Wat inwoners typen. Minstens {MIN_SENTENCES} zinnen, en {MIN_SENTENCES_MOST} voor een onderwerp dat vaak gevraagd wordt.
#    Elke zin op een eigen regel onder `examples`. Vier spaties, een streepje en dan de zin:
#    - zoals mensen typen, met fouten en halve zinnen
#    Mensen vertellen vaak wat er gebeurd is. Ze noemen het product niet. Neem geen testzinnen over.
nlu:
- intent: {slug}
  examples: |

# 2. Wat Balie antwoordt, met zes spaties ervoor onder `text`. Drie tot zes korte zinnen, met "u".
#    Eerst wat de inwoner moet doen. Dan wat het kost, wat meegaat en hoe lang het duurt. Een opsomming begint met "- ".
#    Wat per gemeente verschilt, is een {{naam}}. De waarde staat in data/gemeenten/<gemeente>/variables.yml.
#    title: de tekst op een knop, {TITLE_CHARS[0]} tot {TITLE_CHARS[1]} tekens
#    source: het https-adres van de officiële pagina; source_label: hoe die pagina heet
#    reviewed: de dag waarop u het antwoord heeft gecontroleerd, zoals "2026-11-24"
#    Wordt dit heel vaak gevraagd? Zet er dan bij: most_asked: true
responses:
  utter_{slug}:
  - text: |
{indent(draft.text, "      ")}
    metadata:
      topic: {slug}
      title: {_quoted(draft.title)}
      source: {_quoted(draft.source)}
      source_label: {_quoted(draft.source_label)}
      reviewed: ""

# 3. De regel: op deze vraag volgt dit antwoord. Hier hoeft u niets aan te doen.
rules:
- rule: {slug}
  steps:
  - intent: {slug}
  - action: utter_{slug}
"""


def test_file(slug: str) -> str:
    """The file with test sentences as YAML."""
    return f"""\
# Testzinnen: minstens {MIN_TESTS}, van iemand die de voorbeeldzinnen niet kent. Ze staan nooit bij de voorbeeldzinnen.
# Haal de [] hieronder weg en schrijf elke zin zo:
# - text: "mijn hond is dood moet ik nu nog betalen"
#   kind: story
# kind is: keywords, typos, faq, informal, formal, story, flemish, nt2 of voice
topic: {slug}
# Woorden die in het antwoord moeten staan, zoals [afspraak, pasfoto]:
answer_contains: []
sentences: []
"""


def _comments(notes: Iterable[str]) -> str:
    return "".join(f"# {' '.join(note.split())}\n" for note in notes)


def _quoted(text: str) -> str:
    """YAML takes every JSON string."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
