// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a flag of a VMA in use is asked for by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, VM_WRITE);
#else
	return vma_ref_test(vma, VMA_WRITE_BIT);
#endif
}
