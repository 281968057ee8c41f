// SPDX-License-Identifier: GPL-2.0
/*
 * R14: under a write guard that waits for itself.
 * EXPECT-coccinelle: under a guard
 */
#include "cfail.h"

#include <linux/uaccess.h>

long cfail_use(struct mm_with_user *user, unsigned long __user *to);
long cfail_use(struct mm_with_user *user, unsigned long __user *to)
{
	unsigned long start;

	if (get_user(start, to))
		return -EFAULT;
	CLASS(mmap_write, guard)(user);
	struct vma_write *vma = vma_write_lookup(&guard, start);

	if (!vma)
		return -ESRCH;
	if (vma_write_set(vma, VMA_DONTDUMP_BIT))
		return -EPERM;
#ifdef BAD
	return put_user(vma_ref_start(vma), to);
#else
	return 0;
#endif
}
