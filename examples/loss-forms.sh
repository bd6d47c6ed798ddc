#!/bin/sh
# Trains one small network with both forms of the cross-entropy, in float32 and in float64, and writes a page with the
# float32 curves overlaid. Some minutes on two cores. docs/loss-forms.md explains what is seen.
# Usage: sh examples/loss-forms.sh [GROKLAB [STORE]]   (default: build/groklab, build/loss-forms)
set -eu
groklab=${1:-build/groklab}
store=${2:-build/loss-forms}
config=$(dirname -- "$0")/loss-forms.toml

"$groklab" train "$config" --store "$store" --set loss.form=stable
"$groklab" train "$config" --store "$store" --set loss.form=framework
"$groklab" train "$config" --store "$store" --set loss.form=stable --set train.precision=float64
"$groklab" train "$config" --store "$store" --set loss.form=framework --set train.precision=float64

run_of() {
  "$groklab" runs --store "$store" \
    --where "precision = 'float32' AND loss.form = '$1'" | awk 'NR == 2 { print $1 }'
}
"$groklab" report "$(run_of stable)" "$(run_of framework)" --store "$store" -o "$store/page.html"
