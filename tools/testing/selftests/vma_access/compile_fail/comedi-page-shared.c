// SPDX-License-Identifier: GPL-2.0
/*
 * R11: a constant in place of the VMA's own protection, as comedi has it.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

int cfail_use(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
int cfail_use(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
#ifdef BAD
	return remap_pfn_range(vma, addr, pfn, PAGE_SIZE, PAGE_SHARED);
#else
	return vma_new_remap_pfn(vma_new_from_mmap(vma), addr, pfn, PAGE_SIZE);
#endif
}
