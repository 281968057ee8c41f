// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of an insert is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
#ifdef BAD
	vma_mixedmap_insert_page(vma, 0, page);
	return 0;
#else
	return vma_mixedmap_insert_page(vma, 0, page);
#endif
}
