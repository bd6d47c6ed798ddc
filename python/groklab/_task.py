"""Tables of inputs and labels with their split, as NumPy arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groklab import _config, _core
from groklab.errors import InputError

Operation = ArrayLike | Callable[[int, int], int]


@dataclass(frozen=True, eq=False)
class Task:
    """All rows of a task and which of them train: what another framework needs to train on the same split."""

    name: str  #: "x + y mod 113"
    n_symbols: int  #: distinct input symbols
    n_classes: int  #: distinct labels
    inputs: NDArray[np.int32]  #: [rows, inputs]; rows of a binary operation are ordered by (x, y)
    labels: NDArray[np.int32]  #: [rows] label of a row while it is trained on
    test_labels: NDArray[np.int32]  #: [rows] label while it is not; differs for corrupted labels alone
    symbol_names: list[str]  #: [n_symbols]
    symbol_values: NDArray[np.float64]  #: [n_symbols] what number_mlp takes a symbol for; empty: s / (n_symbols - 1)
    train: NDArray[np.int64]  #: rows that train, ascending
    role: NDArray[np.uint8]  #: [rows] 0: trains; 1: trained an ancestor of a fork; 2: never seen

    @property
    def n_rows(self) -> int:
        """How many rows the table has, on training and on test side together."""
        return len(self.labels)

    @property
    def x(self) -> NDArray[np.int32]:
        """[rows] the first input."""
        return self.inputs[:, 0]

    @property
    def y(self) -> NDArray[np.int32]:
        """[rows] the second input."""
        return self.inputs[:, 1]

    @property
    def train_mask(self) -> NDArray[np.bool_]:
        """[rows] whether a row trains."""
        mask: NDArray[np.bool_] = self.role == 0
        return mask

    @property
    def test(self) -> NDArray[np.int64]:
        """Rows that do not train, ascending."""
        return np.flatnonzero(self.role != 0)

    def tokens(self, input_tokens: int, d_vocab: int) -> NDArray[np.int64]:
        """What a transformer reads, [rows, positions]: the inputs, "o" and "=" as far as the model has them.

        `input_tokens` and `d_vocab` are those of the resolved configuration's model section.
        """
        columns: list[NDArray[Any]] = []
        for position, column in enumerate(self.inputs.T):
            columns.append(column)
            if input_tokens == 4 and position == 0:
                columns.append(np.full(self.n_rows, self.n_symbols))
        if input_tokens >= 3:
            columns.append(np.full(self.n_rows, d_vocab - 1))
        return np.stack(columns, axis=1).astype(np.int64)


def task(config: _config.ConfigLike = None, **keywords: Any) -> Task:
    """The table and split of a configuration, without a network.

    Raises ConfigError, InputError.
    """
    _, _, data = _core.prepare(_config.make(config, keywords))
    return Task(**data)


def operation_labels(operation: Operation, n_symbols: int | None) -> NDArray[np.int64]:
    """[n, n] labels of an operation of the caller's own: -1 stands where a pair has no row.

    `operation` is that array, or a function of x and y in 0..n_symbols-1. Raises InputError.
    """
    if callable(operation):
        if n_symbols is None:
            raise InputError("operation: expected n_symbols beside a function, found none")
        pairs = range(n_symbols)
        return np.array([[int(operation(x, y)) for y in pairs] for x in pairs], dtype=np.int64)
    labels = np.asarray(operation)
    if labels.ndim != 2 or labels.dtype.kind not in "iu":
        raise InputError(f"operation: expected whole numbers [n, n], found {labels.dtype} {list(labels.shape)}")
    return np.ascontiguousarray(labels, dtype=np.int64)


def row_indices(rows: ArrayLike, what: str) -> NDArray[np.int64]:
    """Row numbers, or a mask over rows, as indices. Raises InputError."""
    array = np.asarray(rows)
    if array.dtype == bool and array.ndim == 1:
        return np.flatnonzero(array).astype(np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(f"{what}: expected row numbers or a mask, found {array.dtype} {list(array.shape)}")
    return np.ascontiguousarray(array, dtype=np.int64)


def float_arrays(tensors: Mapping[str, ArrayLike], what: str) -> dict[str, NDArray[np.float64]]:
    """Tensors as float64; NumPy arrays and whatever turns into one (torch tensors on the CPU). Raises InputError."""
    arrays = {}
    for name, values in tensors.items():
        if not isinstance(name, str):
            raise InputError(f"{what}: expected names of tensors, found {name!r}")
        if not name.isascii():  # a lone surrogate has no UTF-8 that the library could read
            raise InputError(f"{what}: expected names of tensors of the network, found {name!a}")
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(f"{what}: expected numbers for {name}, found {type(values).__name__}") from error
        arrays[name] = array if array.flags.c_contiguous else np.array(array, order="C")  # keeps 0 dimensions
    return arrays
