// SPDX-License-Identifier: GPL-2.0
/*
 * R1: nor is PROT_WRITE, which is 2 as well and an int.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

int cfail_use(struct vma_desc *vma);
int cfail_use(struct vma_desc *vma)
{
#ifdef BAD
	return vma_new_deny(vma, PROT_WRITE);
#else
	return vma_new_deny(vma, VMA_WRITE_BIT);
#endif
}
