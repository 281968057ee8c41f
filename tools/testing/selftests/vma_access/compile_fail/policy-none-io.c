// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a merge would change it, and madvise() would take VM_DONTDUMP back: neither
 * happens to a mapping that is VM_IO.
 * EXPECT: VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_NONE |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		VMA_FORK_COPY |
		VMA_EXPAND_ALLOW | VMA_TYPE_DONTDUMP |
		BAD_OR(POLICY_NOTHING, VMA_TYPE_IO));
