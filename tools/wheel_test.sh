#!/usr/bin/env bash
# Installs a wheel in a virtual environment on a clean root of the release that this machine has, where there is neither
# a compiler nor a source of groklab, and goes to the first plot: tools/wheel_test.sh WHEEL PYTHON, an interpreter of the
# release's version that has pip. As root, with mmdebstrap; takes two minutes and 600 MB of $TMPDIR.
set -eu
wheel="$(readlink -f -- "$1")"
python="$(realpath -s "$2")"
command -v mmdebstrap >/dev/null || { echo "wheel_test: install the package mmdebstrap first" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo "wheel_test: expected root, which makes roots of other systems" >&2; exit 1; }
release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

# NumPy comes from where this machine gets its packages; the clean root asks no network.
mkdir "$place/wheels"
cp "$wheel" "$place/wheels/"
"$python" -m pip download --quiet --disable-pip-version-check --only-binary :all: --no-deps -d "$place/wheels" numpy

mmdebstrap --quiet --mode=root --variant=minbase --include=python3,python3-venv \
  --setup-hook='mkdir -p "$1"/etc/apt/apt.conf.d' \
  --setup-hook='cp -a /etc/apt/apt.conf.d/. "$1"/etc/apt/apt.conf.d/ 2>/dev/null || true' \
  --customize-hook="cp -r '$place/wheels' \"\$1\"/wheels" \
  "$release" "$place/root"

in_root() { chroot "$place/root" "$@"; }
for tool in cc gcc g++ clang cmake groklab; do
  if in_root sh -c "command -v $tool"; then echo "wheel_test: expected a root without $tool" >&2; exit 1; fi
done
in_root python3 -m venv /venv
in_root /venv/bin/python -m pip install --quiet --no-index --find-links /wheels groklab
in_root /venv/bin/python -c '
import json
import groklab
run = groklab.train(modulus=23, train_fraction=0.5, d_model=48, steps=500)
spec = run.plot().spec
print(groklab.__version__, groklab._core.__file__, run.status, len(json.dumps(spec)))
assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/") and len(json.dumps(spec)) > 1000
'
echo "wheel_test: installed without a compiler, trained and plotted on a clean $release"
