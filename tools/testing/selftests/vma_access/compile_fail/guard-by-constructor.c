// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a guard that is not made by CLASS() is never released.
 * EXPECT-coccinelle: CLASS\(\)
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	struct vma_read_guard guard = class_vma_read_constructor(user, 0);
#else
	CLASS(vma_read, guard)(user, 0);
#endif

	return vma_read_ref(&guard) ? 1 : 0;
}
