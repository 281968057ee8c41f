// SPDX-License-Identifier: GPL-2.0
/*
 * R14: pages of a process are pinned before the guard.
 * EXPECT-coccinelle: under a guard
 */
#include "cfail.h"

#include <linux/mm.h>

int cfail_use(struct mm_with_user *user, unsigned long at, struct page **page);
int cfail_use(struct mm_with_user *user, unsigned long at, struct page **page)
{
#ifndef BAD
	if (pin_user_pages_fast(at, 1, FOLL_WRITE, page) != 1)
		return -EFAULT;
#endif
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	if (pin_user_pages_fast(at, 1, FOLL_WRITE, page) != 1)
		return -EFAULT;
#endif
	return vma_ref_lookup(&guard, at) ? 0 : -ESRCH;
}
