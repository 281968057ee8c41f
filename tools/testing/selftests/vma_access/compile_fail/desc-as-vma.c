// SPDX-License-Identifier: GPL-2.0
/*
 * R2: there is no way from a descriptor to a VMA.
 * EXPECT-gcc: not compatible with any association
 * EXPECT-clang: not compatible with any of the associations|controlling expression type
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_desc *desc, struct vma_ref *vma);
unsigned long cfail_use(struct vma_desc *desc, struct vma_ref *vma)
{
	return vma_ref_start(BAD_OR(desc, vma));
}
