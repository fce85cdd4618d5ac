"""The exported graphs draw what PyTorch draws."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from simmer_training.graph_run import open_graph
from simmer_training.vq.codec import Codec
from simmer_training.vq.codec_graphs import decoder_graph, decoder_state_floats, encoder_graph, encoder_state_floats
from simmer_training.vq.folder import write_folder
from simmer_training.vq.from_folder import load_folder
from simmer_training.vq.graph_run import FolderRun
from simmer_training.vq.half import round_to_half
from simmer_training.vq.sample import Drawing, Sampler, draw_codes
from simmer_training.vq.tiny import ABOUT, CODEC, LEVEL_TEMPERATURE, PAIR, PRIOR, STEREO, tiny_models

FIXTURE = Path(__file__).parents[2] / "test" / "fixtures" / "models" / "vq-tiny"


def reference(name: str, kind: type[np.float32] | type[np.int32], columns: int) -> np.ndarray:
    return np.frombuffer((FIXTURE / "reference" / name).read_bytes(), np.dtype(kind).newbyteorder("<")).reshape(
        -1, columns
    )


def test_graphs_draw_the_tokens_that_pytorch_draws_over_twenty_seconds() -> None:
    codes = reference("codes.i32", np.int32, CODEC.levels)
    uniform = reference("uniform.f32", np.float32, CODEC.levels).astype(np.float64)
    temperature = reference("temperature.f32", np.float32, 1)[:, 0]
    audio = reference("audio.f32", np.float32, CODEC.hop)
    assert len(codes) * CODEC.hop / CODEC.rate_hz > 19.9
    assert len(codes) > 50 * PRIOR.hop_rows  # so many windows
    run = FolderRun(FIXTURE, (*PAIR, 0, 0))
    farthest = 0.0
    for row in range(len(codes)):
        drawn, sound = run.draw(float(temperature[row]), uniform[row])
        assert drawn.tolist() == codes[row].tolist(), f"row {row}"
        if row < len(audio):
            farthest = max(farthest, float(np.abs(sound - audio[row]).max()))
    assert farthest < 1e-4
    assert np.abs(audio).max() > 0.1


def test_another_pair_or_temperature_draws_other_tokens() -> None:
    uniform = reference("uniform.f32", np.float32, CODEC.levels).astype(np.float64)

    def drawn(pair: tuple[int, int, int, int], temperature: float, blend: float = 0.0) -> list[list[int]]:
        run = FolderRun(FIXTURE, pair, blend)
        return [run.draw(temperature, uniform[row])[0].tolist() for row in range(24)]

    plain = drawn((0, 1, 0, 0), 1.0)
    assert plain == drawn((0, 1, 2, 0), 1.0)  # at blend 0 the other pair says nothing
    assert plain != drawn((2, 1, 0, 0), 1.0)
    assert plain != drawn((0, 0, 0, 0), 1.0)
    assert plain != drawn((0, 1, 0, 0), 1.2)
    assert drawn((0, 1, 2, 0), 1.0, 1.0) == drawn((2, 0, 0, 0), 1.0)


def test_stepwise_drawing_hears_what_training_hears() -> None:
    _, prior = tiny_models()
    labels, blend = torch.tensor([[2, 0, 0, 1]]), torch.tensor([0.25])
    codes = torch.randint(PRIOR.size, (1, PRIOR.window - 1, PRIOR.levels), generator=torch.Generator().manual_seed(3))
    elapsed = (torch.arange(PRIOR.window) - 1).clamp(min=0) / PRIOR.rows_a_second
    seconds = torch.stack([elapsed, torch.full_like(elapsed, PRIOR.total_seconds)], dim=-1)[None]
    with torch.no_grad():
        whole = prior(codes, labels, blend, seconds)
    sampler = Sampler(prior, labels, blend, Drawing(np.array(LEVEL_TEMPERATURE)))
    for row in range(PRIOR.window - 1):
        torch.testing.assert_close(sampler.scores(), whole[:, row], atol=2e-5, rtol=1e-4)
        sampler.feed(codes[:, row])


def test_decoder_and_encoder_graphs_are_the_codec(tmp_path: Path) -> None:
    codec, prior = tiny_models()
    write_folder(codec, prior, ABOUT, tmp_path)
    random = np.random.default_rng(2)
    audio = (0.3 * random.standard_normal(40 * CODEC.hop)).astype(np.float32)
    with torch.no_grad():
        latents, _ = codec.encoder(torch.from_numpy(audio)[None, None], codec.encoder.state(1))
    codes = codec.quantizer.encode(latents)[0].numpy()
    encoder, decoder = open_graph((tmp_path / "encoder.onnx").read_bytes()), FolderRun(tmp_path)
    state = np.zeros(decoder.manifest["encoder"]["stateFloats"], np.float32)
    made = codec.decode(torch.from_numpy(codes)).numpy()[0]
    for row in range(40):
        heard = audio[row * CODEC.hop : (row + 1) * CODEC.hop]
        latent, chosen, state = encoder.run(["latent", "codes", "next_state"], {"audio": heard, "state": state})
        np.testing.assert_allclose(latent, latents[0, row].numpy(), atol=1e-4)
        assert chosen.tolist() == codes[row].tolist()
        sound = decoder.sound(codes[row].astype(np.int32))
        np.testing.assert_allclose(sound, made[row * CODEC.hop : (row + 1) * CODEC.hop], atol=1e-4)


@pytest.mark.parametrize(("channels", "parts"), [(2, 3), (2, 1), (1, 3)])
def test_graphs_of_several_channels_and_spectra_a_row_are_the_codec(channels: int, parts: int) -> None:
    torch.manual_seed(3)
    shape = replace(CODEC, channels=channels, parts=parts)
    codec = Codec(shape).eval()
    with torch.no_grad():
        codec.quantizer.codebooks.mul_(6.0)
    round_to_half(codec)
    random = np.random.default_rng(2)
    audio = (0.3 * random.standard_normal((channels, 12 * shape.row_frames))).astype(np.float32)
    with torch.no_grad():
        latents, _ = codec.encoder(torch.from_numpy(audio)[None], codec.encoder.state(1))
    codes = codec.quantizer.encode(latents)[0]
    made = codec.decode(codes).numpy()
    encoder = open_graph(encoder_graph(codec.encoder, codec.quantizer).SerializeToString())
    decoder = open_graph(decoder_graph(codec.decoder, codec.quantizer).SerializeToString())
    heard = np.zeros(encoder_state_floats(codec.encoder), np.float32)
    sounding = np.zeros(decoder_state_floats(codec.decoder), np.float32)
    for row in range(12):
        here = slice(row * shape.row_frames, (row + 1) * shape.row_frames)
        given = audio[:, here] if channels > 1 else audio[0, here]
        latent, chosen, heard = encoder.run(["latent", "codes", "next_state"], {"audio": given, "state": heard})
        np.testing.assert_allclose(latent, latents[0, row].numpy(), atol=1e-4)
        assert chosen.tolist() == codes[row].tolist()
        sound, sounding = decoder.run(["audio", "next_state"], {"codes": chosen, "state": sounding})
        np.testing.assert_allclose(np.atleast_2d(sound), made[:, here], atol=1e-4)
    if channels > 1:
        assert np.abs(made[0] - made[1]).max() > 1e-2


def test_a_codec_without_its_past_is_seen(tmp_path: Path) -> None:
    """The control of the test above: a state that is forgotten sounds otherwise."""
    codec, prior = tiny_models()
    write_folder(codec, prior, ABOUT, tmp_path)
    codes = np.random.default_rng(2).integers(CODEC.size, size=(6, CODEC.levels)).astype(np.int32)
    made = codec.decode(torch.from_numpy(codes.astype(np.int64))).numpy()[0]
    last = FolderRun(tmp_path).sound(codes[-1])
    assert np.abs(last - made[-CODEC.hop :]).max() > 1e-2


def test_fixture_is_what_the_code_writes(tmp_path: Path) -> None:
    write_folder(*tiny_models(), ABOUT, tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (FIXTURE / path.name).read_bytes(), path.name


def test_stereo_fixture_is_what_the_code_writes_and_sounds_as_its_reference(tmp_path: Path) -> None:
    write_folder(*tiny_models(STEREO), STEREO.about, tmp_path)
    folder = FIXTURE.with_name(STEREO.about.name)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    shape = STEREO.codec
    codes = np.fromfile(folder / "reference" / "codes.i32", "<i4").reshape(-1, shape.levels)
    audio = np.fromfile(folder / "reference" / "audio.f32", "<f4").reshape(-1, shape.channels, shape.row_frames)
    decoder = FolderRun(folder)
    for row, made in enumerate(audio):
        np.testing.assert_allclose(decoder.sound(codes[row]), made, atol=1e-4)
    assert np.abs(audio[:, 0] - audio[:, 1]).max() > 0.1


def test_the_draw_is_the_argmax_when_cold_and_leaves_out_the_tail() -> None:
    scores = np.array([[0.0, 5.0, 5.0, -3.0]])
    for uniform in (1e-6, 0.5, 1 - 1e-6):
        assert draw_codes(scores, np.array([0.0]), np.array([uniform]), 0.0)[0] == [1]
    hot = [draw_codes(scores, np.array([1.0]), np.array([u]), 0.0)[0][0] for u in np.linspace(1e-6, 1 - 1e-6, 4001)]
    guarded = [
        draw_codes(scores, np.array([1.0]), np.array([u]), 0.05)[0][0] for u in np.linspace(1e-6, 1 - 1e-6, 4001)
    ]
    assert set(hot) == {0, 1, 2, 3}
    assert set(guarded) == {1, 2}
    assert draw_codes(scores, np.array([1e6]), np.array([0.5]), 0.0)[1] == pytest.approx(2.0, abs=1e-6)


def test_graphs_have_the_inputs_and_outputs_of_the_contract() -> None:
    def names(graph: str) -> tuple[set[str], set[str]]:
        session: onnxruntime.InferenceSession = open_graph((FIXTURE / graph).read_bytes())
        return {entry.name for entry in session.get_inputs()}, {entry.name for entry in session.get_outputs()}

    row = {"codes", "start", "labels", "blend", "seconds", "position", "cache"}
    assert names("prior-row.onnx") == (row, {"hidden", "cache_row"})
    assert names("prior-level.onnx") == ({"hidden", "codes", "level"}, {"logits"})
    assert names("decoder.onnx") == ({"codes", "state"}, {"audio", "next_state"})
    assert names("encoder.onnx") == ({"audio", "state"}, {"latent", "codes", "next_state"})


def test_a_folder_gives_back_the_networks_that_it_was_made_of(tmp_path: Path) -> None:
    codec, prior = load_folder(FIXTURE)
    assert (codec.shape, prior.shape) == (CODEC, PRIOR)
    write_folder(codec, prior, ABOUT, tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (FIXTURE / path.name).read_bytes(), path.name


def test_a_codec_at_another_level_has_the_same_codes_and_comes_back_from_its_folder(tmp_path: Path) -> None:
    codec, prior = tiny_models()
    audio = (0.2 * np.random.default_rng(4).standard_normal(20 * CODEC.hop)).astype(np.float32)
    codes = codec.encode(torch.from_numpy(audio)[None])
    loud = codec.decode(codes)
    codec.set_level(0.5)
    assert torch.equal(codec.encode(torch.from_numpy(0.5 * audio)[None]), codes)
    torch.testing.assert_close(codec.decode(codes), 0.5 * loud)
    write_folder(codec, prior, ABOUT, tmp_path)
    again, _ = load_folder(tmp_path)
    assert torch.equal(again.decode(codes), codec.decode(codes))
    assert torch.equal(again.encode(torch.from_numpy(0.5 * audio)[None]), codes)
