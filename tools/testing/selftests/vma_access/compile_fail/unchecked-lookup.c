// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a look-up can find nothing.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifndef BAD
	if (!vma)
		return 0;
#endif
	return vma_ref_start(vma);
}
