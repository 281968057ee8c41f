// SPDX-License-Identifier: GPL-2.0
/*
 * R3: whose VMA it is, is not only printed.
 * EXPECT-coccinelle: whose VMA is
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	CLASS(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);

	if (!vma)
		return vma_read_err(&guard);
#ifdef BAD
	pr_debug("%d\n", vma_ref_is(vma, id));
#else
	if (!vma_ref_is(vma, id))
		return -ESRCH;
#endif
	return vma_ref_zap_all(vma);
}
