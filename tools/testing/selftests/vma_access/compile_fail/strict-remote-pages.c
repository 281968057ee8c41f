// SPDX-License-Identifier: GPL-2.0
/*
 * R4: memory of another process is not reached past a pin.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/mm.h>
#include <linux/vma_access_strict.h>

long cfail_use(struct mm_struct *mm, struct mm_with_user *user, struct page **page);
long cfail_use(struct mm_struct *mm, struct mm_with_user *user, struct page **page)
{
#ifdef BAD
	return pin_user_pages_remote(mm, 0, 1, FOLL_WRITE, page, NULL);
#else
	CLASS(vma_read, guard)(user, 0);

	return vma_read_err(&guard);
#endif
}
