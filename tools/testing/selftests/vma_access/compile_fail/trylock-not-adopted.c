// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a lock that was tried for is adopted.
 * EXPECT-context: not held on every path
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	if (!mmap_read_acquire_try(user))
		return false;
#ifdef BAD
	return true;
#else
	CLASS(mmap_read_adopt, guard)(user);

	return vma_ref_lookup(&guard, 0);
#endif
}
