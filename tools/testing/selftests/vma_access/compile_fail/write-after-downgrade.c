// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a guard that was downgraded writes no more.
 * EXPECT-context: requires holding.* exclusively
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_write, guard)(user);
	struct vma_write *vma = vma_write_lookup(&guard, 0);

	if (!vma)
		return 0;
#ifdef BAD
	mmap_write_guard_downgrade(&guard, user);
#endif
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}
