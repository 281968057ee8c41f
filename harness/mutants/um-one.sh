#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds one mutant into user mode Linux, runs it, and says what became of it, in
# one line of <dir>/<name>.verdict:
#	um-one.sh <dir> <name> <limit in s>	(see um.sh for <dir>)
#
#	dead <what noticed>	survived	stale <why>
#
# Without a mutant by that name it is the unchanged layer, as in one.sh. A bad use that
# compiles with a mutant, and not without it, has noticed it too.

. "$(dirname "$0")/../lib.sh"

dir=$1 name=$2 limit=$3
build=$(dirname "$dir")
m=$dir/$name log=$RUN_LOGS/${build##*/build-}-$name
[[ $name == base ]] || SCRATCHES+=("$m")
. "$HARNESS/mutants/verdict.sh"

# How the layer is compiled.
cd "$build"
cmd=$(sed -n 's,^mm/vma_access\.o\t,,p' "$dir/compile") cases=$dir/base/compile_fail

# Gives the verdict if a bad use compiles, of these cases or of all.
misuse() { # [CASE ...]
	local case file failed='' said=$m/cfail.log
	while read -r case file; do
		(($# == 0)) || [[ " $* " == *" $case "* ]] || continue
		m=$m sh -c "sh '$cases/cfail.sh' gcc '$case' '$file' '$said' ${cmd%% -c -o *}" \
			>>"$log.log" 2>&1 </dev/null || { failed=$case; break; }
	done < <(sh "$cases/cfail.sh" list "$cases"/*.c)
	[[ -z $failed ]] || verdict dead "compile-fail: $failed"
}

# The compile-fail cases whose message stands in the lines that the mutant changed, or
# near them.
likely_misuse() {
	local near case text
	near=$(diff -U12 "$dir/base/$file" "$m/$file" | sed -n 's/^[ -]//p') || true	# they differ
	awk '/^#ifdef CASE_/ { name = substr($2, 6); gsub(/_/, "-", name) }
		sub(/^ \* EXPECT: /, "") { print name, $0 }' "$dir"/base/compile_fail/*.c |
		while read -r case text; do
			if [[ $text != warn_unused_result ]]; then
				! grep -qE -- "$text" <<<"$near" || echo "$case"
			elif diff "$dir/base/$file" "$m/$file" | grep -q '^<.*__must_check'; then
				echo "$case"
			fi
		done
}

# It takes a lock while it is idle and RCU does not watch.
ALLOW='WARNING: include/trace/events/lock.h'

file='' more=()
if [[ $name != base ]]; then
	read -r file more < <("$HARNESS/mutants/mutate.py" --boot "$name")
	read -r -a more <<<"$more"
	# mm/memory.c is the only file of the core that is built anew here.
	[[ -e $dir/base/$file ]] || verdict survived
	mkdir -p "$m"
	cp -a -t "$m" "$dir/base/include" "$dir/base/mm"
	"$HARNESS/mutants/mutate.py" "$name" "$m" 2>"$log.log" || verdict stale "$(tail -n 1 "$log.log")"
	mapfile -t likely < <(likely_misuse)
	((${#likely[@]} == 0)) || misuse "${likely[@]}"
fi

# The suites that are the likeliest to notice, and their objects.
likely=()
[[ $name == base ]] || mapfile -t likely < <("$HARNESS/mutants/mutate.py" --suites "$name" "$dir/base")

. "$HARNESS/mutants/um-link.sh"

# Runs the suites that GLOB names.
try() { # GLOB LIMIT
	local rc=0
	# One processor: two that wait for each other eat what others could use.
	setsid timeout -k 2 "$2" "$m/linux" mem=128M seccomp=on ncpus=1 console=tty \
		kunit_shutdown=halt panic=-1 oops=panic kunit.timeout=8 \
		"kunit.filter_glob=$1" 'kunit.filter=speed>slow' ${more[@]+"${more[@]}"} </dev/null >"$log.console" 2>&1 &
	guest=$!
	[[ $name == base ]] || stop_early &
	wait $guest 2>/dev/null || rc=$?
	kill -9 -- -$guest 2>/dev/null || true
	judge "$log.console" "$1" $rc
}

all() { # GLOB
	try "$1" "$limit" || try "$1" $((2 * limit)) || verdict dead "$late"
}

# A change of an inline function is first compiled for one suite at a time: compiling
# all of them takes longer than running them.
case $file in
	'') build '*' ;;
	*.h)
		for suite in ${likely[@]+"${likely[@]}"}; do
			build "${suite#* }"
			all "${suite% *}"
		done
		build 'mm/*vma_access*'
		;;
	*)
		build "${file%.c}.o"
		[[ -z ${likely[*]:-} ]] || all "${likely[0]% *}"
		;;
esac
all 'vma_access*'
if [[ $name == base || $file == *.h ]]; then
	[[ $name != base ]] || misuse
	mapfile -t doubtful < <("$PYTHON" "$HARNESS/mutants/misuse.py" "$cases" "$dir/base" "$m" "${cmd%% -c -o *}" 2>>"$log.log")
	((${#doubtful[@]})) || verdict unclear "misuse.py: $(tail -n 1 "$log.log")"
	misuse "${doubtful[@]}"
fi
verdict survived
