#!/usr/bin/env bash
# Runs the test suite and ends by naming the tests that could not run here and why.
# With CI=true such a test is a failure (internal/needs says so itself; this is the second lock).
set -uo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
notrun=$(mktemp)
trap 'rm -f "$notrun"' EXIT
export BREAKWATER_NOT_RUN=$notrun

# What promises seconds against real servers and browsers runs alone, after all the rest.
alone=(breakwater/connector/bluesky breakwater/test)
rest=$("$go" list ./... | grep -vxF -f <(printf '%s\n' "${alone[@]}"))

"$go" vet ./... || exit 1
status=0
# shellcheck disable=SC2086 # a list of packages
"$go" test -timeout 20m "$@" $rest || status=$?
"$go" test -timeout 20m -p 1 "$@" "${alone[@]}" || status=$?

if [ -s "$notrun" ]; then
	echo
	echo "NOT RUN, because of what is missing here:"
	sort -u "$notrun" | sed 's/^/  /'
	if [ "${CI:-}" = true ] && [ "$status" -eq 0 ]; then
		status=1
	fi
else
	echo "every test ran"
fi
exit "$status"
