// SPDX-License-Identifier: GPL-2.0
/* Results that are not looked at: NULL, errors, and how much was done. */
#include "cfail.h"

#ifdef CASE_unchecked_lookup
/*
 * R9: a look-up can find nothing.
 * EXPECT-coccinelle: may be NULL
 */
unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifndef BAD
	if (!vma)
		return 0;
#endif
	return vma_ref_start(vma);
}
#endif

#ifdef CASE_unchecked_on_one_path
/*
 * R9: a look-up is asked about before any use, not before the last.
 * EXPECT-coccinelle: may be NULL
 */
unsigned long cfail_use(struct mm_with_user *user, bool start);
unsigned long cfail_use(struct mm_with_user *user, bool start)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifdef BAD
	if (start)
		return vma_ref_start(vma);
#endif
	if (!vma)
		return 0;
	return start ? vma_ref_start(vma) : vma_ref_end(vma);
}
#endif

#ifdef CASE_unchecked_warned
/*
 * R9: a warning of NULL does not keep it from being used.
 * EXPECT-coccinelle: may be NULL
 */
unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

#ifdef BAD
	WARN_ON(!vma);
#else
	if (WARN_ON(!vma))
		return 0;
#endif
	return vma_ref_end(vma);
}
#endif

#ifdef CASE_unchecked_mixedmap
/*
 * R9: a VMA can be of another map kind.
 * EXPECT-coccinelle: may be NULL
 */
int cfail_use(struct vma_ref *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_ref *vma, struct page *page)
{
	struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);

#ifndef BAD
	if (!mixed)
		return -EPERM;
#endif
	return vma_mixedmap_insert_page(mixed, 0, page);
}
#endif

#ifdef CASE_unchecked_pin_owner
/*
 * R9: there may have been no users left to pin.
 * EXPECT-coccinelle: may be NULL
 */
bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

#ifndef BAD
	if (!user)
		return false;
#endif
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif

#ifdef CASE_unchecked_err_switch
/*
 * R9: ACQUIRE_ERR() may be asked in a switch.
 * EXPECT-coccinelle: may be NULL
 */
int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	ACQUIRE(vma_read_try, guard)(user, 0);
	struct vma_ref *vma;

#ifndef BAD
	switch (ACQUIRE_ERR(vma_read_try, &guard)) {
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
	return vma_ref_zap_range(vma, 0, PAGE_SIZE);
}
#endif

#ifdef CASE_scoped_unchecked_lookup
/*
 * R9: a look-up under scoped_guard() can find nothing, too.
 * EXPECT-coccinelle: may be NULL
 */
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
#endif

#ifdef CASE_unchecked_pin
/*
 * R9: the result of a pin is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct mm_ref *ref);
int cfail_use(struct mm_ref *ref)
{
#ifdef BAD
	mm_with_user_get(ref);
	return 0;
#else
	return !!mm_with_user_get(ref);
#endif
}
#endif

#ifdef CASE_unchecked_pair
/*
 * R9: whether a pair guard holds anything is not ignored.
 * EXPECT: warn_unused_result
 */
struct vma_ref *cfail_use(const struct vma_pair_guard *pair);
struct vma_ref *cfail_use(const struct vma_pair_guard *pair)
{
#ifdef BAD
	vma_pair_a(pair);
	return NULL;
#else
	return vma_pair_a(pair);
#endif
}
#endif

#ifdef CASE_unchecked_pair_move
/*
 * R16: whether pages may be moved is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(const struct vma_pair_guard *pair);
int cfail_use(const struct vma_pair_guard *pair)
{
#ifdef BAD
	vma_pair_check_move(pair);
	return 0;
#else
	return vma_pair_check_move(pair);
#endif
}
#endif

#ifdef CASE_unchecked_insert
/*
 * R9: the result of an insert is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
#ifdef BAD
	vma_mixedmap_insert_page(vma, 0, page);
	return 0;
#else
	return vma_mixedmap_insert_page(vma, 0, page);
#endif
}
#endif

#ifdef CASE_unchecked_fault_insert
/*
 * R7: what a fault handler is to return is not ignored.
 * EXPECT: warn_unused_result
 */
