// SPDX-License-Identifier: GPL-2.0
/*
 * R1: a flag of a new mapping is named by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_test(vma, VM_SHARED);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
