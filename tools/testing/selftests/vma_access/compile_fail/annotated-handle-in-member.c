// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a function whose caller holds the guard does not keep the handle.
 * EXPECT-coccinelle: outlives its guard in the member
 */
#include "cfail.h"

struct keeper {
	void *of;
	unsigned long at;
};

static noinline void cfail_keep(struct keeper *keeper, struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
#ifdef BAD
	keeper->of = vma;
#endif
	keeper->at = vma_ref_start(vma);
}

int cfail_use(struct keeper *keeper, struct mm_with_user *user);
int cfail_use(struct keeper *keeper, struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return -ESRCH;
	cfail_keep(keeper, vma);
	return 0;
}
