// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: fault handlers.
 */
#include <linux/export.h>
#include <linux/pagemap.h>
#include <linux/vma_access.h>

#include "internal.h"
#include "vma_access_internal.h"

/* Count a refusal, and return the result for the hook. */
static vm_fault_t vma_fault_refuse(enum vma_refusal why)
{
	__vma_refuse(why, -EINVAL);
	return VM_FAULT_SIGBUS;
}

static bool vma_takes_pages(const struct vm_area_struct *vma)
{
	return vma_test(vma, VMA_MIXEDMAP_BIT);
}

/* vmf_insert_pfn_prot() has BUG_ON()s for such VMAs. (R7, R18) */
static bool vma_takes_pfns(const struct vm_area_struct *vma)
{
	return vma_test(vma, VMA_PFNMAP_BIT) && !vma_is_cow_mapping(vma);
}

/*
 * Does the page belong to somebody else, so that a driver must not map it? The
 * zero page is shared by all, and the core would count its mappings here, which
 * it does not do elsewhere. A page without a reference is free; an overflowed
 * reference count is negative. folio_get() has a VM_BUG_ON() for both.
 */
static bool vma_page_is_foreign(const struct page *page)
{
	/* For a compound page the type, such as slab, is in the first page. */
	return PageAnon(page) || page_has_type(compound_head(page)) ||
	       is_zero_page(page) || page_count(page) <= 0;
}

/*
 * ->page_mkwrite() and ->pfn_mkwrite() are called for an entry that exists. An
 * insert would not change it, so the access would be tried again forever. A
 * returned page would replace the one that the core is about to map.
 */
static bool vma_fault_is_mkwrite(const struct vma_fault *fault)
{
	return __vma_fault_raw(fault)->flags & FAULT_FLAG_MKWRITE;
}

/*
 * If another thread's ->huge_fault() has put a huge entry there first,
 * inserting fails with VM_FAULT_OOM. Return VM_FAULT_NOPAGE instead: the access
 * is tried again and finds the entry.
 */
static vm_fault_t vma_fault_inserted(struct vma_fault *fault, vm_fault_t ret)
{
	pmd_t *pmd = __vma_fault_raw(fault)->pmd;
	pud_t *pud = __vma_fault_raw(fault)->pud;

	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (ret != VM_FAULT_OOM)
		return ret;
	/* vmf->pmd is not set yet if ->huge_fault() was called for a PUD. */
	if ((pmd && pmd_trans_huge(pmdp_get_lockless(pmd))) ||
	    (pud && pud_trans_huge(pudp_get(pud))))
		return VM_FAULT_NOPAGE;
	return ret;
}

/* Out of line, to keep the success path small. */
static noinline vm_fault_t vma_fault_failed(struct vma_fault *fault, int err)
{
	return vma_fault_inserted(fault, __vma_fault_result(err));
}

