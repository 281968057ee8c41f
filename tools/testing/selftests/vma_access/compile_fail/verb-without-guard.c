// SPDX-License-Identifier: GPL-2.0
/*
 * R2: what a handle is asked needs a guard, of the function or of its caller.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *vma) CALLER_HOLDS_VMA;
unsigned long cfail_use(struct vma_ref *vma)
{
	return vma_ref_start(vma);
}
