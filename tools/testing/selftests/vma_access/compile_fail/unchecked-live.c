// SPDX-License-Identifier: GPL-2.0
/*
 * R17: whether an object is live is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

bool cfail_use(const class_vma_object_live_t *live);
bool cfail_use(const class_vma_object_live_t *live)
{
#ifdef BAD
	vma_object_is_live(live);
	return true;
#else
	return vma_object_is_live(live);
#endif
}
