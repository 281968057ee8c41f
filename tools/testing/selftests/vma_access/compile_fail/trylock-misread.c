// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a lock that was not had is not adopted.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	if (BAD_OR(mmap_read_acquire_try(user), !mmap_read_acquire_try(user)))
		return false;

	CLASS(mmap_read_adopt, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
