"""Columns of equal length: histories of runs, tables of runs."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Table(Mapping[str, NDArray[Any]]):
    """Columns by name, each a NumPy array with an entry a row; reads like a dict and shows as a table in a notebook."""

    def __init__(self, columns: Mapping[str, Any], index: str) -> None:
        self._columns = {name: np.asarray(column) for name, column in columns.items()}
        self._index = index

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def n_rows(self) -> int:
        """How many rows every column has."""
        return len(next(iter(self._columns.values()), ()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as dicts."""
        for values in zip(*self._columns.values(), strict=True):
            yield dict(zip(self._columns, values, strict=True))

    def to_pandas(self) -> Any:
        """A pandas.DataFrame. Raises ImportError without pandas."""
        import pandas

        return pandas.DataFrame(dict(self._columns))

    def to_polars(self) -> Any:
        """A polars.DataFrame. Raises ImportError without polars."""
        import polars

        return polars.DataFrame({name: list(c) if c.dtype == object else c for name, c in self._columns.items()})

    def to_xarray(self) -> Any:
        """An xarray.Dataset along the column `step` (of a history) or `id` (of runs). Raises ImportError without it."""
        import xarray

        variables = {n: (self._index, c) for n, c in self._columns.items() if n != self._index}
        return xarray.Dataset(variables, coords={self._index: self._columns[self._index]})

    def __repr__(self) -> str:
        return f"<{self.n_rows} rows: {', '.join(self._columns)}>"

    def _repr_html_(self) -> str:
        from html import escape

        shown = [list(self._columns)]
        shown += [[_cell(v) for v in row.values()] for _, row in zip(range(20), self.rows(), strict=False)]
        lines = ["<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in shown]
        more = f"<p>{self.n_rows} rows</p>" if self.n_rows > 20 else ""
        return f"<table>{''.join(lines)}</table>{more}"


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
