// SPDX-License-Identifier: GPL-2.0
/*
 * R17: a mapping of an object does not become larger than the object, where no
 * revoke would find what is put in.
 * EXPECT: a VMA type of objects needs VMA_EXPAND_REFUSE
 */
#include "cfail.h"

extern const struct vma_type cfail_type;
DEFINE_VMA_OBJECT_TYPE(cfail_type,
		       POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		       POLICY_MREMAP | POLICY_FORK |
		       BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
