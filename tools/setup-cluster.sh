#!/usr/bin/env bash
# Installs the Slurm that `make cluster-test` starts on this machine, beside tools/setup.sh (Debian 12, Ubuntu 22.04 and
# newer). Starts nothing: the distribution's services have no configuration and stay down.
set -eu
packages=(slurmctld slurmd slurm-client munge)
missing=()
for program in slurmctld slurmd sbatch munged; do
  [ -n "$(PATH="$PATH:/usr/sbin" command -v "$program")" ] || missing+=("$program")
done
[ "${#missing[@]}" -eq 0 ] && exit 0
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "setup-cluster: installing ${packages[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null
