#!/usr/bin/env bash
# A sweep of 200 runs in 8 tasks on a real Slurm of two nodes: a task is killed, another gets the signal that its time
# ends, a node dies. Merged, the shards must be the sweep of one machine, bit for bit. tools/cluster/slurm_test.sh GROKLAB
# [FOLDER]. Needs root and tools/setup-cluster.sh.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
groklab="$(realpath "$1")"
place="${2:-$(mktemp -d)}"
mkdir -p "$place"
cd "$place"

cp "$here/grid.toml" grid.toml
printf 'time = "00:30:00"\ncores = 1\n' >cluster.toml

# MaxArraySize 6: the array of 8 shards has to be split.
MAX_ARRAY_SIZE=6 "$here/slurm_here.sh" start "$place/slurm"
export SLURM_CONF="$place/slurm/slurm.conf"
trap '"$here/slurm_here.sh" stop "$place/slurm"' EXIT

check() { "$@" || { echo "slurm_test: FAILED: $*" >&2; exit 1; }; }
count() { "$groklab" cluster status job | awk -v name="$1" '$1 == name { print $2 }' | grep . || echo 0; }
wait_for() { # NAME AT-LEAST
  for _ in $(seq 1200); do [ "$(count "$1")" -ge "$2" ] && return 0; sleep 0.5; done
  "$groklab" cluster status job
  return 1
}
# Processes of a shard's groklab on a node.
of_shard() { pgrep -f -- "--shard $1/8 " || true; }

check "$groklab" plan grid.toml --nodes 2 --cores 1 --shards 8
"$groklab" cluster submit grid.toml --settings cluster.toml --shards 8 -o job
[ "$(squeue -h -o %A | sort -u | wc -l)" -ge 2 ] || { echo "slurm_test: FAILED: one array of 8" >&2; exit 1; }
check test "$("$groklab" cluster submit grid.toml --settings cluster.toml -o job)" = "all of 8 shards are done or in the queue"
check wait_for running 4
sleep 2

echo "a task is killed: $(of_shard 1)"
kill -9 $(of_shard 1)
echo "a task is told that its time ends"
task="$(squeue -h -t R -r -o '%i %k %K' | awk '$3 == 2 && $2 == "before=0" { print $1 }')"
check test -n "$task"
scancel --batch --signal=TERM "$task"
echo "node2 dies, with all that runs there"
shards="$(squeue -h -t R -r -w node2 -o '%k %K' | sed 's/before=//' | awk '{ print $1 + $2 }')"
check test -n "$shards"
kill -9 "$(cat slurm/node2.started)"
for id in $(squeue -h -t R -r -w node2 -o %A); do
  scontrol show job "$id" | sed -n 's/ *JobId=\([0-9]*\) .*/\1/p' | while read -r job_id; do
    pkill -9 -f "slurmstepd: \[$job_id\." || true # before what it watches, so that nobody reports an end
    for process in $(pgrep -f "job0*$job_id/slurm_script" || true); do kill -9 "$process"; done
  done
done
for shard in $shards; do kill -9 $(of_shard "$shard") 2>/dev/null || true; done
scontrol update NodeName=node2 State=DOWN Reason=died
check wait_for failed 1
"$here/slurm_here.sh" node "$place/slurm" node2
scontrol update NodeName=node2 State=RESUME
# Alone what failed is left: the task that was told to end and those of the dead node are in the queue again by themselves.
check test "$(count failed)" -eq 1
check test "$("$groklab" cluster submit grid.toml --settings cluster.toml -o job | sed 's/^job [0-9]*: //' | head -1)" = "1 shard"
check wait_for done 8
restarted="$(scontrol show job -o | grep -c ' Restarts=[1-9]')"
echo "tasks that Slurm started again: $restarted, of the dead node: $(echo "$shards" | wc -w)"
check test "$restarted" -ge "$(printf '%s\n' 2 $shards | sort -u | wc -l)"
check test "$(scontrol show job -o | grep " ArrayTaskId=2 " | grep before=0 | grep -c ' Restarts=[1-9]')" -eq 1

"$groklab" cluster collect job --store merged
check test "$("$groklab" cluster collect job --store merged)" = "0 runs copied from 8 of 8 shards"
check "$groklab" sweep grid.toml --store merged --quiet --report page.html
check test "$("$groklab" runs --store merged --csv | wc -l)" -eq 201
check grep -q 200 page.html
"$groklab" sweep grid.toml --store whole --quiet
check test "$("$groklab" merge whole -o merged)" = "0 runs copied, 200 there already"
check "$groklab" store verify --store merged
echo "slurm_test: 200 runs in 8 tasks are those of one machine, bit for bit"
