// SPDX-License-Identifier: GPL-2.0
/*
 * R12: that a fault is beyond the object is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

vm_fault_t cfail_use(const struct vma_fault *fault, pgoff_t *index);
vm_fault_t cfail_use(const struct vma_fault *fault, pgoff_t *index)
{
#ifdef BAD
	vma_fault_index(fault, 0, 1, index);
	return 0;
#else
	return vma_fault_index(fault, 0, 1, index);
#endif
}
