// SPDX-License-Identifier: GPL-2.0
/*
 * R2: with the lock of a fault its VMA is gone, too.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

unsigned long cfail_use(struct vm_fault *vmf, struct file **file, vm_fault_t *ret);
unsigned long cfail_use(struct vm_fault *vmf, struct file **file, vm_fault_t *ret)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_ref *vma = vma_ref(fault);
	unsigned long start = 0;

#ifndef BAD
	start = vma_ref_start(vma);
#endif
	*ret = vma_fault_drop_lock(&fault, file);
#ifdef BAD
	start = vma_ref_start(vma);
#endif
	return start;
}
