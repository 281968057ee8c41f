// SPDX-License-Identifier: GPL-2.0
/*
 * R11: nor when a page frame is inserted.
 * EXPECT: incompatible type|incompatible integer|expected .enum vma_prot
 */
#include "cfail.h"

int cfail_use(struct vma_pfnmap *vma, pgprot_t prot) __must_hold_shared(vma_stable);
int cfail_use(struct vma_pfnmap *vma, pgprot_t prot)
{
	return vma_pfnmap_insert_pfn(vma, 0, 1, BAD_OR(prot, VMA_PROT_OWN));
}
