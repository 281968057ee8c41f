// SPDX-License-Identifier: GPL-2.0
/*
 * R1: nor in ->mmap_prepare().
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct vm_area_desc *desc);
int cfail_use(struct vm_area_desc *desc)
{
#ifdef BAD
	if (vma_desc_test(desc, VMA_WRITE_BIT))
		return -EPERM;
#endif
	return vma_new_deny(vma_desc_from_prepare(desc), VMA_EXEC_BIT);
}
