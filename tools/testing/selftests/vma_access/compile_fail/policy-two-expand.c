// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type does not allow and refuse expansion at once.
 * EXPECT: a VMA type needs exactly one VMA_EXPAND_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW | VMA_EXPAND_REFUSE, POLICY_EXPAND));
