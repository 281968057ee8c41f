// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a policy without hooks is no type: it could not keep what it says.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct vma_new *vma);

static DEFINE_VMA_TYPE_OVER(cfail_over, POLICY_MAP | POLICY_DENY | POLICY_COW |
			    POLICY_FORK | POLICY_EXPAND);

int cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_set_type(vma, &cfail_over, vma);
#else
	return vma_new_set_type_over(vma, &cfail_over);
#endif
}
