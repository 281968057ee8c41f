// SPDX-License-Identifier: GPL-2.0
/*
 * R3, R8: below a subsystem's hooks a mapping that would be merged does not build.
 * EXPECT: VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 */
#include "cfail.h"

extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     VMA_MAP_NONE | POLICY_DENY | POLICY_COW | POLICY_FORK |
		     BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
