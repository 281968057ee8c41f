// SPDX-License-Identifier: GPL-2.0
/*
 * R14: user memory is touched after the guard's scope.
 * EXPECT-coccinelle: under a guard
 */
#include "cfail.h"

#include <linux/uaccess.h>

long cfail_use(struct mm_with_user *user, unsigned long __user *to);
long cfail_use(struct mm_with_user *user, unsigned long __user *to)
{
	unsigned long start;

	{
		CLASS(vma_read, guard)(user, 0);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (!vma)
			return vma_read_err(&guard);
		start = vma_ref_start(vma);
#ifdef BAD
		if (copy_to_user(to, &start, sizeof(start)))
			return -EFAULT;
#endif
	}
	return copy_to_user(to, &start, sizeof(start)) ? -EFAULT : 0;
}
