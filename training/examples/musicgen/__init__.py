"""A small MusicGen of the library transformers."""
