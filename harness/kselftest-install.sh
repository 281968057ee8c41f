#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds and installs kselftests with the kernel's own makefiles:
#	kselftest-install.sh <build dir> <targets>
# into <build dir>/kselftest_install.

. "$(dirname "$0")/lib.sh"

build=$1 targets=$2
open_logs
log=$RUN_LOGS/kselftest-build.log

say "building kselftest ($targets)"
rm -rf "$build/kselftest_install"
make -C "$TREE" ARCH=x86_64 O="$build" -j"$JOBS" headers >>"$log" 2>&1 ||
	die "make headers failed (log: $log)"
# KDIR is what the makefiles of test modules build against.
timeout 600 make -C "$TREE/tools/testing/selftests" ARCH=x86_64 O="$build" KDIR="$build" \
	TARGETS="$targets" FORCE_TARGETS=1 KSFT_INSTALL_PATH="$build/kselftest_install" \
	install >>"$log" 2>&1 || {
	grep -E -m5 '(error|undefined)[: ]' "$log" >&2 || tail -n 5 "$log" >&2
	die "building the kselftests failed (log: $log)"
}
