// SPDX-License-Identifier: GPL-2.0
/*
 * R3: what is found under scoped_guard() is asked whose it is.
 * EXPECT-coccinelle: whose VMA is
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

		if (!vma)
			return -ESRCH;
#ifndef BAD
		if (!vma_ref_is(vma, id))
			return -ESRCH;
#endif
		return vma_ref_zap_all(vma);
	}
	return 0;
}
