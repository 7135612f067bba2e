"""What a citizen's browser has to fetch for the chat."""

from connectors.pages import WIDGET, read_assets

LAUNCHER = "balie.js"


def test_the_chat_is_light_also_on_a_slow_phone() -> None:
    """The sizes that connectors/widget/README.md promises, as they are sent."""
    sizes = {name: len(asset.packed) for name, asset in read_assets(WIDGET).items() if name.endswith(".js")}
    assert sizes.pop(LAUNCHER) < 3_000
    assert sum(sizes.values()) < 30_000
