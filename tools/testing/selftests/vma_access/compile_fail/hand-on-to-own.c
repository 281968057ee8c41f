// SPDX-License-Identifier: GPL-2.0
/*
 * R1: a mapping is handed on to others, not to a function that could take the
 * handle.
 * EXPECT-coccinelle: this file's own
 */
#include "cfail.h"

int cfail_own(struct file *file, struct vm_area_struct *raw);
int cfail_own(struct file *file, struct vm_area_struct *raw)
{
	return 0;
}

int cfail_use(struct vma_new *vma, struct file *file);
int cfail_use(struct vma_new *vma, struct file *file)
{
#ifdef BAD
	return vma_new_hand_on(vma, cfail_own, file);
#else
	return vma_new_hand_on(vma, vfs_mmap, file);
#endif
}
