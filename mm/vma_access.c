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
#include <linux/minmax.h>
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
 * -EINVAL if @addr is not page-aligned, or @pfn has a struct page: that is to be
 * inserted as a page, with a reference (R7; the core has a BUG_ON(), R18);
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EACCES if the architecture does not let it be mapped;
 * -ENOMEM if there was no page table to be had.
 */
int vma_mixedmap_insert_pfn(struct vma_mixedmap *vma, unsigned long addr,
			    unsigned long pfn)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, PAGE_SIZE);

	if (err)
		return err;
	if (pfn_valid(pfn))
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
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
 * -EINVAL if @addr is not page-aligned;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EACCES if the architecture does not let it be mapped;
 * -ENOMEM if there was no page table to be had.
 */
int vma_pfnmap_insert_pfn(struct vma_pfnmap *vma, unsigned long addr,
			  unsigned long pfn, enum vma_prot prot)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, PAGE_SIZE);
	pgprot_t pgprot;

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
 * everybody's: the core does not count its mappings, and would here.
 */
static bool vma_page_is_foreign(const struct page *page)
{
	/* The type of slab and other such memory is that of the first page. */
	return PageAnon(page) || page_has_type(compound_head(page)) ||
	       is_zero_page(page);
}

/*
 * A huge entry in the way, which ->huge_fault() of another thread was first to
 * put there, is no lack of memory: the access is tried again, and finds it.
 */
static vm_fault_t vma_fault_inserted(struct vma_fault *fault, vm_fault_t ret)
{
	pmd_t *pmd = __vma_fault_raw(fault)->pmd;

	if (ret == VM_FAULT_OOM && pmd && pmd_trans_huge(pmdp_get_lockless(pmd)))
		return VM_FAULT_NOPAGE;
	return ret;
}

/* A function, for what does not fail to be short. */
static noinline vm_fault_t vma_fault_failed(struct vma_fault *fault, int err)
{
	return vma_fault_inserted(fault, vma_fault_result(err));
}

/**
 * vma_fault_insert_page() - Map a page where the fault was.
 * @fault: The handle.
 * @page: The page; the mapping takes a reference of its own.
 *
 * Context: Within the hook.
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if the page is mapped
 * now, or somebody else was first; VM_FAULT_OOM; VM_FAULT_SIGBUS if @page is none
 * to be inserted, or, with a warning, the VMA is not VM_MIXEDMAP (R7).
 */