vm_fault_t cfail_use(struct vma_fault *fault);
vm_fault_t cfail_use(struct vma_fault *fault)
{
#ifdef BAD
	vma_fault_insert_pfn(fault, 0, VMA_PROT_OWN);
	return 0;
#else
	return vma_fault_insert_pfn(fault, 0, VMA_PROT_OWN);
#endif
}
#endif

#ifdef CASE_unchecked_index
/*
 * R12: that a fault is beyond the object is not ignored.
 * EXPECT: warn_unused_result
 */
vm_fault_t cfail_use(const struct vma_fault *fault, pgoff_t *index);
vm_fault_t cfail_use(const struct vma_fault *fault, pgoff_t *index)
{
#ifdef BAD
	vma_fault_index(fault, 0, 1, index);
	return 0;
#else
	return vma_fault_index(fault, 0, 1, index);
#endif
}
#endif

#ifdef CASE_unchecked_fits
/*
 * R6: that a mapping does not fit the object is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_planned *vma);
int cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	vma_new_fits(vma, 1);
	return 0;
#else
	return vma_new_fits(vma, 1);
#endif
}
#endif

#ifdef CASE_unchecked_remap
/*
 * R6: that nothing was mapped is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_planned *vma);
int cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	vma_new_remap_pfn(vma, 0, 0, PAGE_SIZE);
	return 0;
#else
	return vma_new_remap_pfn(vma, 0, 0, PAGE_SIZE);
#endif
}
#endif

#ifdef CASE_unchecked_hand_on
/*
 * R9: what a mapping was handed on to may have failed, which is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_new *vma, struct file *file);
int cfail_use(struct vma_new *vma, struct file *file)
{
#ifdef BAD
	vma_new_hand_on(vma, vfs_mmap, file);
	return 0;
#else
	return vma_new_hand_on(vma, vfs_mmap, file);
#endif
}
#endif

#ifdef CASE_unchecked_set_type
/*
 * R9: the result of setting a type is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_new *vma, const struct vma_type *type);
int cfail_use(struct vma_new *vma, const struct vma_type *type)
{
#ifdef BAD
	vma_new_set_type(vma, type, vma);
	return 0;
#else
	return vma_new_set_type(vma, type, vma);
#endif
}
#endif

#ifdef CASE_unchecked_set_type_over
/*
 * R9: the result of setting a policy over other hooks is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_new *vma, const struct vma_type_over *over);
int cfail_use(struct vma_new *vma, const struct vma_type_over *over)
{
#ifdef BAD
	vma_new_set_type_over(vma, over);
	return 0;
#else
	return vma_new_set_type_over(vma, over);
#endif
}
#endif

#ifdef CASE_unchecked_zap
/*
 * R9: the result of a zap is not ignored.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_ref *vma);
int cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	vma_ref_zap_range(vma, 0, PAGE_SIZE);
	return 0;
#else
	return vma_ref_zap_range(vma, 0, PAGE_SIZE);
#endif
}
#endif

#ifdef CASE_unchecked_try_zap
/*
 * R17: pages are not freed after a zap that did not happen.
 * EXPECT: warn_unused_result
 */
int cfail_use(struct vma_object *object);
int cfail_use(struct vma_object *object)
{
#ifdef BAD
	vma_object_try_zap(object, 0, 1);
	return 0;
#else
	return vma_object_try_zap(object, 0, 1);
#endif
}
#endif

#ifdef CASE_unchecked_live
/*
 * R17: whether an object is live is not ignored.
 * EXPECT: warn_unused_result
 */
bool cfail_use(const class_vma_object_live_t *live);
bool cfail_use(const class_vma_object_live_t *live)
{
#ifdef BAD
	vma_object_is_live(live);
	return true;
#else
	return vma_object_is_live(live);
#endif
}
#endif
