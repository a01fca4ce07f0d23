"""Figures of a measurement: ratios, one a round, with what is to be reached; printed as a table, kept as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Limit:
    """What a figure is to reach: at most `value`, or at least (`least`); `words` say what it is, or is a ratio of."""

    value: float
    words: str
    least: bool = False

    def is_kept(self, middle: float) -> bool:
        return middle >= self.value if self.least else middle <= self.value

    def __str__(self) -> str:
        return f"{'>=' if self.least else '<='} {self.value:.2f}"


@dataclass
class Figures:
    """One measurement's figures: each round's ratio by name, and plain values behind them (milliseconds and such)."""

    limits: Mapping[str, Limit]
    ratios: dict[str, list[float]] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, name: str, value: float) -> None:
        """One round's ratio; one without a limit is only shown."""
        self.ratios.setdefault(name, []).append(value)

    def value(self, name: str, *values: float) -> None:
        """Plain values, their unit part of the name."""
        self.values.setdefault(name, []).extend(values)

    def table(self) -> str:
        """The median of the rounds, the lowest and the highest, and what is to be reached."""
        width = max((len(name) for name in (*self.ratios, *self.values)), default=0)
        lines = [f"{'':{width}} {'ratio':>7}  {'lowest - highest':>17}  {'reach':8}  what"]
        for name, each in self.ratios.items():
            middle, limit = statistics.median(each), self.limits.get(name)
            mark = "" if limit is None or limit.is_kept(middle) else "NOT REACHED"
            words = "" if limit is None else limit.words
            row = f"{name:{width}} {middle:7.2f}  {min(each):8.2f} - {max(each):6.2f}  {str(limit or ''):8}  {words}  {mark}"
            lines.append(row.rstrip())
        lines.append("")
        for name, each in self.values.items():
            lines.append(f"{name:{width}} {statistics.median(each):9.1f}  {min(each):8.1f} - {max(each):8.1f}")
        return "\n".join(lines).rstrip()

    def as_json(self) -> dict[str, Any]:
        """All of it, to be kept."""
        return {
            "ratios": {name: spread(each) for name, each in self.ratios.items()},
            "limits": {name: {"value": limit.value, "least": limit.least} for name, limit in self.limits.items()},
            "values": {name: spread(each) for name, each in self.values.items()},
        }


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def spread(each: list[float]) -> dict[str, float]:
    """Median, lowest, highest and count."""
    return {"median": statistics.median(each), "lowest": min(each), "highest": max(each), "count": len(each)}
