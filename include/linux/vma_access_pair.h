/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: two VMAs at once. Included by <linux/vma_access.h>, which
 * drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_PAIR_H
#define _LINUX_VMA_ACCESS_PAIR_H

#include <linux/vma_access_ref.h>

/* ---- two VMAs -------------------------------------------------------------- */

/**
 * DOC: ACQUIRE(vma_pair, pair)(user_a, a, user_b, b)
 *
 * This guard keeps two VMAs stable to the end of the scope: the one at a in the
 * address space user_a, and the one at b in user_b, which may be the same
 * address space (R16). a and b may lie in the same VMA.
 *
 * The guard may sleep. It holds no lock while it waits for another, so it
 * cannot deadlock, in whatever order others lock the same VMAs. Neither a VMA
 * lock nor the mmap lock of any mm may be held (R14).
 *
 * ``vma_pair_a(&pair)`` and ``vma_pair_b(&pair)`` return the handles. Both are
 * NULL if the VMAs could not be locked. ``ACQUIRE_ERR(vma_pair, &pair)`` then
 * is -ESRCH if nothing is mapped at one of the addresses, or -EAGAIN if the
 * reader count of a VMA is exhausted.
 */
struct vma_pair_guard {
	struct vma_ref *lock;	/* the first VMA, or an ERR_PTR() */
	struct vma_ref *__b;
};

struct vma_pair_guard __vma_pair_acquire(struct mm_with_user *user_a,
					 unsigned long a,
					 struct mm_with_user *user_b,
					 unsigned long b)
	__must_not_hold(user_a) __must_not_hold(user_b)
	__acquires_shared(vma_stable);
/* Takes the VMAs: passing the guard would copy it to the stack. */
void __vma_pair_release(struct vma_ref *a, struct vma_ref *b)
	__no_context_analysis;

static inline struct vma_pair_guard
class_vma_pair_constructor(struct mm_with_user *user_a, unsigned long a,
			   struct mm_with_user *user_b, unsigned long b)
	__must_not_hold(user_a) __must_not_hold(user_b)
	__acquires_shared(vma_stable);
DEFINE_CLASS(vma_pair, struct vma_pair_guard, __vma_pair_release(_T.lock, _T.__b),
	     __vma_pair_acquire(user_a, a, user_b, b),
	     struct mm_with_user *user_a, unsigned long a,
	     struct mm_with_user *user_b, unsigned long b)

__DEFINE_CLASS_IS_CONDITIONAL(vma_pair, true);
__DEFINE_GUARD_LOCK_PTR(vma_pair, &_T->lock)

static __always_inline void
__class_vma_pair_cleanup_ctx(struct vma_pair_guard **_T)
	__no_context_analysis
	__releases_shared(vma_stable)
{
}

#define class_vma_pair_constructor(_user_a, _a, _user_b, _b)		\
	class_vma_pair_constructor(_user_a, _a, _user_b, _b),		\
	*__UNIQUE_ID(unlock) __cleanup(__class_vma_pair_cleanup_ctx) = NULL

/**
 * vma_pair_a() - The first VMA of a pair.
 * @pair: A vma_pair guard.
 *
 * Context: Any.
 * Return: the handle, which ends with @pair's scope; NULL if nothing was
 * acquired: ACQUIRE_ERR() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_pair_a(__vma_borrows const struct vma_pair_guard *pair)
{
	return IS_ERR(pair->lock) ? NULL : pair->lock;
}

/**
 * vma_pair_b() - The second VMA of a pair.
 * @pair: A vma_pair guard.
 *
 * Context: Any.
 * Return: the handle, which ends with @pair's scope; NULL if nothing was
 * acquired: ACQUIRE_ERR() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_pair_b(__vma_borrows const struct vma_pair_guard *pair)
{
	return pair->__b;
}

int __must_check vma_pair_check_move(const struct vma_pair_guard *pair)
	__must_hold_shared(vma_stable);

#endif /* _LINUX_VMA_ACCESS_PAIR_H */
