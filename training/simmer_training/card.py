"""Writes a model's card: what it was trained on, how long, how well, and what it does not do."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from simmer_training.report import Report

LOW, HIGH = 0.75, 1.1  # the sweep of the experiment that Simmer is made after

# What "low temperature gets stuck repeating, high temperature wanders" says about each number: +1 rises with T.
EXPECTED: Final = {
    "entropy": ("entropy of the draws, bits", +1),
    "self_similarity": ("self-similarity of half-seconds", -1),
    "autocorrelation": ("highest log-mel autocorrelation, lags 0.3-4 s", -1),
    "repeated_run": ("longest repeated run of sound codes, s", -1),
    "held_pitch": ("one pitch loudest in the last 8 s, share of the time", -1),
    "distinct": ("different triples of sound codes, share", +1),
    "novelty": ("distance to the nearest half-second of the song, nepers", +1),
}
HEALTH: Final = {
    "silent": "silent half-seconds, share",
    "clipped": "clipped values, share",
    "noisy": "noise-like frames, share",
    "dc": "DC",
    "rms": "level, RMS",
}

INTRODUCTION: Final = """# One song

A three-tier SampleRNN that has heard one piece of music, 16 kHz mono, mu-law in 256 bins. The piece and the audio are
this repository's own: sixteen bars in D minor for vibraphone or electric piano, plucked guitar and bass
(`training/simmer_training/score.py`), played seven times with other tempi, dynamics, instruments, octaves and room by
fluidsynth with Debian's FluidR3 GM sound font (MIT), and an eighth time that the model has never heard. The weights
are MIT like everything here. It was trained with `python -m simmer_training.train --hours 1.19`.
"""

LIMITS: Final = """
## What it is not

It is a small model trained for about an hour on one processor core; published one-song and one-album models of this
kind were trained on thirty to sixty times as many steps. Expect plucks, chords and basses of the song over an audible
noise floor and no sense of the sixteen-bar form. Its worst habit: within some ten seconds most takes come to rest on
one note of the melody that never dies away, while plucks go on in time around it, and leave it again seldom (the row
"one pitch loudest"). This happens at every temperature, not only at low ones; a guide is the way out. The noise floor
rises with temperature and makes all half-seconds more alike, which is why self-similarity goes the wrong way. Columns
that lie close together are not different: six takes each are few.

The bias towards the guide's bin is 0.1 at full strength (width 8 bins, at most 0.4 nats): a touch. What moves the
model is the guide in the top tier's ears. A silent guide at full strength makes a take quiet (in a trial from a level
of 0.2 to 0.00-0.10), so the strength must be gated by the guide's own level before it reaches the graph, which does
not do so itself.

## weights.pt

The same network for PyTorch, before folding (`training/simmer_training/weights.py` reads it). Not in the manifest,
since playing does not need it.

## reference/

Ten seconds drawn by PyTorch in float64 from this checkpoint, layer by layer, nothing folded: `temperature.f32`,
`uniform.f32` (160,000 little-endian float32 each) and `drawn.u8` (160,000 bytes), guide strength 0, from the initial
state. The claim: an engine that draws from this folder with the same temperatures and uniforms gets the same 160,000
bins. Where PyTorch's number to be read lay closer than 5e-5 to an entry of the cumulative distribution, another number
was taken when the file was made, so that rounding in float32 cannot decide any of these draws. On other noise it does
decide one now and then, and a take goes another way from there. With these weights and unprepared noise, float32
PyTorch and this graph differed in 1 of 160,000 draws, at step 36,065, a tie; in float64 in none.
"""


def write_card(report: Report, path: Path) -> None:
    """Writes the Markdown file; what 8 bits cost comes from reference/held-out.json beside it."""
    measured = json.loads((path.parent / "reference" / "held-out.json").read_text())
    sections = [INTRODUCTION, _training(report), _calibration(report), _takes(report), _guide(report)]
    sections += [_kernel(measured), LIMITS]
    path.write_text("\n".join(section.strip() + "\n" for section in sections))


def _kernel(measured: dict[str, float]) -> str:
    exact, rounded = measured["bitsPerStep"], measured["int8BitsPerStep"]
    whole_seconds = measured["wholeSteps"] / 16_000
    whole = measured["wholeInt8BitsPerStep"] - measured["wholeBitsPerStep"]
    return f"""## In the kernel

