"""The run store."""

import json
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from groklab import _config, _core, _plot
from groklab._run import Run
from groklab._table import Table


class Store:
    """A directory in which runs, their records, probe results and checkpoints live, as the program writes it.

    Several programs may use it at a time. A run is asked for by its id, a unique start of it, or "last":
    `store["last"]`; `in`, `len` and iteration over ids work as with a dict. Raises StoreError, IoError.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = os.fspath(directory)
        self._core = _core.Store(self.directory)

    def runs(self, where: str = "", *, threshold: float | None = None, held: int | None = None, **equal: Any) -> Table:
        """One row a run, newest first: id, status, the keys that differ, the last record, and when it grokked.

        Arguments:
            where: a condition as in `groklab runs --where`: "task.modulus = 59 and status = 'finished'".
            equal: keys with the value that they have, names as in `train`.
            threshold, held: t_fit and t_grok are the first steps from which `held` records have at least this accuracy
                on training and test rows, t_ungrok the first after t_grok from which test rows stay below. By
                default the run's own rule, events.accuracy and events.held_evaluations.

        Columns for survival analysis: duration [steps] is t_grok or the last step, observed says which.
        """
        tests = [f"({where})"] if where else []
        tests += [f"{_config.full_key(name)} = {_literal(name, value)}" for name, value in equal.items()]
        infos = self._infos(" and ".join(tests))
        flats = [dict(_flatten("", info["config"])) for info in infos]
        varied = [key for key in flats[0] if len({repr(f.get(key)) for f in flats}) > 1] if flats else []
        rows = []
        for info, flat in zip(infos, flats, strict=True):
            row = {name: info[name] for name in ("id", "status", "reason", "step", "seconds", "created", "task")}
            row |= {key: flat.get(key) for key in varied}
            row |= last_numbers(info.get("last"))
            row |= self._events(info["id"], info["step"], threshold, held)
            rows.append(row)
        return _plot.frame_rows(rows, "id")

    def _infos(self, where: str = "") -> list[dict[str, Any]]:
        text, damaged = self._core.runs(where)
        for line in damaged:
            warnings.warn(line, stacklevel=3)
        return list(json.loads(text))

    def _events(self, run_id: str, step: int, threshold: float | None, held: int | None) -> dict[str, Any]:
        fit, grok, ungrok = self._core.event_times(run_id, threshold, held)
        return {
            "t_fit": float("nan") if fit is None else float(fit),
            "t_grok": float("nan") if grok is None else float(grok),
            "t_ungrok": float("nan") if ungrok is None else float(ungrok),
            "duration": step if grok is None else grok,
            "observed": grok is not None,
        }

    def annotate(
        self,
        run_id: str,
        *,
        name: str | None = None,
        tags: Sequence[str] = (),
        untags: Sequence[str] = (),
        note: str | None = None,
    ) -> None:
        """Changes what is said of a run, as `groklab annotate`: what is not given stays, "" takes it away.

        A name is accepted wherever a run is asked for. Raises ConfigError, StoreError.
        """
        self._core.annotate(run_id, name, list(tags), list(untags), note)

    def checkpoints(self, run_id: str) -> list[tuple[int, bool, str]]:
        """(step, whether it is kept for ever, file) of the stored states, by step.

        A file that ends in .pack holds many states (`groklab store pack`); `Run.state_dict` and `groklab export` read it.
        """
        return [(step, kept, file) for step, kept, file, _, _ in self._core.checkpoints(run_id)]

    def to_parquet(self, directory: str | os.PathLike[str], where: str = "") -> None:
        """Writes runs.parquet, records.parquet and probes.parquet, for pandas, DuckDB and others.

        Arguments:
            directory: is made if it is missing.
            where: a condition as in `runs`; all runs without one.

        A run that cannot be read is left out, with a warning. Raises IoError.
        """
        for line in self._core.export_parquet(os.fspath(directory), where):
            warnings.warn(line, stacklevel=2)

    def report(self, run_ids: list[str], title: str = "", threads: int = 1) -> _plot.Page:
        """One HTML page about runs, the first one's curves first; it loads nothing from anywhere."""
        return _plot.Page(self._core.report(run_ids, title, threads))

    def __getitem__(self, run_id: str) -> Run:
        return Run._of_store(self, self._core.resolve(run_id))

    def __contains__(self, run_id: object) -> bool:
        return isinstance(run_id, str) and bool(self._core.contains(run_id))

    def __iter__(self) -> Iterator[str]:
        return iter([info["id"] for info in self._infos()])

    def __len__(self) -> int:
        return len(self._infos())

    def __repr__(self) -> str:
        return f"<Store {self.directory}>"


def open(store: str | os.PathLike[str] | None = None) -> Store:
    """The store in a directory; by default the one that the variable GROKLAB_STORE names, else "groklab-store".

    The directory is made if it is missing. Raises StoreError, IoError.
    """
    return Store(store or os.environ.get("GROKLAB_STORE") or "groklab-store")


def last_numbers(last: dict[str, Any] | None) -> dict[str, float]:
    """Loss and accuracy of a run's last record."""
    names = [(group, metric) for group in ("train", "test") for metric in ("loss", "accuracy")]
    found = {f"{g}_{m}": (last or {}).get(g, {}).get(m) for g, m in names} | {"norm": (last or {}).get("norm")}
    return {name: float("nan") if value is None else float(value) for name, value in found.items()}


def _flatten(prefix: str, config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in config.items():
        if isinstance(value, dict):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value


def _literal(key: str, value: Any) -> str:
    text = _config.text(key, value)
    return "'" + text.replace("'", "''") + "'" if isinstance(value, str) else text
