// SPDX-License-Identifier: GPL-2.0
/*
 * R5: a raw mm is not put, as nothing says whether that may sleep.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/sched/mm.h>
#include <linux/vma_access_strict.h>

void cfail_use(struct mm_struct *mm, struct mm_with_user *user);
void cfail_use(struct mm_struct *mm, struct mm_with_user *user)
{
#ifdef BAD
	mmput(mm);
#else
	mm_with_user_put_async(user);
#endif
}
