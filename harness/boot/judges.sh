#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The converted drivers' judges, on the debug kernel, with the series or without it:
#	judges.sh [base]
# JUDGES has more of them than the list in judges does.

. "$(dirname "$0")/../lib.sh"

mapfile -t judges < <(grep -v '^#' "$HARNESS/boot/judges")
read -r -a more <<<"${JUDGES:-}"
# tcp_zerocopy.sh runs net's tcp_mmap.
export KSELFTEST_TARGETS="drivers/dma-buf dmabuf-heaps iommu:iommufd mm:pfnmap \
	mm:uffd-unit-tests net:psock_tpacket net:tcp_mmap ring-buffer vma_access"
export KSELFTEST_ARGS='KSELFTEST_UFFD_UNIT_TESTS_ARGS="-f move" KSELFTEST_IOMMUFD_ARGS="-t viommu_alloc_with_data"'
export KSELFTEST_NAME=kselftest-judges
exec "$HARNESS/boot/kselftest.sh" "$@" "${judges[@]}" ${more[@]+"${more[@]}"}
