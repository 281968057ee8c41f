// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor in a member that is void *.
 * EXPECT-coccinelle: outlives its guard in the member
 */
#include "cfail.h"

struct keeper {
	void *data;
	unsigned long start;
};

static __used void cfail_use(struct mm_with_user *user, struct keeper *keeper)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return;
#ifdef BAD
	keeper->data = vma;
#else
	keeper->start = vma_ref_start(vma);
#endif
}
