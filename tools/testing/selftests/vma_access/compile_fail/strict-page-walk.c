// SPDX-License-Identifier: GPL-2.0
/*
 * R2: the page walker is not another way to a VMA.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/pagewalk.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct mm_with_user *user, const struct mm_walk_ops *ops);
int cfail_use(struct mm_with_user *user, const struct mm_walk_ops *ops)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	return walk_page_range(__mm_with_user_raw(user), 0, PAGE_SIZE, ops, NULL);
#else
	return vma_ref_lookup(&guard, 0) ? 0 : -ESRCH;
#endif
}
