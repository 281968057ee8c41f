// SPDX-License-Identifier: GPL-2.0
/*
 * R7: pages are for a VMA that is VM_MIXEDMAP.
 * EXPECT-gcc: not compatible with any association
 * EXPECT-clang: not compatible with any of the associations|controlling expression type
 */
#include "cfail.h"

int cfail_use(struct vma_pfnmap *pfns, struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_pfnmap *pfns, struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(pfns, vma), 0, page);
}
