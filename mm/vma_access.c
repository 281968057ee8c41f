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
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/* ---- the VMA read guard --------------------------------------------------- */

/*
 * With the mmap lock held for read nobody write-locks a VMA, so the step down
 * to the VMA lock waits for nobody. It fails only if the VMA has as many
 * readers as its count can hold.
 */
#ifdef CONFIG_PER_VMA_LOCK
static __always_inline bool vma_step_down(struct mm_struct *mm,
					  struct vm_area_struct *vma)
{
	if (!vma_start_read_locked(vma))
		return false;
	mmap_read_unlock(mm);
	return true;
}
#else
static __always_inline bool vma_step_down(struct mm_struct *mm,
					  struct vm_area_struct *vma)
{
	/* There is no VMA lock: the guard keeps the mmap lock. */
	return true;
}
#endif

/* lock_vma_under_rcu() is not exported: a guard is the only way to it. */
struct vma_ref *__vma_read_lock(struct mm_with_user *user, unsigned long addr)
{
	return (struct vma_ref *)lock_vma_under_rcu(__mm_with_user_raw(user),
						    addr);
}
EXPORT_SYMBOL_GPL(__vma_read_lock);

/* The mmap lock is held for read; it stays held only inside the guard. */
struct vma_ref *__vma_read_step_down(struct mm_with_user *user,
				     unsigned long addr)
{
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	int err = -ESRCH;

	if (vma) {
		if (vma_step_down(mm, vma))
			return (struct vma_ref *)vma;
		err = __vma_refuse(VMA_REFUSED_CONTENDED, -EAGAIN);
	}
	mmap_read_unlock(mm);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(__vma_read_step_down);

/* ---- the pair guard (R16) ---------------------------------------------------- */

/*
 * Waits only while it holds nothing: there is no order of the two that others
 * would have to keep.
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

/* A try never waits, so these two may be taken in any order. */
static bool vma_pair_trylock(struct mm_struct *mm_a, unsigned long addr_a,
			     struct mm_struct *mm_b, unsigned long addr_b,
			     struct vm_area_struct **a, struct vm_area_struct **b)
{
	*a = lock_vma_under_rcu(mm_a, addr_a);
	*b = *a ? lock_vma_under_rcu(mm_b, addr_b) : NULL;
	if (*a && *b) {
		/* Held once, if they are one. */
		if (*a == *b)
			vma_end_read(*b);
		return true;
	}
	vma_pair_unlock(*a, *b);
	return false;
}

/* With the mmap locks held there are no writers to wait for. */
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
	__vma_guard_enter(a);
	__vma_guard_enter(b);
	return (struct vma_pair_guard){ (struct vma_ref *)a, (struct vma_ref *)b, 0 };
}

/* The constructor of CLASS(vma_pair, ...). */
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

	/* Reported also when it need not wait (R14). */
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
	return (struct vma_pair_guard){ NULL, NULL, err };
}
EXPORT_SYMBOL_GPL(__vma_pair_acquire);

/* The destructor of CLASS(vma_pair, ...). */
void __vma_pair_release(struct vma_ref *ref_a, struct vma_ref *ref_b)
	__no_context_analysis
{
	struct vm_area_struct *a = (struct vm_area_struct *)ref_a;
	struct vm_area_struct *b = (struct vm_area_struct *)ref_b;

	if (!a)
		return;
	__vma_guard_leave(b);
	__vma_guard_leave(a);
	vma_pair_unlock(a, b);
}
EXPORT_SYMBOL_GPL(__vma_pair_release);

/*
 * A driver's VMA may have no hooks either, and then vma_is_anonymous() takes it
 * for anonymous memory: the file tells.
 */
static bool vma_holds_anonymous_pages_only(const struct vm_area_struct *vma)
{
	return vma_is_anonymous(vma) && !vma->vm_file &&
	       !vma_test_any(vma, VMA_SHARED_BIT, VMA_MAYSHARE_BIT,
			     VMA_HUGETLB_BIT, VMA_IO_BIT, VMA_PFNMAP_BIT,
			     VMA_MIXEDMAP_BIT, VMA_DONTEXPAND_BIT) &&
	       !(vma->vm_flags & VM_SHADOW_STACK);
}

