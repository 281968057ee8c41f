// SPDX-License-Identifier: GPL-2.0
/*
 * R3: whose it is, is asked on each path.
 * EXPECT-coccinelle: whose VMA is
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user, struct vma_identity id, bool all);
int cfail_use(struct mm_with_user *user, struct vma_identity id, bool all)
{
	CLASS(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);

	if (!vma)
		return -ESRCH;
#ifdef BAD
	if (all)
		return vma_ref_zap_all(vma);
#endif
	if (!vma_ref_is(vma, id))
		return -ESRCH;
	return all ? vma_ref_zap_all(vma) : vma_ref_zap_range(vma, 0, PAGE_SIZE);
}
