// SPDX-License-Identifier: GPL-2.0
/*
 * R7: a cast makes no handle.
 * EXPECT-coccinelle: a cast makes no handle
 */
#include "cfail.h"

int cfail_use(struct vma_ref *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_ref *vma, struct page *page)
{
#ifdef BAD
	struct vma_mixedmap *mixed = (struct vma_mixedmap *)vma;
#else
	struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);
#endif

	return mixed ? vma_mixedmap_insert_page(mixed, 0, page) : 0;
}
