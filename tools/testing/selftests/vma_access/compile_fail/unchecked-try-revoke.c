// SPDX-License-Identifier: GPL-2.0
/*
 * R17: memory is not freed after a revoke that did not happen.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_object *object);
int cfail_use(struct vma_object *object)
{
#ifdef BAD
	vma_object_try_revoke(object);
	return 0;
#else
	return vma_object_try_revoke(object);
#endif
}
