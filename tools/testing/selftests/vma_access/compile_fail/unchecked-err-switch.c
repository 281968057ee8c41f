// SPDX-License-Identifier: GPL-2.0
/*
 * R9: vma_read_err() may be asked in a switch.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	CLASS(vma_read_try, guard)(user, 0);
	struct vma_ref *vma;

#ifndef BAD
	switch (vma_read_err(&guard)) {
	case 0:
		break;
	case -EAGAIN:
		return -EBUSY;
	default:
		return -ESRCH;
	}
#endif
	vma = vma_read_ref(&guard);
	if (!vma_ref_is(vma, id))
		return -ESRCH;
	return vma_ref_zap_all(vma);
}
