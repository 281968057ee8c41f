// SPDX-License-Identifier: GPL-2.0
/*
 * R3: a VMA found by its address is asked whose it is.
 * EXPECT-coccinelle: whose VMA is
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id)
{
	CLASS(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed;

	if (!vma)
		return -ESRCH;
#ifdef BAD
	mixed = vma_ref_as_mixedmap(vma);
#else
	mixed = vma_ref_as_mixedmap_of(vma, id);
#endif
	return mixed ? vma_mixedmap_insert_page(mixed, 0, page) : -ESRCH;
}
