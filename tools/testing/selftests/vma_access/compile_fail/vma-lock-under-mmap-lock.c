// SPDX-License-Identifier: GPL-2.0
/*
 * R14: no VMA lock is waited for under the mmap lock.
 * EXPECT-context: already held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, outer)(user);
#endif
	CLASS(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
