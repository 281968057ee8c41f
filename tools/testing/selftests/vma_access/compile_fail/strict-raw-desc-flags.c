// SPDX-License-Identifier: GPL-2.0
/*
 * R1: nor does it give back an access in ->mmap_prepare().
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

bool cfail_use(struct vm_area_desc *desc);
bool cfail_use(struct vm_area_desc *desc)
{
#ifdef BAD
	vma_desc_set_flags(desc, VMA_MAYWRITE_BIT);
#endif
	return vma_new_settle(vma_desc_from_prepare(desc), VMA_WRITE_BIT);
}
