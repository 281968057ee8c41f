// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of setting a policy over other hooks is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_new *vma, const struct vma_type_over *over);
int cfail_use(struct vma_new *vma, const struct vma_type_over *over)
{
#ifdef BAD
	vma_new_set_type_over(vma, over);
	return 0;
#else
	return vma_new_set_type_over(vma, over);
#endif
}
