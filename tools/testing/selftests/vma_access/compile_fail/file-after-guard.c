// SPDX-License-Identifier: GPL-2.0
/*
 * R2: so does what a VMA has, as its file.
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, struct file *file);
bool cfail_use(struct mm_with_user *user, struct file *file)
{
	struct file *mapped = NULL;

	{
		CLASS(mmap_read, guard)(user);
		struct vma_ref *vma = vma_ref_lookup(&guard, 0);

		if (vma)
			mapped = vma_ref_file(vma);
#ifndef BAD
		return mapped && file_inode(mapped) == file_inode(file);
#endif
	}
#ifdef BAD
	return mapped && file_inode(mapped) == file_inode(file);
#endif
}
