"""How long to wait before something that failed is tried again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pauses:
    """Between tries, in seconds: the first, which doubles, and the longest."""

    first: float = 10.0
    longest: float = 900.0

    def after(self, tries: int) -> float:
        """The pause after so many tries, 1 or more."""
        return min(self.first * 2.0 ** min(tries - 1, 30), self.longest)
