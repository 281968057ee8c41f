// SPDX-License-Identifier: GPL-2.0
/*
 * R2: void * is no way around.
 * EXPECT-scopes: returns address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#include "cfail.h"

#ifdef BAD
void *cfail_use(struct mm_with_user *user);
void *cfail_use(struct mm_with_user *user)
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
#endif
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
