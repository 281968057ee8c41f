// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor in a container, whose function takes a void *.
 * EXPECT-coccinelle: outlives its guard in xa_store
 */
#include "cfail.h"

#include <linux/xarray.h>

int cfail_use(struct mm_with_user *user, struct xarray *kept);
int cfail_use(struct mm_with_user *user, struct xarray *kept)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return -ESRCH;
#ifdef BAD
	return xa_err(xa_store(kept, 0, vma, GFP_KERNEL));
#else
	return xa_err(xa_store(kept, 0, xa_mk_value(vma_ref_pages(vma)), GFP_KERNEL));
#endif
}