/**
 * vma_pair_check_move() - May pages be moved from one VMA to the other?
 * @pair: A CLASS(vma_pair, ...) variable that holds both.
 *
 * What has to hold for a page to change its place without anybody losing what
 * he has been promised (R16): both hold anonymous memory and nothing else, user
 * space has the same access to both and may write, and both or neither are
 * locked into memory.
 *
 * Context: With @pair held. Does not sleep.
 * Return: 0; or
 * -ESRCH if @pair holds nothing;
 * -EINVAL if one of the VMAs is shared, a file's or a driver's, also one that has
 * no hooks, huge, or a shadow stack;
 * -EACCES if their access or their page protection differ, or they are not
 * writable;
 * -EPERM if one of them is locked and the other is not.
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

/* ---- vma_ref ------------------------------------------------------------------ */

/* zap_vma_range() is not exported: the verbs, with their checks, are the way to it. */
void __vma_zap(struct vma_ref *vma, unsigned long addr, unsigned long size)
{
	zap_vma_range(__vma_raw(vma), addr, size);
}
EXPORT_SYMBOL_GPL(__vma_zap);

/* ---- page frames ------------------------------------------------------------ */

/* Can the processor map it? The core drops the bits that an entry has no room for. */
static bool vma_pfn_fits(unsigned long pfn)
{
	/* Some of what is no page frame number at all fits into a wider entry. */
	if (PHYS_PFN(PFN_PHYS(pfn)) != pfn)
		return false;
#ifdef PTE_RPN_MASK
	/* pfn_pte() of powerpc has a VM_BUG_ON() for it. (R18) */
	if (PFN_PHYS(pfn) & ~(phys_addr_t)PTE_RPN_MASK)
		return false;
#endif
#ifdef ARCH_HAS_VALID_PHYS_ADDR_RANGE
	/* A reserved bit of an entry is an Oops when user space touches the page. */
	if (!valid_mmap_phys_addr_range(pfn, PAGE_SIZE))
		return false;
#endif
	/* By an entry that is present: x86 inverts the others. */
	return pte_pfn(pfn_pte(pfn, PAGE_KERNEL)) == pfn;
}

/*
 * Memory that the kernel uses itself: slab, page tables, free memory. hugetlb and
 * large kmalloc() memory is whole pages, which a driver may have to show.
 */
static bool vma_pfn_is_foreign(struct page *page)
{
	/* The type is that of the first page: a tail has none. */
	page = compound_head(page);
	return page_has_type(page) && !folio_test_hugetlb(page_folio(page)) &&
	       !PageLargeKmalloc(page);
}

/*
 * May @nr page frames from @pfn on be mapped? Silent: a driver often adds an offset
 * that user space has given. (R18) The largest one that fits is below all others
 * that do not, so the last one stands for all.
 */
int vma_check_pfns(unsigned long pfn, unsigned long nr)
{
	unsigned long i, step;

	if (nr - 1 > ULONG_MAX - pfn || !vma_pfn_fits(pfn + nr - 1))
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	for (i = 0; i < nr; i += step) {
		struct page *page = pfn_to_online_page(pfn + i);

		if (page && vma_pfn_is_foreign(page))
			return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
		/* A device's memory can be large. */
		step = page ? 1 : VMA_PFNS_ALIKE - (pfn + i) % VMA_PFNS_ALIKE;
	}
	return 0;
}

/* ---- vma_mixedmap --------------------------------------------------------- */

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

	err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, PAGE_SIZE);
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

/*
 * What insert_pfn() of the core returned, as an errno. The range is known to be
 * good, so SIGBUS is how it says that the architecture wants no such mapping.
 */
static int vma_pfn_errno(vm_fault_t ret)
{
	if (ret & VM_FAULT_OOM)
		return -ENOMEM;
	return ret & VM_FAULT_ERROR ? -EACCES : 0;
}

/**
 * vma_mixedmap_insert_pfn() - Map one page frame that has no struct page.
 * @vma: The handle.
 * @addr: Where to, page-aligned.
 * @pfn: The page frame number.
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0: this, or what has been there before, is mapped; or nothing was
 * mapped and
 * -EINVAL if @addr is not page-aligned, @pfn cannot be mapped (see
 * vma_pfnmap_insert_pfn()), or has a struct page: that is to be inserted as a page,
 * with a reference (R7; the core has a BUG_ON(), R18);
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EACCES if the architecture does not let it be mapped;
 * -ENOMEM if there was no page table to be had.
 */
