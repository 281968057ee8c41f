// SPDX-License-Identifier: GPL-2.0
/*
 * R14: the same where the scope is a block; a copy that does not fault is
 * right.
 * EXPECT-coccinelle: under a guard
 */
#include "cfail.h"

#include <linux/uaccess.h>

long cfail_use(struct mm_with_user *user, unsigned long __user *to);
long cfail_use(struct mm_with_user *user, unsigned long __user *to)
{
	unsigned long start;

	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

		if (!vma)
			return -ESRCH;
		start = vma_ref_start(vma);
#ifdef BAD
		if (copy_from_user(&start, to, sizeof(start)))
			return -EFAULT;
#else
		if (copy_from_user_nofault(&start, to, sizeof(start)))
			return -EFAULT;
#endif
	}
	return copy_to_user(to, &start, sizeof(start)) ? -EFAULT : 0;
}
