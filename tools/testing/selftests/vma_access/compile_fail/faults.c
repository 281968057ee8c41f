// SPDX-License-Identifier: GPL-2.0
/* Faults: the lock that a handler holds, and what it maps and returns. */
#include "cfail.h"

#ifdef CASE_fault_after_drop
/*
 * R2: with the lock of a fault its VMA is gone, too.
 * EXPECT-context: requires holding
 */
unsigned long cfail_use(struct vm_fault *vmf, struct file **file, vm_fault_t *ret);
unsigned long cfail_use(struct vm_fault *vmf, struct file **file, vm_fault_t *ret)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_ref *vma = vma_fault_ref(fault);
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
#endif

#ifdef CASE_fault_retry_bare
/*
 * R14: a fault is tried again with its lock dropped, which one verb does.
 * EXPECT: poisoned
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
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
#endif

#ifdef CASE_fault_unchecked_drop
/*
 * R9: what a handler that dropped the lock returns is not its own choice.
 * EXPECT: (ignoring return value|warn_unused_result)
 */
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
#endif

#ifdef CASE_retry_bare
/*
 * R14: a fault is not to be tried again while its lock is held.
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
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
#endif

#ifdef CASE_retry_in_variable
/*
 * R14: nor by way of a variable.
 * EXPECT-coccinelle: VM_FAULT_RETRY
 */
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
#endif

#ifdef CASE_raw_vmf_as_handle
/*
 * R12: the raw fault is no handle.
 * EXPECT: incompatible pointer type
 */
bool cfail_use(struct vm_fault *vmf, struct vma_fault *fault);
bool cfail_use(struct vm_fault *vmf, struct vma_fault *fault)
{
	return vma_fault_is_write(BAD_OR(vmf, fault));
}
#endif
