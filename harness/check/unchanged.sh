#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a check found of these files with these tools it would find again:
#	unchanged.sh NAME COMMAND...
# runs the command, unless it was run before and no file here and no tool has
# changed since; then its results and its lines are given again. What failed is
# run in any case.
#	unchanged.sh --state
# says what the files and tools are, for VMA_ACCESS_STATE: a run goes by what was
# there when it began. What only compiles is asked again only if a file has changed that a
# compiler sees, or that has a say in how it is compiled.

. "$(dirname "$0")/../lib.sh"

state() { # all|code
	local p not=(-name .git)
	[[ $1 == all ]] || not+=(-o -path ./Documentation -o -name README.md
		-o -path ./harness/mutants -o -path ./harness/boot -o -path ./harness/series)
	(cd "$REPO" && find . \( "${not[@]}" \) -prune -o -type f -printf '%m %p\n' | sort &&
		find . \( "${not[@]}" \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
	kernel_version "$TREE"
	PATH=$PATH:$CACHE/tools/bin
	for p in bash gcc ld make perl "$PYTHON" shellcheck spatch sparse clang \
		$(compgen -c clang- | grep -E '^clang-[0-9]+$' | sort -u); do
		"$p" --version 2>&1 || true
	done
}
states() { echo "$(state all | sha256sum | cut -d' ' -f1) $(state code | sha256sum | cut -d' ' -f1)"; }
if [[ $1 == --state ]]; then
	states
	exit
fi

kept=$WORK/kept/$1
case $1 in
	warnings | compile-fail | codegen) own='s/.* //' ;;
	*) own='s/ .*//' ;;
esac
shift
open_logs
now=$(sed "$own" <<<"${VMA_ACCESS_STATE:-$(states)}")

if [[ -e $kept.state && $now == "$(cat "$kept.state")" ]]; then
	cat "$kept.results" >>"$RESULTS"
	say "as before, for no file and no tool has changed: $(grep -c '^PASS' "$kept.results" || true) passed"
	while IFS= read -r line; do
		say "$line"
	done <"$kept.said"
	exit
fi

mkdir -p "$WORK/kept"
rm -f "$kept".*
before=$(wc -l <"$RESULTS")
rc=0
"$@" | tee "$RUN_LOGS/said" || rc=$?
tail -n "+$((before + 1))" "$RESULTS" >"$kept.results"
sed -E 's/^\[ *[0-9]+:[0-9]+\] //' "$RUN_LOGS/said" >"$kept.said"
# A tree of the user's can change where nobody looks here; tools that could not
# be fetched may be there the next time; and files may have been edited meanwhile.
if ((rc == 0)) && [[ -z $KSRC && -e $CACHE/tools/complete && $now == "$(states | sed "$own")" ]] &&
	! grep -q '^FAIL' "$kept.results"; then
	printf '%s\n' "$now" >"$kept.state"
fi
exit $rc
