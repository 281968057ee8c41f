// SPDX-License-Identifier: GPL-2.0
/*
 * R14: a read guard is not made a write guard by another.
 * EXPECT-context: already held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, outer)(user);
#endif
	CLASS(mmap_write, guard)(user);

	return vma_write_lookup(&guard, 0);
}
