"""Configurations from dicts, dotted keys, short names and files; refusals with the program's line."""

import numpy as np
import pytest

import groklab


# Catches: a new key that ends in the same word takes the short name from those who use it.
def test_precision_is_that_of_training():
    config = groklab.resolve(precision="float64")
    assert config["train"]["precision"] == "float64" and config["loss"]["precision"] == "run"


def test_nested_dotted_and_short_names_say_the_same():
    nested = groklab.resolve({"task": {"modulus": 59}, "optim": {"weight_decay": 0.5}})
    assert nested == groklab.resolve({"task.modulus": 59, "optim.weight_decay": 0.5})
    assert nested == groklab.resolve(modulus=59, weight_decay=0.5)
    assert nested == groklab.resolve({"task": {"modulus": 7}}, task__modulus=np.int64(59), weight_decay=np.float64(0.5))
    assert nested["task"]["modulus"] == 59 and nested["model"]["d_mlp"] == 512


def test_a_component_has_a_section_of_its_own():
    config = groklab.resolve({"optim": {"kind": "muon", "muon": {"momentum": 0.9}}})
    assert config["optim"]["muon"]["momentum"] == 0.9


def test_a_file_is_changed_by_keywords(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text("[task]\nmodulus = 13\n")
    assert groklab.resolve(file)["task"]["modulus"] == 13
    assert groklab.resolve(str(file), modulus=17)["task"]["modulus"] == 17


@pytest.mark.parametrize(
    ("config", "part"),
    [
        ({"task.modulos": 59}, "task.modulus"),
        ({"modulos": 59}, "modulus"),
        ({"kind": "adamw"}, "optim.kind"),
        ({"task.modulus": "many"}, "task.modulus"),
        ({"task.modulus": -3}, "task.modulus"),
        ({"task.modulus": None}, "task.modulus"),
        ({"task.modulus": [1, 2]}, "task.modulus"),
        ({"task": {"deep": {"er": 1}}}, "task.deep"),
        ({3: 4}, "3"),
        ({"model.d_model": 33}, "d_model"),
        ({"task.modulus": 10**30}, "task.modulus"),
        ({"train.steps": float("nan")}, "train.steps"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(config, part):
    with pytest.raises(groklab.ConfigError) as caught:
        groklab.resolve(config)
    assert part in str(caught.value) and "\n" not in str(caught.value)
    assert isinstance(caught.value, groklab.Error) and isinstance(caught.value, ValueError)


def test_a_missing_file_and_another_type():
    with pytest.raises(groklab.Error, match=r"no-such-file\.toml"):
        groklab.resolve("no-such-file.toml")
    with pytest.raises(groklab.ConfigError, match="list"):
        groklab.resolve([1])


def test_every_key_is_described():
    keys = groklab.keys()
    assert keys["task.modulus"].default == "113"
    assert all(key.meaning and key.key == name for name, key in keys.items())
