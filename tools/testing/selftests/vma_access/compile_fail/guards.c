// SPDX-License-Identifier: GPL-2.0
/* Guards: made by CLASS(), held where a handle is used, and never returned. */
#include "cfail.h"

#ifdef CASE_guard_by_constructor
/*
 * R2: a guard that is not made by CLASS() is never released.
 * EXPECT-coccinelle: CLASS\(\)
 */
int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	struct vma_read_guard guard = class_vma_read_constructor(user, 0);
#else
	ACQUIRE(vma_read, guard)(user, 0);
#endif

	return vma_read_ref(&guard) ? 1 : 0;
}
#endif

#ifdef CASE_guard_returned
/*
 * R2: a guard is not returned: it was left by then.
 * EXPECT-coccinelle: returns a guard
 */
#ifdef BAD
class_mmap_read_t cfail_use(struct mm_with_user *user);
class_mmap_read_t cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return guard;
}
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif
#endif

#ifdef CASE_guard_address_returned
/*
 * R2: nor its address.
 * EXPECT-gcc: returns address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#ifdef BAD
class_mmap_read_t *cfail_use(struct mm_with_user *user);
class_mmap_read_t *cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return &guard;
}
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif
#endif

#ifdef CASE_guard_vma_read_returned
/*
 * R2: nor is the guard of one VMA.
 * EXPECT-coccinelle: returns a guard
 */
#ifdef BAD
struct vma_read_guard cfail_use(struct mm_with_user *user);
struct vma_read_guard cfail_use(struct mm_with_user *user)
{
	ACQUIRE(vma_read, guard)(user, 0);

	return guard;
}
#else
int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
	ACQUIRE(vma_read, guard)(user, 0);

	return ACQUIRE_ERR(vma_read, &guard);
}
#endif
#endif

#ifdef CASE_goto_over_guard
/*
 * R9: no goto enters the scope of a guard.
 * EXPECT-clang: cannot jump from this goto
 */
bool cfail_use(struct mm_with_user *user, bool skip);
bool cfail_use(struct mm_with_user *user, bool skip)
{
#ifdef BAD
	if (skip)
		goto out;
#else
	if (skip)
		return false;
#endif
	CLASS(mmap_read, guard)(user);

#ifdef BAD
out:
#endif
	return vma_ref_lookup(&guard, 0);
}
#endif

#ifdef CASE_const_guard
/*
 * R2: a guard may be passed as const, and gives what it gives without.
 * EXPECT: incompatible pointer type
 */
static struct vma_ref *cfail_find(const class_mmap_read_t *guard)
	__must_hold_shared(vma_stable);
static struct vma_ref *cfail_find(const class_mmap_read_t *guard)
{
#ifdef BAD
	return vma_read_ref(guard);
#else
	return vma_ref_lookup(guard, 0);
#endif
}

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = cfail_find(&guard);

	return vma ? vma_ref_end(vma) : 0;
}
#endif

#ifdef CASE_lookup_without_guard
/*
 * R2: a look-up takes a guard, not an address space.
 * EXPECT: incompatible pointer type
 */
bool cfail_use(struct mm_with_user *user, class_mmap_read_t *guard);
bool cfail_use(struct mm_with_user *user, class_mmap_read_t *guard)
{
	return vma_ref_lookup(BAD_OR(user, guard), 0);
}
#endif

#ifdef CASE_verb_without_guard
/*
 * R2: what a handle is asked needs a guard, of the function or of its caller.
 * EXPECT-context: requires holding
 */
unsigned long cfail_use(struct vma_ref *vma) CALLER_HOLDS_VMA;
unsigned long cfail_use(struct vma_ref *vma)
{
	return vma_ref_start(vma);
}
#endif

#ifdef CASE_zap_without_guard
/*
 * R2: a zap needs a guard.
 * EXPECT-context: requires holding
 */
int cfail_use(struct vma_ref *vma) CALLER_HOLDS_VMA;
int cfail_use(struct vma_ref *vma)
{
	return vma_ref_zap_range(vma, 0, PAGE_SIZE);
}
#endif

#ifdef CASE_insert_without_guard
/*
 * R2: a page is inserted under a guard.
 * EXPECT-context: requires holding
 */
int cfail_use(struct vma_mixedmap *vma, struct page *page) CALLER_HOLDS_VMA;
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(vma, 0, page);
}
#endif

#ifdef CASE_pfn_insert_without_guard
/*
 * R2: a page frame is inserted under a guard.
 * EXPECT-context: requires holding
 */
int cfail_use(struct vma_pfnmap *vma) CALLER_HOLDS_VMA;
int cfail_use(struct vma_pfnmap *vma)
{
	return vma_pfnmap_insert_pfn(vma, 0, 1, VMA_PROT_OWN);
}
#endif
