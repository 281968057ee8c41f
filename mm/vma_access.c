// SPDX-License-Identifier: GPL-2.0
/*
 * Typed access to virtual memory areas (VMAs) for drivers: what is not inline
 * in <linux/vma_access.h>.
 *
 * Modules reach a VMA through the functions exported here and through no raw
 * pointer: what they call, lock_vma_under_rcu() and zap_vma_range() among it,
 * need not be exported itself.
 */
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/hugetlb_inline.h>
#include <linux/vma_access.h>

/* ---- the VMA read guard --------------------------------------------------- */

/*
 * With the mmap lock held for read nobody write-locks a VMA, so the step down
 * to the VMA lock waits for nobody. It fails only if the VMA has as many
 * readers as its count can hold.
 */
#ifdef CONFIG_PER_VMA_LOCK
static bool vma_step_down(struct vm_area_struct *vma)
{
	if (!vma_start_read_locked(vma))
		return false;
	mmap_read_unlock(vma->vm_mm);
	return true;
}
#else
static bool vma_step_down(struct vm_area_struct *vma)
{
	/* There is no VMA lock: the guard keeps the mmap lock. */
	return true;
}
#endif

/* The mmap lock is held for read; it stays held only inside the guard. */
static struct vma_read_guard
vma_read_from_mmap_lock(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	int err = -ESRCH;

	if (vma) {
		if (vma_step_down(vma))
			return (struct vma_read_guard){ (struct vma_ref *)vma, 0 };
		err = -EAGAIN;
	}
	mmap_read_unlock(mm);
	return (struct vma_read_guard){ NULL, err };
}

/*
 * The constructor of CLASS(vma_read, ...); see its description in
 * <linux/vma_access.h>.
 */
struct vma_read_guard __vma_read_acquire(struct mm_with_user *user,
					 unsigned long addr)
	__no_context_analysis
{
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct vm_area_struct *vma;

	/* A call at the wrong place is reported also when it need not wait (R14). */
	might_lock_read(&mm->mmap_lock);

	vma = lock_vma_under_rcu(mm, addr);
	if (vma)
		return (struct vma_read_guard){ (struct vma_ref *)vma, 0 };

	/* Nothing there, or a writer is at work: only the mmap lock tells. */
	mmap_read_lock(mm);
	return vma_read_from_mmap_lock(mm, addr);
}
EXPORT_SYMBOL_GPL(__vma_read_acquire);

/* The constructor of CLASS(vma_read_try, ...). */
struct vma_read_guard __vma_read_acquire_try(struct mm_with_user *user,
					     unsigned long addr)
	__no_context_analysis
{
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct vm_area_struct *vma = lock_vma_under_rcu(mm, addr);

	if (vma)
		return (struct vma_read_guard){ (struct vma_ref *)vma, 0 };
	if (!mmap_read_trylock(mm))
		return (struct vma_read_guard){ NULL, -EAGAIN };
	return vma_read_from_mmap_lock(mm, addr);
}
EXPORT_SYMBOL_GPL(__vma_read_acquire_try);

/* ---- ranges (R6) ---------------------------------------------------------- */

/*
 * Written so that nothing can wrap: @size is compared with what is left of the
 * VMA after @addr, no end is ever computed.
 */
static int vma_check_range(const struct vm_area_struct *vma, unsigned long addr,
			   unsigned long size)
{
	/* Page table walks step by whole pages and stop at an exact end. */
	if (!size || !PAGE_ALIGNED(addr | size))
		return -EINVAL;
	if (addr < vma->vm_start || addr >= vma->vm_end)
		return -EFAULT;
	if (size > vma->vm_end - addr)
		return -EFAULT;
	return 0;
}

/* vma_ref_zap_range(), for whatever handle. */
int __vma_ref_zap_range(struct vma_ref *vma, unsigned long addr,
			unsigned long size)
{
	struct vm_area_struct *raw = __vma_raw(vma);
	int err = vma_check_range(raw, addr, size);

	if (err)
		return err;
	if (is_vm_hugetlb_page(raw))
		return -EPERM;
	zap_vma_range(raw, addr, size);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_ref_zap_range);

/* ---- vma_mixedmap --------------------------------------------------------- */

