// SPDX-License-Identifier: GPL-2.0
/*
 * R14: a fault is tried again with its lock dropped, which one verb does.
 * EXPECT: poisoned
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

vm_fault_t cfail_use(struct vma_fault *fault, struct file **file);
vm_fault_t cfail_use(struct vma_fault *fault, struct file **file)
{
#ifdef BAD
	return VM_FAULT_RETRY;
#else
	return vma_fault_drop_lock(&fault, file);
#endif
}
