// SPDX-License-Identifier: GPL-2.0
/*
 * R7: a PFN mapping refuses copy-on-write.
 * EXPECT: VMA_MAP_PFN needs VMA_COW_REFUSE
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_PFN |
		POLICY_DENY |
		BAD_OR(VMA_COW_ALLOW, VMA_COW_REFUSE) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
