// SPDX-License-Identifier: GPL-2.0
/*
 * R12: a page's index is not computed from the VMA's start.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/pagemap.h>
#include <linux/vma_access_strict.h>

vm_fault_t cfail_use(struct vm_fault *vmf, struct page **pages, unsigned long nr);
vm_fault_t cfail_use(struct vm_fault *vmf, struct page **pages, unsigned long nr)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	pgoff_t index;
#ifdef BAD
	index = linear_page_delta(vmf->vma, vmf->address);
	if (index >= nr)
		return VM_FAULT_SIGBUS;
#else
	vm_fault_t ret = vma_fault_index(fault, 0, nr, &index);

	if (ret)
		return ret;
#endif
	return vma_fault_insert_page(fault, pages[index]);
}
