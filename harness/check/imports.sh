#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the modules of the series import: fails for a symbol that mainline does
# not export. Needs the debug build and the installed kselftests.

. "$(dirname "$0")/../lib.sh"

open_logs
build=$WORK/build-debug
modules=$(find "$build/samples" "$build/kselftest_install" -name '*.ko' 2>/dev/null | sort)
if [[ -z $modules ]]; then
	skip "imports" "no modules are built"
	exit
fi

rc=0
while IFS= read -r module; do
	name=$(basename "$module")
	bad=$(nm -u "$module" | awk '{ print $2 }' | sort -u |
		comm -12 - <(grep -v '^#' "$HARNESS/check/debian-exports" | sort -u))
	if [[ -n $bad ]]; then
		fail "imports of $name" "only Debian exports: ${bad//$'\n'/ }"
		rc=1
	else
		pass "imports of $name"
	fi
done <<<"$modules"
exit $rc
