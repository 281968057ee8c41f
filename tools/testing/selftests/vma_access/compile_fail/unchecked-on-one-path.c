// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a look-up is asked about before any use, not before the last.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user, bool start);
unsigned long cfail_use(struct mm_with_user *user, bool start)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifdef BAD
	if (start)
		return vma_ref_start(vma);
#endif
	if (!vma)
		return 0;
	return start ? vma_ref_start(vma) : vma_ref_end(vma);
}
