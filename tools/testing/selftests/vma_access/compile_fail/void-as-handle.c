// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor a way in.
 * EXPECT-coccinelle: a void pointer is no handle
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *vma, void *data) __must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, void *data)
{
#ifdef BAD
	struct vma_ref *handle = data;
#else
	struct vma_ref *handle = vma;
#endif

	return vma_ref_start(handle);
}
