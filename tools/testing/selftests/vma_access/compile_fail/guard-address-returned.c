// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor its address.
 * EXPECT-gcc: returns address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#include "cfail.h"

#ifdef BAD
class_mmap_read_t *cfail_use(struct mm_with_user *user);
class_mmap_read_t *cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return &guard;
}
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif
