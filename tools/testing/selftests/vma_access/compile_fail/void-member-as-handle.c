// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor is what was kept there.
 * EXPECT-coccinelle: a void pointer is no handle
 */
#include "cfail.h"

struct keeper {
	void *data;
};

unsigned long cfail_use(struct vma_ref *vma, struct keeper *keeper)
	__must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, struct keeper *keeper)
{
#ifdef BAD
	struct vma_ref *handle = keeper->data;
#else
	struct vma_ref *handle = vma;
#endif

	return vma_ref_start(handle);
}
