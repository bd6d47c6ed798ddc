"""groklab: a laboratory for grokking. docs/python.md shows it at work.

    import groklab
    run = groklab.train(modulus=59, train_size=1400, d_model=64, steps=20000, stop_test_accuracy=0.99)
    run.plot()
"""

from groklab._config import Key, keys, resolve
from groklab._core import version as __version__
from groklab.errors import ConfigError, Error, InputError, InternalError, IoError, StoreError
from groklab._plot import Chart, Page
from groklab._run import Run, train
from groklab._store import Store, open
from groklab._sweep import Reproduction, Verdict, reproduce, studies, sweep
from groklab._table import Table
from groklab._task import Task, task

__all__ = [
    "Chart",
    "ConfigError",
    "Error",
    "InputError",
    "InternalError",
    "IoError",
    "Key",
    "Page",
    "Reproduction",
    "Run",
    "Store",
    "StoreError",
    "Table",
    "Task",
    "Verdict",
    "__version__",
    "keys",
    "open",
    "reproduce",
    "resolve",
    "studies",
    "sweep",
    "task",
    "train",
]
