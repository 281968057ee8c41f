// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a raw VMA is good for as long as its hook runs.
 * EXPECT-coccinelle: outlives its hook
 */
#include "cfail.h"
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

struct arena {
#ifdef BAD
	struct vm_area_struct *vma;
#else
	unsigned long start;
#endif
};

static int cfail_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vma_new *handle = vma_new_from_mmap(vma);
	struct arena *arena = file->private_data;

	if (!handle)
		return -EINVAL;
#ifdef BAD
	arena->vma = vma;
#else
	arena->start = vma_new_start(handle);
#endif
	return vma_new_deny(handle, VMA_EXEC_BIT);
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	.mmap = cfail_mmap,
};
