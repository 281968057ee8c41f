// SPDX-License-Identifier: GPL-2.0
/*
 * R15: nor is it that of another address space.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, struct mm_with_user *other);
bool cfail_use(struct mm_with_user *user, struct mm_with_user *other)
{
	if (!mmap_read_acquire_try(user))
		return false;

#ifdef BAD
	CLASS(mmap_read_adopt, guard)(other);
#else
	CLASS(mmap_read_adopt, guard)(user);
#endif

	return vma_ref_lookup(&guard, 0);
}
