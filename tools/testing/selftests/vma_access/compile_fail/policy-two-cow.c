// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type does not allow and refuse copy-on-write at once.
 * EXPECT: a VMA type needs exactly one VMA_COW_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		BAD_OR(VMA_COW_ALLOW | VMA_COW_REFUSE, POLICY_COW) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
