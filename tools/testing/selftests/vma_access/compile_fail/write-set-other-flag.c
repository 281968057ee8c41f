// SPDX-License-Identifier: GPL-2.0
/*
 * R10: only some flags of a VMA in use are for a driver to set.
 * EXPECT: not a driver.s to set
 */
#include "cfail.h"

int cfail_use(struct vma_write *vma);
int cfail_use(struct vma_write *vma)
{
#ifdef BAD
	return vma_write_set(vma, VMA_DONTEXPAND_BIT);
#else
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
#endif
}
