#!/usr/bin/env bash
# Installs a Debian package on a clean root of the release that this machine has, and trains there:
# tools/deb_test.sh PACKAGE.deb. As root, with mmdebstrap; takes a minute and 300 MB of $TMPDIR.
set -eu
package="$(readlink -f -- "$1")"
command -v mmdebstrap >/dev/null || { echo "deb_test: install the package mmdebstrap first" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo "deb_test: expected root, which makes roots of other systems" >&2; exit 1; }
release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
root="$(mktemp -d)/root"
trap 'rm -rf "$(dirname "$root")"' EXIT

# What apt is told here about proxies and keys goes along; the package is the only thing that is not the release's own.
mmdebstrap --quiet --mode=root --variant=minbase \
  --setup-hook='mkdir -p "$1"/etc/apt/apt.conf.d' \
  --setup-hook='cp -a /etc/apt/apt.conf.d/. "$1"/etc/apt/apt.conf.d/ 2>/dev/null || true' \
  --customize-hook="cp '$package' \"\$1\"/package.deb" \
  --customize-hook='DEBIAN_FRONTEND=noninteractive chroot "$1" apt-get install -qq -y /package.deb >/dev/null' \
  "$release" "$root"

in_root() { chroot "$root" "$@"; }
in_root dpkg -s groklab | grep -E '^(Status|Version|Depends)'
in_root groklab --version
in_root groklab train --set task.modulus=7 --set model.d_model=16 --set train.steps=40 --store /store
in_root groklab report last --store /store -o /page.html
in_root grep -q '<!doctype html' -i /page.html
in_root groklab store verify --store /store
in_root dpkg -r groklab >/dev/null
if in_root test -e /usr/bin/groklab; then echo "deb_test: the program is still there" >&2; exit 1; fi
echo "deb_test: installed, trained and removed on a clean $release"
