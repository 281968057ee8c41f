// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: two VMAs at once.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/*
 * Lock both mms for read. This waits for a lock only while it holds no other,
 * so the order of the two does not matter.
 */
static void mmap_read_lock_both(struct mm_struct *a, struct mm_struct *b)
	__no_context_analysis
{
	mmap_read_lock(a);
	while (a != b && !mmap_read_trylock(b)) {
		mmap_read_unlock(a);
		swap(a, b);
		mmap_read_lock(a);
	}
}

static void mmap_read_unlock_both(struct mm_struct *a, struct mm_struct *b)
	__no_context_analysis
{
	mmap_read_unlock(a);
	if (a != b)
		mmap_read_unlock(b);
}

#ifdef CONFIG_PER_VMA_LOCK
static void vma_pair_unlock(struct vm_area_struct *a, struct vm_area_struct *b)
{
	if (a)
		vma_end_read(a);
	if (b && b != a)
		vma_end_read(b);
}

/* lock_vma_under_rcu() does not wait, so the order does not matter. */
static bool vma_pair_trylock(struct mm_struct *mm_a, unsigned long addr_a,
			     struct mm_struct *mm_b, unsigned long addr_b,
			     struct vm_area_struct **a, struct vm_area_struct **b)
{
	*a = lock_vma_under_rcu(mm_a, addr_a);
	*b = *a ? lock_vma_under_rcu(mm_b, addr_b) : NULL;
	if (*a && *b) {
		/* If both addresses are in one VMA, keep one reader count. */
		if (*a == *b)
			vma_end_read(*b);
		return true;
	}
	vma_pair_unlock(*a, *b);
	return false;
}

/* There are no writers while the mmap locks are held, so this never waits. */
static bool vma_pair_step_down(struct vm_area_struct *a, struct vm_area_struct *b)
{
	if (!vma_start_read_locked(a))
		return false;
	if (b != a && !vma_start_read_locked_nested(b, SINGLE_DEPTH_NESTING)) {
		vma_end_read(a);
		return false;
	}
	mmap_read_unlock_both(a->vm_mm, b->vm_mm);
	return true;
}
#else
static void vma_pair_unlock(struct vm_area_struct *a, struct vm_area_struct *b)
{
	mmap_read_unlock_both(a->vm_mm, b->vm_mm);
}

static bool vma_pair_trylock(struct mm_struct *mm_a, unsigned long addr_a,
			     struct mm_struct *mm_b, unsigned long addr_b,
			     struct vm_area_struct **a, struct vm_area_struct **b)
{
	return false;
}

static bool vma_pair_step_down(struct vm_area_struct *a, struct vm_area_struct *b)
{
	/* There is no VMA lock: the guard keeps the mmap locks. */
	return true;
}
#endif

static struct vma_pair_guard vma_pair_hold(struct vm_area_struct *a,
					   struct vm_area_struct *b)
{
	return (struct vma_pair_guard){ (struct vma_ref *)a, (struct vma_ref *)b };
}

/* The constructor of vma_pair. */
struct vma_pair_guard __vma_pair_acquire(struct mm_with_user *user_a,
					 unsigned long addr_a,
					 struct mm_with_user *user_b,
					 unsigned long addr_b)
	__no_context_analysis
{
	struct mm_struct *mm_a = __mm_with_user_raw(user_a);
	struct mm_struct *mm_b = __mm_with_user_raw(user_b);
	struct vm_area_struct *a, *b;
	int err = -ESRCH;

	/* Report a call under another lock even if it need not wait. (R14) */
	might_lock_read(&mm_a->mmap_lock);

	if (vma_pair_trylock(mm_a, addr_a, mm_b, addr_b, &a, &b))
		return vma_pair_hold(a, b);

	mmap_read_lock_both(mm_a, mm_b);
	a = vma_lookup(mm_a, addr_a);
	b = vma_lookup(mm_b, addr_b);
	if (a && b) {
		if (vma_pair_step_down(a, b))
			return vma_pair_hold(a, b);
		err = __vma_refuse(VMA_REFUSED_CONTENDED, -EAGAIN);
	}
	mmap_read_unlock_both(mm_a, mm_b);
	return (struct vma_pair_guard){ ERR_PTR(err), NULL };
}
EXPORT_SYMBOL_GPL(__vma_pair_acquire);

/* The destructor of vma_pair. */
void __vma_pair_release(struct vma_ref *ref_a, struct vma_ref *ref_b)
	__no_context_analysis
{
	struct vm_area_struct *a = (struct vm_area_struct *)ref_a;
	struct vm_area_struct *b = (struct vm_area_struct *)ref_b;

	if (IS_ERR(ref_a))
		return;
	vma_pair_unlock(a, b);
}
EXPORT_SYMBOL_GPL(__vma_pair_release);

/*
 * vma_is_anonymous() is also true for a file's VMA whose hook has made it
 * anonymous, as that of /dev/zero does. If nothing was inserted into it, it
 * holds anonymous pages only.
 */
static bool vma_holds_anonymous_pages_only(const struct vm_area_struct *vma)
{
	return vma_is_anonymous(vma) &&
	       !vma_test_any(vma, VMA_SHARED_BIT, VMA_MAYSHARE_BIT,
			     VMA_HUGETLB_BIT, VMA_IO_BIT, VMA_PFNMAP_BIT,
			     VMA_MIXEDMAP_BIT, VMA_DONTEXPAND_BIT) &&
	       !(vma->vm_flags & VM_SHADOW_STACK);
}

/**
 * vma_pair_check_move() - Check that pages may be moved between two VMAs.
 * @pair: A vma_pair guard.
 *
 * A page may be moved if both VMAs hold only anonymous memory, user space has
 * the same access to both and may write, and both or neither are mlock()ed
 * (R16).
 *
 * Context: With @pair held. Does not sleep.
 * Return: 0; or
 * -ESRCH if @pair holds nothing;
 * -EINVAL if one of the VMAs is shared, is a hugetlb mapping or a shadow stack,
 * or has pages of a file or a driver. A private mapping of /dev/zero has none;
 * -EACCES if their access or their page protection differs, or they are not
 * writable;
 * -EPERM if one of them is mlock()ed and the other is not.
 */
int vma_pair_check_move(const struct vma_pair_guard *pair)
{
	struct vma_ref *ref_a = vma_pair_a(pair), *ref_b = vma_pair_b(pair);
	const struct vm_area_struct *a, *b;

	if (!ref_a)
		return -ESRCH;
	a = __vma_raw(ref_a);
	b = __vma_raw(ref_b);
	if (!vma_holds_anonymous_pages_only(a) ||
	    !vma_holds_anonymous_pages_only(b))
		return __vma_refuse(VMA_REFUSED_MOVE, -EINVAL);
	if ((a->vm_flags ^ b->vm_flags) & VM_ACCESS_FLAGS ||
	    pgprot_val(a->vm_page_prot) != pgprot_val(b->vm_page_prot) ||
	    !vma_test(a, VMA_WRITE_BIT))
		return __vma_refuse(VMA_REFUSED_MOVE, -EACCES);
	if (vma_test(a, VMA_LOCKED_BIT) != vma_test(b, VMA_LOCKED_BIT))
		return __vma_refuse(VMA_REFUSED_MOVE, -EPERM);
	return 0;
}
EXPORT_SYMBOL_GPL(vma_pair_check_move);
