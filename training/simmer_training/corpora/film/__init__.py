"""Film music for an imagined film: seven cues for an analog synthesizer, each performed twice or three times.

Original composition and sound, made for this repository, MIT like the rest of it.
"""
