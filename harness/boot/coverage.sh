#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which lines and branches of the layer no test reaches: KUnit and kselftest in
# one boot of a kernel that counts, read by gcov.
#	harness/run coverage
# What is known not to be reached is listed in coverage.except, with the reason.
# Only what this configuration compiles can be counted: not the fallback of a
# kernel without VMA locks.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
build=$WORK/build-coverage
log=$RUN_LOGS/kselftest-coverage
rc=0

# The suites that are built in run before the guest's init does.
KSELFTEST_CONFIG=coverage KSELFTEST_ARGS='counts=1 kunit.enable=1 kunit.filter=speed>slow' \
	"$HARNESS/boot/kselftest.sh" || rc=1
[[ -s $log.console ]] || die "the kernel for gcov did not run (log: $RUN_LOGS)"
(cd "$TREE" && "$PYTHON" tools/testing/kunit/kunit.py parse --json="$log.json" "$log.console") \
	>"$log.kunit" 2>&1 || true
n=0
while read -r status case; do
	n=$((n + 1))
	case $status in
		PASS) pass "kunit-coverage $case" ;;
		SKIP) skip "kunit-coverage $case" ;;
		*) rc=1; fail "kunit-coverage $case" "see the log" "$log.console" ;;
	esac
done < <("$PYTHON" "$HARNESS/boot/kunit-cases.py" "$log.json" 2>/dev/null || true)
if ((n == 0)); then
	rc=1
	fail "kunit-coverage" "no suite ran" "$log.kunit"
fi

# The counts came over the serial port as text: one changed byte and the sum says so.
scratch tmp
sum=$(sed -nE 's/^vma_access-guest: counts ([0-9a-f]+).*/\1/p' "$log.out")
sed -n '/^vma_access-guest: counts /,/^vma_access-guest: end of counts/p' "$log.out" |
	grep -v '^vma_access-guest: ' | base64 -di >"$tmp/counts.tgz" || true
[[ -n $sum && $(md5sum <"$tmp/counts.tgz") == "$sum "* ]] ||
	die "the counts did not come out of the guest whole (log: $log.out)"
mkdir "$tmp/guest"
tar -C "$tmp/guest" -xzf "$tmp/counts.tgz"

# gcov wants an object's counts beside what the compiler noted down of it.
gcov=gcov
version=$(gcc -dumpversion)
! command -v "gcov-${version%%.*}" >/dev/null || gcov=gcov-${version%%.*}
records=()
while IFS= read -r f; do
	object=${f#"$tmp/guest$build/"} object=${object%.gcda}
	dir=$tmp/${object//\//,}
	mkdir "$dir"
	cp "$f" "$build/$object.gcno" "$dir"
	(cd "$dir" && "$gcov" -b -c --json-format --stdout -o . "${object##*/}.gcda" >"$dir.json" 2>"$dir.err")
	# It goes on without the counts of another build.
	[[ ! -s $dir.err ]] || die "gcov: $(head -n 1 "$dir.err")"
	records+=("$dir.json")
done < <(find "$tmp/guest" -name '*.gcda' | sort)
((${#records[@]})) || die "the guest counted nothing (log: $log.out)"

"$PYTHON" "$HARNESS/boot/coverage.py" "$TREE" "$HARNESS/boot/coverage.except" "$tmp/results" "${records[@]}" |
	tee "$RUN_LOGS/coverage.txt"
while IFS=$'\t' read -r status what why; do
	if [[ $status == PASS ]]; then
		pass "$what"
	else
		rc=1
		fail "$what" "$why" "$RUN_LOGS/coverage.txt"
	fi
done <"$tmp/results"
exit $rc
