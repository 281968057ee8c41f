// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor does that of the next turn of a loop.
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user, int n);
unsigned long cfail_use(struct mm_with_user *user, int n)
{
	unsigned long sum = 0;
	struct vma_ref *vma = NULL;

	while (n--) {
		CLASS(mmap_read, guard)(user);

#ifdef BAD
		if (!vma)
#endif
			vma = vma_ref_lookup(&guard, 0);
		if (vma)
			sum += vma_ref_start(vma);
	}
	return sum;
}
