#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks the table of attacks, attacks.tsv, against the sources: each test and each
# mutant that a row names is there, and no row of those in REQUIRED is missing.
#	attacks.sh <tree> [table]
# A row is: number, input, how it is now, tests, mutants; separated by tabs, the last two
# lists by commas, "-" for none. A test is one of
#	suite.case			of KUnit
#	selftest:program.case		also program.fixture.case
#	compile-fail:case		cocci:class

. "$(dirname "$0")/../lib.sh"

tree=$1 table=${2:-$HARNESS/check/attacks.tsv}
REQUIRED=${REQUIRED-$(seq 1 27)}
selftests=$tree/tools/testing/selftests/vma_access
bad=0 number=0
declare -A seen mutant

wrong() {
	echo "error: ${table##*/}:$number: $*"
	bad=1
}

while read -r name _; do
	mutant[$name]=1
done < <("$HARNESS/mutants/mutate.py" --list)
[[ -n ${!mutant[*]} ]] || die "the lists of mutants cannot be read"

# Suites stand beside what they test.
mapfile -t suites < <(grep -lE '^[[:space:]]*[A-Z]+_CASE' "$tree"/mm/*.c "$tree"/mm/tests/*.c "$tree"/drivers/*/tests/*.c 2>/dev/null)

kunit_case() { # SUITE CASE
	local f
	for f in ${suites[@]+"${suites[@]}"}; do
		! grep -qE "^[[:space:]]*\.name = \"$1\"," "$f" ||
			! grep -qE "^[[:space:]]*[A-Z]+_CASE[A-Z_]*\($2[,)]" "$f" || return 0
	done
	return 1
}

selftest_case() { # PROGRAM CASE
	local fixture=${2%.*} case=${2##*.}
	[[ $fixture != "$2" ]] || fixture='[a-z0-9_]+'
	grep -qE "^TEST(_F|_F_TIMEOUT|_SIGNAL|_F_SIGNAL)?\(($fixture, ?)?${case}[,)]" "$selftests/$1.c" 2>/dev/null
}

# A rule's message has its class in a fixture, in the comment behind the line.
cocci_class() {
	grep -qE "/\* ([a-z_-]+, )*$1(, [a-z_-]+)* \*/" "$HARNESS"/check/fixtures/*.c ||
		grep -qE "^@$1[ @]" "$tree"/scripts/coccinelle/api/vma_access*.cocci
}

check_test() {
	local what=${1#*:}
	[[ $what =~ ^[A-Za-z0-9_.-]+$ ]] || { wrong "'$1' is no name of a test"; return; }
	case $1 in
		selftest:*.*) selftest_case "${what%%.*}" "${what#*.}" || wrong "no selftest $what" ;;
		compile-fail:*) grep -qx "#ifdef CASE_${what//-/_}" "$selftests"/compile_fail/*.c || wrong "no compile-fail case $what" ;;
		cocci:*) cocci_class "$what" || wrong "no class $what of the static rules" ;;
		*:*) wrong "'$1' is no kind of test" ;;
		*.*) kunit_case "${what%%.*}" "${what#*.}" || wrong "no KUnit case $what" ;;
		*) wrong "'$1' is neither suite.case nor selftest:, compile-fail: or cocci:" ;;
	esac
}

while IFS= read -r line; do
	number=$((number + 1))
	[[ -n $line && $line != '#'* ]] || continue
	# An empty field would be lost: a tab is white space to read.
	IFS=$'\x1f' read -r row input now tests mutants rest < <(tr '\t' '\037' <<<"$line")
	if [[ ! $row =~ ^[0-9]+$ || -z $input || -z $now || -z $tests || -n $rest ]]; then
		wrong "not five fields with tabs between: number, input, now, tests, mutants"
		continue
	fi
	[[ $now =~ ^(fixed|refused|found|said)([^a-z].*)?$ ]] || wrong "'$now' does not begin with fixed, refused, found or said"
	seen[$row]=1
	# Where it is only said, there may be nothing to test.
	[[ $tests != - || $now == said* ]] || wrong "no test of what is ${now%%[^a-z]*}"
	IFS=, read -ra names <<<"$tests"
	for name in "${names[@]}"; do
		name=${name# }
		[[ $name == - ]] || check_test "$name"
	done
	IFS=, read -ra names <<<"$mutants"
	for name in "${names[@]}"; do
		name=${name# }
		[[ $name == - || -n ${mutant[$name]:-} ]] || wrong "no mutant $name in harness/mutants/list"
	done
done <"$table"

missing=()
for row in $REQUIRED; do
	[[ -n ${seen[$row]:-} ]] || missing+=("$row")
done
if ((${#missing[@]})); then
	echo "error: ${table##*/}: no row ${missing[*]}"
	bad=1
fi
exit $bad
