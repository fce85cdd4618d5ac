"""From a musician's files to a dataset: reads, checks, drops what is there twice, holds a part out."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from simmer_training.dataset import LIST_FILE, SAMPLE_RATE_HZ, Piece, write_dataset
from simmer_training.own_song.checks import Finding, Prepared, check_length, prepare
from simmer_training.own_song.duplicates import drop_duplicates
from simmer_training.own_song.events import tell
from simmer_training.own_song.failure import SongError, no_room
from simmer_training.own_song.project import Project
from simmer_training.own_song.recording import read_recording
from simmer_training.own_song.run_files import write_whole
from simmer_training.own_song.split import split


def check_audio(paths: Sequence[Path]) -> tuple[list[Prepared], list[Finding]]:
    """All files as the model will hear them, and what was found. SongError where nothing can be learned from one."""
    prepared: list[Prepared] = []
    findings: list[Finding] = []
    for path in paths:
        tell("stage", text=f"Listening to {path.name} …")
        piece, found = prepare(read_recording(path))
        prepared.append(piece)
        findings += found
    prepared, found = drop_duplicates(prepared)
    findings += found
    findings.append(check_length(prepared))
    return prepared, findings


def prepare_dataset(project: Project, paths: Sequence[Path]) -> None:
    """Writes check.json and dataset/, and tells what was found."""
    prepared, findings = check_audio(paths)
    write_whole(project.folder / "check.json", json.dumps([asdict(one) for one in findings], indent=2) + "\n")
    _write(project, split(prepared))
    tell_check(project)


def _write(project: Project, pieces: list[Piece]) -> None:
    """SongError where there is no room: libsndfile may fail without a word of why, or write less than it was given."""
    needed = sum(2 * len(piece.audio) for piece in pieces)
    try:
        write_dataset(project.dataset, SAMPLE_RATE_HZ, pieces)
        written = sum(path.stat().st_size for path in project.dataset.glob("*.wav"))
    except (OSError, RuntimeError, AssertionError) as error:
        if shutil.disk_usage(project.folder).free > needed and not no_room(error):
            raise
        written = 0
    if written < needed:
        (project.dataset / LIST_FILE).unlink(missing_ok=True)
        text = f"There is no room for {needed / 1e6:.0f} MB of audio in {project.folder}: make some, and run it again."
        raise SongError("exhausted", text)


def read_findings(project: Project) -> list[dict[str, str]]:
    """What was found when the dataset was prepared."""
    path = project.folder / "check.json"
    found: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return found


def tell_check(project: Project) -> None:
    """Shows the findings, also those of an earlier start."""
    tell("check", findings=read_findings(project))