/* Out-of-line part of vma_fault_drop_lock(). */
vm_fault_t __vma_fault_drop_lock(struct vma_fault **fault, struct file **file)
	__no_context_analysis
{
	struct vm_fault *vmf = __vma_fault_raw(*fault);

	if (WARN_ON_ONCE(!vmf))
		return VM_FAULT_RETRY;
	*file = NULL;
	/* Nothing would keep the owner until its lock is released. (R17) */
	if (WARN_ON_ONCE(vma_owner_locked(vmf->vma)))
		return 0;
	/* The caller of ->pfn_mkwrite() uses the VMA after any result. */
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
 * @page: The page. The mapping takes its own reference.
 *
 * Context: Within the hook.
 * Return: a value to return from the hook:
 * VM_FAULT_NOPAGE if the page is mapped now, or another thread was first;
 * VM_FAULT_OOM if there is no memory for page tables;
 * VM_FAULT_HWPOISON if the memory of @page has failed;
 * VM_FAULT_SIGBUS if @page cannot be inserted (see vma_mixedmap_insert_page());
 * VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_MIXEDMAP (R7), or this
 * is a ->page_mkwrite() or ->pfn_mkwrite(), where nothing can be inserted.
 */
vm_fault_t vma_fault_insert_page(struct vma_fault *fault, struct page *page)
{
	struct vm_area_struct *vma = __vma_raw(vma_fault_ref(fault));
	unsigned long addr = vma_fault_addr(fault);
	int err;

	if (WARN_ON_ONCE(!vma_takes_pages(vma)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* As the core does with a page that a hook returns. */
	if (unlikely(PageHWPoison(page))) {
		vma_fault_refuse(VMA_REFUSED_PAGE);
		return VM_FAULT_HWPOISON;
	}
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
 * Return: a value to return from the hook:
 * VM_FAULT_NOPAGE if the page frame is mapped now, or another thread was first;
 * VM_FAULT_OOM if there is no memory for page tables;
 * VM_FAULT_SIGBUS if @pfn cannot be mapped (see vma_pfnmap_insert_pfn()), or
 * the architecture does not allow it;
 * VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_PFNMAP or is
 * copy-on-write (R7), or this is a ->page_mkwrite() or ->pfn_mkwrite().
 */
vm_fault_t vma_fault_insert_pfn(struct vma_fault *fault, unsigned long pfn,
				enum vma_prot prot)
{
	struct vm_area_struct *vma = __vma_raw(vma_fault_ref(fault));
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
 * vma_fault_insert_page_pfns() - Map page frames at and around a fault.
 * @fault: The handle.
 * @pages: The pages of the object in their order, with NULL for each page that
 *         is not there. The mapping takes no references.
 * @index: The index of the page that was accessed: see vma_fault_index().
 * @nr_pages: The number of entries of @pages.
 *
 * Besides the page that was accessed, by a read or a write, this maps pages next
 * to it, to save faults: those in the range that the core maps around a fault in
 * a file, in the VMA and in @pages (R6, R12). An entry that is there stays. A
 * page that vma_fault_insert_pfn() would refuse is left out. All are mapped
 * before this returns. So if the caller holds the object with
 * CLASS(vma_object_live, ...), or by a lock that it also takes to unmap, a revoke
 * misses none (R17).
 *
 * The memory type is looked up once for each folio, so all of its pages must
 * have the same. The trace event has only the page that was accessed.
 *
 * Context: Within ->fault().
 * Return: a value to return from the hook, as for vma_fault_insert_pfn() of the
 * page that was accessed, whether others were mapped or not; also
 * VM_FAULT_SIGBUS if @index is not less than @nr_pages, or the page is NULL.
 */
vm_fault_t vma_fault_insert_page_pfns(struct vma_fault *fault, struct page **pages,
				      unsigned long index, unsigned long nr_pages)
{
	vm_fault_t ret;

	if (index >= nr_pages || !pages[index])
		return vma_fault_refuse(VMA_REFUSED_OBJECT);
	ret = vma_fault_insert_pfn(fault, page_to_pfn(pages[index]), VMA_PROT_OWN);
	if (ret == VM_FAULT_NOPAGE)
		vmf_map_pfns_around(__vma_fault_raw(fault), pages, index, nr_pages);
	return ret;
}
EXPORT_SYMBOL_GPL(vma_fault_insert_page_pfns);

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * Would one huge entry around the fault show the right memory at each address?
 * The address and the memory must have the same offset in a huge page, and the
 * whole entry must show the one piece of memory.
 */
static bool vma_fault_huge_covers(struct vma_fault *fault, unsigned long pfn,
				  unsigned long index, unsigned long nr_pages,
				  unsigned int order)
{
	unsigned long nr = 1UL << order;
	unsigned long before = (vma_fault_addr(fault) >> PAGE_SHIFT) & (nr - 1);

	if (before != (pfn & (nr - 1)))
		return false;
	/* Nothing wraps, because @index is less than @nr_pages. */
	return before <= index && nr - before <= nr_pages - index;
}

/* Is all of the huge page around the fault inside the VMA? */
static bool vma_fault_huge_fits(struct vma_fault *fault, unsigned int order)
{
	const struct vm_area_struct *vma = __vma_raw(vma_fault_ref(fault));
	unsigned long size = PAGE_SIZE << order;
	unsigned long addr = ALIGN_DOWN(vma_fault_addr(fault), size);

	return addr >= vma->vm_start && size <= vma->vm_end - addr;
}

static int vma_fault_check_huge(struct vma_fault *fault, unsigned int order)
{
	return __vma_check_insert(__vma_raw(vma_fault_ref(fault)),
				  ALIGN_DOWN(vma_fault_addr(fault), PAGE_SIZE << order),
				  1UL << order);
}

static vm_fault_t vma_fault_note_huge(struct vma_fault *fault, vm_fault_t ret,
				      unsigned int order)
{
	int err = vma_pfn_errno(ret);

	/* Nothing was inserted, and it is no error: a smaller entry follows. */
	if (ret & VM_FAULT_FALLBACK)
		return ret;
	__vma_note_insert(__vma_raw(vma_fault_ref(fault)),
			  ALIGN_DOWN(vma_fault_addr(fault), PAGE_SIZE << order),
			  err ? 0 : 1UL << order, err);
	return ret;
}
#endif

/**
 * vma_fault_insert_huge_pfn() - Map page frames around the fault by one entry.
 * @fault: The handle.
 * @pfn: The page frame number that belongs at the fault's address, as for
 *       vma_fault_insert_pfn(). It need not be aligned.
 * @index: The index of @pfn in a piece of memory whose page frames are
 *         contiguous.
 * @nr_pages: The size of that piece in pages.
 * @order: The order that ->huge_fault() was called with. 0, as for ->fault(),
 *         maps the one page frame, with the VMA's own protection.
 *
 * The entry also maps the page frames around @pfn, before any access to them.
 * So it is made only if each of its addresses gets the page frame that a fault
 * there would have given it: the address and the page frame number have the
 * same offset in the entry, and the whole entry lies inside the VMA and inside
 * the piece (R6, R12).
 *
 * Context: Within ->huge_fault(); with @order 0 also within ->fault(), which
 * must not return VM_FAULT_FALLBACK.
 * Return: with @order 0, as vma_fault_insert_pfn(), or VM_FAULT_SIGBUS if @index
 * is not less than @nr_pages. Otherwise a value to return from the hook:
 * VM_FAULT_NOPAGE if the entry is mapped now, or another thread was first with
 * one;
 * VM_FAULT_FALLBACK, after which the core tries smaller entries, if this
 * machine has no such entry, it would show anything else than described above,
 * one of the page frames cannot be mapped (see vma_pfnmap_insert_pfn()), or a
 * smaller entry was put there meanwhile;
 * VM_FAULT_OOM if there is no memory for page tables;
 * VM_FAULT_SIGBUS if @index is not less than @nr_pages;
 * VM_FAULT_SIGBUS, with a warning, if the VMA is not VM_PFNMAP or is
 * copy-on-write (R7, R18), or this is a ->page_mkwrite() or ->pfn_mkwrite().
 */
vm_fault_t vma_fault_insert_huge_pfn(struct vma_fault *fault, unsigned long pfn,
				     unsigned long index, unsigned long nr_pages,
				     unsigned int order)
{
	if (WARN_ON_ONCE(!vma_takes_pfns(__vma_raw(vma_fault_ref(fault)))))
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

/*
 * The core uses vmf->page only after ->fault(), where a page table for the page
 * exists or has been allocated. ->huge_fault() has neither.
 */
static bool vma_fault_has_table(const struct vm_fault *vmf)
{
	pmd_t pmd;

	/* Only ->fault() finds a page for the copy of a private mapping. */
	if (vmf->prealloc_pte || vmf->cow_page || vmf->flags & FAULT_FLAG_ORIG_PTE_VALID)
		return true;
	/* There may be no PMD, or another thread may have added the table. */
	pmd = vmf->pmd ? pmdp_get_lockless(vmf->pmd) : __pmd(0);
	return pmd_present(pmd) && !pmd_leaf(pmd);
}

/**
 * vma_fault_return_page() - Let the core map a page where the fault was.
 * @fault: The handle.
 * @page: The page. The core gets its own reference.
 *
 * The core maps the page after the hook, with reverse mapping. So the mapping
 * cannot show an object, because that might be revoked in between (R17), or be
 * of a kind that is filled by inserts (R7).
 *
 * If @page is a part of a folio and the file has a size, as a dma-buf has, the
 * core may map the folio's other pages beside it, without another fault. So the
 * object must consist of such a folio's pages in their order.
 *
 * Context: Within ->fault() only. In other hooks the core would ignore @page,
 * or would map it in place of another page.
 * Return: a value to return from the hook:
 * 0 if the core maps the page;
 * VM_FAULT_SIGBUS, with a warning, if the VMA is VM_PFNMAP or VM_MIXEDMAP, or
 * shows an object, if @page is anonymous, slab or other typed memory, the zero
 * page, or without a reference, or if this is a ->page_mkwrite() or
 * ->pfn_mkwrite();
 * VM_FAULT_NOPAGE, so that the access faults again, if this is a ->huge_fault(),
 * with a warning where that is certain, or if the VMA has such a hook and its
 * page table was reclaimed meanwhile.
 */
vm_fault_t vma_fault_return_page(struct vma_fault *fault, struct page *page)
{
	const struct vm_area_struct *vma = __vma_raw(vma_fault_ref(fault));

	if (WARN_ON_ONCE(vma_fault_is_mkwrite(fault)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	if (WARN_ON_ONCE(vma_test_any(vma, VMA_PFNMAP_BIT, VMA_MIXEDMAP_BIT) ||
			 vma_ops_counted(vma->vm_ops)))
		return vma_fault_refuse(VMA_REFUSED_KIND);
	/* Inserts refuse such a page, but the core does not check it here. */
	if (WARN_ON_ONCE(vma_page_is_foreign(page)))
		return vma_fault_refuse(VMA_REFUSED_PAGE);
	/*
	 * No table: this is ->huge_fault(), or the table was reclaimed since.
	 * Without a PMD it is certainly the former, so warn. (R18)
	 */
	if (vma->vm_ops->huge_fault && !vma_fault_has_table(__vma_fault_raw(fault))) {
		WARN_ON_ONCE(!__vma_fault_raw(fault)->pmd);
		vma_fault_refuse(VMA_REFUSED_KIND);
		return VM_FAULT_NOPAGE;
	}
	get_page(page);
	__vma_fault_raw(fault)->page = page;
	return 0;
}
EXPORT_SYMBOL_GPL(vma_fault_return_page);
