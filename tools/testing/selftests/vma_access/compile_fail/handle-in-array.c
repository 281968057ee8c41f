// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle in an array is good for its own turn's guard.
 * EXPECT-coccinelle: under another guard
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user, const unsigned long *at);
unsigned long cfail_use(struct mm_with_user *user, const unsigned long *at)
{
	struct vma_ref *found[2] = { };
	unsigned long ends = 0;
	int i;

	for (i = 0; i < 2; i++) {
		CLASS(vma_read, guard)(user, at[i]);

		found[i] = vma_read_ref(&guard);
		if (found[i])
			ends += vma_ref_end(found[i]);
	}
#ifdef BAD
	{
		CLASS(vma_read, guard)(user, at[0]);

		if (vma_read_ref(&guard) && found[1])
			ends = vma_ref_start(found[1]);
	}
#endif
	return ends;
}
