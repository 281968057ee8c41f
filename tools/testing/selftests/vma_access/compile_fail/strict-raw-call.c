// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a file that is strict finds no VMA without a guard.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	return vma_lookup(__mm_with_user_raw(user), 0);
#else
	return vma_ref_lookup(&guard, 0);
#endif
}
