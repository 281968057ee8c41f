// SPDX-License-Identifier: GPL-2.0
/*
 * R1: an access of a new mapping is not tested, but settled.
 * EXPECT: an access is asked for with vma_new_settle
 */
#include "cfail.h"

bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_test(vma, VMA_WRITE_BIT);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
