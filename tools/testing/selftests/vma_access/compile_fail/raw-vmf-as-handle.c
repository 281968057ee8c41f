// SPDX-License-Identifier: GPL-2.0
/*
 * R12: the raw fault is no handle.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

bool cfail_use(struct vm_fault *vmf, struct vma_fault *fault);
bool cfail_use(struct vm_fault *vmf, struct vma_fault *fault)
{
	return vma_fault_is_write(BAD_OR(vmf, fault));
}