int vma_mixedmap_insert_pfn(struct vma_mixedmap *vma, unsigned long addr,
			    unsigned long pfn)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, PAGE_SIZE) ?:
		  __vma_check_insert(raw, addr, 1);

	if (err)
		return err;
	if (pfn_valid(pfn))
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	err = vma_check_pfns(pfn, 1);
	if (err)
		return err;
	err = vma_pfn_errno(vmf_insert_pfn(raw, addr, pfn));
	__vma_note_insert(raw, addr, !err, err);
	return err;
}
EXPORT_SYMBOL_GPL(vma_mixedmap_insert_pfn);

/* ---- vma_pfnmap ------------------------------------------------------------------ */

/**
 * vma_pfnmap_insert_pfn() - Map one page frame.
 * @vma: The handle.
 * @addr: Where to, page-aligned.
 * @pfn: The page frame number.
 * @prot: VMA_PROT_OWN for the VMA's protection, or how to derive another from
 *        it (R11).
 *
 * No reference is taken to the memory: who owns it takes the mapping back before
 * he gives it away (R17).
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0: this, or what has been there before, is mapped; or nothing was
 * mapped and
 * -EINVAL if @addr is not page-aligned, or @pfn cannot be mapped: an entry of the
 * page table has no room for it, the processor has fewer address bits, or it is
 * memory that the kernel uses itself, such as slab, page tables and free memory;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EACCES if the architecture does not let it be mapped;
 * -ENOMEM if there was no page table to be had.
 */
int vma_pfnmap_insert_pfn(struct vma_pfnmap *vma, unsigned long addr,
			  unsigned long pfn, enum vma_prot prot)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, PAGE_SIZE) ?:
		  __vma_check_insert(raw, addr, 1);
	pgprot_t pgprot;

	err = err ?: vma_check_pfns(pfn, 1);
	if (err)
		return err;
	/* Its BUG_ON()s are about what the handle says. (R18) */
	pgprot = __vma_prot_derive(raw->vm_page_prot, prot);
	err = vma_pfn_errno(vmf_insert_pfn_prot(raw, addr, pfn, pgprot));
	__vma_note_insert(raw, addr, !err, err);
	return err;
}
EXPORT_SYMBOL_GPL(vma_pfnmap_insert_pfn);

/* ---- vma_fault ------------------------------------------------------------------- */

/* A fault handler that puts in what its VMA does not take is a driver's bug. */
static vm_fault_t vma_fault_refuse(enum vma_refusal why)
{
	__vma_refuse(why, -EINVAL);
	return VM_FAULT_SIGBUS;
}

static bool vma_takes_pages(const struct vm_area_struct *vma)
{
	return vma_test(vma, VMA_MIXEDMAP_BIT);
}

/* The core has a BUG_ON() for each of what is not. (R7, R18) */
static bool vma_takes_pfns(const struct vm_area_struct *vma)
{
	return vma_test(vma, VMA_PFNMAP_BIT) && !vma_is_cow_mapping(vma);
}

/*
 * Memory that is not a driver's to show, whatever it holds. The zero page is
 * everybody's: the core does not count its mappings, and would here. Without a
 * reference the page is free; a count that overflowed is negative. folio_get() has
 * a VM_BUG_ON() for either.
 */
static bool vma_page_is_foreign(const struct page *page)
{
	/* The type of slab and other such memory is that of the first page. */
	return PageAnon(page) || page_has_type(compound_head(page)) ||
	       is_zero_page(page) || page_count(page) <= 0;
}

/*
 * ->page_mkwrite() and ->pfn_mkwrite() are called for an entry that is there. An
 * insert changes nothing of it, so the access would be tried again without end; a
 * page returned would take the place of the one that the core is about to map.
 */
static bool vma_fault_is_mkwrite(const struct vma_fault *fault)
{
	return __vma_fault_raw(fault)->flags & FAULT_FLAG_MKWRITE;
}

/*
 * A huge entry in the way, which ->huge_fault() of another thread was first to
 * put there, is no lack of memory: the access is tried again, and finds it.
 */
