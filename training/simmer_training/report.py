"""What an evaluation finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Calibration:
    """Teacher-forced on held-out audio."""

    temperature: float
    entropy: float  # bits
    cross_entropy: float  # bits


@dataclass(frozen=True)
class Taken:
    """One free-running take."""

    temperature: float
    seed: int
    entropy: float  # bits, mean over its draws
    metrics: dict[str, float]


@dataclass(frozen=True)
class Guiding:
    """Takes along a looped guide."""

    temperature: float
    strength: float
    correlation: float  # of the waveforms
    equal: float  # share of draws that are the guide's own bin
    level: float  # root mean square, as a share of the guide's


@dataclass(frozen=True)
class Report:
    """All of it."""

    steps: int
    updates: int
    hours: float
    held_out_bits: float
    seen_bits: float
    microseconds_per_step: float
    calibration: list[Calibration]
    song: dict[str, float]
    takes: list[Taken]
    guiding: list[Guiding]

    def mean(self, temperature: float, metric: str) -> float:
        """Over the seeds at one temperature."""
        numbers = self.values(temperature, metric)
        return sum(numbers) / len(numbers)

    def values(self, temperature: float, metric: str) -> list[float]:
        """One number a seed."""
        takes = [take for take in self.takes if take.temperature == temperature]
        return [take.entropy if metric == "entropy" else take.metrics[metric] for take in takes]

    def temperatures(self) -> list[float]:
        """The temperatures of the takes, rising."""
        return sorted({take.temperature for take in self.takes})
