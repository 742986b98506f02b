#!/usr/bin/env bash
# Installs the programs that the tests talk to, from Debian's packages. Without apt or without root it says what is missing
# and goes on: the tests that need it name themselves at the end of `make test`.
set -euo pipefail

# program that tells whether it is there · package that brings it
wanted=(
	"chromium:chromium"
	"pg_ctl:postgresql"
	"nginx:nginx-light"
	"smtpd:opensmtpd"
	"dovecot:dovecot-imapd"
	"redis-server:redis-server"
	"php:php-cli"
	"mariadbd:mariadb-server"
	"g++:g++"         # compiles a module of the Bluesky network
	"python3:python3" # finds out how to
	"hunspell:hunspell"
	"sshd:openssh-server"
	"git:git"
)

have() {
	local d
	command -v "$1" >/dev/null 2>&1 && return 0
	for d in /usr/sbin /usr/local/sbin /usr/lib/postgresql/*/bin; do
		[ -x "$d/$1" ] && return 0
	done
	return 1
}

missing=()
for w in "${wanted[@]}"; do
	have "${w%%:*}" || missing+=("${w##*:}")
done
if ! ls /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf >/dev/null 2>&1; then
	missing+=(fonts-dejavu-core) # Hebrew
fi
if [ ! -x /usr/lib/openssh/sftp-server ]; then
	missing+=(openssh-sftp-server)
fi
if ! ls /usr/share/fonts/*/noto/NotoSansCJK* >/dev/null 2>&1; then
	missing+=(fonts-noto-cjk)
fi
if [ ! -e /usr/share/wordpress/wp-load.php ]; then
	missing+=(wordpress php-mysql)
fi
for d in en_US:en-us pl_PL:pl sv_SE:sv he_IL:he id_ID:id; do
	[ -e "/usr/share/hunspell/${d%%:*}.dic" ] || missing+=("hunspell-${d##*:}")
done
if [ ${#missing[@]} -eq 0 ]; then
	echo "test servers: all there"
	exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
	echo "test servers: missing ${missing[*]}; this system has no apt-get, so please install them yourself" >&2
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "test servers: missing ${missing[*]}; run: sudo apt-get install ${missing[*]}" >&2
	exit 0
fi

# The tests start their own servers on 127.0.0.1: nothing shall be started by the packages.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
	trap 'rm -f "$policy"' EXIT
fi

echo "test servers: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
	echo "test servers: could not install all of: ${missing[*]}" >&2
	tail -n 15 "$log" >&2
fi
rm -f "$log"
