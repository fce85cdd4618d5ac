"""A card holds the numbers of its model's own files, and is not written where a part is missing."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from simmer_training.card import CARD_WORDS, PICTURES, keep_figures, write_card
from simmer_training.figures.verdict import Figure, Trace, at_least, at_most, figure_from_json
from simmer_training.shipped import SHIPPED

WORDS = "# A model\n\n<!-- training -->\n\n<!-- figures -->\n\n<!-- kernel -->\n\n<!-- files -->\n"


def a_figure() -> Figure:
    return Figure(
        title="It rises",
        how="Counted.",
        columns=("T", "count"),
        table=[[0.5, 1.0], [1.0, 4.25]],
        verdicts=[at_least("Spearman", 0.97, 0.95), at_most("faults", 3, 1)],
        controls=[at_least("the counter counts", 1, 1)],
        takes=[[0.5, 1.0], [1.0, 4.0], [1.0, 4.5]],
        traces=[Trace("S2", 1, [[0.0, 0.75, 1.5]])],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What of a model folder a card is made from."""
    made = tmp_path / "made"
    made.mkdir()
    (made / "figures.json").write_text(json.dumps({"rising": asdict(a_figure())}))
    for name in ("figures.md", *PICTURES):
        (made / name).write_text(name)
    model = tmp_path / "model"
    (model / "reference").mkdir(parents=True)
    training = {"steps": 1_234_567, "hours": 2.5, "hardware": "an abacus", "heldOutBitsPerStep": 2.8546}
    (model / "manifest.json").write_text(json.dumps({"training": training, "temperature": {"useful": [0.6, 1.2]}}))
    cost = {"steps": 160_000, "bitsPerStep": 2.9, "int8BitsPerStep": 2.9123, "wholeSteps": 320_000}
    cost |= {"wholeBitsPerStep": 3.0, "wholeInt8BitsPerStep": 3.0456}
    (model / "reference" / "held-out.json").write_text(json.dumps(cost))
    (model / "weights-int8.bin").write_bytes(b"weights")
    keep_figures(made, model)
    return model


def test_a_card_has_every_number_of_the_folder(folder: Path) -> None:
    write_card(WORDS, folder)
    card = (folder / "CARD.md").read_text()
    for part in ("1,234,567", "an abacus", "2.855", "0.0123", "0.0456", "| 1 | 4.25 |", "1 of 2 statements hold"):
        assert part in card
    assert "**holds** Spearman: 0.97 (asked: ≥ 0.95)" in card
    assert "**does not hold** faults: 3 (asked: ≤ 1)" in card
    assert "the counter counts" not in card  # controls are in figures.md
    for picture in PICTURES:
        assert f"(figures/{picture})" in card
        assert (folder / "figures" / picture).exists()


def test_kept_figures_say_what_they_were_drawn_from(folder: Path) -> None:
    said = json.loads((folder / "figures" / "drawn-from.json").read_text())
    assert said == {"weights-int8.bin": hashlib.sha256(b"weights").hexdigest()}


def test_words_without_a_place_or_with_an_unknown_one_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="<!-- kernel -->"):
        write_card(WORDS.replace("<!-- kernel -->", ""), folder)
    with pytest.raises(ValueError, match="a part that there is not"):
        write_card(WORDS + "<!-- poems -->\n", folder)
    assert not (folder / "CARD.md").exists()


def test_a_figure_comes_back_from_json_as_it_was() -> None:
    assert figure_from_json(json.loads(json.dumps(asdict(a_figure())))) == a_figure()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_has_words_for_its_card(name: str, folder: Path) -> None:
    write_card((CARD_WORDS / f"{name}.md").read_text(), folder)
