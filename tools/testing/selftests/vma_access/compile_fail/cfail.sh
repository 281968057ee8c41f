#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Compile the case $1 twice, with the compiler and flags that follow the log $2.
#
# Without -DBAD it must compile in silence. With it the compiler must refuse it,
# with an error that matches the extended regular expression on the case's line
# " * EXPECT: " (or " * EXPECT-gcc: ", " * EXPECT-clang: " where they say it
# differently). The log gets "ok: NAME" and what was said. With the wrong outcome
# there is no log, and the build fails.
src=$1
log=$2
shift 2
export LC_ALL=C

name=$(basename "$src" .c)
out=$log.o
case $("$@" --version 2>/dev/null) in
*clang*) compiler=clang ;;
*) compiler=gcc ;;
esac
expect=$(sed -n "s/^ \* EXPECT-$compiler: //p" "$src")
[ -n "$expect" ] || expect=$(sed -n 's/^ \* EXPECT: //p' "$src")

fail()
{
	echo "not ok: $name: $1" >&2
	[ -z "$2" ] || echo "$2" >&2
	rm -f "$log" "$out"
	exit 1
}

[ -n "$expect" ] || fail "no EXPECT line for $compiler"

# The dependency file is that of the good twin.
said=$("$@" -Werror -c "$src" -o "$out" 2>&1) ||
	fail "the good twin does not compile" "$said"
[ -z "$said" ] || fail "the good twin is not silent" "$said"

if said=$("$@" -Werror -DBAD -c "$src" -o "$out" 2>&1); then
	fail "the bad twin compiles"
fi
echo "$said" | grep -Eq "error: .*($expect)" ||
	fail "the bad twin fails for another reason than: $expect" "$said"

rm -f "$out"
echo "ok: $name" >"$log"
echo "$said" >>"$log"
