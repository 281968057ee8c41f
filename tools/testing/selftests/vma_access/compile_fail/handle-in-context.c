// SPDX-License-Identifier: GPL-2.0
/*
 * R2: what a callback is given may be on the stack, and not in the heap.
 * EXPECT-coccinelle: outlives its guard in a structure
 */
#include "cfail.h"

#include <linux/slab.h>

struct fill {
	struct vma_mixedmap *to;
	unsigned long at;
	int err;
};

static noinline void cfail_one(struct fill *fill, struct page *page)
	__must_hold_shared(vma_stable)
{
	fill->err = vma_mixedmap_insert_page(fill->to, fill->at, page);
}

int cfail_use(struct page *page, struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct page *page, struct mm_with_user *user, struct vma_identity id)
{
	CLASS(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap_of(vma, id) : NULL;
	struct fill fill = { .to = mixed };

	if (!mixed)
		return -ESRCH;
#ifdef BAD
	struct fill *later = kmemdup(&fill, sizeof(fill), GFP_KERNEL);

	if (!later)
		return -ENOMEM;
	cfail_one(later, page);
	return later->err;
#else
	cfail_one(&fill, page);
	return fill.err;
#endif
}
