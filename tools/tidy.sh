#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over the library and the program, from the compile commands of BUILD:
# tools/tidy.sh BUILD [FILE...].
set -eu
cd "$(dirname "$0")/.."
build="$1"
shift
files=("$@")
[ "${#files[@]}" -gt 0 ] || files=(src/groklab/*/*.cc src/groklab/studies/*/*.cc cli/*.cc)
keep=()
for file in "${files[@]}"; do [[ "$file" == *_test.cc ]] || keep+=("$file"); done
printf '%s\0' "${keep[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet
