#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds one mutant as a module, loads it in a guest of its own, and says what
# became of it, in one line of <dir>/<name>.verdict:
#	one.sh <dir> <name> <limit in s>	(see base.sh for <dir>)
#
#	dead <what noticed>	survived	unclear <why>	stale <why>
#
# Each has a kernel that nothing happened to before: no warning was used up, no
# lock is held, no count is off. Without a mutant by that name, the module is
# the unchanged layer, and its cases are the ones that all others have to pass.

. "$(dirname "$0")/../lib.sh"

dir=$1 name=$2 limit=$3
build=$(dirname "$dir")
m=$dir/$name log=$RUN_LOGS/mutant-$name
[[ $name == base ]] || SCRATCHES+=("$m")

verdict() {
	printf '%s\n' "$*" >"$dir/$name.verdict"
	[[ $1 != dead ]] || say "dead   $name (${*:2})"
	exit 0
}

# What passed and what failed, as "+suite.case" and "-suite.case".
cases() {
	sed -E 's/\r$//; s/^\[ *[0-9.]+\] //' "$1" | awk '
		/^    # Subtest: / { suite = $3 }
		/^    ok [0-9]+ / { print "+" suite "." $3 }
		/^    not ok [0-9]+ / { print "-" suite "." $4 }'
}

# Leaves the compile-fail cases whose message the mutant took out of its file; is
# there one?
compile_fail() {
	local case text
	for case in "$m"/compile_fail/*.c; do
		text=$(sed -n 's/^ \* EXPECT: //p' "$case" 2>/dev/null)
		[[ -n $text ]] && grep -qE -- "$text" "$dir/base/$file" &&
			! grep -qE -- "$text" "$m/$file" || rm -f "$case"
	done
	compgen -G "$m/compile_fail/*.c" >/dev/null
}

if [[ $name != base ]]; then
	file=$("$HARNESS/mutate.py" --list | sed -n "s,^$name ,,p")
	cp -a "$dir/base" "$m"
	"$HARNESS/mutate.py" "$name" "$m" 2>"$log.log" || verdict stale "$(tail -n 1 "$log.log")"
	if compile_fail && ! "$HARNESS/mutants/kbuild" "$build" "$m/compile_fail" >"$log.log" 2>&1; then
		failed=$(sed -nE 's/^not ok: ([^:]*): .*/\1/p' "$log.log" | sort -u | head -n 3 | paste -sd,)
		[[ -z $failed ]] || verdict dead "compile-fail: $failed"
	fi
	if ! "$HARNESS/mutants/kbuild" "$build" "$m" >"$log.log" 2>&1; then
		error=$(grep -m1 'error: ' "$log.log") || verdict unclear "$(tail -n 1 "$log.log")"
		verdict dead "build: $error"
	fi
fi
mkdir -p "$m/modules"
cp "$m/mutant.ko" "$m/modules"
{ cat "$dir/guest.cpio"; (cd "$m" && find modules | cpio --quiet -o -H newc -R 0:0); } >"$m/initrd"

# Loads it, and says by the console what noticed. What is there before that is no
# mutant's doing; nor is it, on a machine that is busy, to be late once.
try() { # LIMIT
	local rc=0 failed reports missing
	VMA_ACCESS_MEM=1024 "$HARNESS/boot.sh" "$build" "$m/initrd" "$log" "$1" quiet job=mutant \
		kunit.enable=1 kunit.filter_glob=none 'kunit.filter=speed>slow' &
	wait $! || rc=$?

	awk 'after; /vma_access-guest: loading/ { after = 1 }' "$log.console" >"$m/console"
	cases "$m/console" >"$m/cases"
	failed=$(sed -n 's/^-//p' "$m/cases" | head -n 3 | paste -sd,)
	[[ -z $failed ]] || verdict dead "kunit: $failed"
	reports=$("$HARNESS/watch" "$m/console") ||
		verdict dead "kunit: console: $(sed -nE '1s/^line [0-9]+: (\[ *[0-9.]+\] )?//p' <<<"$reports")"
	late="kunit: no end within $1 s, after $(tail -n 1 "$m/cases")"
	((rc != 124 && rc != 137)) && [[ -s $m/cases ]] || return 1
	if [[ $name == base ]]; then
		sed -n 's/^+//p' "$m/cases" | sort >"$dir/expected"
	fi
	missing=$(sed -n 's/^+//p' "$m/cases" | sort | comm -13 - "$dir/expected" | head -n 1)
	[[ -z $missing ]] || verdict dead "kunit: no result of $missing"
	verdict survived
}

try "$limit" || try $((4 * limit)) || true
[[ -s $m/cases ]] || verdict unclear "no case ran: $(tail -n 1 "$log.out")"
verdict dead "$late"
