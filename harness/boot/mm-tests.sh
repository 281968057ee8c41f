#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The programs of selftests/mm that mm-programs names, unmodified, on the debug kernel:
#	mm-tests.sh [base]	base: on the unmodified kernel

. "$(dirname "$0")/../lib.sh"

# A whole folder brings the runner; this one is the smallest.
targets=(size) tests=() args=()
while read -r program rest; do
	case $program in
		'' | '#'*) continue ;;
		'!')
			# Said once, not for each kernel.
			[[ ${1:-} == base ]] || skip "selftests/mm ${rest%%:*}" "${rest#*: }"
			continue
			;;
	esac
	targets+=("mm:$program")
	tests+=("mm:$program")
	[[ -z $rest ]] || args+=("KSELFTEST_$(tr 'a-z-' 'A-Z_' <<<"$program")_ARGS=\"$rest\"")
done <"$HARNESS/boot/mm-programs"

# Some allocate huge pages of hugetlbfs, and one maps 2 GB.
export KSELFTEST_TARGETS="${targets[*]}" KSELFTEST_ARGS="${args[*]}"
export KSELFTEST_HUGEPAGES=${KSELFTEST_HUGEPAGES:-64} VMA_ACCESS_MEM=${VMA_ACCESS_MEM:-4096}
export KSELFTEST_NAME=kselftest-mm KSELFTEST_LIMIT=${KSELFTEST_LIMIT:-1800}
exec "$HARNESS/boot/kselftest.sh" "$@" "${tests[@]}"
