#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the debug kernel, installs the kselftests with the kernel's makefiles,
# boots, runs them, and reads their TAP. With "base" as the first argument it is
# the unmodified kernel that is booted, with the same programs.

. "$(dirname "$0")/../lib.sh"

usage() {
	echo "usage: harness/run kselftest [base] [test ...]"
	echo "  test  its program's name, with its folder if that is not vma_access: mm:pfnmap"
}
[[ ${1:-} != -h ]] || { usage; exit 0; }

what=full name=${KSELFTEST_NAME:-kselftest}
if [[ ${1:-} == base ]]; then
	what=base name=$name-base
	shift
fi
# Another kernel, with more on its command line: see coverage.sh.
config=${KSELFTEST_CONFIG:-debug}
[[ $config == debug ]] || name=$name-$config
limit=${KSELFTEST_LIMIT:-480}
# Folders of selftests, or folder:program.
TARGETS=${KSELFTEST_TARGETS:-vma_access}
hugepages=${KSELFTEST_HUGEPAGES:-0}

take_lock
open_logs
# The program of drivers/dma-buf writes 2 GB of huge pages. What the guest has besides is
# enough for two arenas of BPF at a time, for each of which KASAN needs 512 MB.
if [[ " $TARGETS " == *" drivers/dma-buf "* ]]; then
	if (($(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo) >= 4400)); then
		hugepages=1040
		export VMA_ACCESS_MEM=4400
	else
		skip "$name udmabuf" "too little memory for its 2 GB of huge pages"
		TARGETS=${TARGETS/drivers\/dma-buf/}
	fi
fi
# The packages that programs of others need to be built.
needs=()
for t in $TARGETS; do
	case $t in
		alsa) needs+=(pkg-config:pkgconf /usr/include/alsa/asoundlib.h:libasound2-dev) ;;
		iommu*) needs+=(/usr/include/sys/capability.h:libcap-dev) ;;
		vfio) needs+=(/usr/include/uuid/uuid.h:uuid-dev) ;;
	esac
done
((${#needs[@]} == 0)) || "$HARNESS/fetch/packages.sh" "${needs[@]}"
"$HARNESS/build/build.sh" $config
build=$WORK/build-$config
log=$RUN_LOGS/$name

if [[ ! -f $TREE/tools/testing/selftests/vma_access/Makefile ]]; then
	skip "$name" "there are no kselftests yet"
	exit
fi

# Mutants of drivers all have the same programs.
[[ -n ${KSELFTEST_INSTALLED:-} ]] || "$HARNESS/build/kselftest-install.sh" "$build" "$TARGETS"
if [[ $what == base ]]; then
	"$HARNESS/build/build.sh" $config base
	# The programs come from the series' tree, where they are unmodified too.
	rm -rf "$WORK/build-base-$config/kselftest_install"
	cp -a "$build/kselftest_install" "$WORK/build-base-$config"
	build=$WORK/build-base-$config
fi
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"

tests=
for t; do
	[[ $t == *:* ]] || t=vma_access:$t
	[[ " $TARGETS " == *" drivers/dma-buf "* || $t != drivers/dma-buf:* ]] || continue
	tests=${tests:+$tests,}$t
done

say "running kselftest ($name) in the $config kernel${tests:+: $tests} (limit $limit s)"
t0=$(date +%s)
rc=0
"$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$log" "$limit" hugepages=$hugepages \
	job=kselftest ${tests:+tests=$tests} ${KSELFTEST_ARGS:-} || rc=$?

"$HARNESS/boot/tap-cases" "$log.out" >"$log.cases"

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
if [[ " ${KSELFTEST_ARGS:-} " == *" leaks=1 "* ]] &&
	! grep -q 'vma_access-guest: end of leaks' "$log.console"; then
	f=$((f + 1))
	fail "$name leaks" "kmemleak was not asked" "$log.console"
fi
if reports=$("$HARNESS/boot/watch" "$log.console"); then
	pass "$name console"
else
	f=$((f + 1))
	fail "$name console" "$(head -n 1 <<<"$reports")" "$log.console"
fi
say "$name: $p passed, $f failed, $s skipped in $(elapsed "$t0")"
exit $((f > 0))
