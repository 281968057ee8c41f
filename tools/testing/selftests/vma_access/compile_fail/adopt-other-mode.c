// SPDX-License-Identifier: GPL-2.0
/*
 * R9: what is adopted to write was locked to write.
 * EXPECT-context: requires holding.* exclusively
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	if (!mmap_read_acquire_try(user))
#else
	if (mmap_write_acquire_killable(user))
#endif
		return false;

	CLASS(mmap_write_adopt, guard)(user);

	return vma_write_lookup(&guard, 0);
}
