// SPDX-License-Identifier: GPL-2.0
/*
 * R9: what a mapping was handed on to may have failed, which is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_new *vma, struct file *file);
int cfail_use(struct vma_new *vma, struct file *file)
{
#ifdef BAD
	vma_new_hand_on(vma, vfs_mmap, file);
	return 0;
#else
	return vma_new_hand_on(vma, vfs_mmap, file);
#endif
}
