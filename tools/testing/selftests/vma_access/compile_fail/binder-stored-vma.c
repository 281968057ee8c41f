// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a VMA is not kept from ->mmap() on, to be used without a lock.
 * EXPECT-context: requires holding
 * EXPECT-coccinelle: outlives its guard in a structure
 */
#include "cfail.h"

struct alloc {
#ifdef BAD
	struct vma_ref *vma;
#endif
	struct mm_ref *mm;
	unsigned long start;
};

static __used int cfail_use(struct alloc *alloc, struct vma_identity id)
{
#ifdef BAD
	return vma_ref_zap_all(alloc->vma);
#else
	CLASS(mm_with_user_async, pin)(alloc->mm);
	struct mm_with_user *user = mm_with_user_of(&pin);

	if (!user)
		return 0;

	CLASS(vma_read, guard)(user, alloc->start);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, id) ? vma_ref_zap_all(vma) : 0;
#endif
}
