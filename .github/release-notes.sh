#!/bin/sh
# Prints what CHANGELOG.md says about a version; fails if that is nothing.
#
#   .github/release-notes.sh 0.1.0
set -eu
cd "$(dirname "$0")/.."
version=${1:?version}
notes=$(awk -v heading="## [$version]" 'index($0, heading) == 1 { found = 1; next } /^## / { found = 0 } found' "${CHANGELOG:-CHANGELOG.md}")
[ -n "$(printf '%s' "$notes" | tr -d '[:space:]')" ] || { echo "CHANGELOG.md says nothing about $version" >&2; exit 1; }
printf '%s\n' "$notes"
