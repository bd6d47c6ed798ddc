#!/usr/bin/env bash
# Runs every fuzz target for so many seconds, from the committed corpora: tools/fuzz.sh BUILD SECONDS [NAME...].
# What is found lies in BUILD/fuzz/NAME/crash-*, which becomes a file of tests/fuzz/corpus/NAME with its mending.
set -eu
root="$(cd "$(dirname "$0")/.." && pwd)"
build="$(cd "$1" && pwd)" seconds="$2"
shift 2
names=("$@")
[ "${#names[@]}" -gt 0 ] || names=($(ls "$root/tests/fuzz/corpus"))
failed=0
for name in "${names[@]}"; do
  place="$build/fuzz/$name"
  mkdir -p "$place/corpus"
  # A leak would be one of the process, not of an input: the static store and database of two targets live to its end.
  log="$place/log"
  code=0
  (cd "$place" && "$build/groklab_fuzz_$name" corpus "$root/tests/fuzz/corpus/$name" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=1024 -malloc_limit_mb=1024 -max_len=20000 -print_final_stats=1) >"$log" 2>&1 || code=$?
  runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  coverage="$(grep -o 'cov: [0-9]*' "$log" | tail -1)"
  echo "$name: ${runs:-?} inputs, ${coverage:-cov: ?}$([ $code -eq 0 ] || echo ", FAILED: see $log")"
  [ $code -eq 0 ] || failed=1
done
exit $failed
