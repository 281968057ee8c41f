// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of a zap is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_ref *vma);
int cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	vma_ref_zap_range(vma, 0, PAGE_SIZE);
	return 0;
#else
	return vma_ref_zap_range(vma, 0, PAGE_SIZE);
#endif
}
