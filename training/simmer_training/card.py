"""Writes a model's card: what it was trained on, how long, how well, and what it does not do.

    python -m simmer_training.card --name one-song [--figures ../out/figures/one-song]

The words are in cards/NAME.md, with a line such as <!-- training --> where a part is put in. Its numbers come from
the model folder alone: the manifest, reference/held-out.json and figures/, into which --figures copies what
`npm run figures` made.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from simmer_training.figures.page import figure_lines, summary
from simmer_training.figures.verdict import figure_from_json
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED

CARD_WORDS: Final = Path("cards")
PICTURES: Final = {
    "curves.png": "What temperature does: a dot for each take, a line through the means",
    "following.png": "Restlessness of the sound over time, above with a lane that moves, below with one that does not",
    "spectrograms.png": "Spectrograms: training audio, and takes at five temperatures",
}
DRAWN_FROM: Final = "weights-int8.bin"

FILES: Final = """## weights.pt

The same network for PyTorch, before folding, in half precision
(`training/simmer_training/weights.py` reads it). All else in this folder is made from it. It is not
in the manifest, since playing does not need it.

## reference/

Ten seconds drawn by PyTorch in float64 from these weights, layer by layer, nothing folded:
`temperature.f32`, `uniform.f32` (160,000 little-endian float32 each) and `drawn.u8` (160,000
bytes). Guide strength is 0; the state is the initial one.

The claim: an engine that draws from this folder with the same temperatures and uniforms gets the
same 160,000 bins. When the file was made, a uniform that PyTorch would have read closer than 5e-5
to an entry of the cumulative distribution was replaced by another, so that rounding in float32
cannot decide any of these draws. On other noise it does decide one now and then, and a take goes
another way from there."""


def write_card(words: str, folder: Path) -> None:
    """Writes CARD.md into a model folder. ValueError where `words` lacks a part's place, or has one that is none."""
    parts: dict[str, Callable[[Path], str]] = {
        "training": _training,
        "figures": _figures,
        "kernel": _kernel,
        "files": lambda _: FILES,
    }
    for name, part in parts.items():
        place = f"<!-- {name} -->"
        if words.count(place) != 1:
            raise ValueError(f"the words of a card need one line {place}")
        words = words.replace(place, part(folder).strip())
    if "<!--" in words:
        raise ValueError("the words of a card name a part that there is not")
    partial = folder / ".CARD.md.partial"
    partial.write_text(words)
    partial.replace(folder / "CARD.md")


def keep_figures(made: Path, folder: Path) -> None:
    """Copies figures.json, figures.md and the pictures from where `npm run figures` left them.

    Writes down beside them which weights they are of, so that a test can tell figures of another model.
    """
    kept = folder / "figures"
    kept.mkdir(exist_ok=True)
    for name in ("figures.json", "figures.md", *PICTURES):
        shutil.copyfile(made / name, kept / name)
    digest = hashlib.sha256((folder / DRAWN_FROM).read_bytes()).hexdigest()
    (kept / "drawn-from.json").write_text(json.dumps({DRAWN_FROM: digest}, indent=1) + "\n")


def _training(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    training, low_high = manifest["training"], manifest["temperature"]["useful"]
    rows = [
        ("steps learned from", f"{training['steps']:,}"),
        ("hours", f"{training['hours']:g}"),
        ("on", training["hardware"]),
        ("held out (the last 16 s of a piece it never heard), bits per step", f"{training['heldOutBitsPerStep']:.3f}"),
        ("useful temperatures", f"{low_high[0]:g} to {low_high[1]:g}"),
    ]
    return "## Training\n\n" + _table(("", ""), rows)


def _kernel(folder: Path) -> str:
    measured = json.loads((folder / "reference" / "held-out.json").read_text())
    exact, rounded = measured["bitsPerStep"], measured["int8BitsPerStep"]
    whole_seconds = measured["wholeSteps"] / 16_000
    whole = measured["wholeInt8BitsPerStep"] - measured["wholeBitsPerStep"]
    return f"""## In the kernel

The weights in 8 bits (`weights-int8.bin`) cost {rounded - exact:.4f} bits per step: {rounded:.4f} against {exact:.4f}
in float64, teacher-forced over the first {measured["steps"] / 16_000:.0f} s of the held-out piece
(`reference/held-out.u8`). Over all {whole_seconds:.0f} s of it they cost {whole:.4f} bits, in a float64 model of the
kernel's arithmetic (`training/simmer_training/kernel_reference.py`). In float32
(`weights-float32.bin`) they cost nothing that can be measured."""


def _figures(folder: Path) -> str:
    content = json.loads((folder / "figures" / "figures.json").read_text())
    figures = [figure_from_json(figure) for figure in content.values()]
    lines = ["## Figures", "", "`npm run figures` draws the takes again and measures them.", "", summary(figures)]
    for name, words in PICTURES.items():
        lines += ["", f"![{words}](figures/{name})"]
    for figure in figures:
        lines += ["", f"### {figure.title}", "", *figure_lines(replace(figure, controls=[]))]
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> None:
    """Writes the card of one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    parser.add_argument("--figures", type=Path, help="what `npm run figures` left; without it, what the model has")
    arguments = parser.parse_args()
    folder = Places(arguments.name).model
    if arguments.figures:
        keep_figures(arguments.figures, folder)
    write_card((CARD_WORDS / f"{arguments.name}.md").read_text(), folder)
    print(folder / "CARD.md")


if __name__ == "__main__":
    main()
