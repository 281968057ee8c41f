// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of setting a type is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_new *vma, const struct vma_type *type);
int cfail_use(struct vma_new *vma, const struct vma_type *type)
{
#ifdef BAD
	vma_new_set_type(vma, type, vma);
	return 0;
#else
	return vma_new_set_type(vma, type, vma);
#endif
}
