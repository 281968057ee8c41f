#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# cfail.sh TOOL CASE LOG CC FLAGS...: what does TOOL (see Kbuild) say of a case?
#
# Without -DBAD the case must compile in silence. With it there must be an error
# or a warning that matches the extended regular expression on one of these lines
# of the case:
#
#  * EXPECT: what any compiler says, of the types
#  * EXPECT-gcc:, EXPECT-clang: where they say it differently, or only one does
#  * EXPECT-scopes:, EXPECT-context:, EXPECT-lifetime: what the analyses say
#
# No line: this tool does not see it. The log gets, for each tool, one line
#
#	stops TOOL NAME | misses TOOL NAME | types TOOL NAME | new TOOL NAME
#
# where types means that it is not asked, as any build refuses the case, and new
# that there is no line and yet a diagnostic. Then comes what was said.
# With the wrong outcome there is no log, and the build fails.
tool=$1
src=$2
log=$3
shift 3
export LC_ALL=C

name=$(basename "$src" .c)
out=$log.o

fail()
{
	echo "not ok: $name: $1" >&2
	[ -z "$2" ] || echo "$2" >&2
	rm -f "$log" "$out"
	exit 1
}

expected()
{
	sed -n "s/^ \* EXPECT-$1: //p" "$src"
}

# verdict TOOL EXPECTED SAID
verdict()
{
	if [ -z "$2" ]; then
		[ -z "$3" ] && echo "misses $1 $name" || echo "new $1 $name"
	elif echo "$3" | grep -Eq "(error|warning): .*($2)"; then
		echo "stops $1 $name"
	elif [ -z "$3" ]; then
		fail "$1 accepts the bad twin"
	else
		fail "$1 refuses the bad twin for another reason than: $2" "$3"
	fi
}

# analysis TOOL COMPILER WARNINGS: what TOOL adds to what the types say
analysis()
{
	expect=$(expected "$1")
	if [ -z "$expect" ] && [ -n "$types$(expected "$2")" ]; then
		echo "types $1 $name"
		return
	fi
	verdict "$1" "$expect" "$(echo "$said" | grep -E "warning: .*\[-W($3)")"
}

types=$(sed -n 's/^ \* EXPECT: //p' "$src")
for line in $(sed -n 's/^ \* EXPECT-\(.*\):.*/\1/p' "$src"); do
	case $line in
	gcc | clang | scopes | context | lifetime | coccinelle) ;;
	*) fail "EXPECT-$line is of no tool" ;;
	esac
done

# What any build refuses needs no analysis, and is not written for one.
case $tool in
scopes) compiler=gcc analyses=scopes ;;
analysis) compiler=clang analyses='context lifetime' ;;
*) analyses= ;;
esac
if [ -n "$analyses" ] && [ -n "$types$(expected $compiler)" ]; then
	asked=
	for analysis in $analyses; do
		asked=$asked$(expected "$analysis")
	done
	if [ -z "$asked" ]; then
		for analysis in $analyses; do
			echo "types $analysis $name"
		done >"$log"
		for flag in "$@"; do	# kbuild looks for it
			case $flag in
			-Wp,-MMD,*) echo "$out: $src" >"${flag#-Wp,-MMD,}" ;;
			esac
		done
		exit
	fi
fi

# The dependency file is that of the good twin.
said=$("$@" -Werror -c "$src" -o "$out" 2>&1) ||
	fail "the good twin does not compile" "$said"
[ -z "$said" ] || fail "the good twin is not silent" "$said"

case $tool in
gcc | clang)
	expect=$(expected "$tool")
	said=$("$@" -Werror -DBAD -c "$src" -o "$out" 2>&1)
	lines=$(verdict "$tool" "${expect:-$types}" "$said") || exit 1
	;;
scopes)
	said=$("$@" -Wno-error -DBAD -c "$src" -o "$out" 2>&1)
	lines=$(analysis scopes gcc \
		'dangling-pointer|return-local-addr|jump-misses-init') || exit 1
	;;
analysis)
	said=$("$@" -Wno-error -DBAD -c "$src" -o "$out" 2>&1)
	lines=$(analysis context clang 'thread-safety') || exit 1
	case " $* " in
	*lifetime-safety*)
		lines="$lines
$(analysis lifetime clang 'lifetime-safety|return-stack-address')" || exit 1
		;;
	esac
	;;
esac

rm -f "$out"
{
	echo "$lines"
	echo "$said"
} >"$log"
