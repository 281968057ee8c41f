// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor does it make a handle of a void pointer.
 * EXPECT-coccinelle: void pointer is no handle
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *vma, void *data)
	__must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, void *data)
	__must_hold_shared(vma_stable)
{
#ifdef BAD
	struct vma_ref *other = data;
#else
	struct vma_ref *other = vma;
#endif

	return vma_ref_start(other) + vma_ref_end(vma);
}
