"""Says what a musician can do about what was measured of his model."""

from collections.abc import Sequence
from typing import Any, Final

from simmer_training.own_song.device import what_steps_are_good_for
from simmer_training.own_song.useful_range import AtTemperature, UsefulRange

FEW_STEPS: Final = 4e8
RISEN_BITS: Final = 0.03
ILL: Final = 0.2
BY_HEART_SECONDS: Final = 300


def advise(
    steps: int, log: Sequence[dict[str, Any]], heard: Sequence[AtTemperature], useful: UsefulRange, song_seconds: float
) -> list[str]:
    """Sentences, the most important first; never none."""
    at_default = next(at for at in heard if at.temperature == useful.default)
    advice: list[str] = []
    if not useful.healthy:
        advice.append(f"No temperature was free of faults: {useful.why_low}. Train longer before anything else.")
    if steps < FEW_STEPS:
        advice.append(
            f"It has learned from {steps / 1e6:,.0f} million steps, {what_steps_are_good_for(steps)}. The same command "
            "with more --hours goes on from here."
        )
    if at_default.excess.noisy > ILL or at_default.distance > 1:
        advice.append(
            "It is noise, or far from the song: a young model sounds like this. Train longer; if it stays so, the mix "
            "is too dense for this size. Give it fewer instruments at once, less reverb, or --size large."
        )
    if at_default.excess.held > ILL or at_default.excess.repeating > ILL:
        advice.append(
            "It comes to rest on held notes or loops: draw lanes that rise above 1 now and then, or give it a guide. "
            "More performances that differ in tempo and dynamics help most."
        )
    if at_default.excess.silent > ILL:
        advice.append(
            "It falls silent: check the song for long rests and fade-outs, and give it a guide at low temperatures."
        )
    if learned_by_heart(log):
        text = "What it made of held-out audio has got worse while it learned: it learns by heart. Add performances"
        more = "" if song_seconds < BY_HEART_SECONDS else ", or take a smaller --size"
        advice.append(f"{text}{more}: more hours will not help.")
    if not advice:
        advice.append("Nothing is wrong by these measures. Your ears decide: play the takes below.")
    return advice


def learned_by_heart(log: Sequence[dict[str, Any]]) -> bool:
    """Whether the bits per step on held-out audio have risen from their lowest by more than RISEN_BITS.

    That they are higher than those on training audio says nothing: a held-out performance may just be another one.
    """
    measured = [line["held_out_bits"] for line in log if isinstance(line.get("held_out_bits"), float)]
    return bool(measured) and measured[-1] - min(measured) > RISEN_BITS
