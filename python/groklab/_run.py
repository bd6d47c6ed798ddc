"""Runs: trained, looked into, forked."""

import inspect
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groklab import _config, _core, _plot, _transformer_lens
from groklab.errors import ConfigError, InputError
from groklab._table import Table
from groklab._task import Operation, Task, float_arrays, operation_labels, row_indices

Record = dict[str, Any]
Callback = Callable[..., Any]
Measure = Mapping[str, Callable[["Run"], float]]
Penalty = Callable[[dict[str, NDArray[np.float64]]], Mapping[str, ArrayLike]]


class Run:
    """A network with its task, split, optimiser and training loop.

    With a store the run lives there: `train()` goes on where an earlier one stopped and finds what is done, and the
    network is read when it is asked for. Without one it lives in memory. Results are those of the program with the same
    configuration, bit for bit. One thread at a time gets in; others wait.

    Arguments:
        config: a mapping, nested or with dotted keys, or the path of a TOML file; None for the defaults.
        store: a directory, a Store, or None for memory.
        operation: a name or a formula ("x^3 + x*y mod 47"), as task.operation; or the caller's own, an array of labels
            [n, n] (-1: no row) or a function of x and y, in memory alone.
        n_symbols: of an operation that is a function.
        train_rows: the caller's own training rows, numbers or a mask; in memory alone.
        weights: initial values of some or all tensors by name, shapes as in `state_dict()`; in memory alone.
        penalty: the caller's own, a function whose gradient joins that of the loss in every update, after those of the
            configuration's penalties and before the optimiser; in memory alone. It gets {name: float64 array} of all
            weights and returns d penalty / d weights of some or all, as names and shapes in `state_dict()`. It is
            called once an update (twice with SAM), which costs a copy of the weights and the function's own time; it
            must not use the run. `history` shows the loss without it, and NaN for the objective. Forks keep it; the
            run's id does not know of it.
        threads: 1 to 1024; the results do not depend on it.
        keywords: configuration keys, dotted (through **), with "__" for the dot, or by an unambiguous last part.

    Raises ConfigError, InputError, StoreError.
    """

    _handle: Any  # of the library; None: in the store
    _store: Any
    _make: Callable[[], Any] | None  # the same run at step 0
    _penalty: "Penalty | None"

    def __init__(
        self,
        config: _config.ConfigLike = None,
        *,
        store: "str | os.PathLike[str] | Any | None" = None,
        operation: str | Operation | None = None,
        n_symbols: int | None = None,
        train_rows: ArrayLike | None = None,
        weights: Mapping[str, ArrayLike] | None = None,
        penalty: Penalty | None = None,
        threads: int = 1,
        **keywords: Any,
    ) -> None:
        if isinstance(operation, str):
            keywords["task.operation"], operation = operation, None
        text = _config.make(config, keywords)
        if store is not None and _has_own_parts(operation, train_rows, weights, penalty):
            raise ConfigError("store: expected none for own operations, rows, weights or penalties, which none holds")
        self._set_up(None, None, text, threads)
        self._penalty = penalty
        if store is not None:
            self._store = _open(store)
            self._id, self._config_text, _ = _core.prepare(text)
            return
        name = getattr(operation, "__name__", "own operation") if operation is not None else ""
        labels = None if operation is None else operation_labels(operation, n_symbols)
        rows = None if train_rows is None else np.sort(row_indices(train_rows, "train_rows"))
        tensors = float_arrays(weights or {}, "weights")
        make: Callable[[], Any] = lambda: _core.make_run(text, name, labels, rows, tensors, threads)  # noqa: E731
        self._make, self._handle = make, make()

    def _set_up(self, handle: Any, store: Any, config_text: str, threads: int) -> None:
        self._handle = handle
        self._make = None
        self._store = store
        self._id = ""
        self._config_text = config_text
        self._threads = threads
        self._penalty = None
        self._measured: dict[str, dict[int, float]] = {}

    @classmethod
    def _of_handle(cls, handle: Any, threads: int = 1) -> "Run":
        run = cls.__new__(cls)
        run._set_up(handle, None, "", threads)
        return run

    @classmethod
    def _of_store(cls, store: Any, run_id: str, threads: int = 1) -> "Run":
        run = cls.__new__(cls)
        run._set_up(None, store, "", threads)
        run._id = run_id
        return run

    @property
    def _core(self) -> Any:
        """The network: of a stored run its last state, read when it is first asked for."""
        if self._handle is None:
            self._handle = self._store._core.load(self.id, -1, self._threads)
        return self._handle

    @property
    def id(self) -> str:
        """12 hex digits, the name that the program gives to a run of this configuration."""
        return self._id or str(self._handle.id)

    @property
    def store(self) -> Any:
        """The Store that holds the run, or None."""
        return self._store

    @property
    def config(self) -> dict[str, Any]:
        """The resolved configuration, nested by section: nothing in it is automatic."""
        if self._handle is not None:
            return dict(json.loads(self._handle.config))
        # A run that is not stored yet has no network, but a configuration.
        return dict(self._info()["config"]) if self._is_stored() else dict(json.loads(self._config_text))

    def _is_stored(self) -> bool:
        return self._store is not None and bool(self._store._core.contains(self.id))

    def _info(self) -> dict[str, Any]:
        return dict(json.loads(self._store._core.run(self.id)))

    def _outcome(self) -> tuple[str, int, str, float]:
        if self._is_stored():
            info = self._info()
            return info["status"], info["step"], info["reason"], info["seconds"]
        if self._handle is None:
            return "running", 0, "", 0.0
        status, _, reason, seconds = self._handle.outcome
        return status, self._handle.step, reason, seconds

    @property
    def status(self) -> str:
        """ "running", "finished", "stopped", "diverged", "interrupted" or "failed"."""
        return self._outcome()[0]

    @property
    def reason(self) -> str:
        """Why it stopped, diverged or failed; else empty."""
        return self._outcome()[2]

    @property
    def step(self) -> int:
        """Updates done."""
        return self._outcome()[1]

    @property
    def seconds(self) -> float:
        """Training time, all sittings together; no part of any result."""
        return self._outcome()[3]

    def train(
        self,
        *,
        to: int | None = None,
        callback: Callback | None = None,
        measure: Measure | None = None,
        progress: bool = False,
        force: bool = False,
        checkpoint_seconds: float = 30.0,
        stop: Callable[[], bool] | None = None,
    ) -> "Run":
        """Trains to the end, or goes on where it was, without the interpreter's lock, and returns the run.

        Arguments:
            to: in memory: stop when so many updates are done.
            callback: called at every evaluation step, callback(record) or callback(record, run). The record is a dict
                of numbers, names as in `history`; the run can be looked into (`state_dict`, `logits`, `probe`). False
                stops; an exception stops the training and passes through, and the run can go on.
            measure: measurements of the caller's own at evaluation steps, name: function of the run; each becomes a
                column of `history` (NaN where it was not taken) and an entry of the callback's record. Not stored.
            progress: show a bar, with tqdm if it is installed.
            force: with a store: train anew; what is stored is replaced when that is done.
            checkpoint_seconds: with a store: distance of the checkpoints that a killed run goes on from.
            stop: asked some ten times a second, also between evaluation steps: True stops. `threading.Event().is_set`
                lets another thread stop a training.

        Ctrl-C stops between two steps and raises KeyboardInterrupt: `train()` again goes on to the same bits.
        Raises ConfigError, StoreError, IoError.
        """
        if self._store is not None and to is not None:
            raise ConfigError("to: expected a run in memory, found one in a store; callback can stop it")
        with _plot.progress_bar(self.config["train"]["steps"], progress) as show:
            listener = self._listener(callback, measure or {}, show)
            if self._store is None:
                penalty = None if self._penalty is None else _checked(self._penalty)
                self._handle.train(to, listener, penalty, stop)
                return self
            text = json.dumps(self.config)
            try:
                run_id, _, _ = self._store._core.train(text, force, self._threads, checkpoint_seconds, listener, stop)
                self._id = run_id
            finally:
                self._handle = None
        return self

    def _listener(self, callback: Callback | None, measure: Measure, show: Callable[[int], None] | None) -> Any:
        if callback is None and not measure and show is None:
            return None
        takes_run = callback is not None and _takes_two(callback)

        def listen(record: Record, view: Any) -> bool:
            run = self if view is None else Run._of_handle(view)
            for name, function in measure.items():
                record[name] = float(function(run))
                self._measured.setdefault(name, {})[record["step"]] = record[name]
            if show is not None:
                show(record["step"])
            if callback is None:
                return True
            answer = callback(record, run) if takes_run else callback(record)
            return answer is None or bool(answer)

        return listen

    @property
    def history(self) -> Table:
        """What was measured, one row per evaluation step (docs/decisions/measurements.md has the definitions).

        Columns: step [updates], seconds, learning_rate; loss [nats], accuracy, correct_logit, margin, ... of the groups
        train, test, removed and never_seen, such as "test_accuracy" (NaN where a group is empty); norm, gradient_norm,
        update_norm, objective; "norm:TENSOR"; and the caller's own measurements.
        """
        stored = self._handle is None
        if stored and not self._is_stored():
            return Table({"step": np.array([], dtype=np.int64)}, "step")
        columns = self._store._core.history(self.id) if stored else self._handle.history()
        for name, values in self._measured.items():
            columns[name] = np.array([values.get(int(step), np.nan) for step in columns["step"]])
        return Table(columns, "step")

    @property
    def probe_results(self) -> list[dict[str, Any]]:
        """What the probes of train.probe_every found, by step; None is NaN."""
        stored = self._handle is None
        return list(json.loads(self._store._core.probe_results(self.id) if stored else self._handle.probe_results()))

    @property
    def split(self) -> Task:
        """The table with its training and test rows."""
        return Task(**self._core.task())

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Every tensor by its TransformerLens name (docs/formats/weights.md), in the run's precision.

        Arrays are the caller's own and speak DLPack: `torch.from_dlpack` takes them without a copy.
        """
        dtype = np.float64 if self.config["train"]["precision"] == "float64" else np.float32
        return {name: np.asarray(self._core.weights(name), dtype=dtype) for name in self._core.tensors}

    def load_state_dict(self, weights: Mapping[str, ArrayLike]) -> None:
        """Replaces the values of the tensors that are named; the optimiser's memory stays. In memory alone.

        Raises InputError: no such tensor, another shape.
        """
        if self._store is not None:
            raise ConfigError("weights: expected a run in memory, found one whose configuration alone is stored")
        for name, values in float_arrays(weights, "weights").items():
            self._core.set_weights(name, values)

    def logits(self, rows: ArrayLike | None = None) -> NDArray[np.float64]:
        """[rows, classes] of all rows of the task, or of those that are named.

        Raises InputError for a row that is not there.
        """
        return np.asarray(self._core.logits(None if rows is None else row_indices(rows, "rows")))

    def gradient(self) -> tuple[float, dict[str, NDArray[np.float64]]]:
        """(loss, d loss / d tensor by name) on all training rows, without weight decay."""
        loss, gradients = self._core.gradient()
        return float(loss), dict(gradients)

    def measure(self) -> Record:
        """A record of the present state, as the callback gets it; not added to `history`."""
        return dict(self._core.measure())

    def probe(self, name: str) -> Any:
        """What a probe says of the present state, as plain data; None is NaN. docs/probes.md lists the probes.

        `name` is one name, whose result comes, or several with commas or "all", whose results come by name. None, or
        left out: the task has no structure for it. Raises ConfigError.
        """
        result = dict(json.loads(self._core.probe(name)))
        if name == "all" or "," in name:
            return result
        field = {"ablation": "ablations"}.get(name, name)
        return result.get(field, result.get("sections", {}).get(name))

    def at(self, step: int) -> "Run":
        """A run in memory as this one was after `step` updates: stored, or computed again to the same bits.

        Raises ConfigError: a fork in memory, whose parent is not kept. Raises StoreError: the run never got there.
        """
        if self._store is not None:
            return Run._of_handle(self._store._core.load(self.id, step, self._threads), self._threads)
        if self._make is None:
            raise ConfigError("at: expected a run that its own configuration describes, or a stored one, found a fork")
        past = Run._of_handle(self._make(), self._threads)
        past._make = self._make
        past._penalty = self._penalty
        return past.train(to=step)

    def fork(self, at: int | None = None, **changes: Any) -> "Run":
        """A new run that starts, at its step 0, from this one's weights and optimiser memory.

        Arguments:
            at: step of this run, by default its last. A state that is not stored is computed again.
            changes: configuration keys, as in `train`. A smaller train_size keeps some of the present training rows, a
                larger one all of them. fork__reset_optimizer=True forgets the optimiser's memory.

        The fork of a stored run is stored too when it is trained. Raises ConfigError, StoreError.
        """
        there = at is None or (self._store is None and at == self.step)
        parent = self if there else self.at(int(at or 0))
        fork = Run._of_handle(parent._core.fork(_config.assignments(changes)), self._threads)
        if self._store is not None:
            fork._store = self._store
            fork._id = str(fork._handle.id)
        fork._penalty = self._penalty
        return fork

    def save(self, store: "str | os.PathLike[str] | Any", replace: bool = False) -> "Run":
        """Stores a run of memory as it stands. Raises ConfigError for own parts, StoreError if it is there already."""
        opened = _open(store)
        opened._core.save(self._core, replace)
        saved: Run = opened[self.id]
        return saved

    def plot(self, *columns: str, log_step: bool = True) -> "_plot.Chart":
        """Curves of `history` as a chart that notebooks show: accuracy and loss, or the columns that are named."""
        return _plot.run_chart(self.history, self.id, columns, log_step)

    def report(self) -> "_plot.Page":
        """The page of `groklab report`: one HTML text that loads nothing from anywhere. Of a stored run."""
        if self._store is None:
            raise ConfigError("report: expected a stored run, found one in memory; save it first")
        page: _plot.Page = self._store.report([self.id])
        return page

    def to_transformer_lens(self) -> "_transformer_lens.Export":
        """Configuration, state dict and tokens with which TransformerLens' HookedTransformer gives our logits.

        Raises ConfigError for what HookedTransformer has no form of: MLPs, quadratic neurons, LayerNorm behind a layer.
        """
        return _transformer_lens.export(self.config, self.state_dict(), self.split)

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.status}, step {self.step}>"


def train(
    config: _config.ConfigLike = None,
    *,
    store: "str | os.PathLike[str] | Any | Literal[False] | None" = None,
    callback: Callback | None = None,
    measure: Measure | None = None,
    progress: bool = False,
    force: bool = False,
    operation: str | Operation | None = None,
    n_symbols: int | None = None,
    train_rows: ArrayLike | None = None,
    weights: Mapping[str, ArrayLike] | None = None,
    penalty: Penalty | None = None,
    threads: int = 1,
    **keywords: Any,
) -> Run:
    """Trains a run and returns it: `groklab.train(modulus=59, train_fraction=0.4)`.

    `store` is a directory or a Store; by default the one that the variable GROKLAB_STORE names, else memory, as with
    False and for runs with own parts. Everything else is explained at `Run` and `Run.train`.

    Raises ConfigError, InputError, StoreError, IoError.
    """
    own_operation = None if isinstance(operation, str) else operation
    if store is None and not _has_own_parts(own_operation, train_rows, weights, penalty):
        store = os.environ.get("GROKLAB_STORE") or None
    run = Run(
        config,
        store=None if store is False else store,
        operation=operation,
        n_symbols=n_symbols,
        train_rows=train_rows,
        weights=weights,
        penalty=penalty,
        threads=threads,
        **keywords,
    )
    return run.train(callback=callback, measure=measure, progress=progress, force=force)


def _has_own_parts(*parts: Any) -> bool:
    return any(part is not None for part in parts)


def _checked(penalty: Penalty) -> Callable[[dict[str, NDArray[np.float64]]], dict[str, NDArray[np.float64]]]:
    def gradient(weights: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
        found = penalty(weights)
        if not isinstance(found, Mapping):
            raise InputError(f"penalty: expected a mapping of gradients by tensor, found {type(found).__name__}")
        return float_arrays(found, "penalty")

    return gradient


def _open(store: Any) -> Any:
    from groklab._store import Store

    return store if isinstance(store, Store) else Store(store)


def _takes_two(function: Callback) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return False
    return True
