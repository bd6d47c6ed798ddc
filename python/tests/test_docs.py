"""The examples of docs/python.md run, in their order, and the package is typed."""

import inspect
import pathlib
import re
import subprocess
import sys

import pytest

import groklab

ROOT = pathlib.Path(__file__).parents[2]


def examples():
    page = (ROOT / "docs" / "python.md").read_text()
    found = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(found) >= 9
    return found


def test_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for example in examples():
        exec(compile(example, f"docs/python.md: {example.splitlines()[0]}", "exec"), names)


def test_its_types_hold(tmp_path):
    pytest.importorskip("mypy")
    code = "\n".join(examples())
    (tmp_path / "use.py").write_text(code)
    (tmp_path / "misuse.py").write_text(code + "number: int = run.history\n")
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(tmp_path / "cache")]
    result = subprocess.run([*command, "-p", "groklab"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    result = subprocess.run([*command, "use.py"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    result = subprocess.run([*command, "misuse.py"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1 and "Incompatible types in assignment" in result.stdout


def test_every_public_name_says_what_it_is():
    bare = []
    for name, value in vars(groklab).items():
        if name.startswith("_") or inspect.ismodule(value) or isinstance(value, str):
            continue
        inner = vars(value).items() if inspect.isclass(value) else ()
        parts = [(name, value), *((f"{name}.{n}", v) for n, v in inner if not n.startswith("_") and (callable(v) or isinstance(v, property)))]
        bare += [part for part, thing in parts if not inspect.getdoc(thing)]
    assert bare == []
