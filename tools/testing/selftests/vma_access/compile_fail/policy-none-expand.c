// SPDX-License-Identifier: GPL-2.0
/*
 * R3, R8: a merge with a neighbour would change policy and owner of a type that
 * inserts nothing and may be enlarged.
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
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
