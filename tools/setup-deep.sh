#!/usr/bin/env bash
# Installs what `make fuzz` and `make check-deep` need beside tools/setup.sh, on Debian 12 or Ubuntu 22.04 and newer.
set -eu
packages=(clang clang-tidy clang-format)
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

works() {  # clang, and libFuzzer beside it
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    clang++ -x c++ -fsanitize=fuzzer,address -o /dev/null - 2>/dev/null
}
command -v clang-tidy >/dev/null 2>&1 && works && exit 0
echo "setup-deep: installing ${packages[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null
works && exit 0
version="$(clang++ -dumpversion | cut -d. -f1)"  # the sanitizers' and libFuzzer's library is a package of its own
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "libclang-rt-$version-dev" </dev/null
works || { echo "setup-deep: clang++ cannot link libFuzzer" >&2; exit 1; }
