// SPDX-License-Identifier: GPL-2.0
/*
 * R1, R8: below a subsystem's hooks a policy says which access is denied, too.
 * EXPECT: needs VMA_DENY_NONE or other
 */
#include "cfail.h"

extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     POLICY_MAP | POLICY_COW | POLICY_FORK | POLICY_EXPAND |
		     BAD_OR(POLICY_NOTHING, POLICY_DENY));
