// SPDX-License-Identifier: GPL-2.0
/*
 * R7: a page goes only into what is known to be VM_MIXEDMAP.
 * EXPECT: not compatible with any (generic )?association
 */
#include "cfail.h"

int cfail_use(struct vma_ref *ref, struct vma_mixedmap *mixed, struct page *page);
int cfail_use(struct vma_ref *ref, struct vma_mixedmap *mixed, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(ref, mixed), 0, page);
}
