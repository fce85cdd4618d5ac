"""Measures a model folder and writes its card.

    python -m simmer_training.evaluate [--checkpoint build/checkpoint.pt] [--model ../models/one-song]

Draws with the exported graph, as the service does; measures PyTorch's probabilities on the held-out audio. Writes
build/report.json, build/heard/*.wav and *.png to listen to and look at, and CARD.md in the model folder.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
import soundfile
import torch

from simmer_training import metrics
from simmer_training.card import write_card
from simmer_training.checkpoint import load_model
from simmer_training.dataset import SAMPLE_RATE_HZ, Bins, load_dataset
from simmer_training.graph import TAIL_FLOOR
from simmer_training.graph_run import Floats, noise, open_graph, run_graph
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.quantizer import bin_to_amplitude
from simmer_training.reference import Controls
from simmer_training.report import Calibration, Guiding, Report, Taken
from simmer_training.spectrogram import write_png
from simmer_training.train import HELD_OUT_STEPS, HELD_OUT_WARM_UP, held_out_bits

Array = npt.NDArray[np.float64]

CALIBRATION_TEMPERATURES: Final = (0.5, 0.65, 0.75, 0.85, 1.0, 1.1, 1.25)
TAKE_TEMPERATURES: Final = (0.5, 0.65, 0.75, 0.85, 1.0, 1.1, 1.25)
TAKE_SECONDS: Final = 24
SEEDS: Final = (1, 2, 3, 4, 5, 6)
GUIDE_BEGIN: Final = 4 * SAMPLE_RATE_HZ  # where in the first performance the guide is cut
GUIDE_STEPS: Final = 1_250 * SAMPLE_RATE_HZ // 1000
GUIDED_SETTINGS: Final = ((0.75, 0.0), (0.75, 0.5), (0.75, 1.0), (0.9, 0.5), (1.0, 1 / 6))
SPEED_ROUNDS: Final = 200


@dataclass(frozen=True)
class Instrument:
    """The exported graph and the state that takes start from."""

    session: onnxruntime.InferenceSession
    start: Floats

    def take(self, controls: Controls, seed: int) -> tuple[Array, Array, Bins]:
        """Audio, entropies (bits), and bins."""
        steps = len(controls.temperature)
        drawn = run_graph(self.session, self.start, controls, noise(steps, seed), TAIL_FLOOR)
        return bin_to_amplitude(drawn.drawn), drawn.entropy, drawn.drawn


def calibrate(model: SampleRnn, bins: Bins) -> list[Calibration]:
    """Entropy and cross-entropy on the held-out end of the unseen performance, at several temperatures."""
    row = torch.from_numpy(bins[-(HELD_OUT_STEPS + BLOCK_STEPS) :].astype("int64")).unsqueeze(0)
    with torch.inference_mode():
        logits = model(row, model.start(1))[0][0, HELD_OUT_WARM_UP:]
        targets = row[0, BLOCK_STEPS + HELD_OUT_WARM_UP :].unsqueeze(1)
        found = []
        for temperature in CALIBRATION_TEMPERATURES:
            logs = torch.log_softmax(logits / temperature, 1) / math.log(2)
            entropy = -(logs.exp2() * logs).sum(1).mean()
            found.append(Calibration(temperature, float(entropy), float(-logs.gather(1, targets).mean())))
    return found


def constant(temperature: float, seconds: int = TAKE_SECONDS) -> Controls:
    """A lane that does not move, in whole blocks."""
    steps = seconds * SAMPLE_RATE_HZ // BLOCK_STEPS * BLOCK_STEPS
    return Controls.unguided(np.full(steps, temperature, np.float32))


def measure_audio(audio: Array, library: Array, codes: Array) -> dict[str, float]:
    """Every metric of one stretch of audio."""
    peak, lag = metrics.autocorrelation_peak(audio)
    return {
        "autocorrelation": peak,
        "lag": lag,
        "self_similarity": metrics.self_similarity(audio),
        "repeated_run": metrics.longest_repeated_run(audio, codes),
        "distinct": metrics.distinct_trigrams(audio, codes),
        "held_pitch": metrics.held_pitch(audio),
        "novelty": metrics.nearest_distance(audio, library),
        **metrics.health(audio),
    }


def take_at(instrument: Instrument, temperature: float, library: Array, codes: Array, heard: Path) -> list[Taken]:
    """One take a seed; the same seeds, so the same noise, at every temperature."""
    taken = []
    for seed in SEEDS:
        audio, entropy, _ = instrument.take(constant(temperature), seed)
        taken.append(Taken(temperature, seed, float(entropy.mean()), measure_audio(audio, library, codes)))
        name = f"t{temperature:.2f}-seed{seed}"
        soundfile.write(heard / f"{name}.wav", audio, SAMPLE_RATE_HZ)
        write_png(audio, heard / f"{name}.png")
        print(f"T {temperature}, seed {seed}: {entropy.mean():.2f} bits", flush=True)
    return taken


def guide_takes(instrument: Instrument, song: Bins) -> list[Guiding]:
    """How closely takes follow a loop of the song, by temperature and guide strength."""
    loop = song[GUIDE_BEGIN : GUIDE_BEGIN + GUIDE_STEPS]
    found = []
    for temperature, strength in GUIDED_SETTINGS:
        lane = constant(temperature, 12).temperature
        guide = np.resize(loop, len(lane))
        correlations, equal, levels = [], [], []
        for seed in SEEDS[:3]:
            controls = Controls(lane, np.full(len(lane), strength, np.float32), guide.astype(np.float32))
            audio, _, bins = instrument.take(controls, seed)
            wanted = bin_to_amplitude(guide)
            correlations.append(float(np.corrcoef(audio, wanted)[0, 1]))
            equal.append(float((bins == guide).mean()))
            levels.append(float(np.sqrt((audio**2).mean() / (wanted**2).mean())))
        means = (float(np.mean(numbers)) for numbers in (correlations, equal, levels))
        found.append(Guiding(temperature, strength, *means))
    return found


def microseconds_per_step(instrument: Instrument) -> float:
    """Processor time of one step on one thread, the least of many blocks: other programs only ever add to it."""
    controls, best = constant(1.0, 1), math.inf
    for seed in range(SPEED_ROUNDS // 50):
        began = time.process_time()
        instrument.take(controls, seed)
        best = min(best, (time.process_time() - began) / len(controls.temperature))
    return best * 1e6


def evaluate(checkpoint: Path, folder: Path, corpus: Path, build: Path) -> Report:
    """Measures everything."""
    model, progress = load_model(checkpoint)
    dataset = load_dataset(corpus)
    unseen, performances = dataset.held_out[0], dataset.training
    song = np.concatenate([bin_to_amplitude(bins[BLOCK_STEPS:]) for bins in performances])
    library, codes = metrics.patches(song), metrics.code_book(song)
    session = open_graph((folder / "model.onnx").read_bytes())
    instrument = Instrument(session, np.fromfile(folder / "initial-state.f32", "<f4"))
    heard = build / "heard"
    heard.mkdir(parents=True, exist_ok=True)
    taken = [take for t in TAKE_TEMPERATURES for take in take_at(instrument, t, library, codes, heard)]
    ends = bin_to_amplitude(unseen[-TAKE_SECONDS * SAMPLE_RATE_HZ :])
    write_png(ends, heard / "unseen.png")
    return Report(
        steps=progress.steps,
        updates=progress.updates,
        hours=progress.hours,
        held_out_bits=held_out_bits(model, unseen),
        seen_bits=held_out_bits(model, performances[0]),
        microseconds_per_step=microseconds_per_step(instrument),
        calibration=calibrate(model, unseen),
        song=measure_audio(ends, library, codes),
        takes=taken,
        guiding=guide_takes(instrument, performances[0]),
    )


def main() -> None:
    """Evaluates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/one-song/checkpoint.pt"))
    parser.add_argument("--model", type=Path, default=Path("../models/one-song"))
    parser.add_argument("--corpus", type=Path, default=Path("build/one-song/dataset"))
    parser.add_argument("--build", type=Path, default=Path("build"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    report = evaluate(arguments.checkpoint, arguments.model, arguments.corpus, arguments.build)
    (arguments.build / "report.json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    write_card(report, arguments.model / "CARD.md")


if __name__ == "__main__":
    main()
