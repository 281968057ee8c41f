// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle does not go where a raw pointer goes.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref);
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref)
{
	return vma_pages(BAD_OR(ref, raw));
}
