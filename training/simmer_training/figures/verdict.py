"""What a figure says, and whether it is what was asked for."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """One statement with its number and its bar."""

    what: str
    seen: float
    bar: str  # such as ">= 0.95"
    holds: bool


def at_least(what: str, seen: float, bar: float) -> Verdict:
    """Holds where `seen` is not below `bar`."""
    return Verdict(what, seen, f"≥ {bar:g}", seen >= bar)


def at_most(what: str, seen: float, bar: float) -> Verdict:
    """Holds where `seen` is not above `bar`."""
    return Verdict(what, seen, f"≤ {bar:g}", seen <= bar)


def is_true(what: str, seen: bool) -> Verdict:
    """A statement without a number."""
    return Verdict(what, float(seen), "true", seen)


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    A row of `table` has the names of `columns`; `controls` are statements that must hold for the measure to mean
    anything, whatever the model does.
    """

    title: str
    how: str
    columns: tuple[str, ...]
    table: list[list[float]]
    verdicts: list[Verdict]
    controls: list[Verdict] = field(default_factory=list)
