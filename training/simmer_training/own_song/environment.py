"""Says what the Python that runs it lacks for training. Needs nothing but the standard library.

    python environment.py ../../pyproject.toml

Prints {"python": version, "missing": ["torch==2.15.0", ...]}, with the versions that pyproject.toml pins. Ends with 1
where Python itself is too old.
"""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)


def missing(requirements: list[str]) -> list[str]:
    """Those of `name==version` that are not installed; a local version (2.15.0+cpu) is the same release."""
    return [wanted for wanted in requirements if not _installed(*wanted.split("=="))]


def _installed(name: str, wanted: str) -> bool:
    try:
        return version(name).split("+")[0] == wanted
    except PackageNotFoundError:
        return False


def main() -> int:
    """Prints; 0, or 1 for a Python that is too old."""
    if sys.version_info < OLDEST:
        return 1
    import tomllib  # noqa: PLC0415  (not there before 3.11)

    content = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lacking = missing(content["project"]["dependencies"])
    sys.stdout.write(json.dumps({"python": platform.python_version(), "missing": lacking}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
