// SPDX-License-Identifier: GPL-2.0
/*
 * R7: pages are not inserted before there is a VMA.
 * EXPECT-gcc: not compatible with any association
 * EXPECT-clang: not compatible with any of the associations|controlling expression type
 */
#include "cfail.h"

int cfail_use(struct vma_desc *desc, struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_desc *desc, struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(desc, vma), 0, page);
}
