"""What a citizen's browser has to fetch for the chat."""

from connectors.pages import lean
from tests import sizes


def test_the_chat_is_light_also_on_a_slow_phone() -> None:
    """The sizes that connectors/widget/README.md promises, as they are sent."""
    loader, panel, later = sizes.measured()
    assert loader < 3_000
    assert panel < 30_000
    assert {"invite.js", "keep.js", "bulletin.js"} <= later.keys(), "what is rarely needed comes when it is needed"
    assert max(later.values()) < 2_000 and sum(later.values()) < 10_000


def test_what_only_readers_need_is_not_sent_and_the_rest_is() -> None:
    module = """/** What it is. */
const a = 'https://voorbeeld.example'; // the address
  // of its own
  const b = ' // no comment'; // it's one that stays: a quote could be the end of a string
const c = `two // slashes`;
"""
    assert lean(module) == """
const a = 'https://voorbeeld.example';

const b = ' // no comment'; // it's one that stays: a quote could be the end of a string
const c = `two // slashes`;
"""


def test_a_style_sheet_is_sent_without_its_layout_and_means_the_same() -> None:
    module = """sheet.replaceSync(`
.a, .b :is(p) { margin: calc(100% - 4px) auto;
  color: red; }
@media print { .a { content: " ("; } }`);
after();
"""
    lines = lean(module).split("\n")
    assert lines[0] == 'sheet.replaceSync(`.a,.b :is(p){margin:calc(100% - 4px) auto;color:red}@media print{.a{content:" ("}}'
    assert lines.index("after();") == module.split("\n").index("after();"), "what follows keeps its line number"
