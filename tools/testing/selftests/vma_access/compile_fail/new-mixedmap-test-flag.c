// SPDX-License-Identifier: GPL-2.0
/*
 * R1: nor can it through the handle for inserting pages.
 * EXPECT: not compatible with any (generic )?association
 */
#include "cfail.h"

bool cfail_use(struct vma_new_mixedmap *vma, struct vma_ref *ref);
bool cfail_use(struct vma_new_mixedmap *vma, struct vma_ref *ref)
{
	return vma_ref_test(BAD_OR(vma, ref), VMA_WRITE_BIT);
}
