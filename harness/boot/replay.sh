#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The fuzzer's programs of the repository, on the debug kernel: each call succeeds or fails
# as its program says. Each also runs with allocations that fail. After each, the fuzzer
# looks at what must hold.
#	harness/run replay [program ...]

. "$(dirname "$0")/../lib.sh"

name=fuzz-replay limit=300
take_lock
open_logs
"$HARNESS/build/build.sh" debug
build=$WORK/build-debug
log=$RUN_LOGS/$name
programs=$build/kselftest_install/vma_access

# `make test` has installed them for the selftests.
[[ -n ${VMA_ACCESS_SYNCED:-} && -d $programs/test_modules ]] ||
	"$HARNESS/build/kselftest-install.sh" "$build" vma_access
"$HARNESS/build/fuzzer.sh" "$programs" "$build/usr/include"
if (($#)); then
	for program; do
		[[ -e $programs/corpus/$program.txt ]] || die "no such program: $program (they are in harness/fuzz/corpus)"
	done
	set -- "${@/%/.txt}"
	names=$(IFS=,; echo "${*/#/corpus/}")
else
	names='corpus/*.txt'
fi
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"

say "replaying the fuzzer's programs"
t0=$(date +%s) rc=0
"$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$log" "$limit" job=fuzz kasan_multi_shot \
	"fuzz=-r,$names" || rc=$?

n=0 why=
while IFS= read -r line; do
	case $line in
		'# no devices:'*) [[ $line == '# no devices:' ]] || say "${line#\# }" ;;
		'# '*) why=${line#\# } ;;
		'ok '*'# SKIP'*) n=$((n + 1)) line=${line#ok * }; skip "$name ${line%% *}" "${line#*# SKIP }" ;;
		'ok '*) n=$((n + 1)); pass "$name ${line##* }"; why= ;;
		'not ok '*)
			n=$((n + 1)) line=${line#not ok * }
			fail "$name ${line%% *}" "${why:-${line#* }}" "$log.out"
			why= ;;
	esac
done < <(cat "$log.out")
if grep -q '^vma_access-guest: cannot load' "$log.out"; then
	fail "$name modules" "$(grep -m1 '^vma_access-guest: cannot load' "$log.out")" "$log.console"
fi
planned=$(sed -n 's/^1\.\.//p' "$log.out")
if ((rc == 124 || rc == 137)); then
	fail "$name" "no end within $limit s" "$log.out"
elif [[ -z $planned || $planned != "$n" ]]; then
	fail "$name" "$n of ${planned:-no} programs have a result: $(tail -n 1 "$log.out")" "$log.console"
fi
if reports=$("$HARNESS/boot/watch" "$log.console"); then
	pass "$name console"
else
	fail "$name console" "$(head -n 1 <<<"$reports")" "$log.console"
fi
say "$name: $n programs in $(elapsed "$t0")"
! grep -q "^FAIL"$'\t'"$name" "$RESULTS"
