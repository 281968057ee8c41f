// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type does not deny nothing and reading at once.
 * EXPECT: a VMA type needs VMA_DENY_NONE or other
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		BAD_OR(VMA_DENY_NONE | VMA_DENY_READ, VMA_DENY_READ) |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
