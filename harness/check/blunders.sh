#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How much vma_access.cocci sees, in an unmodified kernel:
#	harness/run blunders [known]	of the mistakes known to be there
#	harness/run blunders rules	each report of the rule taken out: do the fixtures notice?
#	harness/run blunders tree	all files that have to do with VMAs; what is reported and
#					was not judged before. Half an hour of a processor.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
rule=$REPO/scripts/coccinelle/api/vma_access.cocci
known=$HARNESS/check/fixtures/known-blunders
judged=$HARNESS/check/fixtures/judged-blunders
rc=0

if ! command -v spatch >/dev/null; then
	skip "blunders" "spatch is missing"
	exit
fi

# reports RULE SECONDS <FILES: "file line class" of each report. One process for all
# files: it reads the rule once. What it says beside that goes to stderr.
reports() {
	local groups=$RUN_LOGS/blunders.groups
	sed 's/$/\n/' >"$groups"
	within "$2" spatch --very-quiet -D report --no-includes --timeout 120 \
		--sp-file "$1" --file-groups "$groups" |
		sed -nE 's/^(.*\.[ch]):([0-9]+):.*\(([a-z]+)\)$/\1 \2 \3/p' | sort -u
}

# marked: "file line class" of each line of a fixture that says it is a mistake.
marked() {
	awk 'FNR > 1 && match($0, /\/\* [a-z, ]+ \*\/$/) {
		n = split(substr($0, RSTART + 3, RLENGTH - 6), c, ", ")
		for (i = 1; i <= n; i++) print FILENAME, FNR, c[i]
	}' "$@" | sort -u
}

# The fixtures: each line that is marked is reported, no other, and spatch has
# nothing to say of the rule.
fixtures() { # RULE
	(cd "$HARNESS/check/fixtures" && printf '%s\n' blunders*.c | reports "$1" 300)
}
fixtures_agree() {
	local err=$RUN_LOGS/blunders.err
	diff <(cd "$HARNESS/check/fixtures" && marked blunders*.c) <(fixtures "$1" 2>"$err") >"$RUN_LOGS/blunders.diff" &&
		[[ ! -s $err ]]
}

case ${1:-known} in
	fixtures)
		if fixtures_agree "$rule"; then
			pass "coccinelle blunders"
		else
			fail "coccinelle blunders" \
				"$(cat "$RUN_LOGS/blunders.err" "$RUN_LOGS/blunders.diff" | grep -m1 '[^0-9,acd]')" "$rule"
			rc=1
		fi
		;;
	rules)
		# Each line that reports, or that keeps a report back, in turn.
		cp "$rule" "$RUN_LOGS/rule.cocci"
		rule=$RUN_LOGS/rule.cocci
		fixtures_agree "$rule" || die "the fixtures do not agree with the rule as it is"
		while IFS=: read -r n line; do
			sed -E "${n}s/^(	*)(found|mark)\(.*/\1pass/;
				${n}s/^(     when !=|iterator name|attribute name).*//" "$rule" >"$RUN_LOGS/less.cocci"
			if fixtures_agree "$RUN_LOGS/less.cocci"; then
				fail "blunders rule without line $n" "no fixture notices: ${line#"${line%%[![:space:]]*}"}" "$rule"
				rc=1
			else
				pass "blunders rule without line $n"
			fi
		done < <(grep -nE '^	*(found|mark)\(.*\)$|^     when !=|^(iterator|attribute) name' "$rule")
		;;
	known)
		src=$("$HARNESS/fetch/fetch.sh")
		said=$RUN_LOGS/blunders.said
		(cd "$src" && grep -v '^#' "$known" | cut -f1 | sort -u | reports "$rule" 1500) >"$said"
		found=0 all=0
		# As many of a class in a file as are known: lines move with a stable release.
		while IFS=$'\t' read -r file where class expect why; do
			all=$((all + 1))
			want=$(grep -c "^$file	[^	]*	$class	found" "$known" || true)
			have=$(grep -c "^$file [0-9]* $class$" "$said" || true)
			if [[ $expect == found ]] && ((have >= want)); then
				found=$((found + 1))
				pass "blunders $file $where $class"
			elif [[ $expect == missed ]] && ((have > want)); then
				fail "blunders $file $where $class" "found now: say so in ${known##*/}" "$said"
				rc=1
			elif [[ $expect == found ]]; then
				fail "blunders $file $where $class" "not reported: $why" "$said"
				rc=1
			fi
		done < <(grep -v '^#' "$known")
		say "vma_access.cocci finds $found of $all known mistakes"
		;;
	tree)
		src=$("$HARNESS/fetch/fetch.sh")
		said=$RUN_LOGS/blunders.said
		(cd "$src" && grep -rlE --include='*.c' \
			'vm_area_struct|vm_area_desc|vm_fault|vm_flags|VM_FAULT_RETRY|mmap_(read|write)_lock|remap_pfn_range' \
			arch block drivers fs io_uring ipc kernel lib net samples security sound virt |
			sort | reports "$rule" 7200) >"$said"
		while read -r file line class; do
			grep -q "^$file:$line	$class	" "$judged" || say "not judged: $file:$line ($class)"
		done <"$said"
		say "$(wc -l <"$said") reports; of those judged: $(grep -v '^#' "$judged" | cut -f3 | sort | uniq -c |
			awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')"
		;;
	*) die "blunders.sh [known|rules|tree]" ;;
esac
exit $rc
