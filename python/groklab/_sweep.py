"""Grids of runs, and reproductions of published claims."""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groklab import _config, _core, _plot
from groklab._store import Store, last_numbers
from groklab._table import Table

Show = Callable[[int, int, int, float, float], None]


def sweep(
    grid: Mapping[str, Any] | str | os.PathLike[str],
    *,
    store: "str | os.PathLike[str] | Store | None" = None,
    jobs: int | None = None,
    progress: bool = False,
    threshold: float | None = None,
    held: int | None = None,
) -> Table:
    """Trains every run of a grid, many at a time, and goes on where it stopped.

    Arguments:
        grid: a mapping like a configuration in which any key may hold a list, or a range: {"from": a, "to": b} with
            "step": c, or with "count": n and "scale": "log"; "case" holds a list of mappings whose keys go together
            and "then" one of forks, as in a grid file; or the path of such a file (docs/sweeps.md).
        store: a directory or Store; by default $GROKLAB_STORE, else a temporary one that goes when the call ends.
        jobs: runs at a time, by default one a core; the results do not depend on it.
        progress: show a bar.
        threshold, held: as in `Store.runs`.

    Returns one row a run: id, the keys that vary, status, step, the last losses and accuracies, t_fit, t_grok,
    t_ungrok (NaN: not reached), and duration [steps] with observed for survival analysis. A run that fails has its message in `error`.
    Ctrl-C raises KeyboardInterrupt; the same call goes on. Raises ConfigError, InputError, StoreError.
    """
    if isinstance(grid, Mapping):
        text, where = grid_text(grid), "grid"
    else:
        where = os.fspath(grid)
        with open(where, encoding="utf-8") as file:
            text = file.read()
    with _store(store) as opened, _bar(progress) as show:
        rows: list[Mapping[str, Any]] = []
        for run_id, status, step, error, varied in _core.sweep(text, where, opened.directory, jobs or _cores(), show):
            row: dict[str, Any] = {"id": run_id} | {key: _value(text) for key, text in varied.items()}
            row |= {"status": status, "step": step, "error": error}
            stored = bool(run_id) and run_id in opened
            row |= last_numbers(json.loads(opened._core.run(run_id)).get("last") if stored else None)
            row |= opened._events(run_id, step, threshold, held) if stored else _NO_EVENTS
            rows.append(row)
        return _plot.frame_rows(rows, "id")


_NO_EVENTS = {"t_fit": float("nan"), "t_grok": float("nan"), "t_ungrok": float("nan"), "duration": 0, "observed": False}


def grid_text(grid: Mapping[str, Any]) -> str:
    """A grid as TOML. Raises ConfigError."""
    lines = []
    tables = {name: grid[name] for name in ("case", "then") if name in grid}
    for key, value in _grid_items({name: v for name, v in grid.items() if name not in tables}):
        lines.append(f"{key} = {_toml(key, value)}")
    for name, stages in tables.items():
        for stage in stages:
            lines.append(f"[[{name}]]")
            names = {k: v for k, v in stage.items() if k in ("name", "of")}
            lines += [f"{key} = {_toml(key, value)}" for key, value in names.items()]
            keys = {k: v for k, v in stage.items() if k not in names}
            lines += [f"{key} = {_toml(key, value)}" for key, value in _grid_items(keys)]
    return "\n".join(lines) + "\n"


def _grid_items(grid: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ranges are mappings too: they pass as tuples of their items."""

    def hide(value: Any) -> Any:
        if isinstance(value, Mapping):
            return tuple(value.items()) if "from" in value else {k: hide(v) for k, v in value.items()}
        return value

    # As for a configuration, the later of two words about one key counts: small | {"train.steps": 500}.
    yield from dict(_config.flat({key: hide(value) for key, value in grid.items()})).items()


def _toml(key: str, value: Any) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{name} = {_toml(key, part)}" for name, part in value) + " }"
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        value = value.tolist()
    if isinstance(value, range):
        value = list(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_toml(key, part) for part in value) + "]"
    text = _config.text(key, value)
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str | os.PathLike) else text


def _value(text: str) -> Any:
    """A value that varies, from the text that the plan has of it."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


@dataclass(frozen=True)
class Verdict:
    """What became of one claim."""

    claim: str  #: its id
    verdict: str  #: "confirmed", "refuted", "inconclusive", or "not judged"
    data: dict[str, Any] = field(repr=False)  #: everything that the JSON of `groklab reproduce` says of it


class Reproduction(dict[str, Verdict]):
    """Verdicts by claim."""

    data: dict[str, Any]  #: the JSON of `groklab reproduce` (docs/formats/json.md)
    page: _plot.Page  #: with figures
    measurements: dict[str, Any]  #: what `groklab reproduce --from-measurements` judges again

    def _repr_html_(self) -> str:
        return self.page._repr_html_()


def studies() -> dict[str, dict[str, Any]]:
    """The studies that can be reproduced: title, citation, scales, and claims with what they say."""
    return {
        study: {"citation": citation, "title": title, "scales": scales, "claims": claims}
        for study, citation, title, scales, claims in _core.studies()
    }


def reproduce(
    study: str = "varma2023",
    claims: Sequence[str] = (),
    scale: str = "quick",
    *,
    store: "str | os.PathLike[str] | Store | None" = None,
    jobs: int | None = None,
    seeds: int | None = None,
    first_seed: int | None = None,
    exploratory: bool = False,
    mixed_arithmetic: bool = False,
    progress: bool = False,
) -> Reproduction:
    """Trains what the claims of a study need, measures and judges: verdicts by claim (docs/reproduction.md).

    Arguments are those of `groklab reproduce`; no claims: all. `scale` is "smoke" (a minute; judges nothing), "quick",
    "standard" or "full". Without a store, $GROKLAB_STORE or else a temporary one that goes when the call ends. Ctrl-C
    raises KeyboardInterrupt; the same call goes on. Raises ConfigError, StoreError.
    """
    names = [claims] if isinstance(claims, str) else list(claims)
    with _store(store) as opened, _bar(progress) as show:
        directory, cores = opened.directory, jobs or _cores()
        text, page, measurements = _core.reproduce(
            study, names, scale, seeds, first_seed, directory, cores, exploratory, mixed_arithmetic, show
        )
    data = json.loads(text)
    result = Reproduction(
        (claim["id"], Verdict(claim["id"], claim["verdict"], claim)) for claim in data["claims"]
    )
    result.data, result.page, result.measurements = data, _plot.Page(page), json.loads(measurements)
    return result


def _cores() -> int:
    return len(os.sched_getaffinity(0))


@contextlib.contextmanager
def _store(store: "str | os.PathLike[str] | Store | None") -> Iterator[Store]:
    if isinstance(store, Store):
        yield store
    elif directory := store or os.environ.get("GROKLAB_STORE"):
        yield Store(directory)
    else:
        with tempfile.TemporaryDirectory(prefix="groklab-") as temporary:
            yield Store(temporary)


@contextlib.contextmanager
def _bar(wanted: bool) -> Iterator[Show | None]:
    with _plot.progress_bar(100, wanted) as show:
        yield None if show is None else lambda runs, done, failed, fraction, left: show(round(100 * fraction))
