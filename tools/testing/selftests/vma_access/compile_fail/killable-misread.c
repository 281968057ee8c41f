// SPDX-License-Identifier: GPL-2.0
/*
 * R9: 0 is what says that the lock is held.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	if (BAD_OR(!mmap_read_acquire_killable(user),
		   mmap_read_acquire_killable(user)))
		return false;

	CLASS(mmap_read_adopt, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
