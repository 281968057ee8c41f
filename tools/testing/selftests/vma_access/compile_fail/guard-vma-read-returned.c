// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor is the guard of one VMA.
 * EXPECT-coccinelle: returns a guard
 */
#include "cfail.h"

#ifdef BAD
struct vma_read_guard cfail_use(struct mm_with_user *user);
struct vma_read_guard cfail_use(struct mm_with_user *user)
{
	CLASS(vma_read, guard)(user, 0);

	return guard;
}
#else
int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
	CLASS(vma_read, guard)(user, 0);

	return vma_read_err(&guard);
}
#endif
