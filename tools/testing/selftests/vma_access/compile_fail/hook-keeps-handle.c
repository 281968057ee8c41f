// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a hook's handle ends with the hook.
 * EXPECT-coccinelle: outlives its guard in the member
 */
#include "cfail.h"

#include <linux/fs.h>

struct keeper {
	void *of;
	unsigned long at;
};

static DEFINE_VMA_MMAP_PREPARE(cfail_mmap, file, vma)
{
	struct keeper *keeper = file->private_data;

#ifdef BAD
	keeper->of = vma;
#else
	keeper->at = vma_new_start(vma);
#endif
	return vma_new_deny(vma, VMA_EXEC_BIT);
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	VMA_MMAP_HOOK(cfail_mmap),
};
