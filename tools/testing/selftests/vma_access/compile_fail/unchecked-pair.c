// SPDX-License-Identifier: GPL-2.0
/*
 * R9: whether a pair guard holds anything is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

struct vma_ref *cfail_use(const struct vma_pair_guard *pair);
struct vma_ref *cfail_use(const struct vma_pair_guard *pair)
{
#ifdef BAD
	vma_pair_a(pair);
	return NULL;
#else
	return vma_pair_a(pair);
#endif
}
