// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle is not kept in a variable that stays.
 * EXPECT-lifetime: escapes to the global
 */
#include "cfail.h"

#ifdef BAD
static struct vma_ref *kept;
#endif
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	kept = vma_ref_lookup(&guard, 0);
#else
	struct vma_ref *kept = vma_ref_lookup(&guard, 0);
#endif
	return kept;
}
