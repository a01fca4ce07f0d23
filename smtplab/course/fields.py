"""The fields of one table in an exercise file, read with care: whatever is wrong is named with its place and a remedy.

    fields = Fields(tomllib.loads(text), "exercise x1 (exercises/x1.toml)")
    title = fields.text("title")
    fields.done()               # raises for every key that nobody asked for

A new key of the file is a new call here, and nothing else: there is no list of keys to keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

_KINDS: Mapping[type, str] = {
    str: 'a text in quotes, as in {key} = "..."',
    int: "a whole number, as in {key} = 5",
    bool: "true or false, as in {key} = true",
    list: 'a list, as in {key} = ["...", "..."]',
    dict: "a table, as in {key} = {{ ... }}",
}
_MISSING = object()


class Fields:
    """One table of a file; `place` says which. Every method raises ValueError, beginning with the place."""

    def __init__(self, table: Mapping[str, Any], place: str) -> None:
        self._table, self.place = table, place
        self._asked: list[str] = []

    def _get(self, key: str, kind: type, default: Any = _MISSING) -> Any:
        self._asked.append(key)
        if key not in self._table:
            if default is _MISSING:
                raise self.wrong(f"has no {key!r}: add {_wanted(kind, key)}{self._meant(key)}")
            return default
        value = self._table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(f"{key!r} is {shown(value)}, and should be {_wanted(kind, key)}")
        return value

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def _meant(self, key: str) -> str:
        like = get_close_matches(key, [other for other in self._table if other not in self._asked], 1)
        return f" (did you mean it by {like[0]!r}?)" if like else ""

    def text(self, key: str, default: str | None = None) -> str:
        """A text, its outer white space taken off; empty only where that is the default."""
        said: str = self._get(key, str, _MISSING if default is None else default).strip()
        if not said and default is None:
            raise self.wrong(f"{key!r} is empty: write something there")
        return said

    def number(self, key: str, least: int = 1, default: int | None = None) -> int:
        """A whole number, `least` or more; where it may be left out, `default` then."""
        number: int = self._get(key, int, _MISSING if default is None else default)
        if number < least and key in self._table:
            raise self.wrong(f"{key!r} is {number}: {least} is the least")
        return number

    def flag(self, key: str, default: bool) -> bool:
        return self._get(key, bool, default)

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts, as they are."""
        listed: Sequence[Any] = self._get(key, list, _MISSING if default is None else list(default))
        for number, item in enumerate(listed, 1):
            if not isinstance(item, str):
                raise self.wrong(f"{key!r}, entry {number}: {shown(item)} is no text; put it in quotes")
        return tuple(listed)

    def value(self, key: str, default: Any) -> Any:
        """Whatever stands there."""
        self._asked.append(key)
        return self._table.get(key, default)

    def values(self, key: str, default: Sequence[Any]) -> tuple[Any, ...]:
        """A list of whatever stands there."""
        return tuple(self._get(key, list, list(default)))

    def names(self) -> tuple[str, ...]:
        """The keys that stand there."""
        return tuple(self._table)

    def table(self, key: str) -> Fields:
        """The table under this key, an empty one where there is none."""
        return Fields(self._get(key, dict, {}), f"{self.place}, [{key}]")

    def tables(self, key: str, name: str = "") -> Iterator[Fields]:
        """The tables of a list that has at least one, each with its number for a place."""
        listed: Sequence[Any] = self._get(key, list)
        if not listed:
            raise self.wrong(f"{key!r} is empty: it needs at least one entry")
        for number, item in enumerate(listed, 1):
            place = f"{name or key} {number}"
            if not isinstance(item, dict):
                raise self.wrong(f"{place}: {shown(item)} is no table; write it as {{ ... }}")
            yield Fields(cast("dict[str, Any]", item), f"{self.place}, {place}")

    def rest(self) -> dict[str, Any]:
        """All that was not asked for yet, which is asked for by that."""
        left = {key: value for key, value in self._table.items() if key not in self._asked}
        self._asked += left
        return left

    def done(self) -> None:
        """Raises ValueError where the table has a key that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                like = get_close_matches(key, self._asked, 1)
                remedy = f"did you mean {like[0]!r}?" if like else f"there are: {', '.join(self._asked)}."
                raise self.wrong(f"nothing is called {key!r} here: {remedy}")

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"{self.place}: {what}")


def _wanted(kind: type, key: str) -> str:
    return _KINDS[kind].format(key=key)


def shown(value: object) -> str:
    """A value as a message names it, never long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
