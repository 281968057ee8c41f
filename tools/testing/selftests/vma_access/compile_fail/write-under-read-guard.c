// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a write handle is none under a guard that reads.
 * EXPECT-context: requires holding.* exclusively
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct vma_write *vma);
int cfail_use(struct mm_with_user *user, struct vma_write *vma)
{
#ifdef BAD
	CLASS(mmap_read, guard)(user);
#else
	CLASS(mmap_write, guard)(user);
#endif

	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}
