// SPDX-License-Identifier: GPL-2.0
/*
 * R14: nor by way of a variable.
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
#include "cfail.h"

#include <linux/mutex.h>

vm_fault_t cfail_use(struct vm_fault *vmf, struct mutex *lock, struct page *page);
vm_fault_t cfail_use(struct vm_fault *vmf, struct mutex *lock, struct page *page)
{
	vm_fault_t ret = VM_FAULT_NOPAGE;

	if (mutex_trylock(lock)) {
		ret = vma_fault_insert_page(vma_fault_from_vmf(vmf), page);
		mutex_unlock(lock);
	}
#ifdef BAD
	else
		ret = VM_FAULT_RETRY;
#endif
	/* To look whether another said so is right. */
	return ret & VM_FAULT_RETRY ? VM_FAULT_SIGBUS : ret;
}
