// SPDX-License-Identifier: GPL-2.0
/*
 * R10: flags are not changed through a handle that proves a read lock.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct vma_ref *ref, struct vma_write *vma);
int cfail_use(struct vma_ref *ref, struct vma_write *vma)
{
	return vma_write_set(BAD_OR(ref, vma), VMA_DONTCOPY_BIT);
}