vm_fault_t vma_fault_insert_page(struct vma_fault *fault, struct page *page)
{
	struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	int err;

	if (WARN_ON_ONCE(!vma_takes_pages(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
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
 * somebody else was first; VM_FAULT_OOM; VM_FAULT_SIGBUS if the architecture
 * does not let it be mapped, or, with a warning, the VMA is not VM_PFNMAP or
 * copies on write (R7).
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
 * Return: as vma_fault_insert_page(), and VM_FAULT_SIGBUS also if the architecture
 * does not let it be mapped.
 */
vm_fault_t vma_fault_insert_mixed(struct vma_fault *fault, unsigned long pfn)
{
	struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	vm_fault_t ret;
	int err;

	if (WARN_ON_ONCE(!vma_takes_pages(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	ret = vmf_insert_mixed(vma, addr, pfn);
	err = vma_pfn_errno(ret);
	__vma_note_insert(vma, addr, !err, err);
	return vma_fault_inserted(fault, ret);
}
EXPORT_SYMBOL_GPL(vma_fault_insert_mixed);

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* Is all of the huge page around the fault inside the VMA? */
static bool vma_fault_huge_fits(struct vma_fault *fault, unsigned int order)
{
	const struct vm_area_struct *vma = __vma_raw(vma_ref(fault));
	unsigned long size = PAGE_SIZE << order;
	unsigned long addr = ALIGN_DOWN(vma_fault_addr(fault), size);

	return addr >= vma->vm_start && size <= vma->vm_end - addr;
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
 * vma_fault_insert_huge_pfn() - Map a huge page frame around the fault.
 * @fault: The handle.
 * @pfn: The page frame number of what belongs at the fault's address rounded
 *       down to the huge page's size.
 * @order: The order that ->huge_fault() was asked for.
 *
 * Context: Within ->huge_fault().
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if it is mapped now, or
 * somebody else was first with one; VM_FAULT_FALLBACK if there is no such entry
 * on this machine, it would reach beyond the VMA (R6), @pfn is not aligned to it,
 * or a smaller one was put there meanwhile: the core tries smaller ones;
 * VM_FAULT_OOM; VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_PFNMAP or
 * copies on write (R7, R18).
 */
vm_fault_t vma_fault_insert_huge_pfn(struct vma_fault *fault, unsigned long pfn,
				     unsigned int order)
{
	if (WARN_ON_ONCE(!vma_takes_pfns(__vma_raw(vma_ref(fault)))))
		return vma_fault_refuse(VMA_REFUSED_KIND);
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	if (!IS_ALIGNED(pfn, 1UL << order) || !vma_fault_huge_fits(fault, order))
		return VM_FAULT_FALLBACK;
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
 * vma_fault_insert_folio() - Map a huge folio around the fault.
 * @fault: The handle.
 * @folio: What belongs at the fault's address rounded down to the folio's size;
 *         the mapping takes a reference of its own.
 *
 * Context: Within ->huge_fault().
 * Return: to be returned from the hook: VM_FAULT_NOPAGE if it is mapped now, or
 * somebody else was first with one; VM_FAULT_FALLBACK if a folio of this size is
 * not mapped by one entry, it would reach beyond the VMA (R6), a page was put there
 * meanwhile, or it is a write to a mapping that copies on write; VM_FAULT_OOM;
 * VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_MIXEDMAP (R7), or @folio
 * is anonymous, slab or other typed memory, or the zero page.
 */
vm_fault_t vma_fault_insert_folio(struct vma_fault *fault, struct folio *folio)
{
	if (WARN_ON_ONCE(!vma_takes_pages(__vma_raw(vma_ref(fault)))))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* The core does not look, and would count its mappings as a file's. */
	if (WARN_ON_ONCE(vma_page_is_foreign(folio_page(folio, 0))))
		return vma_fault_refuse(VMA_REFUSED_PAGE);
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	if (folio_order(folio) != PMD_ORDER || !vma_fault_huge_fits(fault, PMD_ORDER))
		return VM_FAULT_FALLBACK;
	/* The core would make it writable. A page's private copy is its business. */
	if (vma_fault_is_write(fault) && vma_is_cow_mapping(__vma_raw(vma_ref(fault))))
		return VM_FAULT_FALLBACK;
	return vma_fault_note_huge(fault,
				   vmf_insert_folio_pmd(__vma_fault_raw(fault), folio,
							vma_fault_is_write(fault)),
				   PMD_ORDER);
#else
	return VM_FAULT_FALLBACK;
#endif
}
EXPORT_SYMBOL_GPL(vma_fault_insert_folio);

/**
 * vma_fault_return_page() - Have the core map a page where the fault was.
 * @fault: The handle.
 * @page: The page; the core gets a reference of its own.
 *
 * The core maps it after the hook, with reverse mapping. So the mapping cannot
 * be one of a vma_object, which might be revoked in between (R17), or of a kind
 * that is filled by inserts (R7).
 *
 * Context: Within ->fault().
 * Return: to be returned from the hook: 0; VM_FAULT_SIGBUS, with a warning, if
 * the VMA is VM_PFNMAP, VM_MIXEDMAP, or shows a vma_object, or if @page is
 * anonymous, slab or other typed memory, or the zero page.
 */
vm_fault_t vma_fault_return_page(struct vma_fault *fault, struct page *page)
{
	const struct vm_area_struct *vma = __vma_raw(vma_ref(fault));

	if (WARN_ON_ONCE(vma_test_any(vma, VMA_PFNMAP_BIT, VMA_MIXEDMAP_BIT) ||
			 vma_ops_of_object(vma->vm_ops)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* What an insert would refuse, and the core here does not look at. */
	if (WARN_ON_ONCE(vma_page_is_foreign(page)))
		return vma_fault_refuse(VMA_REFUSED_PAGE);
	get_page(page);
	__vma_fault_raw(fault)->page = page;
	return 0;
}
EXPORT_SYMBOL_GPL(vma_fault_return_page);
