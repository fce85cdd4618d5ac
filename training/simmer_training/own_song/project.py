"""The folder of one model in training: what was begun, how far it is, and what the same command goes on with.

run.json         what it was begun with: audio (SHA-256), sizes, hours
check.json       what was found of the audio
dataset/         the audio as the model hears it (simmer_training/dataset.py)
checkpoint.pt    the newest state; best.pt the best so far, by auditions.jsonl
log.jsonl        the training, a line every few seconds
auditions.jsonl  what was listened to, a line each time
report/          pages to look at
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from simmer_training.dataset import LIST_FILE
from simmer_training.model import Sizes
from simmer_training.own_song.failure import SongError
from simmer_training.own_song.run_files import hold, read_lines, write_whole

PREPARATION: Final = 1  # rises when the same audio comes to make another dataset


@dataclass(frozen=True)
class Begun:
    """What a run is, as long as it lasts."""

    audio: dict[str, str]  # SHA-256 by file name
    sizes: Sizes
    preparation: int = PREPARATION


class Project:
    """One such folder, held by one program at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: IO[bytes] | None = None

    @property
    def checkpoint(self) -> Path:
        """The newest state."""
        return self.folder / "checkpoint.pt"

    @property
    def best(self) -> Path:
        """The state that sounded best."""
        return self.folder / "best.pt"

    @property
    def dataset(self) -> Path:
        """The folder of the audio as the model hears it."""
        return self.folder / "dataset"

    @property
    def log(self) -> Path:
        """The training's lines."""
        return self.folder / "log.jsonl"

    @property
    def auditions(self) -> Path:
        """What was listened to."""
        return self.folder / "auditions.jsonl"

    @property
    def report(self) -> Path:
        """The folder of the pages."""
        return self.folder / "report"

    @property
    def prepared(self) -> bool:
        """Whether the dataset is whole."""
        return (self.dataset / LIST_FILE).exists()

    def open(self) -> None:
        """Makes the folder and takes hold of it. SongError where another program trains in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("ab")
        try:
            hold(self._lock)
        except OSError as error:
            text = f"Another simmer train is at work in {self.folder}: let it end, or stop it with Ctrl-C there."
            raise SongError("usage", text) from error

    def close(self) -> None:
        """Lets go of the folder."""
        if self._lock:
            self._lock.close()

    def set_aside(self) -> Path | None:
        """Renames a folder that holds a run, so that a fresh one can begin; its new name. Not while it is open."""
        if not (self.folder / "run.json").exists():
            return None
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside = self.folder.with_name(f"{self.folder.name}.{stamp}")
        self.folder.replace(aside)
        return aside

    def known_hours(self, begun: Begun) -> float | None:
        """The hours of the run that was begun here; None: there is none yet.

        SongError where it was begun with other audio or other sizes.
        """
        known = self._known(self.folder / "run.json")
        if known is None:
            return None
        self._compare(begun, known)
        return float(known["hours"])

    def begin(self, begun: Begun, hours: float) -> None:
        """Notes what the run is: once its audio is found good, for who mends it must not be held to what was bad."""
        write_whole(self.folder / "run.json", json.dumps({**asdict(begun), "hours": hours}, indent=2) + "\n")

    def _known(self, path: Path) -> dict[str, Any] | None:
        try:
            content = json.loads(path.read_text())
            Sizes(**content["sizes"])
            float(content["hours"])
            return {"audio": dict(content["audio"]), **content}
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise SongError("invalid", f"{path} is damaged ({error}). {self.anew}") from error

    def _compare(self, begun: Begun, known: dict[str, Any]) -> None:
        then: dict[str, str] = known["audio"]
        now = begun.audio
        told = [f"{name} is new" for name in now if name not in then]
        told += [f"{name} is missing" for name in then if name not in now]
        told += [f"{name} has changed" for name in now if name in then and now[name] != then[name]]
        if told:
            more = "" if len(told) <= 3 else f" and {len(told) - 3} more"
            text = f"This model was begun with other audio: {', '.join(told[:3])}{more}."
            raise SongError("usage", f"{text} {self.anew}")
        if Sizes(**known["sizes"]) != begun.sizes:
            was, wanted = Sizes(**known["sizes"]), begun.sizes
            text = (
                f"This model was begun with widths {was.recurrent}/{was.sample}, now {wanted.recurrent}/{wanted.sample}"
            )
            raise SongError("usage", f"{text} are asked for: leave --size as it was. {self.anew}")
        if known.get("preparation") != begun.preparation:
            raise SongError("usage", f"This model was begun by another version of Simmer. {self.anew}")

    @property
    def anew(self) -> str:
        """What to do where the run cannot go on."""
        return "--fresh begins anew (what is there is kept beside it), another --name is another model."

    def trim_log(self, updates: int) -> None:
        """Takes back what was told after the checkpoint that the run goes on from, and a line that was cut off."""
        for path in (self.log, self.auditions):
            lines = [json.dumps(line) for line in read_lines(path) if line.get("updates", 0) <= updates]
            if path.exists():
                write_whole(path, "".join(f"{line}\n" for line in lines))
