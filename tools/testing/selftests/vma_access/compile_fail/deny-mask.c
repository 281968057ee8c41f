// SPDX-License-Identifier: GPL-2.0
/*
 * R1: an access is named by its number. VM_WRITE is 2, which is VMA_EXEC_BIT's.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

int cfail_use(struct vma_new *vma);
int cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_deny(vma, VM_WRITE);
#else
	return vma_new_deny(vma, VMA_WRITE_BIT);
#endif
}
