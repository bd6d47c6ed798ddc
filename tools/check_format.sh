#!/usr/bin/env bash
# Fails if a C++ file is not as clang-format (version 14 or newer, see .clang-format) would write it.
set -eu
cd "$(dirname "$0")/.."
for name in clang-format-14 clang-format; do
  command -v "$name" >/dev/null 2>&1 && break
  name=""
done
if [ -z "$name" ]; then
  echo "check: expected clang-format (Debian package clang-format), found none" >&2
  exit 1
fi
git ls-files -z '*.cc' '*.h' | xargs -0 "$name" --dry-run --Werror
