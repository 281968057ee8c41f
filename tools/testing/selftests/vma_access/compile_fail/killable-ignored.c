// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the lock is not held where a signal came first.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	int err = mmap_write_acquire_killable(user);

#ifndef BAD
	if (err)
		return false;
#else
	(void)err;
#endif
	CLASS(mmap_write_adopt, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
