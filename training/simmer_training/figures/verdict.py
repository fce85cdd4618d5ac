"""What a figure says, and whether it is what was asked for."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One statement with its number and its bar."""

    what: str
    seen: float
    bar: str  # such as ">= 0.95"
    holds: bool


def at_least(what: str, seen: float, bar: float) -> Verdict:
    """Holds where `seen` is not below `bar`."""
    return Verdict(what, float(seen), f"≥ {bar:g}", bool(seen >= bar))


def at_most(what: str, seen: float, bar: float) -> Verdict:
    """Holds where `seen` is not above `bar`."""
    return Verdict(what, float(seen), f"≤ {bar:g}", bool(seen <= bar))


def is_true(what: str, seen: bool) -> Verdict:
    """A statement without a number."""
    return Verdict(what, float(seen), "true", bool(seen))


@dataclass(frozen=True)
class Trace:
    """How something went over time in one take: rows of (second, temperature, value)."""

    group: str
    seed: int
    rows: list[list[float]]


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    A row of `table` has the names of `columns`; `controls` are statements that must hold for the measure to mean
    anything, whatever the model does. A row of `takes` is one take (or one level of its lane) and has the first of the
    columns: what the rows of the table are means of. `takes` and `traces` are for pictures.
    """

    title: str
    how: str
    columns: tuple[str, ...]
    table: list[list[float]]
    verdicts: list[Verdict]
    controls: list[Verdict] = field(default_factory=list)
    takes: list[list[float]] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)


def figure_from_json(content: dict[str, Any]) -> Figure:
    """Reads what `dataclasses.asdict` made of a figure. TypeError where fields are missing or unknown."""
    verdicts, controls, traces = content["verdicts"], content["controls"], content["traces"]
    return Figure(
        **{
            **content,
            "columns": tuple(content["columns"]),
            "verdicts": [Verdict(**verdict) for verdict in verdicts],
            "controls": [Verdict(**verdict) for verdict in controls],
            "traces": [Trace(**trace) for trace in traces],
        }
    )
