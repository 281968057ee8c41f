// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle ends with its guard.
 * EXPECT-scopes: dangling pointer
 * EXPECT-context: requires holding
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	unsigned long start = 0;
	struct vma_ref *vma;

	{
		CLASS(mmap_read, guard)(user);

		vma = vma_ref_lookup(&guard, 0);
#ifndef BAD
		if (vma)
			start = vma_ref_start(vma);
#endif
	}
#ifdef BAD
	if (vma)
		start = vma_ref_start(vma);
#endif
	return start;
}
