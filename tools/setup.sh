#!/usr/bin/env bash
# Installs what groklab needs from the distribution (Debian 12 or Ubuntu 22.04 and newer). This is the one list.
# Does nothing, and asks no network, when all of it is there already.
set -eu

packages=(
  g++ cmake ninja-build pkg-config
  libfmt-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev  # text, JSON, TOML, command line
  libsqlitecpp-dev libsqlite3-dev libxxhash-dev zlib1g-dev        # run store, run names, checksums of archives
  libhwy-dev librandom123-dev libopenblas-pthread-dev             # vector kernels, random streams, a baseline in benchmarks
  libeigen3-dev libboost-math-dev                                 # singular values of probes; Student's distribution
  libcpp-httplib-dev                                              # the server of the live page
  libgtest-dev                                                    # tests
)
# `make docs` alone needs doxygen besides; it is not installed here: apt-get install doxygen.
# node and npm bundle the charts of the report page, at build time only; any installation of them will do.
command -v node >/dev/null 2>&1 || packages+=(nodejs)
command -v npm >/dev/null 2>&1 || packages+=(npm)

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: this system has no apt; install the equivalents of these Debian packages, then run cmake yourself" \
       "(see README.md):" >&2
  printf '  %s\n' "${packages[@]}" >&2
  exit 1
fi

# An architecture qualifier may follow the name ("libfmt-dev:amd64"), and a package may be known but not installed.
installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "${packages[@]}" 2>/dev/null || true)"
missing=()
for package in "${packages[@]}"; do
  [[ "$installed" == *" installed=$package "* ]] || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "setup: not root and no sudo; ask an administrator for: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
