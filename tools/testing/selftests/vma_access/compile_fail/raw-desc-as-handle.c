// SPDX-License-Identifier: GPL-2.0
/*
 * R2: the raw descriptor is no handle.
 * EXPECT-gcc: not compatible with any association
 * EXPECT-clang: not compatible with any of the associations|controlling expression type
 */
#include "cfail.h"

int cfail_use(struct vm_area_desc *raw, struct vma_desc *desc);
int cfail_use(struct vm_area_desc *raw, struct vma_desc *desc)
{
	return vma_new_fits(BAD_OR(raw, desc), 1);
}