/* vma_mixedmap_insert_pages(), for whatever handle. */
int __vma_mixedmap_insert_pages(struct vma_mixedmap *vma, unsigned long addr,
				struct page **pages, unsigned long nr,
				unsigned long *inserted)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	unsigned long left = nr;
	int err;

	*inserted = 0;
	if (nr > ULONG_MAX >> PAGE_SHIFT)
		return -EFAULT;
	err = vma_check_range(raw, addr, nr << PAGE_SHIFT);
	if (err)
		return err;

	err = vm_insert_pages(raw, addr, pages, &left);
	*inserted = nr - left;
	/*
	 * The range is known to be good, so this is how the core says that it
	 * has no page table to put the page into.
	 */
	return err == -EFAULT ? -ENOMEM : err;
}
EXPORT_SYMBOL_GPL(__vma_mixedmap_insert_pages);

/**
 * vma_mixedmap_get_page() - The page that is mapped at an address.
 * @vma: The handle.
 * @addr: The address, page-aligned.
 *
 * Looks, and never faults anything in. Works under a VMA read guard, where
 * get_user_pages_remote() would need the mmap lock, so what an insert
 * found occupied can be looked up before the guard is let go. In a mapping that
 * allows copy-on-write it may be a private copy of the page that was inserted.
 *
 * Context: Task context. Does not sleep.
 * Return: the page, with a reference that the caller drops by put_page(); or
 * an ERR_PTR() of
 * -EINVAL if @addr is not page-aligned;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -ENOENT if nothing is mapped there, or nothing that such a reference can be
 * taken to: a PFN without struct page, the zero page, a huge page, an entry
 * that stands for a page elsewhere (swap, migration).
 */
struct page *vma_mixedmap_get_page(struct vma_mixedmap *vma, unsigned long addr)
	__no_context_analysis /* pte_offset_map_lock() has no annotation */
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	struct page *page = NULL;
	spinlock_t *ptl; /* of the last-level table */
	pgd_t *pgd;
	p4d_t *p4d;
	pud_t *pud, pudval;
	pte_t *pte;
	int err;

	err = vma_check_range(raw, addr, PAGE_SIZE);
	if (err)
		return ERR_PTR(err);

	/*
	 * folio_walk_start() would do, but wants the mmap lock. The VMA is
	 * stable, so the tables above the last level stay. The last one may be
	 * reclaimed or replaced: pte_offset_map_lock() copes.
	 */
	pgd = pgd_offset(raw->vm_mm, addr);
	if (pgd_none_or_clear_bad(pgd))
		return ERR_PTR(-ENOENT);
	p4d = p4d_offset(pgd, addr);
	if (p4d_none_or_clear_bad(p4d))
		return ERR_PTR(-ENOENT);
	pud = pud_offset(p4d, addr);
	pudval = pudp_get(pud);
	if (!pud_present(pudval) || pud_leaf(pudval))
		return ERR_PTR(-ENOENT);
	pte = pte_offset_map_lock(raw->vm_mm, pmd_offset(pud, addr), addr, &ptl);
	if (!pte)
		return ERR_PTR(-ENOENT);
	if (pte_present(ptep_get(pte)))
		page = vm_normal_page(raw, addr, ptep_get(pte));
	/* The mapping holds a reference, and stays while the lock is held. */
	if (page && !try_get_page(page))
		page = NULL;
	pte_unmap_unlock(pte, ptl);

	return page ?: ERR_PTR(-ENOENT);
}
EXPORT_SYMBOL_GPL(vma_mixedmap_get_page);

/* ---- vma_new -------------------------------------------------------------- */

static bool vma_in_use(struct vm_area_struct *vma)
{
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
		return vma_is_attached(vma);
	/* Nothing in the VMA itself tells; the tree does. */
	return vma_lookup(vma->vm_mm, vma->vm_start) == vma;
}

/**
 * vma_new_from_mmap() - Take in the VMA that f_op->mmap() is to set up.
 * @vma: The argument of f_op->mmap().
 *
 * That the VMA is not in use yet is verified, not believed: setting flags and
 * hooks of one in use is a bug whoever does it (R7, R10).
 *
 * Context: Within ->mmap(), with the mmap lock held for write.
 * Return: the handle, which ends when ->mmap() returns; NULL, with a warning,
 * if @vma is in use.
 */
struct vma_new *vma_new_from_mmap(struct vm_area_struct *vma)
{
	mmap_assert_write_locked(vma->vm_mm);
	if (WARN_ON_ONCE(vma_in_use(vma)))
		return NULL;
	return (struct vma_new *)vma;
}
EXPORT_SYMBOL_GPL(vma_new_from_mmap);

