"""What a manifest says that the weights do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """Names, origin and ranges of a model."""

    name: str
    title: str
    licence: str
    provenance: str
    hardware: str
    version: str = "1.0.0"
    useful_temperatures: tuple[float, float] = (0.6, 1.2)
    default_temperature: float = 1.0
    guide_temperatures: tuple[float, float] = (0.75, 1.05)  # full strength up to the first, none from the second on
    guide_gamma: float = 1.5
