// SPDX-License-Identifier: GPL-2.0
/*
 * R6: that nothing was mapped is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_desc *vma);
int cfail_use(struct vma_desc *vma)
{
#ifdef BAD
	vma_new_remap_pfn_all(vma, 0, 1);
	return 0;
#else
	return vma_new_remap_pfn_all(vma, 0, 1);
#endif
}
