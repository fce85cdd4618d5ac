"""The files of a run: lines of JSON, whole files, what audio they belong to, and who holds them."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from simmer_training.own_song.failure import SongError


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file with one a line; a line that is none was cut off, and is left out."""
    found = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            content = json.loads(line)
        except ValueError:
            continue
        if isinstance(content, dict):
            found.append(content)
    return found


def append_line(path: Path, content: dict[str, object]) -> None:
    """Adds an object to such a file."""
    with path.open("a") as file:
        file.write(json.dumps(content) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def fingerprint(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of every file, by its name. SongError for one that is not there, or two of one name."""
    found: dict[str, str] = {}
    for path in paths:
        if not path.is_file():
            raise SongError("usage", f"There is no file {path}.")
        if path.name in found:
            raise SongError("usage", f"There are two files named {path.name}: give each of them once, or rename one.")
        with path.open("rb") as file:
            found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def hold(file: IO[bytes]) -> None:
    """Locks a file against other programs, until it is closed. OSError where another one has."""
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
