// SPDX-License-Identifier: GPL-2.0
/*
 * R7: page frames are for a VMA that is VM_PFNMAP.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct vma_mixedmap *mixed, struct vma_pfnmap *vma);
int cfail_use(struct vma_mixedmap *mixed, struct vma_pfnmap *vma)
{
	return vma_pfnmap_insert_pfn(BAD_OR(mixed, vma), 0, 0, VMA_PROT_OWN);
}
