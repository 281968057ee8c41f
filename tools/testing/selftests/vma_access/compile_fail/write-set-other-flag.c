// SPDX-License-Identifier: GPL-2.0
/*
 * R10: only some flags of a VMA in use are for a driver to set.
 * EXPECT: not a driver.s to set
 */
#include "cfail.h"

void cfail_use(struct vma_write *vma);
void cfail_use(struct vma_write *vma)
{
	vma_write_set(vma, BAD_OR(VMA_DONTEXPAND_BIT, VMA_DONTCOPY_BIT));
}
