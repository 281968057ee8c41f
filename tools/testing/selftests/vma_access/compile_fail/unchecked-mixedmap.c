// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a VMA can be of another map kind.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

int cfail_use(struct vma_ref *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_ref *vma, struct page *page)
{
	struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);

#ifndef BAD
	if (!mixed)
		return -EPERM;
#endif
	return vma_mixedmap_insert_page(mixed, 0, page);
}
