#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds one mutant of a converted driver into user mode Linux, runs the driver's KUnit
# suites and its selftests in one boot, and says what became of it, in one line of
# <dir>/<name>.verdict:
#	um-driver.sh <dir> <name> <limit in s>	(see um.sh for <dir>)
#
#	dead <what noticed>	survived	stale <why>
#
# Without a mutant by that name it is the drivers as they are, with all of their tests.

. "$(dirname "$0")/../lib.sh"

dir=$1 name=$2 limit=$3
build=$(dirname "$dir")
m=$dir/$name log=$RUN_LOGS/${build##*/build-}-$name
[[ $name == base ]] || SCRATCHES+=("$m")
. "$HARNESS/mutants/verdict.sh"
ALLOW='WARNING: include/trace/events/lock.h'	# as in um-one.sh

file='' more=()
if [[ $name != base ]]; then
	read -r file more < <("$HARNESS/mutants/mutate.py" --boot "$name")
	read -r -a more <<<"$more"
	[[ -e $dir/base/$file ]] || verdict survived	# it is not built here
	cp -a "$dir/base" "$m"
	"$HARNESS/mutants/mutate.py" "$name" "$m" 2>"$log.log" || verdict stale "$(tail -n 1 "$log.log")"
fi
if [[ -n $file ]]; then
	IFS=$'\t' read -r _ suites programs < <(grep "^$file"$'\t' "$HARNESS/mutants/drivers") ||
		die "no driver's mutant: $name"
else
	suites='binder_*' programs=$(grep -v '^#' "$HARNESS/mutants/drivers" | cut -f3)
fi
programs=$(tr ' ' '\n' <<<"$programs" | sort -u | paste -sd, -)

. "$HARNESS/mutants/um-link.sh"
if [[ $name == base ]]; then
	build "*"
else
	build "${file%.c}.o"
fi

# The cases of KUnit are on the console; a program's are in its output.
results() {
	cases "$log.console"
	tr -d '\r' <"$log.out" | awk '
		/^vma_access-guest: program / { program = $3 }
		/^ok [0-9]+ / && !/# SKIP/ { print "+" program ":" $3 }
		/^not ok [0-9]+ / { print "-" program ":" $4 }'
}

try() { # LIMIT
	local rc=0
	: >"$log.out"
	# A line that nobody types on: with its input closed it writes nothing either.
	[[ -p $m/nothing ]] || mkfifo "$m/nothing"
	setsid timeout -k 2 "$1" "$m/linux" mem=512M seccomp=on ncpus=1 console=tty \
		initrd="$dir/guest.cpio" ssl1=fd:4,fd:3 job=programs \
		tests="$programs" panic=-1 oops=panic \
		kunit.enable=1 kunit.timeout=8 "kunit.filter_glob=$suites" 'kunit.filter=speed>slow' ${more[@]+"${more[@]}"} \
		</dev/null >"$log.console" 2>&1 3>"$log.out" 4<>"$m/nothing" &
	guest=$!
	[[ $name == base ]] || stop_early &
	wait $guest 2>/dev/null || rc=$?
	kill -9 -- -$guest 2>/dev/null || true
	late="no end: $(tail -n 1 "$log.out" | tr -d '\r')"

	local failed found missing
	results >"$m/cases"
	failed=$(sed -n 's/^-//p' "$m/cases" | head -n 3 | paste -sd,)
	[[ -z $failed ]] || verdict dead "$failed"
	found=$(reports "$log.console") ||
		verdict dead "console: $(sed -nE '1s/^line [0-9]+: (\[ *[0-9.]+\] )?//p' <<<"$found")"
	(($rc != 124 && $rc != 137)) || return 1
	[[ $name != base ]] || sed -n 's/^+//p' "$m/cases" | sort >"$dir/expected"
	missing=$(sed -n 's/^+//p' "$m/cases" | sort | comm -13 - <({
		[[ $suites == none ]] || grep '^binder_[a-z]*\.' "$dir/expected"
		for p in ${programs//,/ }; do grep "^$p:" "$dir/expected"; done
	} | sort) | head -n 1)
	[[ -z $missing ]] || verdict dead "no result of $missing"
}

# As in verdict.sh, of a program's output too.
stop_early() {
	while sleep 0.3; kill -0 $guest 2>/dev/null; do
		if results 2>/dev/null | grep -q '^-' ||
			{ reports "$log.console" || true; } | grep -qv ': announced and never seen: '; then
			kill $guest 2>/dev/null || true
			return
		fi
	done
}

try "$limit" || try $((2 * limit)) || verdict dead "$late"
[[ -s $dir/expected ]] || die "no case ran (log: $log.console)"
verdict survived
