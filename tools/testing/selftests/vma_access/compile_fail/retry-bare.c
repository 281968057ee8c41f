// SPDX-License-Identifier: GPL-2.0
/*
 * R14: a fault is not to be tried again while its lock is held.
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
#include "cfail.h"

#include <linux/mutex.h>

vm_fault_t cfail_use(struct vm_fault *vmf, struct mutex *lock, struct page *page);
vm_fault_t cfail_use(struct vm_fault *vmf, struct mutex *lock, struct page *page)
{
	vm_fault_t ret;

	if (!mutex_trylock(lock))
#ifdef BAD
		return VM_FAULT_RETRY;
#else
		return VM_FAULT_NOPAGE;
#endif
	ret = vma_fault_insert_page(vma_fault_from_vmf(vmf), page);
	mutex_unlock(lock);
	return ret;
}
