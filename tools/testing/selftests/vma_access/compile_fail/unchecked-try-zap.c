// SPDX-License-Identifier: GPL-2.0
/*
 * R17: pages are not freed after a zap that did not happen.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct vma_object *object);
int cfail_use(struct vma_object *object)
{
#ifdef BAD
	vma_object_try_zap(object, 0, 1);
	return 0;
#else
	return vma_object_try_zap(object, 0, 1);
#endif
}
