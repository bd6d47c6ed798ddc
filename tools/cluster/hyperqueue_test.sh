#!/usr/bin/env bash
# A sweep of 200 runs in 8 tasks of HyperQueue (from PyPI), one of which is killed; merged, it is the sweep of one
# machine, bit for bit. tools/cluster/hyperqueue_test.sh GROKLAB PYTHON [FOLDER].
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
groklab="$(realpath "$1")"
python="$(realpath -s "$2")"
place="${3:-$(mktemp -d)}"
mkdir -p "$place"
cd "$place"

"$python" "$here/hyperqueue_sweep.py" "$here/grid.toml" --groklab "$groklab" --shards 8 --folder job --store merged >log 2>&1 &
sweep=$!
for _ in $(seq 100); do
  task="$(pgrep -f -- "--shard 1/8 --store $place/job" || true)"
  [ -n "$task" ] && break
  sleep 0.2
done
sleep 2
kill -9 $task
wait "$sweep" || { cat log; exit 1; }
cat log
grep -q "failed, and tried again: 1$" log || { echo "hyperqueue_test: FAILED: the killed task was not seen" >&2; exit 1; }
"$groklab" sweep "$here/grid.toml" --store whole --quiet
[ "$("$groklab" merge whole -o merged)" = "0 runs copied, 200 there already" ] ||
  { echo "hyperqueue_test: FAILED: other runs" >&2; exit 1; }
# A study in shards is the study.
"$python" "$here/hyperqueue_sweep.py" --study lyu2023 --scale smoke --groklab "$groklab" --shards 2 --folder study --store studied
"$groklab" reproduce lyu2023 --scale smoke --store whole-study --quiet
runs="$("$groklab" runs --store whole-study --csv | tail -n +2 | wc -l)"
[ "$("$groklab" merge whole-study -o studied)" = "0 runs copied, $runs there already" ] ||
  { echo "hyperqueue_test: FAILED: other runs of a study" >&2; exit 1; }
echo "hyperqueue_test: 200 runs in 8 tasks are those of one machine, bit for bit"
