"""A MusicGen of another library's keeps the contract: its graphs draw what that library draws."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import EncodecConfig, EncodecModel, MusicgenForConditionalGeneration

from examples.musicgen.export import (
    HOP_ROWS,
    LEVELS,
    SIZE,
    WINDOW,
    Codes,
    Floats,
    drawn_by_library,
    library_audio,
    library_scores,
    small_musicgen,
    write_folder,
)
from examples.musicgen.streaming import RowDecoder
from simmer_training.graph_run import open_graph

FIXTURE = Path(__file__).parents[2] / "test" / "fixtures" / "models" / "musicgen-tiny"


@pytest.fixture(scope="module")
def model() -> MusicgenForConditionalGeneration:
    return small_musicgen()


def reference(name: str, kind: type[np.float32] | type[np.int32], columns: int) -> np.ndarray:
    return np.frombuffer((FIXTURE / "reference" / name).read_bytes(), np.dtype(kind).newbyteorder("<")).reshape(
        -1, columns
    )


def graph_scores(row: onnxruntime.InferenceSession, rows: Codes, prompts: tuple[int, int], blend: float) -> Floats:
    """Scores [levels, size] after the start token and `rows`, position by position."""
    cache = np.zeros(next(entry.shape for entry in row.get_inputs() if entry.name == "cache"), np.float32)
    scores = np.zeros((LEVELS, SIZE), np.float32)
    for position, codes in enumerate([np.zeros(LEVELS, np.int32), *rows]):
        scores, cache_row = row.run(
            ["logits", "cache_row"],
            {
                "codes": np.asarray(codes, np.int32),
                "start": np.array([float(position == 0)], np.float32),
                "labels": np.array([prompts[0], 0, prompts[1], 0], np.int32),
                "blend": np.array([blend], np.float32),
                "position": np.array([position], np.int32),
                "cache": cache,
            },
        )
        cache[:, :, :, position] = cache_row
        cache[:, :, :, position + 1 :] = 7.0  # what lies beyond must not count
    return scores


@pytest.mark.parametrize("count", [0, 1, 5, WINDOW - 1])
def test_the_row_graph_hears_what_the_library_hears(model: MusicgenForConditionalGeneration, count: int) -> None:
    row = open_graph((FIXTURE / "prior-row.onnx").read_bytes())
    rows = reference("codes.i32", np.int32, LEVELS)[HOP_ROWS : HOP_ROWS + count]
    for prompt in (0, 1):
        wanted = library_scores(model, rows, prompt)
        np.testing.assert_allclose(graph_scores(row, rows, (prompt, 1 - prompt), 0.0), wanted, atol=2e-5)
        np.testing.assert_allclose(graph_scores(row, rows, (1 - prompt, prompt), 1.0), wanted, atol=2e-5)
        # The control: another prompt is another distribution.
        assert np.abs(graph_scores(row, rows, (1 - prompt, 0), 0.0) - wanted).max() > 0.05


def test_the_decoder_graph_is_the_library_s_codec(model: MusicgenForConditionalGeneration) -> None:
    rows = reference("codes.i32", np.int32, LEVELS)[:60]
    wanted = library_audio(model, rows)
    hop = model.audio_encoder.config.hop_length
    decoder = open_graph((FIXTURE / "decoder.onnx").read_bytes())
    state = np.zeros(json.loads((FIXTURE / "manifest.json").read_text())["decoder"]["stateFloats"], np.float32)
    for number in range(len(rows) - (LEVELS - 1)):
        codes = np.array([rows[number + level, level] for level in range(LEVELS)], np.int32)
        audio, state = decoder.run(["audio", "next_state"], {"codes": codes, "state": state})
        at = (number + LEVELS - 1) * hop
        np.testing.assert_allclose(audio, wanted[at : at + hop], atol=1e-5)
    assert np.abs(wanted).max() > 0.1


def test_rows_lie_in_the_library_s_delay_pattern(model: MusicgenForConditionalGeneration) -> None:
    count = 20
    start = torch.full((LEVELS, 1), SIZE)
    _, mask = model.decoder.build_delay_pattern_mask(start, pad_token_id=SIZE, max_length=count + 1)
    # The library's columns begin with the start token; -1 is to be drawn.
    drawn = (mask[:, 1:] == -1).numpy().T
    rows = reference("codes.i32", np.int32, LEVELS)[:count]
    for number in range(count - LEVELS):  # the library's end is ragged, too; a take has none
        assert drawn[number].tolist() == [number >= level for level in range(LEVELS)]
        assert (rows[number] != SIZE).tolist() == drawn[number].tolist()


def test_the_reference_is_what_the_library_draws(model: MusicgenForConditionalGeneration) -> None:
    rows = 2 * WINDOW
    uniform = reference("uniform.f32", np.float32, LEVELS)[:rows]
    temperature = reference("temperature.f32", np.float32, 1)[:rows, 0]
    codes, bits = drawn_by_library(model, uniform, temperature, 1)
    assert np.array_equal(codes, reference("codes.i32", np.int32, LEVELS)[:rows])
    np.testing.assert_allclose(bits, reference("entropy.f32", np.float32, LEVELS)[:rows], atol=1e-4)


def test_fixture_is_what_the_code_writes(tmp_path: Path) -> None:
    write_folder(small_musicgen(), tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (FIXTURE / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    "change", [{"use_causal_conv": False}, {"norm_type": "time_group_norm"}, {"pad_mode": "reflect"}]
)
def test_a_codec_that_cannot_be_played_row_by_row_is_refused(change: dict[str, object]) -> None:
    config = EncodecConfig(hidden_size=16, num_filters=2, codebook_size=SIZE, codebook_dim=16, **change)
    with pytest.raises(ValueError, match="row by row"):
        RowDecoder(EncodecModel(config), LEVELS)
