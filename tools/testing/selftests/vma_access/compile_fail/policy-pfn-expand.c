// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a PFN mapping is never enlarged, and cannot say that it is.
 * EXPECT: VMA_MAP_PFN needs VMA_EXPAND_REFUSE
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_PFN |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
