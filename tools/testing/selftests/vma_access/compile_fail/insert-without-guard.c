// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a page is inserted under a guard.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

int cfail_use(struct vma_mixedmap *vma, struct page *page) CALLER_HOLDS_VMA;
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(vma, 0, page);
}
