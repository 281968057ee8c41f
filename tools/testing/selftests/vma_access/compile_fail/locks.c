// SPDX-License-Identifier: GPL-2.0
/* Locks: the order in which guards are taken, and what has to be pinned before. */
#include "cfail.h"

#ifdef CASE_lock_without_users
/*
 * R4: a lock is taken only where the users are pinned.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct mm_ref *ref, struct mm_with_user *user);
int cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(BAD_OR(ref, user));

	return 0;
}
#endif

#ifdef CASE_vma_lock_without_users
/*
 * R4: the VMA lock too is taken only where the users are pinned.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct mm_ref *ref, struct mm_with_user *user);
int cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	ACQUIRE(vma_read, guard)(BAD_OR(ref, user), 0);

	return 0;
}
#endif

#ifdef CASE_pair_without_users
/*
 * R4: two VMAs are locked only where the users are pinned.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct mm_ref *ref, struct mm_with_user *user);
int cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	ACQUIRE(vma_pair, pair)(user, 0, BAD_OR(ref, user), 0);

	return ACQUIRE_ERR(vma_pair, &pair);
}
#endif

#ifdef CASE_lock_twice
/*
 * R14: the mmap lock is taken once.
 * EXPECT-context: already held
 */
bool cfail_use(struct mm_with_user *user, struct mm_with_user *other);
bool cfail_use(struct mm_with_user *user, struct mm_with_user *other)
{
	CLASS(mmap_read, guard)(user);
#ifdef BAD
	CLASS(mmap_read, second)(user);
#else
	CLASS(mmap_read, second)(other);
#endif

	return vma_ref_lookup(&guard, 0) && vma_ref_lookup(&second, 0);
}
#endif

#ifdef CASE_mmap_lock_under_vma_lock
/*
 * R14: the mmap lock is not waited for under a VMA lock.
 * EXPECT-context: already held
 */
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	ACQUIRE(vma_read, outer)(user, 0);
#endif
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif

#ifdef CASE_vma_lock_under_mmap_lock
/*
 * R14: no VMA lock is waited for under the mmap lock.
 * EXPECT-context: already held
 */
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, outer)(user);
#endif
	ACQUIRE(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
#endif

#ifdef CASE_vma_lock_twice
/*
 * R14: nor is a second VMA lock of the same mm, but by a pair.
 * EXPECT-context: already held
 */
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	ACQUIRE(vma_read, outer)(user, 4096);
#endif
	ACQUIRE(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
#endif

#ifdef CASE_pair_under_guard
/*
 * R16: a pair is taken under no other guard.
 * EXPECT-context: while .* is held
 */
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, outer)(user);
#endif
	ACQUIRE(vma_pair, pair)(user, 0, user, 4096);

	return vma_pair_a(&pair);
}
#endif
