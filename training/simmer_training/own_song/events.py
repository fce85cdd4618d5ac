"""Tells the program that started the training how it goes: one JSON object a line on standard output.

service/src/cli/train/training-events.ts reads them.
"""

import json
import math
import sys
from typing import Any, Final, TextIO

_STREAM: Final[TextIO] = sys.stdout


def keep_output_clean() -> None:
    """From here on what anything else prints goes to standard error, and cannot be taken for an event."""
    sys.stdout = sys.stderr


def finite(value: object) -> Any:  # noqa: ANN401
    """The same with None for numbers that JSON does not know, in lists and dictionaries too."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return value


def tell(event: str, **fields: object) -> None:
    """Writes one event. Whoever listened may be gone: that is noticed elsewhere, and is no failure here."""
    line = json.dumps({"event": event, **{key: finite(value) for key, value in fields.items()}})
    try:
        _STREAM.write(line + "\n")
        _STREAM.flush()
    except (BrokenPipeError, ValueError):
        return
