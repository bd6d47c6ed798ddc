#!/usr/bin/env bash
# A Slurm of two nodes on this machine, for tests: tools/cluster/slurm_here.sh start DIR | stop DIR. Everything lies in
# DIR: key, socket, configuration (export SLURM_CONF=DIR/slurm.conf), state, logs, process ids. Needs root, for slurmd.
set -eu

start() {
  local place="$1" host node port i
  mkdir -p "$place"/{state,spool1,spool2,log}
  place="$(cd "$place" && pwd)"
  host="$(hostname -s)"
  port=$((20000 + RANDOM % 20000))
  node="CPUs=2 Sockets=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=1000"
  dd if=/dev/urandom of="$place/munge.key" bs=1024 count=1 status=none
  chmod 600 "$place/munge.key"
  chmod 755 "$place"
  # Addresses of this machine alone; cgroups are not asked for, as containers have none to give. What is queued again
  # waits until its credentials have expired, two minutes by default.
  cat >"$place/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$((port - 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool%n
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd-%n.pid
SlurmctldLogFile=$place/log/slurmctld
SlurmdLogFile=$place/log/slurmd-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
KillWait=5
MinJobAge=300
SchedulerParameters=sched_min_interval=100000,bf_interval=1,sched_interval=1,batch_sched_delay=0
MaxArraySize=${MAX_ARRAY_SIZE:-1001}
JobRequeue=1
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) $node
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) $node
PartitionName=all Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP
CONF
  sed -i "s|spool%n|spool-%n|" "$place/slurm.conf"
  mkdir -p "$place/spool-node1" "$place/spool-node2"
  rmdir "$place/spool1" "$place/spool2"
  munged --key-file "$place/munge.key" --socket "$place/munge.socket" --pid-file "$place/munged.pid" \
    --log-file "$place/log/munged" --seed-file "$place/munge.seed" --force
  export SLURM_CONF="$place/slurm.conf"
  slurmctld -D >"$place/log/slurmctld.out" 2>&1 &
  echo $! >"$place/slurmctld.started"
  for i in 1 2; do start_node "$place" "node$i"; done
  for i in $(seq 100); do
    [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ] && return 0
    sleep 0.2
  done
  echo "slurm_here: the nodes did not come up; see $place/log" >&2
  return 1
}

# slurm_here.sh node DIR NAME: one that was stopped.
start_node() {
  SLURM_CONF="$1/slurm.conf" slurmd -D -N "$2" >"$1/log/$2.out" 2>&1 &
  echo $! >"$1/$2.started"
}

stop() {
  local place="$1" name
  for name in node1 node2 slurmctld; do
    [ -f "$place/$name.started" ] && kill "$(cat "$place/$name.started")" 2>/dev/null || true
  done
  [ -f "$place/munged.pid" ] && kill "$(cat "$place/munged.pid")" 2>/dev/null || true
}

case "${1:-} ${2:+DIR}" in
  "start DIR") start "$2" ;;
  "node DIR") start_node "$2" "$3" ;;
  "stop DIR") stop "$2" ;;
  *) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;;
esac
