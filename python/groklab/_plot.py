"""Charts as Vega-Lite, pages, and a bar."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from groklab.errors import InputError
from groklab._table import Table

_MIME = "application/vnd.vegalite.v5+json"
_WIDTH, _HEIGHT = 560, 220


class Chart:
    """A Vega-Lite v5 specification with its data, which Jupyter shows as it is; Altair takes `spec` too."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec

    def to_json(self) -> str:
        """The Vega-Lite specification with its data, as text."""
        return json.dumps(self.spec)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {_MIME: self.spec, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Chart: {self.spec.get('title', '')}>"


class Page(str):
    """An HTML text that notebooks show in a frame of its own."""

    def save(self, path: str) -> None:
        """Writes the page to a file, which needs no network to be looked at. Raises OSError."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self)

    def _repr_html_(self) -> str:
        from html import escape

        return f'<iframe srcdoc="{escape(self)}" style="width:100%;height:700px;border:0"></iframe>'


def _panel(history: Table, columns: list[str], title: str, log: bool, log_step: bool) -> dict[str, Any]:
    steps = history["step"]
    values = []
    for name in columns:
        label = name.split("_")[0] if title in ("accuracy", "loss") else name
        for step, value in zip(steps, history[name], strict=True):
            if np.isfinite(value) and not (log and value <= 0) and not (log_step and step <= 0):
                values.append({"step": int(step), "value": float(value), "curve": label})
    scale = {"type": "log"}
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": values},
        "mark": {"type": "line", "tooltip": True},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step", **({"scale": scale} if log_step else {})},
            "y": {"field": "value", "type": "quantitative", "title": title, **({"scale": scale} if log else {})},
            "color": {"field": "curve", "type": "nominal", "title": None},
        },
    }


def run_chart(history: Table, name: str, columns: tuple[str, ...], log_step: bool) -> Chart:
    """Raises InputError for a column that is not there."""
    for column in columns:
        if column not in history:
            raise InputError(f"plot: expected one of {', '.join(history)}, found {column}")
    if columns:
        panels = [_panel(history, list(columns), ", ".join(columns), False, log_step)]
    else:
        both = ("train", "test")
        panels = [
            _panel(history, [f"{group}_accuracy" for group in both], "accuracy", False, log_step),
            _panel(history, [f"{group}_loss" for group in both], "loss", True, log_step),
        ]
    return Chart(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": f"run {name}",
            "vconcat": panels,
            "resolve": {"scale": {"color": "independent"}},
        }
    )


@contextlib.contextmanager
def progress_bar(total: int, wanted: bool) -> Iterator[Callable[[int], None] | None]:
    """A function that shows how far a training is, or None."""
    if not wanted:
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield lambda step: print(f"\rstep {step} of {total}", end="", flush=True)
        print()
        return
    with tqdm(total=total, unit="step") as bar:
        yield lambda step: bar.update(step - bar.n)


def frame_rows(rows: Sequence[Mapping[str, Any]], index: str) -> Table:
    """A table of dicts with the same keys in any order; what one lacks is None."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return Table({name: column([row.get(name) for row in rows]) for name in names}, index)


def column(values: list[Any]) -> Any:
    """An array of whole numbers, numbers, truth values, or objects."""
    kinds = {type(value) for value in values}
    if kinds <= {int} or kinds <= {bool}:
        return np.array(values)
    if kinds <= {int, float, type(None)} and kinds - {type(None)}:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
