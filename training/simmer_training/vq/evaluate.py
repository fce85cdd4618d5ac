"""Draws items of every pair at several temperatures, and says what they are like.

python -m simmer_training.vq.evaluate --name pairs [--items 4] [--seconds 20] [--threads 2]

Writes build/NAME/heard/: report.json (by temperature: the share of items whose pair the judge names, entropy,
health), and the items as WAV files.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import torch

from simmer_training.vq.codec import HEADROOM, Codec
from simmer_training.vq.half import round_to_half
from simmer_training.vq.judge import Judge, features, segments
from simmer_training.vq.pieces import Pieces, load_pieces
from simmer_training.vq.prior import Prior
from simmer_training.vq.sample import Drawing, Sampler
from simmer_training.vq.train_codec import load_codec
from simmer_training.vq.train_prior import load_prior

TEMPERATURES: Final = (0.35, 0.5, 0.65, 0.75, 0.85, 0.95, 0.975, 1.05, 1.2, 1.4, 1.6)
TAIL_FLOOR: Final = 0.01
AS_GOOD: Final = 0.05  # of the items: fewer do not tell two temperatures apart, and the one in the middle is the best
USEFUL_SHARE: Final = 0.75  # of the best: temperatures whose items are named as often are useful
JUDGE_PIECES: Final = 24  # of each pair: the judge learns from so many
SILENT: Final = 0.003  # RMS of half a second

Array = npt.NDArray[np.float32]


def heard_and_coded(codec: Codec, audio: npt.NDArray[np.int16]) -> tuple[Array, Array]:
    """Audio [frames] at the level that is played, as it is and as it comes out of the codec, which must be at HEADROOM.

    Of a stereo codec both channels' mean.
    """
    heard = np.divide(audio, 32767 / HEADROOM, dtype=np.float32)
    coded = codec.decode(codec.encode(torch.from_numpy(heard))).numpy()
    return heard.mean(axis=0), np.asarray(coded, np.float32).mean(axis=0)


def trained_judge(codec: Codec, corpus: Pieces) -> tuple[Judge, float, float]:
    """A judge, and how often it names held-out pieces right: as they are, and through the codec."""
    rate = codec.shape.rate_hz
    judge = Judge(len(corpus.artists) * len(corpus.genres))
    heard: list[torch.Tensor] = []
    pairs: list[int] = []
    seen = Counter[tuple[int, int]]()
    for piece in corpus.part(False):
        seen[piece.artist, piece.genre] += 1
        if seen[piece.artist, piece.genre] > JUDGE_PIECES:
            continue
        for version in heard_and_coded(codec, piece.audio):
            for part in segments(version, rate):
                heard.append(features(part, rate))
                pairs.append(piece.artist * len(corpus.genres) + piece.genre)
    judge.learn(heard, pairs)
    right = [0, 0]
    held = corpus.part(True)
    for piece in held:
        for place, version in enumerate(heard_and_coded(codec, piece.audio[:, : 20 * rate])):
            right[place] += judge.name(version, rate) == piece.artist * len(corpus.genres) + piece.genre
    return judge, right[0] / len(held), right[1] / len(held)


def drawn_items(
    codec: Codec, prior: Prior, temperature: float, items: int, seconds: float, seed: int
) -> tuple[list[tuple[int, Array]], float]:
    """`items` takes of every pair: its number and the audio; and the mean entropy in bits a draw."""
    shape = prior.shape
    pairs = [(artist, genre) for artist in range(shape.artists) for genre in range(shape.genres) for _ in range(items)]
    labels = torch.tensor([[artist, genre, 0, 0] for artist, genre in pairs])
    drawing = Drawing(np.ones(shape.levels), TAIL_FLOOR)
    sampler = Sampler(prior, labels, torch.zeros(len(pairs)), drawing)
    random = np.random.default_rng(seed)
    rows, entropies = [], []
    for _ in range(int(seconds * shape.rows_a_second)):
        uniform = random.uniform(0, 1, (len(pairs), shape.levels))
        codes, entropy = sampler.draw(np.full(len(pairs), temperature), uniform)
        rows.append(codes)
        entropies.append(entropy.mean())
    drawn = torch.from_numpy(np.stack(rows, axis=1).astype(np.int64))
    sounds = [
        (artist * shape.genres + genre, codec.decode(one).mean(dim=0).numpy())
        for (artist, genre), one in zip(pairs, drawn, strict=True)
    ]
    return sounds, float(np.mean(entropies))


def silent_share(audio: Array, rate_hz: int) -> float:
    """How much of it is silence, by half seconds."""
    half = rate_hz // 2
    parts = audio[: len(audio) // half * half].reshape(-1, half)
    return float((np.sqrt((parts * parts).mean(1)) < SILENT).mean())


def main() -> None:
    """Draws, judges and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--items", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--temperatures", type=float, nargs="*", default=list(TEMPERATURES))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    codec, _ = load_codec(folder / "codec.pt")
    prior, progress = load_prior(folder / "prior.pt")
    round_to_half(codec)
    codec.set_level(HEADROOM)
    round_to_half(prior)
    corpus = load_pieces(folder / "dataset", codec.shape.rate_hz, codec.shape.channels)
    judge, plain, coded = trained_judge(codec, corpus)
    print(f"the judge names held-out pieces: {plain:.0%}, through the codec {coded:.0%}", flush=True)
    heard = folder / "heard"
    heard.mkdir(exist_ok=True)
    rate = codec.shape.rate_hz
    found = []
    for place, temperature in enumerate(arguments.temperatures):
        sounds, bits = drawn_items(codec, prior, temperature, arguments.items, arguments.seconds, 100 + place)
        named = [judge.name(audio, rate) for _, audio in sounds]
        genres = len(corpus.genres)
        right = float(np.mean([one == pair for one, (pair, _) in zip(named, sounds, strict=True)]))
        artists = float(
            np.mean([one // genres == pair // genres for one, (pair, _) in zip(named, sounds, strict=True)])
        )
        styles = float(np.mean([one % genres == pair % genres for one, (pair, _) in zip(named, sounds, strict=True)]))
        silent = float(np.mean([silent_share(audio, rate) for _, audio in sounds]))
        peak = float(max(np.abs(audio).max() for _, audio in sounds))
        level = float(np.mean([20 * np.log10(np.sqrt((audio * audio).mean()) + 1e-9) for _, audio in sounds]))
        entry = {
            "temperature": temperature,
            "pairs": round(right, 4),
            "artists": round(artists, 4),
            "genres": round(styles, 4),
            "bits": round(bits, 4),
            "silent": round(silent, 4),
            "peak": round(peak, 3),
            "dbfs": round(level, 2),
        }
        found.append(entry)
        print(json.dumps(entry), flush=True)
        for number, (pair, audio) in enumerate(sounds):
            if number % arguments.items == 0:
                name = f"{temperature}-{pair // genres}-{pair % genres}.wav"
                soundfile.write(heard / name, np.clip(audio, -1, 1), rate)
    highest = max(entry["pairs"] for entry in found)
    as_good = [entry for entry in found if entry["pairs"] >= highest - AS_GOOD]
    best = as_good[len(as_good) // 2]
    useful = [
        entry["temperature"]
        for entry in found
        if entry["pairs"] >= USEFUL_SHARE * best["pairs"] and entry["silent"] < 0.2
    ]
    report = {
        "judge": {"plain": plain, "coded": coded},
        "temperatures": found,
        "best": best["temperature"],
        "useful": [min(useful, default=best["temperature"]), max(useful, default=best["temperature"])],
        "items": arguments.items,
        "seconds": arguments.seconds,
        "prior": progress,
    }
    (heard / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    print(f"best at {report['best']}, useful {report['useful']}", flush=True)


if __name__ == "__main__":
    main()
