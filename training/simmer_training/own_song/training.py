"""Trains, and listens now and then: the loop around the trainer."""

import json
import math
import shutil
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from simmer_training.checkpoint import load_model
from simmer_training.dataset import Dataset
from simmer_training.model import SampleRnn
from simmer_training.own_song import audition as auditions
from simmer_training.own_song.audition import Audition, Schedule
from simmer_training.own_song.device import what_steps_are_good_for
from simmer_training.own_song.events import finite, tell
from simmer_training.own_song.interruption import Interruption
from simmer_training.own_song.likeness import Song
from simmer_training.own_song.loss_page import write_loss_page
from simmer_training.own_song.project import Project
from simmer_training.own_song.run_files import append_line, write_whole
from simmer_training.own_song.takes import Instrument
from simmer_training.train import Plan, Trainer, Update

PAGE_SECONDS: Final = 30.0
FORETOLD_AFTER: Final = 3  # updates: the first ones are slow


class SongTraining:
    """One run of a project, from wherever it is to the end of its hours or to an interruption."""

    def __init__(self, project: Project, dataset: Dataset, song: Song, plan: Plan, interrupted: Interruption) -> None:
        """Raises what the trainer raises for a checkpoint that cannot be read."""
        self._project, self._song, self._plan = project, song, plan
        self._interrupted = interrupted
        self._emphasis = dataset.emphasis
        self._trainer = Trainer(dataset, project.checkpoint, plan)
        project.trim_log(self._trainer.progress.updates)
        self._heard = auditions.read_auditions(project.auditions)
        self._page_at = -math.inf
        self._speeds: list[float] = []
        self._held_out_bits = self._trainer.progress.held_out_bits

    @property
    def steps(self) -> int:
        """Learned from so far."""
        return self._trainer.progress.steps

    @property
    def hours(self) -> float:
        """Trained so far."""
        return self._trainer.progress.hours

    @property
    def share(self) -> float:
        """Of the hours that were asked for."""
        return min(1.0, self.hours / self._plan.hours)

    @property
    def heard(self) -> list[Audition]:
        """All auditions."""
        return self._heard

    def run(self) -> bool:
        """True when the hours are over and best.pt is chosen; False when interrupted. Both leave a whole checkpoint."""
        schedule = self._schedule()
        while True:
            due = schedule.due_after(self.share) or 1.0
            whole = self._trainer.run(self._tell, partial(self._stops_at, due))
            if self._interrupted():
                return False
            if not self._known():
                with self._interrupted.at_once(self.tell_interrupted):
                    self._listen(schedule)
            if whole or self.share >= 1.0:
                return True

    def tell_interrupted(self) -> None:
        """Says that everything is saved, and how far it is."""
        tell("interrupted", hours=self.hours, share=self.share)

    def _stops_at(self, share: float) -> bool:
        return self._interrupted() or self.share >= share

    def _known(self) -> bool:
        """Whether this very state has been listened to."""
        updates = self._trainer.progress.updates
        return self._project.best.exists() and any(one.updates == updates for one in self._heard)

    def _schedule(self) -> Schedule:
        """As it was when the run began: scores of longer and shorter takes cannot be compared."""
        path = self._project.folder / "schedule.json"
        try:
            return auditions.schedule_from_json(path.read_text())
        except (OSError, ValueError, KeyError, TypeError):
            speed = Instrument(SampleRnn(self._plan.sizes).requires_grad_(False), self._plan.threads).seconds_a_second()
            schedule = auditions.plan_schedule(self._plan.hours * 3600, speed)
            write_whole(path, auditions.schedule_to_json(schedule))
            return schedule

    def _listen(self, schedule: Schedule) -> None:
        began = time.monotonic()
        model, progress = load_model(self._project.checkpoint)
        found = auditions.audition(
            Instrument(model, self._plan.threads, self._emphasis),
            self._song,
            schedule,
            updates=progress.updates,
            share=self.share,
            held_out_bits=progress.held_out_bits,
        )
        self._heard.append(found)
        append_line(self._project.auditions, json.loads(json.dumps(finite(found.as_line()))))
        best = auditions.best_of(self._heard) is found
        if best:
            _copy_whole(self._project.checkpoint, self._project.best)
        seconds = time.monotonic() - began
        tell("audition", share=found.share, score=found.score, best=best, why=found.why(), seconds=seconds)

    def _tell(self, update: Update) -> None:
        if update.held_out_bits is not None:
            self._held_out_bits = update.held_out_bits
        # The takes that are still to be drawn are paid for at the end, too.
        left = max(0.0, self._plan.hours - update.hours) * 3600 * (1 + auditions.COST_SHARE)
        left += auditions.COST_SHARE * self._plan.hours * 3600
        line = {name: finite(value) for name, value in asdict(update).items()}
        append_line(self._project.log, line)
        tell(
            "update",
            updates=update.updates,
            steps=update.steps,
            hours=update.hours,
            share=update.share,
            trainingBits=update.training_bits,
            heldOutBits=update.held_out_bits,
            stepsPerSecond=update.steps_per_second,
            secondsLeft=left,
        )
        if update.went_back:
            tell("stage", text="The loss rose and stayed up. Back to the best state, and on at half the learning rate.")
        self._speeds.append(update.steps_per_second)
        if len(self._speeds) == FORETOLD_AFTER and update.share < 1:
            expected = update.steps + max(self._speeds) * 3600 * max(0.0, self._plan.hours - update.hours)
            good_for = what_steps_are_good_for(expected)
            tell(
                "stage", text=f"{self._plan.hours:g} h make about {expected / 1e6:,.0f} million steps here: {good_for}"
            )
        if time.monotonic() - self._page_at > PAGE_SECONDS:
            self._page_at = time.monotonic()
            write_loss_page(self._project, self._heard)


def _copy_whole(source: Path, target: Path) -> None:
    arriving = target.with_suffix(".partial")
    shutil.copyfile(source, arriving)
    arriving.replace(target)
