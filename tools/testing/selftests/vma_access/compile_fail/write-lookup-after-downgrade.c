// SPDX-License-Identifier: GPL-2.0
/*
 * R10: nor does it find what is to be written to.
 * EXPECT-context: requires holding.* exclusively
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_write, guard)(user);

#ifdef BAD
	mmap_write_guard_downgrade(&guard, user);
#endif
	return vma_write_lookup(&guard, 0);
}
