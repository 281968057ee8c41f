// SPDX-License-Identifier: GPL-2.0
/*
 * R7: a type is not VM_MIXEDMAP and VM_PFNMAP at once.
 * EXPECT: a VMA type needs exactly one VMA_MAP_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		BAD_OR(VMA_MAP_MIXED | VMA_MAP_PFN, VMA_MAP_MIXED) |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
