"""Trains a model on somebody's own song, and goes on where an earlier start of the same command ended.

    python -m simmer_training.own_song --project FOLDER --size small [--hours 6] song.wav [more.wav ...]

It is what `simmer train` runs. Tells on standard output how it goes, a JSON object a line (events.py); ends with 0 when
the model is made or the training was interrupted and saved, with 1 after a "failed" event.
"""

import argparse
import errno
import math
import pickle
import sys
from pathlib import Path
from typing import Final

import torch

from simmer_training.dataset import Dataset, load_dataset
from simmer_training.model import Sizes
from simmer_training.own_song.device import DEFAULT_HOURS, Device, find_device, what_steps_are_good_for
from simmer_training.own_song.ending import finish
from simmer_training.own_song.events import keep_output_clean, tell
from simmer_training.own_song.failure import SongError, no_room
from simmer_training.own_song.interruption import Interruption
from simmer_training.own_song.likeness import Song
from simmer_training.own_song.preparation import check_audio, prepare_dataset, tell_check
from simmer_training.own_song.project import Begun, Project
from simmer_training.own_song.run_files import fingerprint
from simmer_training.own_song.training import SongTraining
from simmer_training.train import Plan

SIZES: Final = {
    "tiny": Sizes(32, 16, 8),  # to see that everything works
    "small": Sizes(256, 128),
    "medium": Sizes(384, 192),
    "large": Sizes(512, 256),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="+", type=Path)
    parser.add_argument("--project", type=Path, required=True, help="folder of the run; its name is the model's")
    parser.add_argument("--title", help="for people; the name unless given")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--hours", type=float, help="to train in all; as before, or by the device, unless given")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="begin anew; what is there is renamed")
    parser.add_argument("--check", action="store_true", help="check the audio, and no more")
    return parser.parse_args()


def _train(arguments: argparse.Namespace, interrupted: Interruption) -> None:
    audio: list[Path] = arguments.audio
    hashes = fingerprint(audio)
    if arguments.check:
        _, findings = check_audio(audio)
        tell("check", findings=[vars(finding) for finding in findings])
        return
    try:
        device = find_device(arguments.device, arguments.threads)
    except ValueError as error:
        raise SongError("usage", f"{error}: leave --device away, or name one that is there.") from error
    project = Project(arguments.project)
    if arguments.fresh:
        aside = project.set_aside()
        if aside:
            tell("stage", text=f"What was there is kept in {aside}")
    project.open()
    begun = Begun(hashes, SIZES[arguments.size])
    known_hours = project.known_hours(begun)
    hours = arguments.hours or known_hours or DEFAULT_HOURS[device.kind]
    if known_hours is not None and project.prepared:
        tell_check(project)
    else:
        prepare_dataset(project, audio)
    project.begin(begun, hours)
    dataset = _read_dataset(project)
    song = Song([dataset.heard(bins) for bins in dataset.training])
    plan = Plan(begun.sizes, hours, arguments.seed, device.threads, device.kind)
    training = _begin_training(project, dataset, song, plan, interrupted)
    tell(
        "begun",
        device=device.name,
        kind=device.kind,
        hours=hours,
        hoursDone=training.hours,
        steps=training.steps,
        resumed=training.steps > 0,
        size=arguments.size,
        widths=[begun.sizes.recurrent, begun.sizes.sample],
    )
    if not _run(training, device, hours):
        training.tell_interrupted()
        return
    with interrupted.at_once(training.tell_interrupted):
        finish(project, dataset, song, device, training.hours, arguments.title or project.folder.name)


def _run(training: SongTraining, device: Device, hours: float) -> bool:
    before = training.steps
    whole = training.run()
    if whole and training.steps > before:
        good_for = what_steps_are_good_for(training.steps)
        tell("stage", text=f"{training.steps:,} steps in {hours:g} h on {device.name}: {good_for}")
    return whole


def _read_dataset(project: Project) -> Dataset:
    try:
        return load_dataset(project.dataset)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SongError("invalid", f"{project.dataset} is damaged ({error}). {project.anew}") from error


def _begin_training(
    project: Project, dataset: Dataset, song: Song, plan: Plan, interrupted: Interruption
) -> SongTraining:
    """SongError where the checkpoint cannot be gone on with."""
    try:
        return SongTraining(project, dataset, song, plan, interrupted)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as error:
        # A file that was cut off makes PyTorch seek to before its beginning: an OSError of that kind is damage, too.
        elsewhere = isinstance(error, OSError) and error.errno != errno.EINVAL
        if elsewhere or isinstance(error, torch.OutOfMemoryError) or not project.checkpoint.exists():
            raise
        text = f"The checkpoint {project.checkpoint} is damaged and cannot be read."
        if project.best.exists():
            text += f" An older state is in {project.best.name} beside it: copy that over it to go on from there."
        raise SongError("invalid", f"{text} {project.anew}") from error


def main() -> int:
    """Trains; 0 or 1."""
    keep_output_clean()
    arguments = _arguments()
    interrupted = Interruption()
    try:
        if arguments.hours is not None and not (math.isfinite(arguments.hours) and arguments.hours > 0):
            raise SongError("usage", "--hours must be more than 0.")
        _train(arguments, interrupted)
    except SongError as failure:
        tell("failed", code=failure.code, message=failure.message)
        return 1
    except torch.OutOfMemoryError:
        text = (
            "The graphics card has too little memory for this size: close what else uses it, or take a smaller --size."
        )
        tell("failed", code="exhausted", message=text)
        return 1
    except (OSError, RuntimeError) as error:
        if not no_room(error) and not (isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS)):
            raise
        for partial in arguments.project.glob("*.partial"):  # no use to anybody, and in the way of the next try
            partial.unlink(missing_ok=True)
        text = f"{arguments.project} cannot be written"
        text += " (the disk is full)" if no_room(error) else f" ({error})"
        text += ". Make room there and run the same command again: it goes on from the last whole checkpoint."
        tell("failed", code="exhausted", message=text)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
