// SPDX-License-Identifier: GPL-2.0
/* Handles that are used after the guard that they are of. */
#include "cfail.h"

#ifdef CASE_handle_after_guard
/*
 * R2: a handle ends with its guard.
 * EXPECT-context: requires holding
 * EXPECT-lifetime: does not live long enough
 */
unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	unsigned long start = 0;
	struct vma_ref *vma;

	{
		CLASS(mmap_read, guard)(user);

		vma = vma_ref_lookup(&guard, 0);
#ifndef BAD
		if (vma)
			start = vma_ref_start(vma);
#endif
	}
#ifdef BAD
	if (vma)
		start = vma_ref_start(vma);
#endif
	return start;
}
#endif

#ifdef CASE_handle_under_next_guard
/*
 * R2: nor does another guard on the same thing make up for it.
 * EXPECT-lifetime: does not live long enough
 */
unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	struct vma_ref *vma;

	{
		ACQUIRE(vma_read, guard)(user, 0);

		vma = vma_read_ref(&guard);
		if (!vma)
			return 0;
	}

	ACQUIRE(vma_read, guard)(user, 0);

#ifndef BAD
	vma = vma_read_ref(&guard);
	if (!vma)
		return 0;
#endif
	return vma_ref_start(vma);
}
#endif

#ifdef CASE_handle_of_last_turn
/*
 * R2: nor does that of the next turn of a loop.
 * EXPECT-lifetime: does not live long enough
 */
unsigned long cfail_use(struct mm_with_user *user, int n);
unsigned long cfail_use(struct mm_with_user *user, int n)
{
	unsigned long sum = 0;
	struct vma_ref *vma = NULL;

	while (n--) {
		CLASS(mmap_read, guard)(user);

#ifdef BAD
		if (!vma)
#endif
			vma = vma_ref_lookup(&guard, 0);
		if (vma)
			sum += vma_ref_start(vma);
	}
	return sum;
}
#endif

#ifdef CASE_handle_in_array
/*
 * R2: a handle in an array is good for its own turn's guard.
 * EXPECT-coccinelle: under another guard
 */
unsigned long cfail_use(struct mm_with_user *user, const unsigned long *at);
unsigned long cfail_use(struct mm_with_user *user, const unsigned long *at)
{
	struct vma_ref *found[2] = { };
	unsigned long ends = 0;
	int i;

	for (i = 0; i < 2; i++) {
		ACQUIRE(vma_read, guard)(user, at[i]);

		found[i] = vma_read_ref(&guard);
		if (found[i])
			ends += vma_ref_end(found[i]);
	}
#ifdef BAD
	{
		ACQUIRE(vma_read, guard)(user, at[0]);

		if (vma_read_ref(&guard) && found[1])
			ends = vma_ref_start(found[1]);
	}
#endif
	return ends;
}
#endif

#ifdef CASE_handle_of_kind_after_guard
/*
 * R2: what is made of a handle ends with it.
 * EXPECT-lifetime: does not live long enough
 */
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct page *page, struct vma_identity id)
{
	struct vma_mixedmap *mixed = NULL;

	{
		ACQUIRE(vma_read, guard)(user, 0);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma && vma_ref_is(vma, id))
			mixed = vma_ref_as_mixedmap(vma);
#ifndef BAD
		if (mixed)
			return vma_mixedmap_insert_page(mixed, 0, page);
#endif
	}

#ifdef BAD
	ACQUIRE(vma_read, guard)(user, 0);

	if (mixed)
		return vma_mixedmap_insert_page(mixed, 0, page);
#endif
	return 0;
}
#endif

#ifdef CASE_file_after_guard
/*
 * R2: so does what a VMA has, as its file.
 * EXPECT-lifetime: does not live long enough
 */
bool cfail_use(struct mm_with_user *user, struct file *file);
bool cfail_use(struct mm_with_user *user, struct file *file)
{
	struct file *mapped = NULL;

	{
		CLASS(mmap_read, guard)(user);
		struct vma_ref *vma = vma_ref_lookup(&guard, 0);

		if (vma)
			mapped = vma_ref_file(vma);
#ifndef BAD
		return mapped && file_inode(mapped) == file_inode(file);
#endif
	}
#ifdef BAD
	return mapped && file_inode(mapped) == file_inode(file);
#endif
}
#endif

#ifdef CASE_handle_of_pair_after_pair
/*
 * R16: the handles of a pair end with it.
 * EXPECT-lifetime: does not live long enough
 */
unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	struct vma_ref *a;

	{
		ACQUIRE(vma_pair, pair)(user, 0, user, 4096);

		a = vma_pair_a(&pair);
		if (!a)
			return 0;
	}

	ACQUIRE(vma_pair, pair)(user, 0, user, 4096);

#ifndef BAD
	a = vma_pair_a(&pair);
	if (!a)
		return 0;
#endif
	return vma_ref_start(a);
}
#endif

#ifdef CASE_handle_returned
/*
 * R2: a handle is not returned from under its guard.
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#ifdef BAD
struct vma_ref *cfail_use(struct mm_with_user *user);
struct vma_ref *cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#else
struct vma_ref *cfail_use(class_mmap_read_t *guard) CALLER_HOLDS_VMA;
struct vma_ref *cfail_use(class_mmap_read_t *guard)
{
	return vma_ref_lookup(guard, 0);
}
#endif
#endif

#ifdef CASE_handle_returned_vma_lock
/*
 * R2: a handle is not returned from under its VMA read guard.
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#ifdef BAD
struct vma_ref *cfail_use(struct mm_with_user *user);
struct vma_ref *cfail_use(struct mm_with_user *user)
{
	ACQUIRE(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
#else
struct vma_ref *cfail_use(struct vma_read_guard *guard);
struct vma_ref *cfail_use(struct vma_read_guard *guard)
{
	return vma_read_ref(guard);
}
#endif
#endif
