"""A training that a notebook shows while it goes on: curves, a button to stop, one to fork. Needs anywidget.

    from groklab.widget import Live
    live = Live(modulus=59, train_size=1400, d_model=64, steps=20000)
    live                                # in a cell of its own
    live.run.history                    # whenever it stands still
"""

import pathlib
import shlex
import threading
import time
from typing import Any

import anywidget
import numpy as np
import traitlets

from groklab import _config
from groklab.errors import ConfigError, Error
from groklab._run import Record, Run

_SHOWN = ("train_accuracy", "test_accuracy")
_MOST_POINTS = 400  # of one run's curves: more than a chart has pixels for
_SECONDS = 0.2  # between two looks that the page gets


class Live(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """Trains a run on a thread of its own, and shows it. The notebook's other cells go on meanwhile.

    "stop" ends the training between two steps; "go on" continues it, to the same bits as if it had never stopped.
    "fork" stops, forks the run where it stands with the changes of the field beside it ("train_size=300 seed=2"), and
    trains the fork; its curves begin where it left its parent. What goes wrong stands below the buttons.

    Arguments: a Run that has not ended, or those of `groklab.Run`; start=False waits for "go on".
    """

    _esm = pathlib.Path(__file__).parent / "widget.js"

    curves: Any = traitlets.List().tag(sync=True)  #: one dict a run: name, start, step, train_accuracy, test_accuracy
    training = traitlets.Bool(False).tag(sync=True)
    ended = traitlets.Bool(False).tag(sync=True)  #: there is nothing to go on to
    message = traitlets.Unicode("").tag(sync=True)  #: how it stands, or what went wrong

    def __init__(self, config: "Run | _config.ConfigLike" = None, *, start: bool = True, **keywords: Any) -> None:
        super().__init__()
        if isinstance(config, Run) and keywords:
            raise ConfigError(f"Live: expected a run or configuration keys, found both: {', '.join(keywords)}")
        self._runs = [config if isinstance(config, Run) else Run(config, **keywords)]
        self._starts = [0]
        self._points: list[Record] = []
        self._finished: list[dict[str, Any]] = []  # curves of the runs before the present one
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.on_msg(self._hear)
        self._points = list(self.run.history.rows())
        self._show(f"run {self.run.id}: step {self.run.step}")
        if start:
            self.go_on()

    @property
    def run(self) -> Run:
        """The newest: the one that was given, or the last fork. While it trains, asking it anything waits."""
        return self._runs[-1]

    @property
    def runs(self) -> list[Run]:
        """The run that was given, and the forks, each from the one before it."""
        return list(self._runs)

    def go_on(self) -> None:
        """Trains on, unless it does already."""
        with self._lock:
            if self.training or self.ended:
                return
            self._stop.clear()
            self.training = True
            self._thread = threading.Thread(target=self._train, args=(self.run,), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stops between two steps, and returns when it stands still."""
        self._stop.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def wait(self) -> Run:
        """Returns the run when its training has ended or was stopped."""
        thread = self._thread
        if thread is not None:
            thread.join()
        return self.run

    def fork(self, **changes: Any) -> Run:
        """Stops, forks the run where it stands, and trains the fork. Raises ConfigError, StoreError."""
        with self._lock:
            self.stop()
            parent = self.run
            fork = parent.fork(**changes)
            self._finished.append(self._curve())
            self._starts.append(self._starts[-1] + parent.step)
            self._runs.append(fork)
            self._points = []
            self.ended = False
        self.go_on()
        return fork

    def _train(self, run: Run) -> None:
        shown = [0.0]

        def look(record: Record) -> None:
            self._points.append(record)
            if time.monotonic() - shown[0] > _SECONDS:
                shown[0] = time.monotonic()
                self._show(f"run {run.id}: step {record['step']}, test accuracy {record['test_accuracy']:.3f}")

        message = ""
        try:
            run.train(callback=look, stop=self._stop.is_set)
            self.ended = not self._stop.is_set()
            message = f"run {run.id}: {run.status} at step {run.step}"
        except Exception as error:  # there is nobody else to tell
            message = f"{type(error).__name__}: {error}"
        self._show(message)
        self.training = False

    def _hear(self, widget: Any, content: Any, buffers: Any) -> None:
        """A button: {"do": "stop"}, {"do": "go on"} or {"do": "fork", "changes": "key=value ..."}."""
        do = content.get("do") if isinstance(content, dict) else None
        try:
            if do == "stop":
                self._stop.set()
            elif do == "go on":
                self.go_on()
            elif do == "fork":
                self.fork(**_changes(str(content.get("changes", ""))))
        except Error as error:
            self._show(str(error))

    def _curve(self) -> dict[str, Any]:
        points = self._points
        chosen = np.unique(np.linspace(0, len(points) - 1, min(len(points), _MOST_POINTS)).astype(int))
        curve: dict[str, Any] = {"name": self.run.id, "start": self._starts[-1]}
        curve["step"] = [int(points[i]["step"]) for i in chosen]
        for name in _SHOWN:
            curve[name] = [round(float(points[i][name]), 4) for i in chosen]
        return curve

    def _show(self, message: str) -> None:
        self.curves = [*self._finished, self._curve()]
        self.message = message


def _changes(text: str) -> dict[str, str]:
    """ "train_size=300 seed=2" as keywords. Raises ConfigError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ConfigError(f"fork: expected key=value pairs, found {text!r}") from error
    changes = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise ConfigError(f"fork: expected key=value pairs, found {word!r}")
        changes[key] = value
    return changes
