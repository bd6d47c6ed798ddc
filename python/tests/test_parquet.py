"""The store as Parquet, read by pyarrow, pandas and DuckDB: every number with every bit."""

import os
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import groklab


@pytest.fixture
def tables(small, store, tmp_path):
    """A store with two runs of other keys and the folder of its tables."""
    groklab.train(small, store=store)
    groklab.train(small | {"optim.kind": "sgd"}, store=store, seed=5, steps=100, learning_rate=0.1)
    store.to_parquet(tmp_path / "tables")
    return tmp_path / "tables"


def test_every_number_keeps_every_bit(store, tables):
    table = pq.read_table(tables / "records.parquet").to_pandas()
    for run_id in store:
        rows = table[table["run"] == run_id].sort_values("step")
        history = store[run_id].history
        assert len(rows) == len(history["step"])
        for name, column in history.items():
            if name in rows:
                np.testing.assert_array_equal(rows[name].to_numpy(dtype=column.dtype), column, err_msg=name)
    assert {"train_loss", "test_accuracy", "norm"} <= set(table.columns)
    assert any(name.startswith("norm:") for name in table.columns)


def test_runs_have_their_keys_as_columns(store, tables):
    runs = pd.read_parquet(tables / "runs.parquet").set_index("id")
    assert set(runs.index) == set(store)
    assert runs["config.seed"].dtype.kind == "i" and sorted(runs["config.seed"])[-1] == 5
    assert set(runs["status"]) == {"finished"}
    assert set(runs["config.optim.kind"]) > {"sgd"}


def test_duckdb_joins_runs_and_records(store, tables):
    found = duckdb.sql(
        f"""SELECT runs.id, max(records.step), count(*) FROM '{tables}/runs.parquet' AS runs
            JOIN '{tables}/records.parquet' AS records ON records.run = runs.id GROUP BY runs.id"""
    ).fetchall()
    assert {row[0]: row[1:] for row in found} == {
        run_id: (store[run_id].step, len(store[run_id].history["step"])) for run_id in store
    }


def test_probe_results_are_json(small, store, tmp_path):
    groklab.train(small, store=store, probe_every=100)
    store.to_parquet(tmp_path)
    found = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/probes.parquet' WHERE json_valid(result)").fetchall()
    assert found[0][0] > 0


def test_many_row_groups_and_missing_cells(small, store, tmp_path):
    """More rows than a group has, and groups of rows without which no mean is known (NULL)."""
    run = groklab.train(small, store=store, steps=110_000, evaluate_every=1, train_fraction=1.0)
    store.to_parquet(tmp_path)
    file = pq.ParquetFile(tmp_path / "records.parquet")
    assert file.num_row_groups > 1 and file.metadata.num_rows == len(run.history["step"])
    column = file.read(columns=["test_loss"])["test_loss"]
    assert column.null_count == len(column)


def test_a_condition_chooses_runs(store, tables, tmp_path):
    store.to_parquet(tmp_path / "some", where="seed = 5")
    assert list(pq.read_table(tmp_path / "some" / "runs.parquet")["config.seed"].to_pylist()) == [5]
    with pytest.raises(groklab.StoreError, match="nonsense"):
        store.to_parquet(tmp_path / "none", where="nonsense ~ 3")


def test_an_empty_store_gives_empty_tables(store, tmp_path):
    store.to_parquet(tmp_path)
    assert pq.read_table(tmp_path / "records.parquet").num_rows == 0


@pytest.mark.skipif("GROKLAB_BINARY" not in os.environ, reason="needs the program")
def test_the_program_writes_the_same_bytes(store, tables, tmp_path):
    program = os.environ["GROKLAB_BINARY"]
    words = [program, "export", "--format", "parquet", "--store", store.directory, "-o", tmp_path / "out"]
    subprocess.run(words, check=True, stdout=sys.stderr)
    for name in ("runs", "records", "probes"):
        assert (tmp_path / "out" / f"{name}.parquet").read_bytes() == (tables / f"{name}.parquet").read_bytes()
