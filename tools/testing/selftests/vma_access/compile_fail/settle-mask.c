// SPDX-License-Identifier: GPL-2.0
/*
 * R1: what is settled is named by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

bool cfail_use(struct vma_desc *vma);
bool cfail_use(struct vma_desc *vma)
{
#ifdef BAD
	return vma_new_settle(vma, VM_WRITE);
#else
	return vma_new_settle(vma, VMA_WRITE_BIT);
#endif
}
