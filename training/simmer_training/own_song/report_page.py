"""Writes the page that a training ends with: curve, takes at five temperatures to hear and see, range, advice.

Everything is inside report.html, so that it can be sent to somebody; the takes lie beside it as wave files, too.
"""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.own_song.audition import Audition, best_of
from simmer_training.own_song.loss_page import figure, loss_svg, page, read_curves
from simmer_training.own_song.project import Project
from simmer_training.own_song.run_files import write_whole
from simmer_training.own_song.useful_range import AtTemperature, UsefulRange
from simmer_training.spectrogram import write_png

Array = npt.NDArray[np.float64]

HIGHEST_HZ: Final = 6000.0
SHOWN: Final = 5


@dataclass(frozen=True)
class Told:
    """What the page says."""

    name: str
    facts: list[tuple[str, str]]
    findings: list[dict[str, str]]  # as checks.Finding
    advice: list[str]
    auditions: Sequence[Audition]
    heard: Sequence[AtTemperature]
    useful: UsefulRange
    stretch: Array  # of the song, to compare with


def shown_temperatures(useful: UsefulRange, heard: Sequence[AtTemperature]) -> list[float]:
    """SHOWN of those that were tried: the range's ends, its default, and what lies farthest from those."""
    left = [at.temperature for at in heard]
    chosen = list(dict.fromkeys((useful.low, useful.default, useful.high)))
    while len(chosen) < min(SHOWN, len(left)):
        outside = [t for t in left if t not in chosen]
        inside = [t for t in outside if useful.low <= t <= useful.high]
        chosen.append(max(inside or outside, key=lambda t: min(abs(t - other) for other in chosen)))
    return sorted(chosen)


def write_report(project: Project, told: Told) -> None:
    """Writes report/report.html and report/*.wav."""
    project.report.mkdir(exist_ok=True)
    name = html.escape(told.name)
    body = [f"<h1>{name}</h1>", _table(told.facts), "<h2>What to do</h2>"]
    body += [f'<p class="advice">{html.escape(text)}</p>' for text in told.advice]
    body += ["<h2>How it learned</h2>", figure(loss_svg(read_curves(project, told.auditions))), _auditions(told)]
    body += ["<h2>What it sounds like</h2>", _sound(project, "song", "A stretch of the song", told.stretch, "song")]
    for temperature in shown_temperatures(told.useful, told.heard):
        at = next(one for one in told.heard if one.temperature == temperature)
        body.append(_sound(project, f"t{temperature:.2f}", f"Temperature {temperature:g}", at.takes[0], "take"))
    body += ["<h2>Where it is useful</h2>", _range(told)]
    body += ["<h2>The audio it learned from</h2>", _findings(told)]
    write_whole(project.report / "report.html", page(told.name, "".join(body)))


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th>{html.escape(left)}</th><td>{html.escape(right)}</td></tr>" for left, right in rows)
    return f"<table>{lines}</table>"


def _auditions(told: Told) -> str:
    if not told.auditions:
        return ""
    best = best_of(told.auditions)
    lines = "".join(
        f"<li{' class=best' if one is best else ''}>at {one.share:.0%}: {html.escape(one.why())}</li>"
        for one in told.auditions
    )
    words = (
        "Kept was the state with the lowest score, or the latest that cannot be told from it: not the loss alone, but "
        "how takes sounded by these measures."
    )
    return f"<p>{words}</p><ul>{lines}</ul>"


def _sound(project: Project, file: str, caption: str, audio: Array, kind: str) -> str:
    """A player and a spectrogram."""
    wave = io.BytesIO()
    soundfile.write(wave, audio, SAMPLE_RATE_HZ, subtype="PCM_16", format="WAV")
    (project.report / f"{file}.wav").write_bytes(wave.getvalue())
    picture = project.report / f"{file}.png"
    write_png(audio, picture, HIGHEST_HZ)
    seconds = len(audio) / SAMPLE_RATE_HZ
    return (
        f'<figure class="{kind}"><img alt="spectrogram" src="{_data("image/png", picture.read_bytes())}">'
        f'<audio controls preload="none" src="{_data("audio/wav", wave.getvalue())}"></audio>'
        f"<figcaption>{html.escape(caption)}, {seconds:.0f} s; up to {HIGHEST_HZ / 1000:g} kHz</figcaption>"
        "</figure>"
    )


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _range(told: Told) -> str:
    useful = told.useful
    words = (
        f"Useful from <b>{useful.low:g}</b> to <b>{useful.high:g}</b>, best near {useful.default:g}: "
        f"{html.escape(useful.why_low)}; {html.escape(useful.why_high)}."
    )
    heads = ("T", "distance", "silent", "held note", "noise", "repeating")
    lines = ["<tr>" + "".join(f'<th class="number">{head}</th>' for head in heads) + "</tr>"]
    for at in told.heard:
        cells = [f"{at.temperature:g}", f"{at.distance:.2f}", f"{at.ills.silent:.0%}", f"{at.ills.held:.0%}"]
        cells += [f"{at.ills.noisy:.0%}", f"{at.ills.repeating:.2f}" if at.ills.repeating else ""]
        inside = ' class="useful"' if useful.low <= at.temperature <= useful.high else ""
        lines.append(f"<tr{inside}>" + "".join(f'<td class="number">{cell}</td>' for cell in cells) + "</tr>")
    return f"<p>{words}</p><table>{''.join(lines)}</table>"


def _findings(told: Told) -> str:
    lines = []
    for finding in told.findings:
        what = f"{finding['file']}: {finding['text']}" if finding["file"] else finding["text"]
        kind = ' class="advice"' if finding["level"] == "advice" else ""
        lines.append(f"<p{kind}>{html.escape(what)}</p>")
    return "".join(lines)
