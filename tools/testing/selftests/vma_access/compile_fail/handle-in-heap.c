// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor in memory that does.
 * EXPECT-coccinelle: outlives its guard in a structure
 */
#include "cfail.h"

struct keeper {
#ifdef BAD
	struct vma_ref *vma;
#else
	unsigned long start;
#endif
};

static __used void cfail_use(struct mm_with_user *user, struct keeper *keeper)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	keeper->vma = vma_ref_lookup(&guard, 0);
#else
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (vma)
		keeper->start = vma_ref_start(vma);
#endif
}
