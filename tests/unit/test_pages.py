"""What a citizen's browser has to fetch for the chat."""

from connectors.pages import WIDGET, lean, read_assets

LAUNCHER = "balie.js"


def test_the_chat_is_light_also_on_a_slow_phone() -> None:
    """The sizes that connectors/widget/README.md promises, as they are sent."""
    sizes = {name: len(asset.packed) for name, asset in read_assets(WIDGET).items() if name.endswith(".js")}
    assert sizes.pop(LAUNCHER) < 3_000
    assert sum(sizes.values()) < 30_000


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
