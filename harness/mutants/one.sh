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

. "$HARNESS/mutants/verdict.sh"

if [[ $name != base ]]; then
	rm -rf "$m"
	cp -a "$dir/base" "$m"
	"$HARNESS/mutants/mutate.py" "$name" "$m" 2>"$log.log" || verdict stale "$(tail -n 1 "$log.log")"
	if ! "$HARNESS/mutants/kbuild" "$build" "$m" >"$log.log" 2>&1; then
		error=$(grep -m1 'error: ' "$log.log") || verdict unclear "$(tail -n 1 "$log.log")"
		verdict dead "build: $error"
	fi
fi
mkdir -p "$m/modules"
cp "$m/mutant.ko" "$m/modules"
{ cat "$dir/guest.cpio"; (cd "$m" && find modules | cpio --quiet -o -H newc -R 0:0); } >"$m/initrd"

# Loads it. What is on the console before that is no mutant's doing.
try() { # LIMIT
	local rc=0
	VMA_ACCESS_MEM=1024 "$HARNESS/boot/boot.sh" "$build" "$m/initrd" "$log" "$1" quiet job=mutant \
		kunit.enable=1 kunit.timeout=15 kunit.filter_glob=none 'kunit.filter=speed>slow' &
	guest=$!
	[[ $name == base ]] || stop_early &
	wait $guest || rc=$?

	awk 'after; /vma_access-guest: loading/ { after = 1 }' "$log.console" >"$m/console"
	judge "$m/console" 'vma_access*' $rc
}

try "$limit" || try $((2 * limit)) || {
	[[ -s $m/cases ]] || verdict unclear "no case ran: $(tail -n 1 "$log.out")"
	verdict dead "$late"
}
verdict survived
