// SPDX-License-Identifier: GPL-2.0
/*
 * R8: below a subsystem's hooks a policy cannot promise what they decide: a move.
 * EXPECT: hooks decide
 */
#include "cfail.h"

extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_FORK |
		     POLICY_EXPAND | BAD_OR(VMA_MREMAP_REFUSE, POLICY_NOTHING));
