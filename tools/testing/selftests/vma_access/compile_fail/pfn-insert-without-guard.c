// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a page frame is inserted under a guard.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

int cfail_use(struct vma_pfnmap *vma) CALLER_HOLDS_VMA;
int cfail_use(struct vma_pfnmap *vma)
{
	return vma_pfnmap_insert_pfn(vma, 0, 1, VMA_PROT_OWN);
}
