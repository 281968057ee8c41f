/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: two VMAs at once, and VMAs that are write-locked. Included
 * by <linux/vma_access.h>, which drivers include.
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
/* Takes the VMAs, not the guard: passing the guard would copy it to the stack. */
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

/* ---- vma_write: flags can be changed ---------------------------------------- */

/**
 * DOC: CLASS(mmap_write, guard)(user)
 *
 * This guard holds the mmap lock for write to the end of the scope. It may
 * sleep, and no VMA read guard may be held (R14). Look VMAs up with
 * ``vma_write_lookup(&guard, addr)``. The whole process waits for this lock, so
 * use it only to set flags (R10).
 *
 * ``ACQUIRE(mmap_write_kill, guard)(user)`` gives up on a fatal signal.
 * ``ACQUIRE_ERR(mmap_write_kill, &guard)`` is then -EINTR, and nothing is held
 * (R9).
 */
DEFINE_LOCK_GUARD_1(mmap_write, struct mm_with_user,
		    mmap_write_lock(__mm_with_user_raw(_T->lock)),
		    mmap_write_unlock(__mm_with_user_raw(_T->lock)))
DEFINE_LOCK_GUARD_1_COND(mmap_write, _kill,
			 mmap_write_lock_killable(__mm_with_user_raw(_T->lock)),
			 _RET == 0)

DECLARE_LOCK_GUARD_1_ATTRS(mmap_write,
			   __acquires(_T) __acquires(vma_stable),
			   __releases(*(struct mm_with_user **)_T)
			   __releases(vma_stable))
DECLARE_LOCK_GUARD_1_ATTRS(mmap_write_kill,
			   __acquires(_T) __acquires(vma_stable),
			   __releases(*(struct mm_with_user **)_T)
			   __releases(vma_stable))
#define class_mmap_write_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_write, _T)
#define class_mmap_write_kill_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_write_kill, _T)

static __always_inline struct vm_area_struct *
__vma_write_raw(__vma_borrows struct vma_write *vma)
	__must_hold(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));

	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		vma_assert_can_modify(raw);
	return raw;
}

/**
 * vma_write_lookup() - The VMA at an address, write-locked.
 * @guard: A mmap_write or mmap_write_kill guard.
 * @addr: Any address.
 *
 * The lookup returns any mapping at @addr. Check vma_ref_is() before you work
 * on it (R3).
 *
 * Context: Task context, may sleep to wait for readers of this VMA.
 * Return: the handle, which ends with @guard's scope; NULL if nothing is mapped
 * at @addr, or @guard holds nothing (R2, R10).
 */
static __always_inline struct vma_write * __must_check
vma_write_lookup(__vma_borrows const class_mmap_write_t *guard,
		 unsigned long addr)
	__must_hold(vma_stable)
{
	struct vm_area_struct *vma;

	if (IS_ERR(guard->lock))
		return NULL;
	vma = vma_lookup(__mm_with_user_raw(guard->lock), addr);
	if (vma)
		vma_start_write(vma);
	return (struct vma_write *)vma;
}

static __always_inline int __must_check
__vma_write_set(struct vma_write *vma, vma_flag_t bit)
	__must_hold(vma_stable)
{
	struct vm_area_struct *raw = __vma_write_raw(vma);

	BUILD_BUG_ON_MSG(bit != VMA_DONTCOPY_BIT && bit != VMA_DONTDUMP_BIT,
			 "this flag of a VMA in use is not a driver's to set");

	if (!(raw->vm_flags & VM_SPECIAL))
		return __vma_refuse(VMA_REFUSED_KIND, -EPERM);
	vma_flags_set(&raw->flags, bit);
	return 0;
}

/**
 * vma_write_set() - Set a flag of a VMA in use.
 * @vma: The handle.
 * @bit: VMA_DONTCOPY_BIT or VMA_DONTDUMP_BIT, by that name.
 *
 * Only these two flags can be set, because the rest of the kernel does not rely
 * on their being clear. VM_DONTEXPAND has to be set while the mapping is new:
 * the core could not munlock() a mapping that gets the flag while it is
 * mlock()ed. Flags cannot be cleared, because that would undo the policy of the
 * mapping's type (R8, R10).
 *
 * Context: As for the guard that @vma came from.
 * Return: 0; -EPERM, and nothing changed, if the mapping has none of VM_IO,
 * VM_DONTEXPAND, VM_MIXEDMAP and VM_PFNMAP: user space could then clear the
 * flag again with madvise().
 */
#define vma_write_set(vma, bit)	__vma_write_set(vma, __vma_bit(bit))

#endif /* _LINUX_VMA_ACCESS_PAIR_H */
