#!/usr/bin/env bash
# Makes a virtual environment for the Python package: tools/setup-python.sh DIRECTORY PACKAGE...
# With PYTHON=... of that interpreter; else of the newest that is 3.12 or later, whose wheel has the stable ABI; else of
# python3. Does nothing, and asks no network, when the environment and its packages are there.
set -eu
directory="$1"
shift

works() { "$1" -c 'import venv, sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in python3.14 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3 python3; do
    works "$candidate" && { echo "$candidate"; return; }
  done
  echo "setup-python: expected Python 3.10 or newer with venv (Debian packages python3-dev, python3-venv), found none" >&2
  exit 1
}

python="${PYTHON:-}"
if [ ! -x "$directory/bin/python" ]; then
  [ -n "$python" ] || python="$(find_python)"
  "$python" -m venv "$directory"
fi
stamp="$directory/packages"
[ "$(cat "$stamp" 2>/dev/null)" = "$*" ] && exit 0
"$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
echo "$*" >"$stamp"
