"""What follows the training: the useful range, the model folder, the report."""

import html
import time
from pathlib import Path
from typing import Final

import numpy as np

from simmer_training.about import About
from simmer_training.checkpoint import load_model
from simmer_training.dataset import SAMPLE_RATE_HZ, Dataset
from simmer_training.export import export_model
from simmer_training.model import BLOCK_STEPS
from simmer_training.own_song.advice import advise
from simmer_training.own_song.audition import COST_SHARE, TEMPERATURES, read_auditions
from simmer_training.own_song.device import Device
from simmer_training.own_song.events import tell
from simmer_training.own_song.likeness import Song
from simmer_training.own_song.loss_page import write_loss_page
from simmer_training.own_song.preparation import read_findings
from simmer_training.own_song.project import Project
from simmer_training.own_song.report_page import Told, write_report
from simmer_training.own_song.run_files import read_lines, write_whole
from simmer_training.own_song.takes import Instrument
from simmer_training.own_song.useful_range import TEMPERATURES as RANGE_TEMPERATURES
from simmer_training.own_song.useful_range import UsefulRange, find_range, listen

LICENCE: Final = "Whatever the audio allows that it was trained on."
EFFORTS: Final = ((4, 10.0), (3, 8.0), (2, 8.0), (1, 4.0), (1, 2.0))  # takes at each temperature, seconds of each


def finish(project: Project, dataset: Dataset, song: Song, device: Device, hours: float, title: str) -> None:
    """Makes everything of best.pt that a musician gets, and tells where it is."""
    model, progress = load_model(project.best)
    tell("stage", text="Drawing takes at nine temperatures, to find the useful ones …")
    instrument = Instrument(model, device.threads, dataset.emphasis)
    seeds, seconds = _effort(hours * 3600 * COST_SHARE, instrument.seconds_a_second())
    heard = listen(instrument, song, seeds, seconds)
    useful = find_range(heard)
    tell("stage", text="Exporting the model …")
    folder = project.folder / "model"
    about = About(
        name=project.folder.name,
        title=title,
        licence=LICENCE,
        provenance=f"Trained by simmer train on {len(dataset.training)} pieces of the user's own audio.",
        hardware=device.name[:200],
        version=time.strftime("%Y.%m.%d"),
        useful_temperatures=(useful.low, useful.high),
        default_temperature=useful.default,
    )
    export_model(model, progress, dataset, about, folder)
    song_seconds = sum(len(bins) - BLOCK_STEPS for bins in dataset.training) / SAMPLE_RATE_HZ
    log, auditions = read_lines(project.log), read_auditions(project.auditions)
    advice = advise(progress.steps, log, heard, useful, song_seconds)
    facts = [
        ("held-out audio", f"{progress.held_out_bits:.3f} bits per step (8 is noise; less is better)"),
        (
            "learned from",
            f"{progress.steps:,} steps in {progress.hours:.2f} h, {song_seconds / 60:.1f} minutes of audio",
        ),
        ("widths", f"{model.sizes.recurrent}/{model.sizes.sample}"),
        ("trained on", device.name),
        ("useful temperatures", f"{useful.low:g} to {useful.high:g}, best near {useful.default:g}"),
    ]
    _write_card(folder / "CARD.md", about, facts, useful, advice)
    told = Told(
        about.title, facts, read_findings(project), advice, auditions, heard, useful, _stretch(dataset, seconds)
    )
    write_report(project, told)
    write_loss_page(project, auditions)
    tell(
        "done",
        folder=str(folder.resolve()),
        report=str((project.report / "report.html").resolve()),
        heldOutBits=progress.held_out_bits,
        useful=[useful.low, useful.high],
        default=useful.default,
        whyLow=useful.why_low,
        whyHigh=useful.why_high,
        advice=advice,
    )


def _effort(budget_seconds: float, seconds_a_second: float) -> tuple[int, float]:
    """The fullest listening that the budget allows, else the least."""
    for seeds, seconds in EFFORTS:
        if seeds * seconds * len(RANGE_TEMPERATURES) * seconds_a_second <= budget_seconds:
            return seeds, seconds
    return EFFORTS[-1]


def _stretch(dataset: Dataset, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of the training audio, from the middle of the longest piece."""
    piece = dataset.heard(max(dataset.training, key=len))
    length = min(len(piece), round(seconds * SAMPLE_RATE_HZ))
    begin = (len(piece) - length) // 2
    return piece[begin : begin + length]


def _write_card(path: Path, about: About, facts: list[tuple[str, str]], useful: UsefulRange, advice: list[str]) -> None:
    rows = "".join(f"| {left} | {right} |\n" for left, right in facts)
    listened = " and ".join(f"{t:g}" for t in TEMPERATURES)
    text = (
        f"# {html.escape(about.title)}\n\nMade by `simmer train`. The checkpoint was chosen by how takes at {listened} "
        f"sounded, by measurement.\n\n| | |\n|---|---|\n{rows}\nWhy no lower: {useful.why_low}. Why no higher: "
        f"{useful.why_high}.\n\n" + "".join(f"- {sentence}\n" for sentence in advice)
    )
    write_whole(path, text)