static vm_fault_t vma_fault_inserted(struct vma_fault *fault, vm_fault_t ret)
{
	pmd_t *pmd = __vma_fault_raw(fault)->pmd;
	pud_t *pud = __vma_fault_raw(fault)->pud;

	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (ret != VM_FAULT_OOM)
		return ret;
	/* There is no @pmd yet where ->huge_fault() is asked for the level above. */
	if ((pmd && pmd_trans_huge(pmdp_get_lockless(pmd))) ||
	    (pud && pud_trans_huge(pudp_get(pud))))
		return VM_FAULT_NOPAGE;
	return ret;
}

/* A function, for what does not fail to be short. */
static noinline vm_fault_t vma_fault_failed(struct vma_fault *fault, int err)
{
	return vma_fault_inserted(fault, vma_fault_result(err));
}

/* vma_fault_drop_lock(). */
vm_fault_t __vma_fault_drop_lock(struct vma_fault **fault, struct file **file)
	__no_context_analysis
{
	struct vm_fault *vmf = __vma_fault_raw(*fault);

	if (WARN_ON_ONCE(!vmf))
		return VM_FAULT_RETRY;
	*file = NULL;
	/* Without the VMA nothing keeps the object until the scope ends. */
	if (WARN_ON_ONCE(vma_in_live_scope(vmf->vma)))
		return 0;
	/* Whoever calls ->pfn_mkwrite() goes on with the VMA, whatever it returns. */
	if (vma_fault_is_mkwrite(*fault) || !vmf->vma->vm_file ||
	    !fault_flag_allow_retry_first(vmf->flags))
		return 0;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;
	*file = get_file(vmf->vma->vm_file);
	release_fault_lock(vmf);
	*fault = NULL;
	return VM_FAULT_RETRY;
}
EXPORT_SYMBOL_GPL(__vma_fault_drop_lock);

/**
 * vma_fault_insert_page() - Map a page where the fault was.
 * @fault: The handle.
 * @page: The page; the mapping takes a reference of its own.
 *
 * Context: Within the hook.
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if the page is mapped
 * now, or somebody else was first; VM_FAULT_OOM; VM_FAULT_SIGBUS if @page is none
 * to be inserted, or, with a warning, the VMA is not VM_MIXEDMAP (R7), or this is a
 * ->page_mkwrite() or ->pfn_mkwrite(), which nothing is inserted in.
 */
