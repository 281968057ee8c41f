// SPDX-License-Identifier: GPL-2.0
/*
 * R7: what a fault handler is to return is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

vm_fault_t cfail_use(struct vma_fault *fault);
vm_fault_t cfail_use(struct vma_fault *fault)
{
#ifdef BAD
	vma_fault_insert_pfn(fault, 0, VMA_PROT_OWN);
	return 0;
#else
	return vma_fault_insert_pfn(fault, 0, VMA_PROT_OWN);
#endif
}
