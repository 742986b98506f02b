#!/usr/bin/env bash
# Brings the browser's libraries into web/static/vendor, as package-lock.json pins them. Without npm, or without a network, the
# console is built without them: its pages then work by plain forms.
set -uo pipefail
cd "$(dirname "$0")/../.."
[ -f package.json ] || exit 0

stamp=web/static/vendor/.from
want=$(cksum <package-lock.json)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
	exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
	echo "vendor: npm is not installed; building the console without htmx and uPlot" >&2
	exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1 && npm run vendor >>"$log" 2>&1; then
	echo "$want" >"$stamp"
	echo "vendor: the browser's libraries are in web/static/vendor"
else
	echo "vendor: npm could not fetch them; building the console without htmx and uPlot" >&2
	tail -n 5 "$log" >&2
fi
