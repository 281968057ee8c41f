// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a warning of NULL does not keep it from being used.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifdef BAD
	WARN_ON(!vma);
#else
	if (WARN_ON(!vma))
		return 0;
#endif
	return vma_ref_end(vma);
}
