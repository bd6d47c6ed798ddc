"""A penalty of the caller's own: against the library's, and what may go wrong in it."""

import gc
import weakref

import numpy as np
import pytest

import groklab

L2 = 0.3


def squared(weights):
    return {name: L2 * values for name, values in weights.items()}


def test_an_l2_penalty_is_adams_weight_decay(small):
    """Fails if it comes after the update, twice, on other weights, or is missing in one update."""
    exact = small | {"train": small["train"] | {"precision": "float64"}, "optim.kind": "adam"}
    decayed = groklab.train(exact, optim__weight_decay=L2)
    own = groklab.train(exact, optim__weight_decay=0.0, penalty=squared)
    plain = groklab.train(exact, optim__weight_decay=0.0)
    for name, values in decayed.state_dict().items():
        np.testing.assert_allclose(own.state_dict()[name], values, atol=1e-6, rtol=0, err_msg=name)
        assert np.abs(plain.state_dict()[name] - values).max() > 1e-2
    assert np.isnan(own.history["objective"]).all() and np.isfinite(decayed.history["objective"]).all()


def test_an_l1_penalty_is_the_librarys_to_the_bit(small):
    librarys = groklab.train(small, penalty__l1__weight=0.01)
    own = groklab.train(small, penalty=lambda weights: {n: 0.01 * np.sign(w) for n, w in weights.items()})
    for name, values in librarys.state_dict().items():
        np.testing.assert_array_equal(own.state_dict()[name], values)


def test_a_penalty_of_nothing_changes_no_bit(small, trained):
    calls = []
    run = groklab.train(small, penalty=lambda weights: calls.append(set(weights)) or {})
    assert len(calls) == 300 and calls[0] == set(trained.state_dict())
    for name, values in trained.state_dict().items():
        np.testing.assert_array_equal(run.state_dict()[name], values)


def test_sam_asks_twice(small):
    calls = []
    groklab.train(small, optim__kind="sam", steps=10, penalty=lambda weights: calls.append(1) or {})
    assert len(calls) == 20


def test_forks_and_earlier_states_keep_it(small):
    whole = groklab.train(small, penalty=squared)
    half = groklab.Run(small, penalty=squared).train(to=150)
    for name, values in half.state_dict().items():
        np.testing.assert_array_equal(whole.at(150).state_dict()[name], values)
    fork = half.fork(steps=50).train()
    expected = groklab.Run(small, penalty=squared).train(to=200)
    np.testing.assert_array_equal(fork.state_dict()["embed.W_E"], expected.state_dict()["embed.W_E"])


def test_what_it_throws_comes_out_and_the_run_goes_on(small):
    calls = []

    def fails_once(weights):
        calls.append(1)
        if len(calls) == 120:
            raise ZeroDivisionError("mine")
        return squared(weights)

    run = groklab.Run(small, penalty=fails_once)
    with pytest.raises(ZeroDivisionError, match="mine"):
        run.train()
    assert run.step == 119 and run.status == "running"
    expected = groklab.train(small, penalty=squared)
    np.testing.assert_array_equal(run.train().state_dict()["embed.W_E"], expected.state_dict()["embed.W_E"])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (None, "expected a mapping of gradients by tensor, found NoneType"),
        ({"W": [1.0]}, "found W"),
        ({"\ud800": [1.0]}, r"found '\\ud800'"),
        ({3: [1.0]}, "expected names of tensors, found 3"),
        ({"unembed.W_U": [1.0]}, r"of shape \[32, 11\] \(352 values\), found \[1\] \(1\)"),
        ({"unembed.W_U": 1.0}, r"found \[\] \(1\)"),
        ({"unembed.W_U": "much"}, "expected numbers for unembed.W_U, found str"),
    ],
)
def test_gradients_that_do_not_fit(small, answer, text):
    run = groklab.Run(small, penalty=lambda weights: answer)
    with pytest.raises(groklab.InputError, match=text):
        run.train()
    assert run.step == 0


def test_gradients_that_are_not_finite_diverge(small):
    run = groklab.train(small, penalty=lambda weights: {n: np.full_like(w, np.inf) for n, w in weights.items()})
    assert run.status == "diverged"


def test_it_must_leave_its_run_alone(small):
    run = groklab.Run(small, penalty=lambda weights: run.gradient()[1])
    with pytest.raises(groklab.ConfigError, match="gradient: expected a run that is between two updates"):
        run.train()


def test_no_store_takes_it(small, store):
    with pytest.raises(groklab.ConfigError, match="penalties"):
        groklab.train(small, store=store, penalty=squared)
    with pytest.raises(groklab.ConfigError, match="penalties"):
        groklab.train(small, penalty=squared).save(store)


def test_a_run_that_its_penalty_knows_is_collected(small):
    def make():
        run = groklab.Run(small, penalty=lambda weights: squared(weights) if run is not None else {})
        run.train(to=2)
        return weakref.ref(run)

    gone = make()
    gc.collect()
    assert gone() is None


def test_another_thread_stops_between_evaluation_steps(small):
    """Without it a run stops at evaluation steps alone."""
    import threading

    event = threading.Event()
    run = groklab.Run(small, penalty=lambda weights: event.set() or {})  # set within the first update
    run.train(stop=event.is_set)
    assert run.status == "stopped" and 0 < run.step < 50
    with pytest.raises(ZeroDivisionError):
        run.train(stop=lambda: 1 / 0)


def test_a_stored_run_stops_too(small, store):
    run = groklab.train(small | {"train": small["train"] | {"evaluate_every": 300}}, store=store, steps=10)
    assert run.status == "finished"
    other = groklab.Run(small, store=store, seed=5)
    other.train(stop=lambda: True)
    assert other.status == "interrupted" and other.step < 300  # as by Ctrl-C: the program's word
    assert other.train().status == "finished"
