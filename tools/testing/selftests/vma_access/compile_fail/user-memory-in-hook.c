// SPDX-License-Identifier: GPL-2.0
/*
 * R14: nor in a function whose caller holds the lock, as a hook.
 * EXPECT-coccinelle: under a guard
 */
#include "cfail.h"

#include <linux/fs.h>
#include <linux/uaccess.h>

static DEFINE_VMA_MMAP_PREPARE(cfail_mmap, file, vma)
{
#ifdef BAD
	unsigned long __user *from = file->private_data;
	unsigned long base;

	if (get_user(base, from))
		return -EFAULT;
	return vma_new_rebase(vma, base);
#else
	return vma_new_rebase(vma, *(unsigned long *)file->private_data);
#endif
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	VMA_MMAP_HOOK(cfail_mmap),
};
