"""An administrator reads the audit log in words: every act that is written there has some, and no words are left over."""

import re

from bot.settings import ROOT

DESK = ROOT / "bot" / "desk"


def _written() -> set[str]:
    """The acts that the code writes: the first word in quotes of each record (`""` is no conversation)."""
    code = "\n".join(path.read_text() for path in DESK.glob("*.py"))
    return set(re.findall(r'await _?record\([^"\n\[]*(?:"", |\["conv"\], )?"([a-z_]+)"', code))


def test_every_act_in_the_audit_log_has_words() -> None:
    script = (DESK / "static" / "text.js").read_text()
    [block] = re.findall(r"^    actions: \{\n(.*?)^    \},", script, re.MULTILINE | re.DOTALL)
    told = re.findall(r"(\w+): '", block)
    assert sorted(told) == sorted(_written())
