#!/usr/bin/env bash
# Installs what `make cluster-test` starts on this machine, beside tools/setup.sh (Debian 12, Ubuntu 22.04 and newer):
# Slurm, whose services have no configuration and stay down, and HyperQueue in the virtual environment VENV.
# tools/setup-cluster.sh VENV
set -eu
venv="$1"
packages=()
for program in slurmctld slurmd sbatch munged; do
  [ -n "$(PATH="$PATH:/usr/sbin" command -v "$program")" ] || packages=(slurmctld slurmd slurm-client munge)
done
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
if [ "${#packages[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "setup-cluster: installing ${packages[*]}"
  "${as_root[@]}" apt-get update -qq </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null
fi
"$venv/bin/python" -c 'import hyperqueue' 2>/dev/null && exit 0
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check hyperqueue==0.27.0
