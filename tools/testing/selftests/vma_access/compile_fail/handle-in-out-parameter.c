// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor handed out by a parameter.
 * EXPECT-coccinelle: handed out by the parameter
 */
#include "cfail.h"

#ifdef BAD
void cfail_use(struct mm_with_user *user, struct vma_ref **out);
void cfail_use(struct mm_with_user *user, struct vma_ref **out)
{
	CLASS(mmap_read, guard)(user);

	*out = vma_ref_lookup(&guard, 0);
}
#else
void cfail_use(struct mm_with_user *user, unsigned long *out);
void cfail_use(struct mm_with_user *user, unsigned long *out)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	*out = vma ? vma_ref_start(vma) : 0;
}
#endif
