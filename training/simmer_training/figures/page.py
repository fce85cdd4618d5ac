"""The figures as a page of tables."""

from collections.abc import Collection
from pathlib import Path

from simmer_training.figures.verdict import Figure, Verdict


def write_page(figures: dict[str, Figure], path: Path) -> None:
    """Writes the page, in Markdown."""
    path.write_text("\n".join(page_lines(figures)) + "\n")


def page_lines(figures: dict[str, Figure]) -> list[str]:
    """The page, line by line."""
    lines = ["# Figures", "", summary(figures.values()), ""]
    for figure in figures.values():
        lines += [f"## {figure.title}", "", *figure_lines(figure), ""]
    return lines


def summary(figures: Collection[Figure]) -> str:
    """How many of all statements hold; controls are not counted."""
    verdicts = [verdict for figure in figures for verdict in figure.verdicts]
    return f"{sum(verdict.holds for verdict in verdicts)} of {len(verdicts)} statements hold."


def figure_lines(figure: Figure) -> list[str]:
    """What was measured and how, its table, and what holds of it; without the title."""
    lines = [figure.how, "", *table_lines(figure), ""]
    lines += [*(_line(verdict, "") for verdict in figure.verdicts)]
    return [*lines, *(_line(verdict, "control: ") for verdict in figure.controls)]


def table_lines(figure: Figure) -> list[str]:
    """The table of a figure, in Markdown."""
    rows = [figure.columns, tuple("---" for _ in figure.columns)]
    rows += [tuple(_number(value) for value in row) for row in figure.table]
    return ["| " + " | ".join(row) + " |" for row in rows]


def _line(verdict: Verdict, kind: str) -> str:
    seen = "" if verdict.bar == "true" else f": {_number(verdict.seen)} (asked: {verdict.bar})"
    return f"- {'**holds**' if verdict.holds else '**does not hold**'} {kind}{verdict.what}{seen}"


def _number(value: float) -> str:
    return f"{value:.4g}"
