"""The audio that the shipped models learn, made here."""
