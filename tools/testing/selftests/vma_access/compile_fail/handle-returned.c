// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle is not returned from under its guard.
 * EXPECT-scopes: returns address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#include "cfail.h"

#ifdef BAD
struct vma_ref *cfail_use(struct mm_with_user *user);
struct vma_ref *cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#else
struct vma_ref *cfail_use(class_mmap_read_t *guard) CALLER_HOLDS_VMA;
struct vma_ref *cfail_use(class_mmap_read_t *guard)
{
	return vma_ref_lookup(guard, 0);
}
#endif
