// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle of a scoped_guard() is not kept either.
 * EXPECT-coccinelle: outlives its guard in the member
 */
#include "cfail.h"

struct keeper {
	void *of;
	unsigned long at;
};

static __used int cfail_use(struct keeper *keeper, struct mm_with_user *user)
{
	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

		if (!vma)
			return -ESRCH;
#ifdef BAD
		keeper->of = vma;
#else
		keeper->at = vma_ref_start(vma);
#endif
	}
	return 0;
}
