"""Letters for codes and references that people read aloud and type again."""

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0 and 1: these are mistaken for one another


def plain(typed: str) -> str:
    """What was typed, without the capitals, spaces and hyphens that don't matter."""
    return "".join(character for character in typed.upper() if character.isalnum())


def spelled(number: int, length: int) -> str:
    """The lowest `length` digits of the number in base 31, as letters, the lowest first."""
    letters = ""
    for _ in range(length):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return letters
