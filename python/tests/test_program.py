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


def same_runs(ours, theirs):
    """All records but their times, and all weights."""
    ours, theirs = groklab.open(ours), groklab.open(theirs)
    ids = sorted(ours.runs()["id"])
    assert ids == sorted(theirs.runs()["id"])
    for run in ids:
        for tensor, values in theirs[run].state_dict().items():
            np.testing.assert_array_equal(ours[run].state_dict()[tensor], values, err_msg=f"{run} {tensor}")
        for column, values in theirs[run].history.items():
            if column != "seconds":
                np.testing.assert_array_equal(ours[run].history[column], values, err_msg=f"{run} {column}")
    return len(ids)


GRID = """
seed = [0, 1]
task.modulus = 11
split.train_size = 60
model.d_model = 16
model.n_heads = 2
train.steps = 100
[[then]]
split.train_size = 30
train.steps = 50
"""


def test_a_sweep_with_forks_has_the_same_bits(program, tmp_path):
    (tmp_path / "grid.toml").write_text(GRID)
    groklab.sweep(tmp_path / "grid.toml", store=tmp_path / "python", jobs=2)
    command = [program, "sweep", tmp_path / "grid.toml", "--quiet", "--jobs", "1", "--store", tmp_path / "program"]
    subprocess.run(command, check=True)
    assert same_runs(tmp_path / "python", tmp_path / "program") == 4


def test_a_fork_has_the_same_bits(small, program, tmp_path):
    for place in ("python", "program"):
        groklab.train(small, store=tmp_path / place)
    groklab.open(tmp_path / "python")["last"].fork(at=100, train_size=30).train()
    command = [program, "fork", "last", "--at", "100", "--set", "split.train_size=30", "--quiet"]
    subprocess.run([*command, "--store", tmp_path / "program"], check=True)
    assert same_runs(tmp_path / "python", tmp_path / "program") == 2


def test_a_claim_has_the_same_bits(program, tmp_path):
    groklab.reproduce("varma2023", ["grokking"], scale="smoke", store=tmp_path / "python")
    command = [program, "reproduce", "varma2023", "grokking", "--scale", "smoke", "--quiet"]
    subprocess.run([*command, "--store", tmp_path / "program"], check=True)
    assert same_runs(tmp_path / "python", tmp_path / "program") >= 2


MISTAKES = {
    "an unknown key": {"task.modulos": 7},
    "a value out of range": {"task.modulus": 0},
    "another type": {"train.steps": "many"},
    "an unknown word": {"optim.kind": "adamv"},
    "keys that do not fit": {"model.d_model": 30, "model.n_heads": 4, "model.d_head": 0},
    "a bad formula": {"task.operation": "x +"},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_have_the_same_words(name, program):
    with pytest.raises(groklab.Error) as error:
        groklab.train(MISTAKES[name], store=False)
    sets = [part for key, value in MISTAKES[name].items() for part in ("--set", f"{key}={value}")]
    theirs = subprocess.run([program, "train", *sets], capture_output=True, text=True)
    assert theirs.returncode == 2
    # The first word says where: "groklab: --set:" there, "config:" here.
    assert str(error.value).split(": ", 1)[1] in theirs.stderr


def test_one_version(program):
    text = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    assert groklab.__version__ in text
