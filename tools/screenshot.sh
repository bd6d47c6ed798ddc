#!/bin/sh
# Takes a picture of a report page with headless Chromium.
# Usage: tools/screenshot.sh PAGE.html PICTURE.png [WIDTH [HEIGHT]]   (default 1280 x 4000)
set -eu

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
page=$(readlink -f -- "$1")
picture=$2
width=${3:-1280}
height=${4:-4000}
[ -f "$page" ] || { echo "screenshot: expected a page, found no file $1" >&2; exit 2; }

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "screenshot: found no Chromium (on Debian: apt-get install chromium)" >&2
  exit 3
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

target="file://$page"
window="$width,$height"
# Chromium makes no window narrower than 500 pixels: a phone is a frame of its width inside a wider window.
if [ "$width" -lt 500 ]; then
  printf '<!DOCTYPE html><style>body{margin:0}iframe{border:0;display:block}</style><iframe src="%s" width="%s" height="%s"></iframe>' \
    "$target" "$width" "$height" > "$work/frame.html"
  target="file://$work/frame.html"
  window="500,$height"
fi

"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --virtual-time-budget=8000 --user-data-dir="$work/profile" \
  --window-size="$window" --screenshot="$work/picture.png" "$target" 2> "$work/log" ||
  { cat "$work/log" >&2; exit 1; }
[ -s "$work/picture.png" ] || { cat "$work/log" >&2; exit 1; }
mv "$work/picture.png" "$picture"
