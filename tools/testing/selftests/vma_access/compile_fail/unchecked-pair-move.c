// SPDX-License-Identifier: GPL-2.0
/*
 * R16: whether pages may be moved is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(const struct vma_pair_guard *pair);
int cfail_use(const struct vma_pair_guard *pair)
{
#ifdef BAD
	vma_pair_check_move(pair);
	return 0;
#else
	return vma_pair_check_move(pair);
#endif
}
