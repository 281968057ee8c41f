// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a raw pointer is no handle.
 * EXPECT: not compatible with any (generic )?association
 */
#include "cfail.h"

unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref);
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref)
{
	return vma_ref_start(BAD_OR(raw, ref));
}
