"""Makes a model of somebody's own song: what `simmer train` runs, from audio files to a model folder and a report."""
