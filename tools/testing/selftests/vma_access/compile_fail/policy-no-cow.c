// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type that does not say what happens on copy-on-write does not build.
 * EXPECT: a VMA type needs exactly one VMA_COW_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		BAD_OR(POLICY_NOTHING, POLICY_COW) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
