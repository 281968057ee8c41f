#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the debug kernel, installs the kselftests with the kernel's makefiles,
# boots, runs them, and reads their TAP.

. "$(dirname "$0")/lib.sh"

usage() { echo "usage: harness/run kselftest [test ...]      (a test: its program's name)"; }
[[ ${1:-} != -h ]] || { usage; exit 0; }

# Another kernel, with more on its command line: see coverage.sh.
config=${KSELFTEST_CONFIG:-debug}
limit=${KSELFTEST_LIMIT:-480}
TARGETS=${KSELFTEST_TARGETS:-vma_access}
name=${KSELFTEST_NAME:-kselftest}
[[ $config == debug ]] || name=$name-$config

take_lock
open_logs
"$HARNESS/build.sh" $config
build=$WORK/build-$config
log=$RUN_LOGS/$name

if [[ ! -f $TREE/tools/testing/selftests/vma_access/Makefile ]]; then
	skip "$name" "there are no kselftests yet"
	exit
fi

"$HARNESS/kselftest-install.sh" "$build" "$TARGETS"
"$HARNESS/initramfs.sh" "$build" "$build/initramfs.cpio"

tests=
for t; do
	tests=${tests:+$tests,}${t/#vma_access:/}
	tests=${tests%"$t"}$([[ $t == *:* ]] && echo "$t" || echo "vma_access:$t")
done

say "running kselftest in the $config kernel${tests:+: $tests} (limit $limit s)"
t0=$(date +%s)
rc=0
"$HARNESS/boot.sh" "$build" "$build/initramfs.cpio" "$log" "$limit" job=kselftest ${tests:+tests=$tests} ${KSELFTEST_ARGS:-} || rc=$?

"$HARNESS/tap-cases" "$log.out" >"$log.cases"

p=0 f=0 s=0
while IFS=$'\t' read -r status case why; do
	case $status in
		PASS) p=$((p + 1)); pass "$name $case" ;;
		SKIP) s=$((s + 1)); skip "$name $case" "$why" ;;
		*) f=$((f + 1)); fail "$name $case" "${why:-see the log}" "$log.out" ;;
	esac
done <"$log.cases"

last=$(grep -v '^[[:space:]]*$' "$log.console" 2>/dev/null | tail -n 1 || true)
if ((rc == 124 || rc == 137)); then
	f=$((f + 1))
	fail "$name" "no end within $limit s; the last line was: $(tail -n 1 "$log.out")" "$log.out"
elif ! grep -q '^vma_access-guest: exit' "$log.out"; then
	f=$((f + 1))
	fail "$name" "the guest stopped before the end: $last" "$log.console"
elif ((p + f + s == 0)); then
	f=$((f + 1))
	fail "$name" "no test ran: $(grep -v '^vma_access-guest' "$log.out" | tail -n 1)" "$log.out"
fi
if grep -q '^vma_access-guest: cannot load' "$log.out"; then
	f=$((f + 1))
	fail "$name modules" "$(grep -m1 '^vma_access-guest: cannot load' "$log.out")" "$log.console"
fi
if reports=$("$HARNESS/watch" "$log.console"); then
	pass "$name console"
else
	f=$((f + 1))
	fail "$name console" "$(head -n 1 <<<"$reports")" "$log.console"
fi
say "kselftest: $p passed, $f failed, $s skipped in $(elapsed "$t0")"
exit $((f > 0))
