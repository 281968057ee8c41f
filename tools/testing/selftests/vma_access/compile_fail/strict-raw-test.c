// SPDX-License-Identifier: GPL-2.0
/*
 * R1: a file that is strict settles, and does not only look.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct file *file, struct vm_area_struct *vma);
int cfail_use(struct file *file, struct vm_area_struct *vma)
{
	struct vma_new *handle = vma_new_from_mmap(vma);

	if (!handle)
		return -EINVAL;
#ifdef BAD
	return vma_test(vma, VMA_WRITE_BIT) ? -EPERM : 0;
#else
	return vma_new_settle(handle, VMA_WRITE_BIT) ? -EPERM : 0;
#endif
}
