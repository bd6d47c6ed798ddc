"""One version of everything, and papers that go with it."""

import pathlib
import re
import sys

import groklab

ROOT = pathlib.Path(__file__).parents[2]


def found(pattern, file):
    match = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert match, f"{file} has no {pattern}"
    return match[1]


def test_the_version_is_one():
    version = found(r"^project\(groklab VERSION ([0-9.]+)", "CMakeLists.txt")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert groklab.__version__ == version
    assert found(r"^version: (\S+)", "CITATION.cff") == version
    assert found(r"^## (\d\S+), \d{4}-\d\d-\d\d$", "CHANGELOG.md") == version  # the newest entry
    assert found(r"find_package\(groklab ([0-9.]+)", "examples/cpp/CMakeLists.txt") == version.rpartition(".")[0]
    # pyproject.toml reads it where CMake does, so that there is nothing to forget.
    assert found(r"^dynamic = \[\"(version)\"\]", "pyproject.toml")
    assert found(r"^input = \"(.*)\"", "pyproject.toml") == "CMakeLists.txt"


def test_the_citation_is_of_the_day_of_the_version():
    assert found(r"^date-released: \"(.*)\"", "CITATION.cff") == found(r"^## [^,]+, (\S+)$", "CHANGELOG.md")


def test_a_newer_python_gets_the_stable_abi():
    ending = ".abi3.so" if sys.version_info >= (3, 12) else ".so"
    assert groklab._core.__file__.endswith(ending)
