"""The models that come with the repository."""

from typing import Final

from simmer_training.about import About

ONE_SONG: Final = (
    "One piece for vibraphone or electric piano, plucked guitar and bass, composed and rendered by this repository: "
    "seven performances, 10 minutes."
)
FILM: Final = (
    "Music of a film that does not exist, composed and synthesised by this repository: pads, arpeggios, basses and "
    "leads of seven cues, 25 minutes."
)
HARDWARE: Final = "one core of an AMD EPYC (Zen 4), shared with other work, no GPU"

SHIPPED: Final[dict[str, About]] = {
    about.name: about
    for about in (
        About(
            name="one-song",
            title="One song",
            licence="MIT",
            provenance=ONE_SONG,
            hardware=HARDWARE,
            useful_temperatures=(0.75, 1.25),  # cooler, takes stand still; hotter, they are no nearer to the song
        ),
        About(
            name="film",
            title="Film",
            licence="MIT",
            provenance=FILM,
            hardware=HARDWARE,
            useful_temperatures=(0.85, 1.3),  # cooler, takes drone; hotter, they fall into noise
            default_temperature=1.15,
        ),
    )
}
