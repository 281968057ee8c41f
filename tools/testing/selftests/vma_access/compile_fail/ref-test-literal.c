// SPDX-License-Identifier: GPL-2.0
/*
 * R10: nor by a bare number.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, 2);
#else
	return vma_ref_test(vma, VMA_EXEC_BIT);
#endif
}
