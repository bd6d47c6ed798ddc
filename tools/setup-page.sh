#!/usr/bin/env bash
# Installs what `make page-test` needs beside tools/setup.sh: Chromium from the distribution, and the pinned packages of
# web/ and web/browser-test/ with npm. Does nothing, and asks no network, when all of it is there.
set -eu
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "setup-page: installing chromium"
  "${as_root[@]}" apt-get update -qq </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core </dev/null
fi
for folder in web web/browser-test; do
  # npm leaves a copy of the lock file; ours, to be compared with, lies beside it.
  stamp="$folder/node_modules/.groklab-lock.json"
  cmp -s "$folder/package-lock.json" "$stamp" && continue
  (cd "$folder" && npm ci --ignore-scripts --include=dev --prefer-offline --no-audit --no-fund --loglevel=error </dev/null)
  cp "$folder/package-lock.json" "$stamp"
done
