#!/bin/sh
# Installs the OpenID provider that the tests start, from package-lock.json. Does nothing when that was done before.
set -eu
cd "$(dirname "$0")"

fail() {
	echo "the OpenID provider for the tests is not installed: $1" >&2
	exit 1
}

stamp=node_modules/.installed
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum < package-lock.json)" ]; then
	exit 0
fi
for program in npm node; do
	command -v "$program" >/dev/null 2>&1 || fail "$program is missing"
done

echo "installing the OpenID provider for the tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "npm ci"; }
node -e 'import("oidc-provider").then(() => process.exit(0), (e) => { console.error(e.message); process.exit(1) })' || fail "it does not load with this node"
cksum < package-lock.json >"$stamp"
