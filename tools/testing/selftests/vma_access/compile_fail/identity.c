// SPDX-License-Identifier: GPL-2.0
/* Identity: whether the VMA at an address is still the one that is meant. */
#include "cfail.h"

#ifdef CASE_impostor
/*
 * R3: a VMA found by its address is asked whose it is.
 * EXPECT-coccinelle: whose VMA is
 */
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id)
{
	ACQUIRE(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed;

	if (!vma)
		return -ESRCH;
#ifdef BAD
	mixed = vma_ref_as_mixedmap(vma);
#else
	mixed = vma_ref_as_mixedmap_of(vma, id);
#endif
	return mixed ? vma_mixedmap_insert_page(mixed, 0, page) : -ESRCH;
}
#endif

#ifdef CASE_impostor_not_heeded
/*
 * R3: whose VMA it is, is not only printed.
 * EXPECT-coccinelle: whose VMA is
 */
int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	ACQUIRE(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);

	if (!vma)
		return ACQUIRE_ERR(vma_read, &guard);
#ifdef BAD
	pr_debug("%d\n", vma_ref_is(vma, id));
#else
	if (!vma_ref_is(vma, id))
		return -ESRCH;
#endif
	return vma_ref_zap_range(vma, 0, PAGE_SIZE);
}
#endif

#ifdef CASE_impostor_on_one_path
/*
 * R3: whose it is, is asked on each path.
 * EXPECT-coccinelle: whose VMA is
 */
int cfail_use(struct mm_with_user *user, struct vma_identity id, bool all);
int cfail_use(struct mm_with_user *user, struct vma_identity id, bool all)
{
	ACQUIRE(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);

	if (!vma)
		return -ESRCH;
#ifdef BAD
	if (all)
		return vma_ref_zap_range(vma, 0, PAGE_SIZE);
#endif
	if (!vma_ref_is(vma, id))
		return -ESRCH;
	return vma_ref_zap_range(vma, 0, all ? 2 * PAGE_SIZE : PAGE_SIZE);
}
#endif

#ifdef CASE_scoped_impostor
/*
 * R3: what is found under scoped_guard() is asked whose it is.
 * EXPECT-coccinelle: whose VMA is
 */
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
		return vma_ref_zap_range(vma, 0, PAGE_SIZE);
	}
	return 0;
}
#endif

#ifdef CASE_identity_without_guard
/*
 * R3: whose a VMA is holds for as long as the guard does.
 * EXPECT-context: requires holding
 */
bool cfail_use(struct vma_ref *vma, struct vma_identity id) CALLER_HOLDS_VMA;
bool cfail_use(struct vma_ref *vma, struct vma_identity id)
{
	return vma_ref_is(vma, id);
}
#endif
