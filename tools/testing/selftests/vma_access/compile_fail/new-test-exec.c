// SPDX-License-Identifier: GPL-2.0
/*
 * R1: nor is executing tested, but settled; in ->mmap_prepare() as in ->mmap().
 * EXPECT: an access is asked for with vma_new_settle
 */
#include "cfail.h"

bool cfail_use(struct vma_desc *vma);
bool cfail_use(struct vma_desc *vma)
{
#ifdef BAD
	return vma_new_test(vma, VMA_EXEC_BIT);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
