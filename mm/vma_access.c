// SPDX-License-Identifier: GPL-2.0
/*
 * Typed access to virtual memory areas (VMAs) for drivers: the functions that
 * are not inline in <linux/vma_access.h>.
 *
 * Modules call the functions exported here. The core functions below these,
 * such as lock_vma_under_rcu() and zap_vma_range(), need no export.
 */
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/vma_access.h>

#include "internal.h"
#include "vma_access_internal.h"

/* ---- the VMA read guard --------------------------------------------------- */

/*
 * Trade the mmap lock for the VMA lock. No VMA can be write-locked while the
 * mmap lock is held for read, so this does not wait. It fails only if the
 * reader count of the VMA is exhausted.
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

/*
 * Called with the mmap lock held for read. If there is no VMA lock and this
 * succeeds, the guard keeps the mmap lock; otherwise it is released here.
 */
struct vma_ref *__vma_read_step_down(struct mm_with_user *user, unsigned long addr)
	__no_context_analysis
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

/* The same for the try form, which tries the mmap lock itself. */
struct vma_ref *__vma_read_try(struct mm_with_user *user, unsigned long addr)
	__no_context_analysis
{
	if (mmap_read_trylock(__mm_with_user_raw(user)))
		return __vma_read_step_down(user, addr);
	return ERR_PTR(__vma_refuse(VMA_REFUSED_CONTENDED, -EAGAIN));
}
EXPORT_SYMBOL_GPL(__vma_read_try);

/* lock_vma_under_rcu(), which is not exported. */
struct vma_ref *__vma_read_lock(struct mm_with_user *user, unsigned long addr)
{
	return (struct vma_ref *)lock_vma_under_rcu(__mm_with_user_raw(user), addr);
}
EXPORT_SYMBOL_GPL(__vma_read_lock);

/* ---- vma_ref ------------------------------------------------------------------ */

/* vma_ref_zap_range(), after all checks. */
void __vma_zap(struct vm_area_struct *vma, unsigned long addr, unsigned long size)
{
	__vma_note_zap(vma, addr, size);
	zap_vma_range(vma, addr, size);
}
EXPORT_SYMBOL_GPL(__vma_zap);

/* ---- page frames ------------------------------------------------------------ */

/*
 * Check that a page table entry can hold @pfn. The core would silently drop the
 * bits that do not fit.
 */
static bool vma_pfn_fits(unsigned long pfn)
{
	/* @pfn must fit phys_addr_t, even if an entry has room for more. */
	if (PHYS_PFN(PFN_PHYS(pfn)) != pfn)
		return false;
#ifdef PTE_RPN_MASK
	/* pfn_pte() of powerpc has a VM_BUG_ON() for larger ones. (R18) */
	if (PFN_PHYS(pfn) & ~(phys_addr_t)PTE_RPN_MASK)
		return false;
#endif
#ifdef ARCH_HAS_VALID_PHYS_ADDR_RANGE
	/* A reserved bit in an entry causes an Oops when user space uses it. */
	if (!valid_mmap_phys_addr_range(pfn, PAGE_SIZE))
		return false;
#endif
	/* Use a present entry: x86 inverts the PFN of the others. */
	return pte_pfn(pfn_pte(pfn, PAGE_KERNEL)) == pfn;
}

/*
 * Check that @nr page frames from @pfn on may be mapped. This does not warn,
 * because user space often provides the offset behind @pfn (R18). If the last
 * frame fits an entry all lower ones do, so only the last one is checked for
 * that.
 */
int vma_check_pfns(unsigned long pfn, unsigned long nr)
{
	unsigned long i, step;

	if (nr - 1 > ULONG_MAX - pfn || !vma_pfn_fits(pfn + nr - 1))
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	for (i = 0; i < nr; i += step) {
		struct page *page = pfn_to_online_page(pfn + i);

		if (page && folio_is_kernels(page_folio(page)))
			return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
		/* Step over a whole block: a device's memory can be large. */
		step = page ? 1 : VMA_PFNS_ALIKE - (pfn + i) % VMA_PFNS_ALIKE;
	}
	return 0;
}

/* ---- vma_mixedmap --------------------------------------------------------- */

/**
 * vma_mixedmap_get_page() - Get the page that is mapped at an address.
 * @vma: The handle.
 * @addr: The address, page-aligned.
 *
 * This never faults a page in. It works under a VMA read guard, while
 * get_user_pages_remote() needs the mmap lock. So after an insert has returned
 * -EBUSY you can look up the page in the way under the same guard. In a
 * mapping that allows copy-on-write the page may be a private copy of the one
 * that was inserted.
 *
 * Context: Task context. Does not sleep.
 * Return: the page, with a reference that the caller drops with put_page(); or
 * an ERR_PTR() of
 * -EINVAL if @addr is not page-aligned;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -ENOENT if nothing is mapped there, or if the entry is for a PFN without
 * struct page, the zero page or a huge page, or is a swap or migration entry.
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
	 * folio_walk_start() cannot be used because it needs the mmap lock. The
	 * VMA is stable, so the page tables above the last level stay. The last
	 * level may be reclaimed or replaced: pte_offset_map_lock() handles
	 * that.
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
	/* The entry holds a reference, and stays while the lock is held. */
	if (page && !try_get_page(page))
		page = NULL;
	pte_unmap_unlock(pte, ptl);

	return page ?: ERR_PTR(-ENOENT);
}
EXPORT_SYMBOL_GPL(vma_mixedmap_get_page);

/* ---- vma_pfnmap ------------------------------------------------------------------ */

/**
 * vma_pfnmap_insert_pfn() - Map one page frame.
 * @vma: The handle.
 * @addr: Where to, page-aligned.
 * @pfn: The page frame number.
 * @prot: VMA_PROT_OWN for the VMA's protection, or how to derive another from
 *        it (R11).
 *
 * The entry holds no reference to the memory. The driver has to unmap it before
 * it frees or reuses the memory (R17).
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0 if @pfn is mapped now, or if another entry was there already, which
 * stays. Otherwise nothing was mapped and the result is
 * -EINVAL if @addr is not page-aligned, or @pfn cannot be mapped: a page table
 * entry has no room for it, the processor has fewer address bits, or the kernel
 * itself uses the memory, such as slab, page tables and free memory;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EACCES if the architecture does not allow this mapping;
 * -ENOMEM if there is no page table for it (see vma_mixedmap_insert_page()).
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
	/* The handle excludes the BUG_ON()s of vmf_insert_pfn_prot(). (R18) */
	pgprot = __vma_prot_derive(raw->vm_page_prot, prot);
	err = vma_pfn_errno(vmf_insert_pfn_prot(raw, addr, pfn, pgprot));
	__vma_note_insert(raw, addr, !err, err);
	return err;
}
EXPORT_SYMBOL_GPL(vma_pfnmap_insert_pfn);
