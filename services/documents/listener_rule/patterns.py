"""Patterns of listener rules: `*` matches any characters, `?` one. Linear in the product of their lengths."""

STAR, ANY_ONE = "*", "?"


def contains(pattern: str, other: str) -> bool:
    """Return whether `pattern` matches everything that `other` matches. No if it is not certain."""
    reached = {0}
    for symbol in other:
        reached = _after(pattern, _skipped(pattern, reached), symbol)
        if not reached:
            return False
    return len(pattern) in _skipped(pattern, reached)


def meet(first: str, second: str) -> bool:
    """Return whether some text matches both patterns."""
    reached = {0}
    for symbol in second:
        before = _skipped(first, reached)
        reached = _stretched(first, before) if symbol == STAR else _met(first, before, symbol)
        if not reached:
            return False
    return len(first) in _skipped(first, reached)


def _skipped(pattern: str, positions: set[int]) -> set[int]:
    """Return the positions with those behind stars, which may match nothing."""
    found = set(positions)
    for position in positions:
        while position < len(pattern) and pattern[position] == STAR:
            position += 1
            found.add(position)
    return found


def _after(pattern: str, positions: set[int], symbol: str) -> set[int]:
    """Return the positions after one symbol of the other pattern: its star is matched by a star only."""
    found = set()
    for position in positions:
        here = pattern[position : position + 1]
        if here == STAR:
            found.add(position)
        elif here == symbol or (here == ANY_ONE and symbol != STAR):
            found.add(position + 1)
    return found


def _met(pattern: str, positions: set[int], symbol: str) -> set[int]:
    """Return the positions after one character that both patterns match."""
    found = set()
    for position in positions:
        here = pattern[position : position + 1]
        if here == STAR:
            found.add(position)
        elif here and (here == symbol or ANY_ONE in (here, symbol)):
            found.add(position + 1)
    return found


def _stretched(pattern: str, positions: set[int]) -> set[int]:
    """Return the positions after any number of characters that a star of the other pattern matches."""
    return set(range(min(positions), len(pattern) + 1))
