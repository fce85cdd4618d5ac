"""Draws the loss curve: as SVG for pages, and as a page of its own that is written again while the training goes on."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from simmer_training.own_song.audition import Audition, best_of
from simmer_training.own_song.project import Project
from simmer_training.own_song.run_files import read_lines, write_whole

WIDTH: Final = 860
HEIGHT: Final = 320
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 40
POINTS_MOST: Final = 600
PAGE_REFRESH_SECONDS: Final = 30

Point = tuple[float, float]

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fafaf8; max-width: 900px; margin: 2rem auto;
  padding: 0 1rem }
h1 { font-size: 1.7rem } h2 { font-size: 1.2rem; margin-top: 2rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0 } figcaption { color: #555; font-size: .9rem }
figure img { width: 100%; height: 180px; image-rendering: pixelated; border: 1px solid #ddd; background: #fff }
audio { width: 100%; height: 36px } svg { width: 100%; height: auto; background: #fff; border: 1px solid #ddd }
.advice { border-left: 4px solid #c80; padding-left: .8rem } .song img { border-color: #393 }
li.best { font-weight: bold } tr.useful { background: #eef6ee } code { background: #eee; padding: .1rem .3rem }
"""


@dataclass(frozen=True)
class Curves:
    """What is drawn, over hours."""

    training: list[Point]
    held_out: list[Point]
    auditions: list[tuple[float, float, bool]]  # hours, held-out bits, whether it is the best


def read_curves(project: Project, heard: Sequence[Audition]) -> Curves:
    """From the project's log."""
    lines = read_lines(project.log)
    hours_of = {line["updates"]: line["hours"] for line in lines}
    best = best_of(heard) if heard else None
    marks = [(hours_of[one.updates], one.held_out_bits, one is best) for one in heard if one.updates in hours_of]
    return Curves(_points(lines, "training_bits"), _points(lines, "held_out_bits"), marks)


def _points(lines: Sequence[dict[str, Any]], name: str) -> list[Point]:
    """Thinned to POINTS_MOST by means."""
    found = [(line["hours"], line[name]) for line in lines if isinstance(line.get(name), float)]
    group = max(1, math.ceil(len(found) / POINTS_MOST))
    groups = [found[at : at + group] for at in range(0, len(found), group)]
    return [(sum(x for x, _ in part) / len(part), sum(y for _, y in part) / len(part)) for part in groups]


def loss_svg(curves: Curves) -> str:
    """Bits per step over hours: training as a line, held out as a thick one, auditions as dots, the best one filled."""
    every = [*curves.training, *curves.held_out]
    if not every:
        return "<p>Nothing to draw yet.</p>"
    highest_x = max(1e-6, *(x for x, _ in every))
    ys = sorted(y for _, y in every)
    # The first seconds fall from 8 bits: they would press the rest flat.
    low, high = ys[0] - 0.05, ys[min(len(ys) - 1, int(0.97 * len(ys)))] + 0.05

    def place(point: Point) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * point[0] / highest_x
        y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - (min(point[1], high) - low) / (high - low))
        return f"{x:.1f},{y:.1f}"

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="bits per step over hours">']
    for index in range(5):
        value = low + (high - low) * index / 4
        row = place((0, value)).split(",")[1]
        parts.append(f'<path d="M{LEFT} {row}H{WIDTH - RIGHT}" stroke="#eee"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{row}" dy="4" font-size="12" text-anchor="end">{value:.2f}</text>')
        hours = highest_x * index / 4
        column = place((hours, low)).split(",")[0]
        words = f"{hours:.2f} h" if highest_x > 0.2 else f"{hours * 60:.1f} min"
        anchor = ("start", "middle", "middle", "middle", "end")[index]
        parts.append(f'<text x="{column}" y="{HEIGHT - 16}" font-size="12" text-anchor="{anchor}">{words}</text>')
    for points, colour, width in ((curves.training, "#89b", 1.2), (curves.held_out, "#b33", 2.4)):
        path = " ".join(place(point) for point in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
    for x, y, best in curves.auditions:
        at = place((x, y)).split(",")
        fill = "#b33" if best else "#fff"
        parts.append(f'<circle cx="{at[0]}" cy="{at[1]}" r="5" fill="{fill}" stroke="#b33" stroke-width="1.5"/>')
    parts.append("</svg>")
    return "".join(parts)


def figure(svg: str) -> str:
    """With its caption."""
    words = (
        "Bits per step: blue while learning, red on audio that was held out. Circles: listened to; filled: the best."
    )
    return f"<figure>{svg}<figcaption>{words}</figcaption></figure>"


def page(title: str, body: str, head: str = "") -> str:
    """A whole document in itself."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>{head}'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>{body}</body></html>\n'
    )


def write_loss_page(project: Project, heard: Sequence[Audition]) -> None:
    """Writes report/training.html."""
    project.report.mkdir(exist_ok=True)
    name = project.folder.name
    said = "".join(f"<li>at {one.share:.0%}: {html.escape(one.why())}</li>" for one in heard)
    body = f"<h1>Training {html.escape(name)}</h1>{figure(loss_svg(read_curves(project, heard)))}<ul>{said}</ul>"
    refresh = f'<meta http-equiv="refresh" content="{PAGE_REFRESH_SECONDS}">'
    write_whole(project.report / "training.html", page(f"Training {name}", body, refresh))
