// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a flag is set by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

int cfail_use(struct vma_write *vma) __must_hold(vma_stable);
int cfail_use(struct vma_write *vma)
{
#ifdef BAD
	return vma_write_set(vma, VM_DONTCOPY);
#else
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
#endif
}