/**
 * vma_new_set_mixedmap() - Set VM_MIXEDMAP: the mapping takes inserted pages.
 * @vma: The handle.
 *
 * Done already by vma_new_set_type() for a type that is VMA_MAP_MIXED; then
 * this is how to get the handle for inserting pages at once. That handle takes
 * pages and answers nothing: it is no way around vma_new_settle() (R1).
 *
 * Context: Within ->mmap().
 * Return: the handle, which ends when ->mmap() returns; NULL, with a warning
 * and nothing changed, if the mapping is VM_PFNMAP: the two exclude each other,
 * and neither is ever taken back; or if @vma was kept after its hook and is in
 * use (R7).
 */
struct vma_new_mixedmap *vma_new_set_mixedmap(struct vma_new *vma)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return NULL;
	if (WARN_ON_ONCE(vma_test(raw, VMA_PFNMAP_BIT)))
		return NULL;
	vma_set_flags(raw, VMA_MIXEDMAP_BIT);
	return (struct vma_new_mixedmap *)vma;
}
EXPORT_SYMBOL_GPL(vma_new_set_mixedmap);

/* DEFINE_VMA_TYPE() sees to it; this is for a type made without it. (R8) */
static bool vma_policy_complete(vma_policy_t policy)
{
	return __vma_policy_has(policy, VMA_MAP_NONE | VMA_MAP_MIXED | VMA_MAP_PFN) &&
	       __vma_policy_has(policy, VMA_DENY_NONE | VMA_DENY_READ |
				VMA_DENY_WRITE | VMA_DENY_EXEC) &&
	       __vma_policy_has(policy, VMA_COW_ALLOW | VMA_COW_REFUSE) &&
	       __vma_policy_has(policy, VMA_SPLIT_ALLOW | VMA_SPLIT_REFUSE) &&
	       __vma_policy_has(policy, VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE) &&
	       __vma_policy_has(policy, VMA_FORK_COPY | VMA_FORK_DROP) &&
	       __vma_policy_has(policy, VMA_EXPAND_ALLOW | VMA_EXPAND_REFUSE);
}

/* A hook that was given beside the policy's own would undo the policy. (R8) */
static bool vma_type_hooks_fit(const struct vma_type *type)
{
	/* The core calls it after ->mmap_prepare() only. */
	if (type->vm_ops.mapped)
		return false;
	if (__vma_policy_has(type->policy, VMA_SPLIT_REFUSE) &&
	    type->vm_ops.may_split != vma_type_no_split)
		return false;
	if (__vma_policy_has(type->policy, VMA_MREMAP_REFUSE) &&
	    type->vm_ops.mremap != vma_type_no_mremap)
		return false;
	return true;
}

static bool vma_type_kind_fits(const struct vma_type *type,
			       const vma_flags_t *flags)
{
	if (__vma_policy_has(type->policy, VMA_MAP_MIXED))
		return !vma_flags_test(flags, VMA_PFNMAP_BIT);
	if (__vma_policy_has(type->policy, VMA_MAP_PFN))
		return !vma_flags_test(flags, VMA_MIXEDMAP_BIT);
	return !vma_flags_test_any(flags, VMA_MIXEDMAP_BIT, VMA_PFNMAP_BIT);
}

/* Clears the MAY bit of an access that is denied; false if it is asked for. */
static bool vma_type_deny(vma_flags_t *flags, vma_flag_t bit, vma_flag_t may)
{
	if (vma_flags_test(flags, bit))
		return false;
	vma_flags_clear(flags, may);
	return true;
}

/**
 * vma_new_set_type() - Make a new mapping one of a type.
 * @vma: The handle.
 * @type: The type.
 * @owner: The object that the mapping shows, not NULL. It is found again by
 *         vma_ref_owner(), and is one half of the mapping's identity (R3). It
 *         outlives the mapping: the file keeps it, or the type's ->open() and
 *         ->close() do.
 *
 * Applies the whole policy: access that is denied is refused now and for ever
 * (R1), a copy-on-write mapping is refused if the type does not allow it (R7),
 * flags and hooks are set (R8). All of it is checked before any of it is done.
 *
 * Context: Within ->mmap().
 * Return: 0; or nothing was changed and
 * -EPERM if user space asked for an access that the type denies;
 * -EINVAL if it asked for a private mapping whose pages would be copied, and
 * the type refuses that; both are silent, and to be returned from ->mmap();
 * -EINVAL, with a warning, if @owner is NULL, the type was made without
 * DEFINE_VMA_TYPE() and leaves out a part of the policy, it has a hook against
 * its own policy, or the mapping is already of another map kind;
 * -EBUSY, with a warning, if the mapping has been given hooks before, or @vma
 * was kept after its hook and is in use.
 */
