// SPDX-License-Identifier: GPL-2.0
/*
 * R9: what a handler that dropped the lock returns is not its own choice.
 * EXPECT: (ignoring return value|warn_unused_result)
 */
#include "cfail.h"

vm_fault_t cfail_use(struct vma_fault *fault, struct file **file);
vm_fault_t cfail_use(struct vma_fault *fault, struct file **file)
{
#ifdef BAD
	vma_fault_drop_lock(&fault, file);
	return VM_FAULT_NOPAGE;
#else
	return vma_fault_drop_lock(&fault, file);
#endif
}
