"""Configurations: nested dicts, dotted keys, TOML files, short names."""

import difflib
import functools
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from groklab import _core
from groklab.errors import ConfigError

ConfigLike = Mapping[str, Any] | str | os.PathLike[str] | None


class Key(NamedTuple):
    """A configuration key: docs/config.md lists all of them."""

    key: str
    type: str
    default: str
    unit: str
    range: str
    meaning: str


@functools.cache
def keys() -> dict[str, Key]:
    """Every configuration key by its dotted name."""
    return {entry[0]: Key(*entry) for entry in _core.keys()}


# Short names that meant one key when others came to end in them: programs that use them go on meaning that one.
_FIRST = {"precision": "train.precision"}  # loss.precision follows it unless it is set


@functools.cache
def _by_short_name() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for key in keys():
        names.setdefault(key.rpartition(".")[2], []).append(key)
    return names


def full_key(name: str) -> str:
    """The dotted key that `name` means: itself, or the one key whose last part it is ("modulus": "task.modulus").

    A section's own keys come before those of its components.

    Raises ConfigError for a name of several keys, with all of them, and for one of none.
    """
    name = name.replace("__", ".")
    if name in keys():
        return name
    if name in _FIRST:
        return _FIRST[name]
    found = _by_short_name().get(name, [])
    depth = min((key.count(".") for key in found), default=0)
    found = [key for key in found if key.count(".") == depth]  # train.steps before optim.muon.steps
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"{name}: expected one key, found {', '.join(found)}")
    if "." in name:
        return name  # the library knows renamed keys and suggests the nearest
    near = difflib.get_close_matches(name, [*_by_short_name(), *keys()], 1)
    raise ConfigError(f"{name}: unknown key" + (f"; did you mean {near[0]}?" if near else ""))


def flat(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of a nested or flat mapping; sections may be dicts or dotted keys, also mixed."""
    sections = {key.rpartition(".")[0] for key in keys()} - {""}
    sections |= {section.split(".")[0] for section in sections}

    def walk(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from walk(f"{prefix}.{name}", inner)
        else:
            yield prefix, value

    for name, value in config.items():
        if not isinstance(name, str):
            raise ConfigError(f"config: expected names of keys, found {name!r}")
        if isinstance(value, Mapping) and name in sections:
            yield from walk(name, value)
        else:
            yield full_key(name), value


def text(key: str, value: Any) -> str:
    """A value as in --set."""
    if hasattr(value, "item"):  # NumPy's numbers
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)
    raise ConfigError(f"{key}: expected a number, a text or a truth value, found {type(value).__name__}")


def assignments(config: Mapping[str, Any]) -> list[str]:
    """ "key=value" lines of a nested or flat mapping."""
    return [f"{key}={text(key, value)}" for key, value in flat(config)]


def make(config: ConfigLike, keywords: Mapping[str, Any]) -> str:
    """The JSON text of a configuration: a mapping or a TOML file, changed by keywords."""
    if config is None or isinstance(config, Mapping):
        return str(_core.make_config(None, assignments(config or {}) + assignments(keywords)))
    if not isinstance(config, str | os.PathLike):
        raise ConfigError(f"config: expected a mapping or the path of a TOML file, found {type(config).__name__}")
    return str(_core.make_config(os.fspath(config), assignments(keywords)))


def resolve(config: ConfigLike = None, **keywords: Any) -> dict[str, Any]:
    """The configuration that a run would have, nested by section: nothing in it is automatic.

    Raises ConfigError, InputError.
    """
    _, resolved, _ = _core.prepare(make(config, keywords))
    return dict(json.loads(resolved))
