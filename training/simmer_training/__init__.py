"""Makes Simmer's `one-song` model: corpus, training, export, evaluation."""
