"""The useful range of temperatures ends where the ills begin; and what is advised."""

from simmer_training.own_song.advice import advise, learned_by_heart
from simmer_training.own_song.likeness import Ills
from simmer_training.own_song.report_page import shown_temperatures
from simmer_training.own_song.useful_range import TEMPERATURES, AtTemperature, find_range

NONE = Ills(0, 0, 0, 0)


def heard(distances: list[float], **faults: dict[float, Ills]) -> list[AtTemperature]:
    over = faults.get("over", {})
    return [
        AtTemperature(t, distance, over.get(t, NONE), over.get(t, NONE), [])
        for t, distance in zip(TEMPERATURES, distances, strict=True)
    ]


FLAT = [0.5] * 5 + [0.4] + [0.5] * 3


def test_the_range_ends_where_takes_fall_silent_and_where_they_are_noise() -> None:
    over = {0.5: Ills(0.9, 0, 0, 0), 0.65: Ills(0, 0.7, 0, 0), 1.5: Ills(0, 0, 0.8, 0)}
    found = find_range(heard(FLAT, over=over))
    assert (found.low, found.high, found.default, found.healthy) == (0.75, 1.25, 1.0, True)
    assert "one note" in found.why_low
    assert "noise" in found.why_high


def test_a_fault_in_the_middle_ends_the_range_there() -> None:
    found = find_range(heard(FLAT, over={0.75: Ills(0, 0, 0, 0.9)}))
    assert (found.low, found.high) == (0.85, 1.5)
    assert "repeat" in found.why_low


def test_takes_that_have_left_the_song_end_the_range() -> None:
    found = find_range(heard([3, 1.2, 0.5, 0.5, 0.5, 0.4, 0.5, 0.8, 2]))
    assert (found.low, found.high) == (0.75, 1.25)
    assert "left the song" in found.why_high


def test_where_everything_is_ill_the_range_is_the_least_ill_and_says_so() -> None:
    found = find_range(heard(FLAT, over={t: Ills(0, 0, 0.9, 0) for t in TEMPERATURES}))
    assert (found.low, found.default, found.high, found.healthy) == (0.95, 1.0, 1.1, False)
    assert "No temperature" in advise(10**9, [], heard(FLAT), found, 600)[0]


def test_a_model_that_is_nowhere_near_its_song_has_no_useful_range() -> None:
    assert not find_range(heard([distance + 1 for distance in FLAT])).healthy
    assert find_range(heard(FLAT)).healthy


def test_five_temperatures_are_shown_with_the_ends_and_the_best() -> None:
    found = find_range(heard(FLAT, over={0.5: Ills(0, 0, 1, 0), 1.5: Ills(0, 0, 1, 0)}))
    shown = shown_temperatures(found, heard(FLAT))
    assert len(shown) == 5
    assert {found.low, found.default, found.high} <= set(shown)
    assert len(shown_temperatures(find_range(heard([2] * 9)), heard(FLAT))) == 5


def test_learning_by_heart_is_told_by_held_out_bits_that_rise() -> None:
    falling = [{"hours": hour, "held_out_bits": 4 - hour / 10} for hour in range(1, 11)]
    rising = [*falling, {"hours": 11, "held_out_bits": 3.1}]
    assert not learned_by_heart(falling)
    assert not learned_by_heart([])
    assert learned_by_heart(rising)
    found = find_range(heard(FLAT))
    assert "by heart" in " ".join(advise(10**9, rising, heard(FLAT), found, 600))
    assert advise(10**9, falling, heard(FLAT), found, 600)[0].startswith("Nothing is wrong")
    assert "more --hours" in advise(10**7, falling, heard(FLAT), found, 600)[0]
