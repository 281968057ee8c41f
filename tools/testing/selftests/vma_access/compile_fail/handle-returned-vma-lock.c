// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle is not returned from under its VMA read guard.
 * EXPECT-scopes: function may return address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#include "cfail.h"

#ifdef BAD
struct vma_ref *cfail_use(struct mm_with_user *user);
struct vma_ref *cfail_use(struct mm_with_user *user)
{
	CLASS(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
#else
struct vma_ref *cfail_use(struct vma_read_guard *guard);
struct vma_ref *cfail_use(struct vma_read_guard *guard)
{
	return vma_read_ref(guard);
}
#endif
