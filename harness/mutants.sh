#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Removes each check of the layer, one at a time, and says which test notices:
#	harness/run mutants [name ...]
# A mutant is dead when it does not build, a compile-fail case or a KUnit case
# fails, or the kernel complains or hangs; what is left must die in kselftest.

. "$(dirname "$0")/lib.sh"

take_lock
open_logs
table=$RUN_LOGS/mutants.txt
config=mutants
export KUNIT_LIMIT=${KUNIT_LIMIT:-120}

names=("$@")
((${#names[@]})) || mapfile -t names < <("$HARNESS/mutate.py" --list | cut -d' ' -f1)

# The tests that fail or, failing that, the first error of the build.
killers() {
	local err=$1
	awk -F'\t' '$1 == "FAIL" { print $2 }' "$RESULTS" | head -n 3 | paste -sd, - | grep . ||
		grep -m1 'error' "$err" || echo "?"
}

run() { # NAME PART ARGUMENT...
	: >"$RESULTS"
	(
		export VMA_ACCESS_MUTANT=$1
		"$HARNESS/tree.sh" && "$HARNESS/$2.sh" "${@:3}"
	) >"$RUN_LOGS/mutant-$1.log" 2>&1
}

say "the unchanged layer passes"
run '' kunit $config 'vma_access*' && run '' compile-fail $config ||
	die "the tests fail without any mutant (log: $RUN_LOGS/mutant-.log)"

alive=()
for name in "${names[@]}"; do
	file=$("$HARNESS/mutate.py" --list | sed -n "s,^$name ,,p")
	[[ -n $file ]] || die "no mutant $name in mutants.list"
	parts=("kunit $config vma_access*")
	case $name in policy-* | settle-any-bit | new-test-access) parts=("compile-fail $config") ;; esac
	how=
	for part in "${parts[@]}" "kselftest"; do
		# shellcheck disable=SC2086
		if ! run "$name" $part; then
			how="${part%% *}: $(killers "$RUN_LOGS/mutant-$name.log")"
			break
		fi
		[[ -z ${NO_KSELFTEST:-} ]] || break
	done
	if [[ -n $how ]]; then
		say "dead   $name ($how)"
	elif why=$("$HARNESS/mutate.py" --why "$name") && [[ -n $why ]]; then
		say "lives  $name, as it must: $why"
		how="lives: $why"
	else
		say "ALIVE  $name"
		alive+=("$name")
	fi
	printf '%s\t%s\t%s\n' "$name" "$file" "${how:-ALIVE}" >>"$table"
done
"$HARNESS/tree.sh" >/dev/null	# the sources as they were

echo "mutants: ${#names[@]}, alive: ${#alive[@]} ${alive[*]:-} (table: $table)"
((${#alive[@]} == 0))
