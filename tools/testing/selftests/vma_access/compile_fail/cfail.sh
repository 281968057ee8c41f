#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# cfail.sh TOOL CASE FILE LOG CC FLAGS...: what does TOOL (see Kbuild) say of a case?
# cfail.sh list FILE...: which cases are in these files? Lines "CASE FILE".
#
# A case is what an "#ifdef CASE_..." of a file encloses, with the words of its name
# joined by "_" instead of "-". It is compiled on its own, with that macro defined.
#
# Without -DBAD the case must compile in silence. With it there must be an error
# or a warning that matches the extended regular expression on one of these lines
# of the case:
#
#  * EXPECT: what any compiler says, of the types
#  * EXPECT-gcc:, EXPECT-clang: where they say it differently, or only one does
#  * EXPECT-context:, EXPECT-lifetime: what the analyses say
#
# No line: this tool does not see it. The log gets, for each tool, one line
#
#	stops TOOL NAME | misses TOOL NAME | types TOOL NAME | new TOOL NAME
#
# where types means that it is not asked, as any build refuses the case, and new
# that there is no line and yet a diagnostic. Then comes what was said.
# With the wrong outcome there is no log, and the build fails.
export LC_ALL=C

# Nothing is listed if a line is in no case, where no compiler would see it, or if two
# cases have one name.
if [ "$1" = list ]; then
	shift
	exec awk '
	function wrong(why) {
		print "not ok: " FILENAME ":" FNR ": " why | "cat >&2"
		failed = 1
	}
	function leave() {
		if (depth)
			wrong(name " has no #endif")
		depth = 0
	}
	FNR == 1 { leave() }
	/^#[ \t]*if/ && depth {
		if ($0 !~ /^#[ \t]*ifn?def BAD$/)
			wrong("in " name ", only BAD makes a difference")
		depth++
		next
	}
	/^#ifdef CASE_[a-z0-9_]+$/ {
		name = substr($2, 6)
		gsub(/_/, "-", name)
		if (name in file)
			wrong(name " is in " file[name] ", too")
		file[name] = FILENAME
		names[++count] = name
		depth = 1
		rules = 0
		next
	}
	/^#[ \t]*endif/ && depth {
		if (--depth == 0 && rules != 1)
			wrong(name " has " rules " lines of a rule, not one")
		next
	}
	/^#[ \t]*el/ && depth == 1 { wrong("the case " name " has no other side") }
	/^ \* R[0-9]+(, R[0-9]+)*: / { rules++ }
	!depth && !/^(\/\/ .*|\/\*.*| \*.*|#include "cfail.h")?$/ && !stray[FILENAME]++ {
		wrong("in no case: " $0)
	}
	END {
		leave()
		for (i = 1; i <= count && !failed; i++)
			print names[i], file[names[i]]
		exit failed
	}' "$@"
fi

tool=$1
name=$2
src=$3
log=$4
shift 4
macro=CASE_$(echo "$name" | tr - _)
out=$log.o

fail()
{
	echo "not ok: $name: $1" >&2
	[ -z "$2" ] || echo "$2" >&2
	rm -f "$log" "$out"
	exit 1
}

text=$(sed -n "/^#ifdef $macro\$/,/^#ifdef CASE_/p" "$src")
[ -n "$text" ] || fail "it is not in $src"

expected()
{
	printf '%s\n' "$text" | sed -n "s/^ \* EXPECT-$1: //p"
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

# analysis TOOL WARNINGS: what TOOL adds to what the types say
analysis()
{
	expect=$(expected "$1")
	if [ -z "$expect" ] && [ -n "$types$(expected clang)" ]; then
		echo "types $1 $name"
		return
	fi
	verdict "$1" "$expect" "$(echo "$said" | grep -E "warning: .*\[-W($2)")"
}

types=$(printf '%s\n' "$text" | sed -n 's/^ \* EXPECT: //p')
for line in $(printf '%s\n' "$text" | sed -n 's/^ \* EXPECT-\(.*\):.*/\1/p'); do
	case $line in
	gcc | clang | context | lifetime | coccinelle) ;;
	*) fail "EXPECT-$line is of no tool" ;;
	esac
done

# What any build refuses needs no analysis, and is not written for one.
if [ "$tool" = analysis ] && [ -n "$types$(expected clang)" ] &&
	[ -z "$(expected context)$(expected lifetime)" ]; then
	printf 'types %s %s\n' context "$name" lifetime "$name" >"$log"
	for flag in "$@"; do	# kbuild looks for it
		case $flag in
		-Wp,-MMD,*) echo "$out: $src" >"${flag#-Wp,-MMD,}" ;;
		esac
	done
	exit
fi

# The dependency file is that of the good twin.
said=$("$@" -Werror "-D$macro" -c "$src" -o "$out" 2>&1) ||
	fail "the good twin does not compile" "$said"
[ -z "$said" ] || fail "the good twin is not silent" "$said"

case $tool in
gcc | clang)
	expect=$(expected "$tool")
	said=$("$@" -Werror "-D$macro" -DBAD -c "$src" -o "$out" 2>&1)
	lines=$(verdict "$tool" "${expect:-$types}" "$said") || exit 1
	;;
analysis)
	said=$("$@" -Wno-error "-D$macro" -DBAD -c "$src" -o "$out" 2>&1)
	lines=$(analysis context 'thread-safety') || exit 1
	case " $* " in
	*lifetime-safety*)
		lines="$lines
$(analysis lifetime 'lifetime-safety|return-stack-address')" || exit 1
		;;
	esac
	;;
esac

rm -f "$out"
{
	echo "$lines"
	echo "$said"
} >"$log"
