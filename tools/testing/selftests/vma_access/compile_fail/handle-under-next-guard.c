// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor does another guard on the same thing make up for it.
 * EXPECT-scopes: dangling pointer
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	struct vma_ref *vma;

	{
		CLASS(vma_read, guard)(user, 0);

		vma = vma_read_ref(&guard);
		if (!vma)
			return 0;
	}

	CLASS(vma_read, guard)(user, 0);

#ifndef BAD
	vma = vma_read_ref(&guard);
	if (!vma)
		return 0;
#endif
	return vma_ref_start(vma);
}
