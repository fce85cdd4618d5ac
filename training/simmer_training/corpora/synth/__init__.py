"""A small additive synthesizer: band-limited by construction, the same bits at every run."""
