// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type does not ask on split and allow it at once.
 * EXPECT: a VMA type needs exactly one VMA_SPLIT_
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE_ASK(cfail_type,
		    POLICY_MAP |
		    POLICY_DENY |
		    POLICY_COW |
		    BAD_OR(VMA_SPLIT_ALLOW | VMA_SPLIT_ASK, VMA_SPLIT_ASK) |
		    POLICY_MREMAP |
		    POLICY_FORK |
		    POLICY_EXPAND,
		    NULL, NULL);
