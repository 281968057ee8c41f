// SPDX-License-Identifier: GPL-2.0
/*
 * R1: a hook does not hand the mapping on to this file's own function.
 * EXPECT-coccinelle: this file's own
 */
#include "cfail.h"

#include <linux/fs.h>

static int __maybe_unused cfail_own(struct file *file, struct vm_area_struct *raw)
{
	return file && raw ? 0 : -EINVAL;
}

static DEFINE_VMA_MMAP(cfail_mmap, file, vma)
{
#ifdef BAD
	return vma_new_hand_on(vma, cfail_own, file);
#else
	return vma_new_deny(vma, VMA_EXEC_BIT);
#endif
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	VMA_MMAP_HOOK(cfail_mmap),
};
