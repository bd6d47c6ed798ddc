"""Whatever is given to the package, Python exceptions come of it: nothing ends the interpreter or is a defect.

ANY_INPUT_EXAMPLES says how many examples a test has.
"""

import contextlib
import os

import numpy as np
import pytest

import groklab

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.extra import numpy as arrays  # noqa: E402

BASE = {
    "task.modulus": 5,
    "split.train_fraction": 0.6,
    "model.d_model": 8,
    "model.n_heads": 2,
    "model.d_mlp": 8,
    "train.steps": 3,
}
EXAMPLES = int(os.environ.get("ANY_INPUT_EXAMPLES", "100"))
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=os.environ.get("CI") is not None,
)

whole = st.one_of(
    st.integers(-3, 20),
    st.sampled_from([2**31 - 1, 2**31, 2**32, -(2**31), 2**63 - 1, 2**63, 2**64, -(2**63), 10**30]),
)
real = st.floats(allow_nan=True, allow_infinity=True)
words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "auto", "all", "*", "sgd", "adam", "muon", "sam", "mlp", "float64", "x + y", "-0", "1e999"]),
    st.sampled_from(["\0", "\n", "a=b", "[", '"', "'", "{", "\ud800", "../..", "/", "%s%n"]),
)
plain = st.one_of(st.none(), st.booleans(), whole, real, words, st.binary(max_size=8), st.just(np.float32(0.5)))
anything = st.one_of(
    plain,
    st.lists(plain, max_size=3),
    st.dictionaries(words, plain, max_size=2),
    arrays.arrays(
        st.sampled_from([np.int64, np.float64, np.uint8, np.bool_, np.complex128, np.dtype("U2"), object]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6),
    ),
    st.just(len),
    st.just(object()),
)
parts = st.sampled_from(["operation", "n_symbols", "train_rows", "weights"])
tensors = st.dictionaries(st.sampled_from(["embed.W_E", "unembed.W_U", "x"]), anything, max_size=2)
configurations = st.dictionaries(st.sampled_from(sorted(groklab.keys())), plain, max_size=3)


@contextlib.contextmanager
def exceptions_alone():
    """What a caller may have to catch. groklab.InternalError is a defect, and so is a RuntimeError of the bindings."""
    try:
        yield
    except groklab.InternalError:
        raise
    except (groklab.Error, TypeError, ValueError, OverflowError, AttributeError, KeyError, OSError, MemoryError):
        pass


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    """Relative paths are made here."""
    monkeypatch.chdir(tmp_path)


def at_once():
    return True


@many
@given(changes=configurations)
def test_a_configuration(changes):
    with exceptions_alone():
        groklab.resolve(BASE | changes)
    with exceptions_alone():
        groklab.task(BASE | changes)


@many
@given(changes=configurations)
def test_a_run(changes):
    """Three steps at most: train.steps may be anything, and stop says when."""
    with exceptions_alone():
        run = groklab.Run(BASE | changes)
        run.train(to=3)
        run.train(stop=at_once)
        run.logits()
        run.probe("all")
        run.fork(train_size=3).train(to=1)


@many
@given(keywords=st.dictionaries(st.one_of(parts, words), anything, max_size=3))
def test_own_parts(keywords):
    n_symbols = keywords.get("n_symbols")
    if isinstance(n_symbols, int) and n_symbols > 20:
        keywords["n_symbols"] = 20  # the function is called for every pair
    with exceptions_alone():
        groklab.train(BASE, **keywords)


@many
@given(weights=st.one_of(anything, tensors))
def test_weights_and_gradients(weights):
    run = groklab.Run(BASE)
    with exceptions_alone():
        run.load_state_dict(weights)
    with exceptions_alone():
        groklab.train(BASE, penalty=lambda given: weights)
    assert groklab.Run(BASE).train().step == 3


@many
@given(name=words, step=plain, rows=anything, changes=configurations)
def test_what_a_run_is_asked(name, step, rows, changes):
    run = groklab.train(BASE)
    for ask in (
        lambda: run.probe(name),
        lambda: run.logits(rows),
        lambda: run.at(step),
        lambda: run.fork(at=step, **changes),
        lambda: run.train(to=step),
        lambda: run.plot(name),
        lambda: run.train(callback=rows),
        lambda: groklab.Run(BASE).train(measure=rows),
    ):
        with exceptions_alone():
            ask()


@settings(parent=many, max_examples=max(1, EXAMPLES // 4))
@given(changes=configurations, listed=st.dictionaries(st.sampled_from(sorted(groklab.keys())), anything, max_size=2))
def test_a_sweep(changes, listed):
    """Long runs are no subject here: the grid's own train.steps stands last."""
    grid = BASE | {key: value for key, value in changes.items() if not _is_large(value)}
    grid |= {key: value for key, value in listed.items() if not _is_large(value)} | {"train.steps": 3}
    with exceptions_alone():
        groklab.sweep(grid, jobs=1)


@many
@given(where=words, name=words, keys=configurations, directory=anything)
def test_a_store(tmp_path, where, name, keys, directory):
    store = groklab.open(tmp_path / "store")
    if len(store) == 0:
        groklab.train(BASE, store=store)
    for ask in (
        lambda: store.runs(where),
        lambda: store.runs(**keys),
        lambda: store[name],
        lambda: name in store,
        lambda: store.checkpoints(name),
        lambda: store.report([name]),
    ):
        with exceptions_alone():
            ask()
    if not isinstance(directory, str):  # of a text a directory would be made
        with exceptions_alone():
            groklab.open(directory)
    assert len(store) == 1


def _is_large(value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | dict):
        return any(_is_large(one) for one in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, int | float) and not abs(value) < 50