int vma_new_set_type(struct vma_new *vma, const struct vma_type *type,
		     void *owner)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	vma_flags_t flags = raw->flags;
	const vma_policy_t policy = type->policy;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return -EBUSY;
	if (WARN_ON_ONCE(!owner))
		return -EINVAL;
	if (WARN_ON_ONCE(!vma_policy_complete(policy)))
		return -EINVAL;
	if (WARN_ON_ONCE(!vma_type_hooks_fit(type)))
		return -EINVAL;
	if (WARN_ON_ONCE(!vma_type_kind_fits(type, &flags)))
		return -EINVAL;
	if (WARN_ON_ONCE(raw->vm_ops != &vma_dummy_vm_ops))
		return -EBUSY;

	if (__vma_policy_has(policy, VMA_DENY_READ) &&
	    !vma_type_deny(&flags, VMA_READ_BIT, VMA_MAYREAD_BIT))
		return -EPERM;
	if (__vma_policy_has(policy, VMA_DENY_WRITE) &&
	    !vma_type_deny(&flags, VMA_WRITE_BIT, VMA_MAYWRITE_BIT))
		return -EPERM;
	if (__vma_policy_has(policy, VMA_DENY_EXEC) &&
	    !vma_type_deny(&flags, VMA_EXEC_BIT, VMA_MAYEXEC_BIT))
		return -EPERM;
	/* After the denials: without VM_MAYWRITE nothing is ever copied. */
	if (__vma_policy_has(policy, VMA_COW_REFUSE) &&
	    vma_flags_is_cow_mapping(&flags))
		return -EINVAL;

	if (__vma_policy_has(policy, VMA_MAP_MIXED))
		vma_flags_set(&flags, VMA_MIXEDMAP_BIT);
	if (__vma_policy_has(policy, VMA_MAP_PFN))
		vma_flags_set(&flags, VMA_PFNMAP_BIT);
	if (__vma_policy_has(policy, VMA_FORK_DROP))
		vma_flags_set(&flags, VMA_DONTCOPY_BIT);
	if (__vma_policy_has(policy, VMA_EXPAND_REFUSE))
		vma_flags_set(&flags, VMA_DONTEXPAND_BIT);
	if (__vma_policy_has(policy, VMA_TYPE_IO))
		vma_flags_set(&flags, VMA_IO_BIT);
	if (__vma_policy_has(policy, VMA_TYPE_DONTDUMP))
		vma_flags_set(&flags, VMA_DONTDUMP_BIT);

	raw->flags = flags;
	raw->vm_ops = &type->vm_ops;
	raw->vm_private_data = owner;
	return 0;
}
EXPORT_SYMBOL_GPL(vma_new_set_type);

/**
 * vma_new_identity() - What tells mappings like this one from all others.
 * @vma: The handle, after its type or its hooks were set.
 *
 * For a library that works on mappings which its user sets up: it need not
 * know the user's type to recognise the mapping later (R3).
 *
 * Context: Within ->mmap().
 * Return: the identity, by value; the one that no VMA has if the mapping was
 * given no hooks.
 */
struct vma_identity vma_new_identity(const struct vma_new *vma)
{
	const struct vm_area_struct *raw = __vma_new_raw(vma);

	if (raw->vm_ops == &vma_dummy_vm_ops)
		return (struct vma_identity){ };
	return (struct vma_identity){ raw->vm_ops, raw->vm_private_data };
}
EXPORT_SYMBOL_GPL(vma_new_identity);

/* ---- the hooks of a type's policy (R8) ------------------------------------- */

/* ->may_split() of a type that is VMA_SPLIT_REFUSE. */
int vma_type_no_split(struct vm_area_struct *vma, unsigned long addr)
{
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(vma_type_no_split);

/* ->mremap() of a type that is VMA_MREMAP_REFUSE. */
int vma_type_no_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(vma_type_no_mremap);
