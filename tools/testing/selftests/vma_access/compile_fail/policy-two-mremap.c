// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type does not allow and refuse mremap at once.
 * EXPECT: a VMA type needs exactly one VMA_MREMAP_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		BAD_OR(VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE, POLICY_MREMAP) |
		POLICY_FORK |
		POLICY_EXPAND);
