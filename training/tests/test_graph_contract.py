"""The graph keeps what docs/models.md promises, on a small network."""

import numpy as np
import numpy.typing as npt
from onnx import printer

from simmer_training.fold import fold, start_state
from simmer_training.graph import GraphBuilder, GuidePull
from simmer_training.graph_run import noise, open_graph, run_graph
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.reference import Controls

STEPS = 40 * BLOCK_STEPS


def start(model: SampleRnn) -> npt.NDArray[np.float32]:
    return start_state(fold(model)).astype(np.float32)


def lane(value: float, steps: int = STEPS) -> npt.NDArray[np.float32]:
    return np.full(steps, value, np.float32)


def guided(strength: npt.NDArray[np.float32], seed: int = 3) -> Controls:
    guide = np.random.default_rng(seed).integers(0, 256, len(strength)).astype(np.float32)
    return Controls(lane(0.9, len(strength)), strength, guide)


def test_inputs_and_outputs_have_the_documented_names_and_shapes(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    state = 2 * 32 + 3 * BLOCK_STEPS
    steps = ["temperature", "uniform", "guide_strength", "guide_bin"]
    assert {i.name: (i.type, i.shape) for i in session.get_inputs()} == {
        "state": ("tensor(float)", [state]),
        **{name: ("tensor(float)", [BLOCK_STEPS]) for name in steps},
        "tail_floor": ("tensor(float)", [1]),
    }
    assert {o.name: (o.type, o.shape) for o in session.get_outputs()} == {
        "drawn": ("tensor(int32)", [BLOCK_STEPS]),
        "entropy": ("tensor(float)", [BLOCK_STEPS]),
        "next_state": ("tensor(float)", [state]),
    }


def test_the_same_inputs_give_the_same_bits(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    takes = [run_graph(session, start(model), guided(lane(0.5)), noise(STEPS, 1)) for _ in range(2)]
    assert np.array_equal(takes[0].drawn, takes[1].drawn)
    assert takes[0].state.tobytes() == takes[1].state.tobytes()


def test_later_inputs_do_not_change_earlier_draws(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    controls, uniform = guided(lane(0.5, BLOCK_STEPS)), noise(BLOCK_STEPS, 1)
    before = run_graph(session, start(model), controls, uniform)
    for cut in (1, 15, 16, 40, 63):
        later = np.arange(BLOCK_STEPS) >= cut
        changed = Controls(
            np.where(later, np.float32(0.3), controls.temperature),
            np.where(later, np.float32(1), controls.guide_strength),
            np.where(later, np.float32(9), controls.guide_bin),
        )
        after = run_graph(session, start(model), changed, np.where(later, np.float32(0.25), uniform))
        assert np.array_equal(before.drawn[:cut], after.drawn[:cut])
        assert np.array_equal(before.entropy[:cut], after.entropy[:cut])


def test_strength_zero_is_bit_identical_to_a_graph_without_a_guide(model: SampleRnn) -> None:
    plain = open_graph(GraphBuilder(fold(model), pull=None).build())
    complete = open_graph(GraphBuilder(fold(model)).build())
    controls, uniform = guided(lane(0.0)), noise(STEPS, 4)
    expected = run_graph(plain, start(model), controls, uniform)
    actual = run_graph(complete, start(model), controls, uniform)
    assert expected.drawn.tobytes() == actual.drawn.tobytes()
    assert expected.entropy.tobytes() == actual.entropy.tobytes()
    assert expected.state.tobytes() == actual.state.tobytes()


def test_mix_and_weight_are_the_two_ways_of_a_guide(model: SampleRnn) -> None:
    folded, uniform = fold(model), noise(STEPS, 4)

    def drawn(pull: GuidePull, strength: float) -> bytes:
        session = open_graph(GraphBuilder(folded, pull=pull).build())
        return run_graph(session, start(model), guided(lane(strength)), uniform).drawn.tobytes()

    deaf = drawn(GuidePull(mix=0, weight=0), 1.0)
    assert deaf == drawn(GuidePull(), 0.0)
    assert deaf != drawn(GuidePull(mix=1, weight=0), 1.0)
    assert deaf != drawn(GuidePull(mix=0, weight=1), 1.0)
    assert drawn(GuidePull(mix=0.5, weight=0), 1.0) == drawn(GuidePull(mix=1, weight=0), 0.5)


def test_the_tail_guard_leaves_out_what_is_unlikely_and_nothing_else(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    controls = Controls.unguided(lane(1.0, BLOCK_STEPS))

    def first(uniform: float, floor: float) -> tuple[int, float]:
        take = run_graph(session, start(model), controls, lane(uniform, BLOCK_STEPS), floor)
        return int(take.drawn[0]), float(take.entropy[0])

    # The distribution of the first step, by reading its inverse CDF at many places.
    places = (np.arange(1000) + 0.5) / 1000
    drawn = {floor: {first(place, floor)[0] for place in places} for floor in (0.0, 0.05, 0.5)}
    assert drawn[0.0] > drawn[0.05] > drawn[0.5]
    assert drawn[0.5]
    entropies = [first(0.5, floor)[1] for floor in (0.0, 0.05, 0.5, 1.0)]
    assert entropies[0] > entropies[1] > entropies[2] >= entropies[3]
    assert abs(entropies[-1]) < 1e-5  # the likeliest alone


def test_without_a_floor_or_at_temperature_zero_the_tail_guard_changes_no_bit(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())

    def drawn(controls: Controls, floor: float, steps: int) -> bytes:
        take = run_graph(session, start(model), controls, noise(steps, 4), floor)
        return take.drawn.tobytes() + take.entropy.tobytes()

    warm, steps = Controls.unguided(lane(1.3)), 4 * BLOCK_STEPS
    assert drawn(warm, 1e-30, STEPS) == drawn(warm, 0, STEPS)
    assert drawn(warm, 0.02, STEPS) != drawn(warm, 0, STEPS)
    cold = Controls.unguided(lane(0.0, steps))
    assert drawn(cold, 0.02, steps)[:steps] == drawn(cold, 0, steps)[:steps]  # the bins; entropies are 0 but for 1e-9


def test_a_guide_with_strength_changes_the_draws(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    free = run_graph(session, start(model), guided(lane(0.0)), noise(STEPS, 4))
    nudged = run_graph(session, start(model), guided(lane(1.0)), noise(STEPS, 4))
    assert not np.array_equal(free.drawn, nudged.drawn)


def test_temperature_zero_is_the_argmax_whatever_the_noise(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    steps = 4 * BLOCK_STEPS  # 1e-4 is not zero: in a long take two logits come closer than that
    cold = Controls.unguided(lane(0.0, steps))
    takes = [run_graph(session, start(model), cold, noise(steps, seed)) for seed in (5, 6)]
    assert np.array_equal(takes[0].drawn, takes[1].drawn)
    assert np.isfinite(takes[0].entropy).all()


def test_entropy_rises_with_temperature_for_one_distribution(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    first = [
        run_graph(session, start(model), Controls.unguided(lane(t, BLOCK_STEPS)), noise(BLOCK_STEPS, 1)).entropy[0]
        for t in (0.5, 0.65, 0.75, 0.85, 1.0, 1.1, 1.25, 100.0)
    ]
    assert np.all(np.diff(first) > 0)
    assert abs(first[-1] - 8) < 0.01


def test_the_highest_uniform_stays_within_the_bins(model: SampleRnn) -> None:
    session = open_graph(GraphBuilder(fold(model)).build())
    highest = lane(1 - 2.0**-23, BLOCK_STEPS)
    take = run_graph(session, start(model), Controls.unguided(lane(50.0, BLOCK_STEPS)), highest)
    assert np.all(take.drawn == 255)


def test_no_random_operator_and_a_portable_opset(model: SampleRnn) -> None:
    graph = GraphBuilder(fold(model)).build()
    assert graph.opset_import[0].version <= 21
    text = printer.to_text(graph)
    assert "Random" not in text
    assert "Multinomial" not in text
