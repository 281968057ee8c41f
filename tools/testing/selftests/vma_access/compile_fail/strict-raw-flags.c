// SPDX-License-Identifier: GPL-2.0
/*
 * R7: nor does it make a VMA of another kind.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

bool cfail_use(struct vm_area_struct *vma);
bool cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	vma_set_flags(vma, VMA_PFNMAP_BIT);
	return false;
#else
	return vma_new_set_mixedmap(vma_new_from_mmap(vma));
#endif
}
