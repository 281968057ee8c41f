// SPDX-License-Identifier: GPL-2.0
/*
 * R2: what is made of a handle ends with it.
 * EXPECT-scopes: dangling pointer
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id)
{
	struct vma_mixedmap *mixed = NULL;

	{
		CLASS(vma_read, guard)(user, 0);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma && vma_ref_is(vma, id))
			mixed = vma_ref_as_mixedmap(vma);
#ifndef BAD
		if (mixed)
			return vma_mixedmap_insert_page(mixed, 0, page);
#endif
	}

#ifdef BAD
	CLASS(vma_read, guard)(user, 0);

	if (mixed)
		return vma_mixedmap_insert_page(mixed, 0, page);
#endif
	return 0;
}
