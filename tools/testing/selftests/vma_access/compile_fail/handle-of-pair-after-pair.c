// SPDX-License-Identifier: GPL-2.0
/*
 * R16: the handles of a pair end with it.
 * EXPECT-scopes: dangling pointer
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	struct vma_ref *a;

	{
		CLASS(vma_pair, pair)(user, 0, user, 4096);

		a = vma_pair_a(&pair);
		if (!a)
			return 0;
	}

	CLASS(vma_pair, pair)(user, 0, user, 4096);

#ifndef BAD
	a = vma_pair_a(&pair);
	if (!a)
		return 0;
#endif
	return vma_ref_start(a);
}
