"""Writes model folders, their manifest held to the schema that the service reads it by.

models/manifest.schema.json is written from the service's own schema (`npm run build:schema`). What a schema cannot say,
such as which files must be listed, `simmer models check` says.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

SCHEMA_FILE: Final = Path(__file__).parents[2] / "models" / "manifest.schema.json"

Manifest = dict[str, Any]


@cache
def _schema_of(family: object) -> dict[str, Any]:
    whole = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    for schema in whole["oneOf"]:
        if schema["properties"]["family"]["const"] == family:
            found: dict[str, Any] = schema
            return found
    raise ValueError(f"manifest.json: there is no family {family!r}")


def range_of(family: str, *names: str) -> tuple[float, float]:
    """The least and the greatest value that a manifest may say at this place, such as "emphasis", "gain"."""
    schema = _schema_of(family)
    for name in names:
        schema = schema["properties"][name]
    return float(schema["minimum"]), float(schema["maximum"])


def check_manifest(manifest: Manifest) -> None:
    """Raises ValueError, naming the place, where the service would refuse this manifest."""
    as_read = json.loads(json.dumps(manifest))
    wrong = best_match(Draft202012Validator(_schema_of(as_read.get("family"))).iter_errors(as_read))
    if wrong is not None:
        raise ValueError(f"manifest.json: {wrong.json_path.removeprefix('$.')}: {wrong.message}")


def listed(files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """What a manifest says of its files."""
    return {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }


def write_model_folder(out: Path, manifest: Manifest, files: dict[str, bytes]) -> None:
    """Writes the folder, the manifest last: a folder that has one is whole."""
    check_manifest(manifest)
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    partial = out / "manifest.json.partial"
    partial.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(out / "manifest.json")
