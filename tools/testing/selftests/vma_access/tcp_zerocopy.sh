#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs net/tcp_mmap, which sends 32 GB and has no end on a slow machine, over the
# loopback device for some seconds. Passes if zerocopy receive has mapped most of what
# came. tcp_mmap has to be installed too.

seconds=${1:-15}
cd "$(dirname "$0")/../net" 2>/dev/null && [ -x tcp_mmap ] || {
	echo "SKIP: net/tcp_mmap is not installed"
	exit 4
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
ip link set lo up 2>/dev/null || ifconfig lo up

stdbuf -oL ./tcp_mmap -4 -s -z >"$out" 2>&1 &
server=$!
sleep 2
timeout "$seconds" ./tcp_mmap -4 -H 127.0.0.1 -z
# The server says what it has received when the connection ends.
tries=0
until grep -q "mmap'ed" "$out" || [ $tries -ge 20 ]; do
	sleep 1
	tries=$((tries + 1))
done
kill $server
cat "$out"
# received 1234 MB (99.9939 % mmap'ed) in ...
sed -n "s/^received .* MB (\([0-9]*\).* % mmap'ed.*/\1/p" "$out" | grep -q '^[5-9][0-9]\|^100'
