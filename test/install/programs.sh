#!/bin/sh
# Installs servers that no distribution packages into .bin, for the tests that talk to them: an authority that gives certificates by ACME,
# and storage that speaks S3's protocol and checks signatures.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .bin
for program in github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1 github.com/versity/versitygw/cmd/versitygw@v1.8.0; do
	name=$(basename "${program%@*}")
	[ -x ".bin/$name" ] && continue
	into=$(mktemp -d)
	if GOBIN="$into" GOFLAGS=-mod=mod "${GO:-go}" install "$program" >/dev/null 2>&1; then
		mv "$into/$name" ".bin/$name"
	else
		echo "test servers: $name could not be installed; its tests will name themselves as not run" >&2
	fi
	rm -rf "$into"
done
