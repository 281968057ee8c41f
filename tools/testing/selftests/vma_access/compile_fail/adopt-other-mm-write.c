// SPDX-License-Identifier: GPL-2.0
/*
 * R15: nor to write.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, struct mm_with_user *other);
bool cfail_use(struct mm_with_user *user, struct mm_with_user *other)
{
	if (mmap_write_acquire_killable(user))
		return false;

#ifdef BAD
	CLASS(mmap_write_adopt, guard)(other);
#else
	CLASS(mmap_write_adopt, guard)(user);
#endif

	return vma_write_lookup(&guard, 0);
}
