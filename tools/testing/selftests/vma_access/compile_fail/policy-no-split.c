// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type that does not say what happens on split does not build.
 * EXPECT: a VMA type needs exactly one VMA_SPLIT_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		BAD_OR(POLICY_NOTHING, POLICY_SPLIT) |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
