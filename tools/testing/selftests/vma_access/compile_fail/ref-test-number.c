// SPDX-License-Identifier: GPL-2.0
/*
 * R10: nor by another constant whose name begins as theirs.
 * EXPECT: a VMA flag is given by its number
 */
#include "cfail.h"

bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, VMA_PROT_DEVICE);
#else
	return vma_ref_test(vma, VMA_SHARED_BIT);
#endif
}
