"""Says what a musician can do about what was measured of his model."""

from collections.abc import Sequence
from typing import Any, Final

from simmer_training.own_song.useful_range import AtTemperature, UsefulRange

UNLEARNED_GAP_BITS: Final = 0.35
STILL_FALLING_BITS: Final = 0.03
ILL: Final = 0.2
BY_HEART_SECONDS: Final = 300


def advise(
    log: Sequence[dict[str, Any]], heard: Sequence[AtTemperature], useful: UsefulRange, song_seconds: float
) -> list[str]:
    """Sentences, the most important first; never none."""
    at_default = next(at for at in heard if at.temperature == useful.default)
    advice: list[str] = []
    if not useful.healthy:
        advice.append(f"No temperature was free of faults: {useful.why_low}. Train longer before anything else.")
    if still_falling(log):
        advice.append(
            "The bits on held-out audio were still falling when the time was over: the same command with twice the "
            "--hours goes on from here, and is worth it."
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
    if generalisation_gap(log) > UNLEARNED_GAP_BITS:
        text = "It knows the training audio much better than what was held out: it learns by heart. "
        more = (
            "Add performances: " if song_seconds < BY_HEART_SECONDS else "Add performances, or take a smaller --size: "
        )
        advice.append(text + more + "more hours will not help.")
    if not advice:
        advice.append("Nothing is wrong by these measures. Your ears decide: play the takes below.")
    return advice


def still_falling(log: Sequence[dict[str, Any]]) -> bool:
    """Whether the last fifth of the run took STILL_FALLING_BITS off what is measured on held-out audio."""
    measured = [(line["hours"], line["held_out_bits"]) for line in log if isinstance(line.get("held_out_bits"), float)]
    if len(measured) < 3:
        return False
    before = [bits for hours, bits in measured if hours <= 0.8 * measured[-1][0]]
    return bool(before) and min(before) - measured[-1][1] > STILL_FALLING_BITS


def generalisation_gap(log: Sequence[dict[str, Any]]) -> float:
    """Held-out bits over training bits at the end of the run; the latter are a mean over its last lines."""
    training = [line["training_bits"] for line in log if isinstance(line.get("training_bits"), float)][-20:]
    held_out = [line["held_out_bits"] for line in log if isinstance(line.get("held_out_bits"), float)]
    return held_out[-1] - sum(training) / len(training) if training and held_out else 0.0
