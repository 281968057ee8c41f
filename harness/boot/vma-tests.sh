#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mm's own tests of the VMA code, which is built as a program there: tools/testing/vma
# of the unmodified kernel and of the series, with the same result.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
header=/usr/include/$(gcc -print-multiarch)/urcu.h
if [[ ! -e /usr/include/urcu.h ]] && ! "$HARNESS/fetch/packages.sh" "$header:liburcu-dev"; then
	skip "tools/testing/vma" "no liburcu here"
	exit
fi

# Its last line: "26 tests run, 26 passed, 0 failed."
run() { # base|full
	local tree log=$RUN_LOGS/vma-tests-$1.log
	tree=$("$HARNESS/fetch/sync.sh" "$1")
	: >"$log"
	within 60 make -C "$tree/tools/testing/vma" clean >>"$log" 2>&1 || true
	within 600 make -C "$tree/tools/testing/vma" >>"$log" 2>&1 || {
		echo "it does not build: $(grep -m1 -E 'error|undefined' "$log" || tail -n 1 "$log")"
		return
	}
	within 300 "$tree/tools/testing/vma/vma" >"$log.out" 2>&1 || true
	within 60 make -C "$tree/tools/testing/vma" clean >>"$log" 2>&1 || true
	grep -E '^[0-9]+ tests run, ' "$log.out" | tail -n 1 | grep . || echo "no end: $(tail -n 1 "$log.out")"
}

base=$(run base) full=$(run full)
if [[ $base == "$full" && $full == *", 0 failed." ]]; then
	say "tools/testing/vma: ${full%.}, with the series and without"
	pass "tools/testing/vma: ${full%.}"
else
	fail "tools/testing/vma" "unmodified: $base; with the series: $full" "$RUN_LOGS/vma-tests-full.log.out"
	exit 1
fi