vm_fault_t vma_fault_insert_page(struct vma_fault *fault, struct page *page)
{
	struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	int err;

	if (WARN_ON_ONCE(!vma_takes_pages(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (__vma_check_insert(vma, addr, 1))
		return VM_FAULT_SIGBUS;
	err = vm_insert_page(vma, addr, page);
	__vma_note_insert(vma, addr, !err, err);
	return likely(!err) ? VM_FAULT_NOPAGE : vma_fault_failed(fault, err);
}
EXPORT_SYMBOL_GPL(vma_fault_insert_page);

/**
 * vma_fault_insert_pfn() - Map a page frame where the fault was.
 * @fault: The handle.
 * @pfn: The page frame number.
 * @prot: VMA_PROT_OWN for the VMA's protection, or how to derive another from
 *        it (R11).
 *
 * Context: Within the hook.
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if it is mapped now, or
 * somebody else was first; VM_FAULT_OOM; VM_FAULT_SIGBUS if @pfn cannot be mapped
 * (see vma_pfnmap_insert_pfn()), the architecture does not let it be, or, with a
 * warning, the VMA is not VM_PFNMAP or copies on write (R7), or this is a
 * ->page_mkwrite() or ->pfn_mkwrite().
 */
vm_fault_t vma_fault_insert_pfn(struct vma_fault *fault, unsigned long pfn,
				enum vma_prot prot)
{
	struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	vm_fault_t ret;
	int err;

	if (WARN_ON_ONCE(!vma_takes_pfns(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (__vma_check_insert(vma, addr, 1) || vma_check_pfns(pfn, 1))
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn_prot(vma, addr, pfn,
				  __vma_prot_derive(vma->vm_page_prot, prot));
	err = vma_pfn_errno(ret);
	__vma_note_insert(vma, addr, !err, err);
	return vma_fault_inserted(fault, ret);
}
EXPORT_SYMBOL_GPL(vma_fault_insert_pfn);

/**
 * vma_fault_insert_mixed() - Map a page frame, with a struct page or without.
 * @fault: The handle.
 * @pfn: The page frame number.
 *
 * No reference is taken where the architecture can tell such an entry from a
 * page's own: who owns the memory revokes it before he gives it away (R17).
 *
 * Context: Within the hook.
 * Return: as vma_fault_insert_page(), and VM_FAULT_SIGBUS also if @pfn cannot be
 * mapped (see vma_pfnmap_insert_pfn()), or the architecture does not let it be.
 */
vm_fault_t vma_fault_insert_mixed(struct vma_fault *fault, unsigned long pfn)
{
	struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	vm_fault_t ret;
	int err;

	if (WARN_ON_ONCE(!vma_takes_pages(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (__vma_check_insert(vma, addr, 1) || vma_check_pfns(pfn, 1))
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_mixed(vma, addr, pfn);
	err = vma_pfn_errno(ret);
	__vma_note_insert(vma, addr, !err, err);
	return vma_fault_inserted(fault, ret);
}
EXPORT_SYMBOL_GPL(vma_fault_insert_mixed);

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * Of @pages pages, the one at @index is the one at @before of a huge page of @nr:
 * are all of these among them?
 */
static bool vma_huge_within(unsigned long before, unsigned long nr,
			    unsigned long index, unsigned long pages)
{
	return index < pages && before <= index && nr - before <= pages - index;
}

/*
 * Does one huge entry around the fault show the right memory at each address?
 * Address and memory must be at the same place of a huge page, and all of it
 * must be of the one piece of memory, and of the object that the VMA shows.
 */
static bool vma_fault_huge_covers(struct vma_fault *fault, unsigned long pfn,
				  unsigned long index, unsigned long nr_pages,
				  unsigned int order)
{
	const struct vma_object *object = vma_ref_object(fault);
	unsigned long nr = 1UL << order;
	unsigned long before = (vma_fault_addr(fault) >> PAGE_SHIFT) & (nr - 1);

	if (before != (pfn & (nr - 1)))
		return false;
	if (!vma_huge_within(before, nr, index, nr_pages))
		return false;
	return !object ||
	       vma_huge_within(before, nr,
			       __vma_fault_raw(fault)->pgoff - object->__base,
			       object->__pages);
}

/* Is all of the huge page around the fault inside the VMA? */
static bool vma_fault_huge_fits(struct vma_fault *fault, unsigned int order)
{
	const struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long size = PAGE_SIZE << order;
	unsigned long addr = ALIGN_DOWN(vma_fault_addr(fault), size);

	return addr >= vma->vm_start && size <= vma->vm_end - addr;
}

static int vma_fault_check_huge(struct vma_fault *fault, unsigned int order)
{
	return __vma_check_insert(__vma_raw(vma_ref(fault)),
				  ALIGN_DOWN(vma_fault_addr(fault), PAGE_SIZE << order),
				  1UL << order);
}

static vm_fault_t vma_fault_note_huge(struct vma_fault *fault, vm_fault_t ret,
				      unsigned int order)
{
	int err = vma_pfn_errno(ret);

	/* Nothing was put in and nothing is wrong: a smaller one comes. */
	if (ret & VM_FAULT_FALLBACK)
		return ret;
	__vma_note_insert(__vma_raw(vma_ref(fault)),
			  ALIGN_DOWN(vma_fault_addr(fault), PAGE_SIZE << order),
			  err ? 0 : 1UL << order, err);
	return ret;
}
#endif

/**
 * vma_fault_insert_huge_pfn() - Map page frames around the fault by one entry.
 * @fault: The handle.
 * @pfn: The page frame number of what belongs at the fault's address, as for
 *       vma_fault_insert_pfn(). Nothing has to be aligned.
 * @index: Which page of a piece of memory @pfn is. In such a piece one page frame
 *         follows the other.
 * @nr_pages: The size of the piece in pages.
 * @order: The order that ->huge_fault() was asked for. 0, as of ->fault(), maps
 *         the one page frame, with the VMA's own protection.
 *
 * The entry shows the memory around @pfn, also where nobody has asked yet which
 * page belongs there. So it is made only where each of its addresses gets the
 * page frame that a fault of its own would have given it: address and page frame
 * number leave the same remainder modulo the entry's size, and all of the entry
 * lies inside the VMA, inside the piece and inside the vma_object that the VMA
 * shows, if any (R6, R12).
 *
 * Context: Within ->huge_fault(); with @order 0 also within ->fault(), which must
 * not return VM_FAULT_FALLBACK.
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if it is mapped now, or
 * somebody else was first with one; VM_FAULT_FALLBACK if there is no such entry
 * on this machine, it would show anything else than the above, one of the page
 * frames cannot be mapped (see vma_pfnmap_insert_pfn()), or a smaller one was put
 * there meanwhile: the core tries smaller ones; VM_FAULT_OOM; VM_FAULT_SIGBUS if
 * @index is not one of @nr_pages, or, with a warning, the VMA is not VM_PFNMAP or
 * copies on write (R7, R18), or this is a ->page_mkwrite() or ->pfn_mkwrite(); with
 * @order 0, as vma_fault_insert_pfn().
 */
vm_fault_t vma_fault_insert_huge_pfn(struct vma_fault *fault, unsigned long pfn,
				     unsigned long index, unsigned long nr_pages,
				     unsigned int order)
{
	if (WARN_ON_ONCE(!vma_takes_pfns(__vma_raw(vma_ref(fault)))))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (index >= nr_pages)
		return vma_fault_refuse(VMA_REFUSED_OBJECT);
	if (!order)
		return vma_fault_insert_pfn(fault, pfn, VMA_PROT_OWN);
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	if (order > PUD_ORDER || !vma_fault_huge_fits(fault, order) ||
	    !vma_fault_huge_covers(fault, pfn, index, nr_pages, order) ||
	    vma_check_pfns(ALIGN_DOWN(pfn, 1UL << order), 1UL << order))
		return VM_FAULT_FALLBACK;
	if (vma_fault_check_huge(fault, order))
		return VM_FAULT_SIGBUS;
	pfn = ALIGN_DOWN(pfn, 1UL << order);
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP) && order == PMD_ORDER)
		return vma_fault_note_huge(fault,
					   vmf_insert_pfn_pmd(__vma_fault_raw(fault), pfn,
							      vma_fault_is_write(fault)),
					   order);
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) && order == PUD_ORDER)
		return vma_fault_note_huge(fault,
					   vmf_insert_pfn_pud(__vma_fault_raw(fault), pfn,
							      vma_fault_is_write(fault)),
					   order);
#endif
	return VM_FAULT_FALLBACK;
}
EXPORT_SYMBOL_GPL(vma_fault_insert_huge_pfn);

/**
 * vma_fault_insert_huge_page() - Map the folio around the fault by one entry.
 * @fault: The handle.
 * @page: The page that belongs at the fault's address, as for
 *        vma_fault_insert_page(). It need not be the first of its folio, of which
 *        the mapping takes a reference of its own.
 * @order: The order that ->huge_fault() was asked for. 0, as of ->fault(), maps
 *         the one page.
 *
 * The entry shows all of @page's folio, each page of which must be the one that
 * belongs there: it is made only where the folio is of the entry's size, @page
 * has the place in it that the address has in the entry, and all of it lies inside
 * the VMA and inside the vma_object that the VMA shows, if any (R6, R12).
 *
 * Context: Within ->huge_fault(); with @order 0 also within ->fault(), which must
 * not return VM_FAULT_FALLBACK.
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if it is mapped now, or
 * somebody else was first with one; VM_FAULT_FALLBACK if @order is none that a
 * folio is mapped by, the entry would show anything else than the above, a page was
 * put there meanwhile, or it is a write to a mapping that copies on write;
 * VM_FAULT_OOM; VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_MIXEDMAP
 * (R7), this is a ->page_mkwrite() or ->pfn_mkwrite(), or @page is anonymous, slab
 * or other typed memory, the zero page, or without a reference; with @order 0, as
 * vma_fault_insert_page().
 */
vm_fault_t vma_fault_insert_huge_page(struct vma_fault *fault, struct page *page,
				      unsigned int order)
{
	struct folio *folio = page_folio(page);

	if (!order)
		return vma_fault_insert_page(fault, page);
	if (WARN_ON_ONCE(!vma_takes_pages(__vma_raw(vma_ref(fault)))))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* The core does not look, and would count its mappings as a file's. */
	if (WARN_ON_ONCE(vma_page_is_foreign(folio_page(folio, 0))))
		return vma_fault_refuse(VMA_REFUSED_PAGE);
	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	if (order != PMD_ORDER || folio_order(folio) != PMD_ORDER ||
	    !vma_fault_huge_fits(fault, PMD_ORDER))
		return VM_FAULT_FALLBACK;
	if (!vma_fault_huge_covers(fault, page_to_pfn(page),
				   folio_page_idx(folio, page),
				   folio_nr_pages(folio), PMD_ORDER))
		return VM_FAULT_FALLBACK;
	/* The core would make it writable. A page's private copy is its business. */
	if (vma_fault_is_write(fault) && vma_is_cow_mapping(__vma_raw(vma_ref(fault))))
		return VM_FAULT_FALLBACK;
	if (vma_fault_check_huge(fault, PMD_ORDER))
		return VM_FAULT_SIGBUS;
	return vma_fault_note_huge(fault,
				   vmf_insert_folio_pmd(__vma_fault_raw(fault), folio,
							vma_fault_is_write(fault)),
				   PMD_ORDER);
#else
	return VM_FAULT_FALLBACK;
#endif
}
EXPORT_SYMBOL_GPL(vma_fault_insert_huge_page);

/*
 * The core looks at vmf->page after ->fault() only, which has a page table for the
 * page, or one allocated that is to be put in. ->huge_fault() has neither.
 */
static bool vma_fault_has_table(const struct vm_fault *vmf)
{
	pmd_t pmd;

	if (vmf->prealloc_pte || vmf->flags & FAULT_FLAG_ORIG_PTE_VALID)
		return true;
	/* Put in by another thread since the core looked, or none at all. */
	pmd = vmf->pmd ? pmdp_get_lockless(vmf->pmd) : __pmd(0);
	return pmd_present(pmd) && !pmd_leaf(pmd);
}

/**
 * vma_fault_return_page() - Have the core map a page where the fault was.
 * @fault: The handle.
 * @page: The page; the core gets a reference of its own.
 *
 * The core maps it after the hook, with reverse mapping. So the mapping cannot
 * be one of a vma_object, which might be revoked in between (R17), or of a kind
 * that is filled by inserts (R7).
 *
 * Context: Within ->fault(), and no other hook: the core would not look at @page,
 * or would map it in place of another.
 * Return: to be returned from the hook: 0; VM_FAULT_SIGBUS, with a warning, if
 * the VMA is VM_PFNMAP, VM_MIXEDMAP, or shows a vma_object, if @page is anonymous,
 * slab or other typed memory, the zero page, or without a reference, or if this is a
 * ->page_mkwrite() or ->pfn_mkwrite(); VM_FAULT_NOPAGE, with a warning, if it is a
 * ->huge_fault().
 */
vm_fault_t vma_fault_return_page(struct vma_fault *fault, struct page *page)
{
	const struct vm_area_struct *vma = __vma_raw(vma_ref(fault));

	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (WARN_ON_ONCE(vma_test_any(vma, VMA_PFNMAP_BIT, VMA_MIXEDMAP_BIT) ||
			 vma_ops_of_object(vma->vm_ops)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* What an insert would refuse, and the core here does not look at. */
	if (WARN_ON_ONCE(vma_page_is_foreign(page)))
		return vma_fault_refuse(VMA_REFUSED_PAGE);
	if (WARN_ON_ONCE(!vma_fault_has_table(__vma_fault_raw(fault)))) {
		vma_fault_refuse(VMA_REFUSED_KIND);
		return VM_FAULT_NOPAGE;
	}
	get_page(page);
	__vma_fault_raw(fault)->page = page;
	return 0;
}
EXPORT_SYMBOL_GPL(vma_fault_return_page);

/* ---- ->access() ------------------------------------------------------------- */

/*
 * The core asks ->access() where it cannot get at a page: for all of VM_IO and
 * VM_PFNMAP, and where the access is not allowed. It has not looked at the flags
 * then, and the length is what the other process asked for. FOLL_FORCE is not
 * passed on, so nobody gets here what the mapping's process has not got itself. In
 * a mapping that copies on write, the memory that @op knows may not be what is
 * mapped any more. As in a fault, an object's memory is there while it is live. (R17)
 */
int __vma_remote_access(struct vm_area_struct *vma, unsigned long addr,
			void *buf, int len, int write,
			int (*op)(struct vma_remote *remote))
{
	struct __vma_remote_args args = { vma, addr, buf, 0, write };
	struct vma_object *object = __vma_ref_object(vma_ref_from_op(vma));
	int ret;

	if (len <= 0 || addr < vma->vm_start || addr >= vma->vm_end)
		return __vma_refuse(VMA_REFUSED_RANGE, -EFAULT);
	if (!vma_test(vma, write ? VMA_WRITE_BIT : VMA_READ_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EACCES);
	if (vma_is_cow_mapping(vma))
		return __vma_refuse(VMA_REFUSED_COW, -EACCES);
	args.len = min_t(unsigned long, len, vma->vm_end - addr);
	if (object) {
		CLASS(vma_object_live, live)(object);

		if (!vma_object_is_live(&live))
			return -EIO;
		ret = op((struct vma_remote *)&args);
	} else {
		ret = op((struct vma_remote *)&args);
	}
	/* The other process gets as much of @buf, whose rest nobody has written. */
	if (WARN_ON_ONCE(ret > args.copied))
		return -EIO;
	return ret;
}
EXPORT_SYMBOL_GPL(__vma_remote_access);

/* Where in the object the access is, and how much of it the object has. */
static int vma_remote_within(const struct __vma_remote_args *args, size_t size,
			     unsigned long *offset)
{
	const struct vm_area_struct *vma = args->vma;
	pgoff_t index = linear_page_index(vma, args->addr);

	if (index > (ULONG_MAX >> PAGE_SHIFT))
		return __vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
	*offset = (index << PAGE_SHIFT) + offset_in_page(args->addr);
	if (*offset >= size)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
	return min_t(unsigned long, args->len, size - *offset);
}

/**
 * vma_remote_copy() - Do what another process asks of the mapping's memory.
 * @remote: The handle.
 * @object: What the mapping shows from offset 0 of the file on, or from where
 *          vma_new_rebase() says that it starts.
 * @size: Its size in bytes.
 *
 * Reads or writes, as was asked for, where the access is and no further than
 * @object and the mapping go (R6, R12).
 *
 * Context: Within the hook.
 * Return: to be returned from the hook: how many bytes were copied, which may be
 * fewer than asked for: the core asks again; -EFAULT if the access is beyond
 * @object.
 */
int vma_remote_copy(struct vma_remote *remote, void *object, size_t size)
{
	struct __vma_remote_args *args = __vma_remote_args(remote);
	unsigned long offset;
	int len = vma_remote_within(args, size, &offset);

	if (len < 0)
		return len;
	if (args->write)
		memcpy(object + offset, args->buf, len);
	else
		memcpy(args->buf, object + offset, len);
	args->copied = len;
	return len;
}
EXPORT_SYMBOL_GPL(vma_remote_copy);

/**
 * vma_remote_copy_mapped() - Do what another process asks of what is mapped.
 * @remote: The handle.
 *
 * For registers and other memory without pages of the kernel's own: finds the page
 * frame by the page table, and checks there, too, that a write is allowed.
 *
 * Context: Within the hook. May sleep.
 * Return: to be returned from the hook: how many bytes were copied, all of one
 * page, which may be fewer than asked for: the core asks again; -EINVAL if no page
 * frame is mapped there, it is one of ordinary memory, or may not be written;
 * -ENOMEM.
 */
int vma_remote_copy_mapped(struct vma_remote *remote)
{
	struct __vma_remote_args *args = __vma_remote_args(remote);
	int len = -EINVAL;

#ifdef CONFIG_HAVE_IOREMAP_PROT
	len = generic_access_phys(args->vma, args->addr, args->buf, args->len,
				  args->write);
#endif
	args->copied = max(len, 0);
	return len;
}
EXPORT_SYMBOL_GPL(vma_remote_copy_mapped);
