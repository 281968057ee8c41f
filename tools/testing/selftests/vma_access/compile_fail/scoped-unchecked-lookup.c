// SPDX-License-Identifier: GPL-2.0
/*
 * R9: a look-up under scoped_guard() can find nothing, too.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	unsigned long end = 0;

	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

#ifndef BAD
		if (!vma)
			break;
#endif
		end = vma_ref_end(vma);
	}
	return end;
}
