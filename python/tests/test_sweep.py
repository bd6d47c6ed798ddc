"""Grids and reproductions."""

import math

import numpy as np
import pytest

import groklab
from groklab._sweep import grid_text


def test_a_grid_is_a_row_a_run(small, store):
    table = groklab.sweep(small | {"seed": [0, 1], "optim.weight_decay": [0.0, 1.0]}, store=store, jobs=2)
    assert table.n_rows == 4 == len(store)
    pairs = sorted(zip(table["seed"], table["optim.weight_decay"], strict=True))
    assert pairs == [(0, 0.0), (0, 1.0), (1, 0.0), (1, 1.0)]
    for row in table.rows():
        run = groklab.train(small, seed=row["seed"], weight_decay=row["optim.weight_decay"])
        assert run.id == row["id"] and run.history["test_loss"][-1] == row["test_loss"]
        assert row["observed"] == (not math.isnan(row["t_grok"]))
        assert row["duration"] == (row["t_grok"] if row["observed"] else 300)


def test_a_table_is_what_survival_analysis_asks_for(store):
    lifelines = pytest.importorskip("lifelines")
    grid = {"seed": [0, 1], "modulus": 23, "train_fraction": 0.9, "d_model": 48, "weight_decay": 2.0, "steps": [100, 2000]}
    table = groklab.sweep(grid | {"stop_test_accuracy": 0.99}, store=store)
    frame = table.to_pandas()
    curve = lifelines.KaplanMeierFitter().fit(frame["duration"], frame["observed"])
    assert curve.event_table["observed"].sum() == frame["observed"].sum() > 0
    assert curve.event_table["censored"].sum() == (~frame["observed"]).sum() > 0


def test_the_later_word_about_a_key_counts():
    assert grid_text({"train": {"steps": 5}, "train.steps": [1, 2]}) == "train.steps = [1, 2]\n"


def test_ranges_cases_forks_and_arrays():
    text = grid_text(
        {
            "task": {"modulus": np.array([7, 11])},
            "optim.weight_decay": {"from": 0.1, "to": 1, "count": 3, "scale": "log"},
            "case": [{"seed": 1, "model": {"d_model": 32}}],
            "then": [{"name": "less", "split.train_size": range(5, 7)}],
        }
    )
    assert text.splitlines() == [
        "task.modulus = [7, 11]",
        'optim.weight_decay = { from = 0.1, to = 1, count = 3, scale = "log" }',
        "[[case]]",
        "seed = 1",
        "model.d_model = 32",
        "[[then]]",
        'name = "less"',
        "split.train_size = [5, 6]",
    ]


def test_forks_in_a_grid(small, store):
    table = groklab.sweep(small | {"then": [{"split.train_size": [20, 30]}]}, store=store)
    assert table.n_rows == 3 and len(store) == 3


def test_a_temporary_store_and_a_file(small, tmp_path):
    file = tmp_path / "grid.toml"
    file.write_text(grid_text(small | {"seed": [3, 4]}))
    assert groklab.sweep(file)["status"].tolist() == ["finished", "finished"]


def test_what_is_wrong_is_said_before_anything_starts(small, store):
    with pytest.raises(groklab.ConfigError, match="task.modulus"):
        groklab.sweep(small | {"task": {"modulus": [11, -1]}}, store=store)
    assert len(store) == 0


def test_ctrl_c_stops_a_sweep(small, store, interrupt_after):
    grid = small | {"seed": [0, 1], "train": {"steps": 10**8, "evaluate_every": 10**7, "evaluate_per_decade": 0}}
    with interrupt_after(3.0), pytest.raises(KeyboardInterrupt):
        groklab.sweep(grid, store=store, jobs=2)
    assert set(store.runs()["status"]) <= {"interrupted", "running"}


def test_studies_and_refusals(store):
    study = groklab.studies()["varma2023"]
    assert "smoke" in study["scales"] and study["claims"]
    with pytest.raises(groklab.ConfigError, match="varma2023"):
        groklab.reproduce("varma2032", store=store)
    with pytest.raises(groklab.ConfigError):
        groklab.reproduce(scale="huge", store=store)


def test_a_claim_is_measured(store):
    claim = next(iter(groklab.studies()["varma2023"]["claims"]))
    result = groklab.reproduce(claims=claim, scale="smoke", store=store)
    assert list(result) == [claim] and result[claim].verdict == "not judged"
    assert claim in result.data["claims"][0]["id"] and result.page.startswith("<!")
    assert result.measurements["study"] == "varma2023" and len(store) > 0
