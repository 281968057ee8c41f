// SPDX-License-Identifier: GPL-2.0
/*
 * R9: what is adopted was locked.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read_adopt, guard)(user);
#else
	CLASS(mmap_read, guard)(user);
#endif

	return vma_ref_lookup(&guard, 0);
}
