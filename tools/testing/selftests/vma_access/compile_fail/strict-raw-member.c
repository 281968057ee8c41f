// SPDX-License-Identifier: GPL-2.0
/*
 * R10: nor does it change the flags of a VMA that a hook is called with.
 * EXPECT: poisoned
 * EXPECT-coccinelle: vm_page_prot of a raw VMA
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct vm_area_struct *vma);
unsigned long cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
#endif
	return vma_ref_start(vma_ref_from_op(vma));
}
