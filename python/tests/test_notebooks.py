"""The notebooks of examples/notebooks run from top to bottom, with their assertions, and are kept without outputs."""

import json
import pathlib

import pytest

NOTEBOOKS = sorted((pathlib.Path(__file__).parents[2] / "examples" / "notebooks").glob("*.ipynb"))
SECONDS = 900  # a minute each where nobody else computes


def name(path):
    return path.stem


def test_there_are_four():
    assert [name(path)[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_is_kept_clean(path):
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert any("assert " in "".join(cell["source"]) for cell in code)
    assert all(len(line) <= 120 for cell in notebook["cells"] for line in "".join(cell["source"]).splitlines())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_runs(path, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    preprocessors = pytest.importorskip("nbconvert.preprocessors")
    pytest.importorskip("ipykernel")
    pytest.importorskip("matplotlib")
    notebook = nbformat.read(path, as_version=4)
    if any("import torch" in cell.source for cell in notebook.cells):
        pytest.importorskip("torch")
    execution = preprocessors.ExecutePreprocessor(timeout=SECONDS, kernel_name="python3")
    execution.preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    assert any(cell.get("outputs") for cell in notebook.cells)


def test_a_claim_that_fails_fails_the_test(tmp_path):
    """Without it the test above could pass by running nothing."""
    nbformat = pytest.importorskip("nbformat")
    preprocessors = pytest.importorskip("nbconvert.preprocessors")
    pytest.importorskip("ipykernel")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert 1 == 2")])
    with pytest.raises(preprocessors.CellExecutionError):
        preprocessors.ExecutePreprocessor(timeout=60, kernel_name="python3").preprocess(notebook, {})
