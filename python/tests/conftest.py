"""What the tests share: a network that groks in seconds, its store, the program."""

import os
import pathlib

import pytest

import groklab

#: x + y mod 11, 32 wide: fits within 100 steps.
SMALL = {
    "task": {"modulus": 11},
    "split.train_fraction": 0.6,
    "model": {"d_model": 32, "n_heads": 2, "d_mlp": 64},
    "train": {"steps": 300, "evaluate_every": 50, "evaluate_per_decade": 0},
}


@pytest.fixture(autouse=True)
def no_store_from_outside(monkeypatch):
    monkeypatch.delenv("GROKLAB_STORE", raising=False)


@pytest.fixture
def small():
    return dict(SMALL)


@pytest.fixture(scope="session")
def trained():
    """Read it, do not train it on."""
    return groklab.train(SMALL, store=False)


@pytest.fixture
def store(tmp_path):
    return groklab.open(tmp_path / "store")


@pytest.fixture(scope="session")
def program():
    """The program of the same sources; `make python-test` builds it and says where it is."""
    path = os.environ.get("GROKLAB_BINARY", "")
    if not pathlib.Path(path).is_file():
        pytest.skip("GROKLAB_BINARY names no program")
    return path


@pytest.fixture
def interrupt_after():
    """with interrupt_after(seconds): Ctrl-C comes then."""
    import contextlib
    import signal

    @contextlib.contextmanager
    def alarm(seconds):
        def raise_interrupt(number, frame):
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, raise_interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    return alarm
