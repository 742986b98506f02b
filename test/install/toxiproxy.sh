#!/bin/sh
# Installs toxiproxy's server into .bin, for the bench of holds: it makes networks slow and cuts connections. Without it the bench
# takes a delaying proxy of its own, and says so.
set -eu
cd "$(dirname "$0")/../.."
[ -x .bin/toxiproxy-server ] && exit 0
mkdir -p .bin
into=$(mktemp -d)
trap 'rm -rf "$into"' EXIT
if GOBIN="$into" GOFLAGS=-mod=mod "${GO:-go}" install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0 >/dev/null 2>&1; then
	mv "$into/server" .bin/toxiproxy-server
else
	echo "test servers: toxiproxy could not be installed; the bench of holds takes its own proxy" >&2
fi
