"""Figures that show what temperature and guide do to a model's audio."""
