"""The package and the program compute the same bits and read one store."""

import csv
import io
import subprocess

import numpy as np
import pytest

import groklab

CONFIGS = {
    "adamw": {},
    "float64": {"train.precision": "float64"},
    "muon": {"optim.kind": "muon"},
    "mlp": {"model": {"architecture": "mlp", "d_model": 32, "d_mlp": 64}},
}


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_bits(name, small, program, tmp_path):
    config = small | CONFIGS[name]
    ours = groklab.train(config, store=tmp_path / "python")
    text = groklab._config.assignments(config)
    command = [program, "train", "--quiet", "--store", tmp_path / "program"]
    subprocess.run(command + [part for line in text for part in ("--set", line)], check=True)
    theirs = groklab.open(tmp_path / "program")[ours.id]
    for tensor, values in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[tensor], values, err_msg=tensor)
    for column, values in theirs.history.items():
        if column != "seconds":
            np.testing.assert_array_equal(ours.history[column], values, err_msg=column)


def test_the_program_reads_our_store(small, program, tmp_path):
    run = groklab.train(small, store=tmp_path)
    command = [program, "export", run.id, "--format", "csv", "--store", tmp_path, "-o", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["test_loss"]) for row in rows] == run.history["test_loss"].tolist()
    assert set(rows[0]) == set(run.history)


def test_one_version(program):
    text = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    assert groklab.__version__ in text
