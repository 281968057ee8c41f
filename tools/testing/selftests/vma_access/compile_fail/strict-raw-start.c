// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor does it ask a raw VMA where it starts.
 * EXPECT-coccinelle: vm_start of a raw VMA
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct vm_area_struct *vma);
unsigned long cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	return vma->vm_start;
#else
	return vma_ref_start(vma_ref_from_op(vma));
#endif
}
