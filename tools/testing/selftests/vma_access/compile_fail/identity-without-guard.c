// SPDX-License-Identifier: GPL-2.0
/*
 * R3: whose a VMA is holds for as long as the guard does.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct vma_ref *vma, struct vma_identity id) CALLER_HOLDS_VMA;
bool cfail_use(struct vma_ref *vma, struct vma_identity id)
{
	return vma_ref_is(vma, id);
}
