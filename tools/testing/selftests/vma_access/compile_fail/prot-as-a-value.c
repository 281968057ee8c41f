// SPDX-License-Identifier: GPL-2.0
/*
 * R11: a protection is derived, not given.
 * EXPECT: incompatible type|incompatible integer|expected .enum vma_prot
 */
#include "cfail.h"

void cfail_use(struct vma_desc *vma, pgprot_t prot);
void cfail_use(struct vma_desc *vma, pgprot_t prot)
{
	vma_new_set_prot(vma, BAD_OR(prot, VMA_PROT_NONCACHED));
}