The weights in 8 bits (`weights-int8.bin`) cost {rounded - exact:.4f} bits per step: {rounded:.4f} against {exact:.4f}
in float64, teacher-forced over the first {measured["steps"] / 16_000:.0f} s of the unseen performance
(`reference/held-out.u8`). Over all {whole_seconds:.0f} s of it they cost {whole:.4f} bits, in a float64 model of the
kernel's arithmetic (`training/simmer_training/kernel_reference.py`). In float32 (`weights-float32.bin`) they cost
nothing that can be measured.
"""


def _training(report: Report) -> str:
    rows = [
        ("steps learned from", f"{report.steps:,}"),
        ("updates of the weights", f"{report.updates:,}"),
        ("hours", f"{report.hours:.2f}, one core of an AMD EPYC at low priority"),
        ("held out (last 14 s of the unseen performance), bits per step", f"{report.held_out_bits:.3f}"),
        ("the same place of a performance it has learned, bits per step", f"{report.seen_bits:.3f}"),
        (
            "onnxruntime, one thread, busy machine, us per step (62.5 is real time)",
            f"{report.microseconds_per_step:.1f}",
        ),
    ]
    return "## Training\n\n" + _table(("", ""), rows)


def _calibration(report: Report) -> str:
    rows = [(f"{c.temperature:g}", f"{c.entropy:.3f}", f"{c.cross_entropy:.3f}") for c in report.calibration]
    best = min(report.calibration, key=lambda c: c.cross_entropy).temperature
    rising = all(a.entropy < b.entropy for a, b in zip(report.calibration, report.calibration[1:], strict=False))
    words = f"Entropy {'rises' if rising else 'does NOT rise'} with temperature, as it must. "
    words += f"The cross-entropy is lowest at {best:g} of these."
    if best < 1:
        words += (
            "\nBelow 1 means that the model is less sure than it could be: part of its past was damaged on purpose."
        )
    return f"## Teacher-forced, held out\n\n{_table(('T', 'entropy, bits', 'cross-entropy, bits'), rows)}\n{words}"


def _takes(report: Report) -> str:
    temperatures = report.temperatures()
    seeds = len(report.values(temperatures[0], "rms"))
    rows = []
    for metric, (words, sign) in EXPECTED.items():
        song = "" if metric == "entropy" else f"{report.song[metric]:.3f}"
        means = [f"{report.mean(t, metric):.3f}" for t in temperatures]
        rows.append((words, *means, song, _verdict(report, metric, sign)))
    for metric, words in HEALTH.items():
        rows.append((words, *(f"{report.mean(t, metric):.4f}" for t in temperatures), f"{report.song[metric]:.4f}", ""))
    heads = ("", *(f"T {t:g}" for t in temperatures), "the song", f"{LOW:g} against {HIGH:g}")
    return f"""## Free-running takes

{seeds} takes of 24 s at each temperature, from the initial state, the same noise at every temperature; means. "The
song" is 24 s of the unseen performance. The last column asks whether low temperature repeats and high temperature
wanders, seed by seed.

{_table(heads, rows)}"""


def _verdict(report: Report, metric: str, sign: int) -> str:
    """In how many seeds the higher temperature differs from the lower the expected way."""
    pairs = list(zip(report.values(LOW, metric), report.values(HIGH, metric), strict=True))
    as_expected = sum(sign * (high - low) > 0 for low, high in pairs)
    mean_agrees = sign * (report.mean(HIGH, metric) - report.mean(LOW, metric)) > 0
    clear = "yes" if as_expected * 2 > len(pairs) else "unclear"
    return f"{clear if mean_agrees else 'NO'} ({as_expected} of {len(pairs)} seeds)"


def _guide(report: Report) -> str:
    rows = [
        (f"{g.temperature:g}", f"{g.strength:.2f}", f"{g.correlation:.2f}", f"{100 * g.equal:.1f} %", f"{g.level:.2f}")
        for g in report.guiding
    ]
    heads = ("T", "strength", "correlation with the guide", "its very bins", "level")
    return "## Guided by a looped 1.25 s of the song\n\n3 takes of 12 s each; means.\n\n" + _table(heads, rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
