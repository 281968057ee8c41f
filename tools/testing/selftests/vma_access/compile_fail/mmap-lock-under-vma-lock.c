// SPDX-License-Identifier: GPL-2.0
/*
 * R14: the mmap lock is not waited for under a VMA lock.
 * EXPECT-context: already held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(vma_read, outer)(user, 0);
#endif
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
