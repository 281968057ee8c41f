// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: inserting pages into
 * VMAs in use, and getting pages from them. See ../vma_access_test.c for how
 * these tests work, and vma_access_test_pages.c for the file that they map.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "vma_access_test_pages.h"

KUNIT_ARRAY_PARAM_DESC(vat_range, vat_ranges, desc);

/* ---- inserting pages ---------------------------------------------------- */

/* A page that must not be inserted: it is slab memory. */
static struct page *vat_slab_page(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	return virt_to_head_page(slab);
}

/* R13: an entry is one reference, for as long as it exists. */
static void vma_access_mixedmap_insert_page_once(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(VAT_PAGES - 1),
					      obj->pages[VAT_PAGES - 1]), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(0) | BIT(VAT_PAGES - 1));

	KUNIT_EXPECT_EQ(test, vm_munmap(VAT_ADDR, VAT_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/* R6, R13, R18: each failure has its errno, and maps and keeps nothing. */
static void vma_access_mixedmap_insert_page_fails(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct page *page = obj->pages[1];
	unsigned long refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1) + 1, page), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(2) - 1, page), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1), vat_slab_page(test)),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR - PAGE_SIZE, page),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_END, page), -EFAULT);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), page), -EBUSY);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	/* Not aligned; all other errors come from the core. */
	VAT_EXPECT_REFUSED(test, refused, 2);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1)), ERR_PTR(-ENOENT));
	vat_expect_unlocked(test);
}

/* Drivers must not map typed memory: its first page, and a later one. */
static void vma_access_mixedmap_insert_typed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	unsigned long inserted;
	struct page *tail;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	vat_map(test, test->priv, &vat_mixed);
	__folio_set_offline(page_folio(page));
	for (i = 0; i < 2; i++) {
		tail = page + i;
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, tail), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, &tail, 1, &inserted),
				-EINVAL);
	}
	__folio_clear_offline(page_folio(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAT_ADDR, VAT_SIZE), 0);
	__free_pages(page, 1);
}

/* Any page of a compound page can be inserted; the whole is referenced. */
static void vma_access_mixedmap_insert_compound(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	struct page *got;

	KUNIT_ASSERT_NOT_NULL(test, page);
	vat_map(test, test->priv, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, page + 1), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	got = vat_get_page(VAT_ADDR);
	KUNIT_EXPECT_PTR_EQ(test, got, page + 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 3);
	if (!IS_ERR(got))
		put_page(got);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
}

/* R13: a batch crosses the end of a page table, and reports its size. */
static void vma_access_mixedmap_insert_pages_all(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, VAT_PAGES,
					       &inserted), 0);
	KUNIT_EXPECT_EQ(test, inserted, VAT_PAGES);
	vat_expect_in_place(test, obj, VAT_PAGES);
}

static const struct vat_partial {
	const char *desc;
	unsigned int stop;
	bool occupied;
	int err;
} vat_partials[] = {
	{ "occupied at once", 0, true, -EBUSY },
	{ "occupied at the table's end", 3, true, -EBUSY },
	{ "occupied at the table's start", 4, true, -EBUSY },
	{ "occupied in the middle", 9, true, -EBUSY },
	{ "occupied at the last", VAT_PAGES - 1, true, -EBUSY },
	{ "bad page at once", 0, false, -EINVAL },
	{ "bad page in the middle", 9, false, -EINVAL },
	{ "bad page at the last", VAT_PAGES - 1, false, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(vat_partial, vat_partials, desc);

/* R13: if it stops in the middle, exactly the pages before it are mapped. */
static void vma_access_mixedmap_insert_pages_partly(struct kunit *test)
{
	const struct vat_partial *param = test->param_value;
	struct vat_object *obj = test->priv;
	struct vat_object *other = vat_object_new(test);
	struct page *pages[VAT_PAGES];
	unsigned long inserted = ~0UL;

	vat_map(test, obj, &vat_mixed);
	memcpy(pages, obj->pages, sizeof(pages));
	if (param->occupied)
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(param->stop),
						      other->pages[0]), 0);
	else
		pages[param->stop] = vat_slab_page(test);

	KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, pages, VAT_PAGES,
					       &inserted), param->err);
	KUNIT_EXPECT_EQ(test, inserted, param->stop);
	vat_expect_in_place(test, obj, param->stop);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, other), param->occupied);

	/* The caller can remove them, or go on after the one that failed. */
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, other), 0);
}

/* R6, R13: a bad range is refused before anything is mapped; @inserted is 0. */
static void vma_access_mixedmap_insert_pages_bad(struct kunit *test)
{
	const struct vat_range *range = test->param_value;
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL, refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vat_insert_pages(range->addr, obj->pages,
						       range->size >> PAGE_SHIFT,
						       &inserted), range->err);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, inserted, 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
	vat_expect_unlocked(test);
}

/* R6: a number of pages whose size in bytes wraps to a valid one, or to 0. */
static void vma_access_mixedmap_insert_pages_wraps(struct kunit *test)
{
	const unsigned long wrap = 1UL << (BITS_PER_LONG - PAGE_SHIFT);
	struct vat_object *obj = test->priv;
	unsigned long nr, inserted, refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	/* If the size wrapped to one page, the next one would be occupied. */
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1), obj->pages[1]), 0);
	for (nr = wrap; nr <= wrap + 1; nr++) {
		inserted = ~0UL;
		KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, nr,
						       &inserted), -EFAULT);
		KUNIT_EXPECT_EQ(test, inserted, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 2);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(1));
}

/* ---- getting pages ------------------------------------------------------ */

/* The mapped page is returned with a reference, and nothing changes. */
static void vma_access_mixedmap_get_page_refs(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct page *page;

	vat_map_full(test, obj);
	page = vat_get_page(VAT_AT(7));
	KUNIT_ASSERT_PTR_EQ(test, page, obj->pages[7]);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	/* The reference is the caller's, also after the mapping has gone. */
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(7), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	vat_expect_unlocked(test);
}

/* Nothing is faulted in; any level of the page tables may be missing. */
static void vma_access_mixedmap_get_page_none(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1)), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(4)), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(0)), ERR_PTR(-ENOENT));
	vat_expect_unlocked(test);
}

/* R6: the address is checked as a range of one page. */
static void vma_access_mixedmap_get_page_bad(struct kunit *test)
{
	vat_map_full(test, test->priv);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1) + 1), ERR_PTR(-EINVAL));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR - PAGE_SIZE), ERR_PTR(-EFAULT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_END), ERR_PTR(-EFAULT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_END + PAGE_SIZE), ERR_PTR(-EFAULT));
}

/* A PFN without struct page is not returned, although it is mapped. */
static void vma_access_mixedmap_get_page_special(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	if (!IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL))
		kunit_skip(test, "a PFN that has a page is inserted as that page");

	vat_map(test, obj, &vat_mixed);
	{
		ACQUIRE(vma_read, guard)(user, VAT_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma)
			ret = vmf_insert_mixed(__vma_raw(vma), VAT_ADDR,
					       page_to_pfn(obj->pages[0]));
	}
	VAT_EXPECT_FAULT(test, ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[1]), -EBUSY);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/*
 * The same for the page tables above the last level. A mapping that covers more
 * than one entry of the topmost level has one page, in the first table of each
 * level. Addresses in each missing table are tested, because a walk that does
 * not notice a missing table reads the memory at 0.
 */
static void vma_access_mixedmap_get_page_no_table(struct kunit *test)
{
	const unsigned long sizes[] = {
		PAGE_SIZE, PMD_SIZE, PUD_SIZE, P4D_SIZE, PGDIR_SIZE,
	};
	const unsigned long size = 3 * PGDIR_SIZE;
	struct vat_object *obj = test->priv;
	unsigned long at;
	int i;

	if (size > arch_get_mmap_end(VAT_ADDR, size, MAP_FIXED) / 2)
		kunit_skip(test, "the topmost table has too few entries");

	vat_map_size(test, obj, &vat_mixed, size);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	for (i = 1; i < ARRAY_SIZE(sizes); i++)
		for (at = sizes[i]; at <= 2 * sizes[i]; at += sizes[i - 1])
			KUNIT_ASSERT_PTR_EQ_MSG(test, vat_get_page(VAT_ADDR + at),
						ERR_PTR(-ENOENT), "at %#lx", at);
	vat_expect_unlocked(test);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* As a driver's ->huge_fault() does. The page table for it is there. */
static vm_fault_t vat_insert_huge(unsigned long addr, unsigned long pfn,
				  unsigned long size)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vm_fault vmf = {
		.vma = vma ? __vma_raw(vma) : NULL,
		.address = addr,
	};

	if (!vma)
		return VM_FAULT_SIGBUS;
	vmf.pud = pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr);
	pfn = ALIGN_DOWN(pfn, size >> PAGE_SHIFT);
	if (size == PMD_SIZE) {
		vmf.pmd = pmd_offset(vmf.pud, addr);
		return vmf_insert_pfn_pmd(&vmf, pfn, false);
	}
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	return vmf_insert_pfn_pud(&vmf, pfn, false);
#else
	return VM_FAULT_NOPAGE;
#endif
}

/* Larger than a page table maps: not returned either. */
static void vma_access_mixedmap_get_page_huge(struct kunit *test)
{
	const unsigned long pmd = ALIGN(VAT_END, PMD_SIZE);
	const unsigned long pud = ALIGN(VAT_END, PUD_SIZE);
	struct vat_object *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[0]);

	if (!IS_ENABLED(CONFIG_64BIT))
		kunit_skip(test, "there is no room for an entry of each level");
	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");

	vat_map_size(test, obj, &vat_mixed, pud + PUD_SIZE - VAT_ADDR);
	/* Makes the tables. */
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	VAT_EXPECT_FAULT(test, vat_insert_huge(pmd, pfn, PMD_SIZE), VM_FAULT_NOPAGE);
	/* No memory is behind it, so mistaking it for a table is noticed. */
	VAT_EXPECT_FAULT(test, vat_insert_huge(pud, SZ_256G >> PAGE_SHIFT, PUD_SIZE),
			 VM_FAULT_NOPAGE);

	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pmd), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pmd + PAGE_SIZE), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pud), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pud + PMD_SIZE), ERR_PTR(-ENOENT));
	if (IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD))
		KUNIT_EXPECT_EQ(test, vat_insert_page(pud + PMD_SIZE, obj->pages[1]),
				-ENOMEM);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/* A page cannot be inserted there, and the errno is not that of a bad range. */
static void vma_access_mixedmap_insert_on_huge(struct kunit *test)
{
	const unsigned long pmd = ALIGN(VAT_END, PMD_SIZE);
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vat_map_size(test, obj, &vat_mixed, pmd + PMD_SIZE - VAT_ADDR);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	VAT_EXPECT_FAULT(test, vat_insert_huge(pmd, page_to_pfn(obj->pages[0]),
					       PMD_SIZE), VM_FAULT_NOPAGE);

	KUNIT_EXPECT_EQ(test, vat_insert_page(pmd, obj->pages[1]), -ENOMEM);
	KUNIT_EXPECT_EQ(test, vat_insert_pages(pmd, &obj->pages[1], 2, &inserted),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, inserted, 0);
	vat_expect_in_place(test, obj, 1);
}
#else
static void vma_access_mixedmap_insert_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_mixedmap_get_page_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

static struct kunit_case vma_mixedmap_cases[] = {
	KUNIT_CASE(vma_access_mixedmap_insert_page_once),
	KUNIT_CASE(vma_access_mixedmap_insert_page_fails),
	KUNIT_CASE(vma_access_mixedmap_insert_typed),
	KUNIT_CASE(vma_access_mixedmap_insert_compound),
	KUNIT_CASE(vma_access_mixedmap_insert_pages_all),
	KUNIT_CASE_PARAM(vma_access_mixedmap_insert_pages_partly, vat_partial_gen_params),
	KUNIT_CASE_PARAM(vma_access_mixedmap_insert_pages_bad, vat_range_gen_params),
	KUNIT_CASE(vma_access_mixedmap_insert_pages_wraps),

	KUNIT_CASE(vma_access_mixedmap_get_page_refs),
	KUNIT_CASE(vma_access_mixedmap_get_page_none),
	KUNIT_CASE(vma_access_mixedmap_get_page_bad),
	KUNIT_CASE(vma_access_mixedmap_get_page_special),
	KUNIT_CASE(vma_access_mixedmap_get_page_no_table),
	KUNIT_CASE(vma_access_mixedmap_get_page_huge),
	KUNIT_CASE(vma_access_mixedmap_insert_on_huge),
	{ }
};

static struct kunit_suite vma_mixedmap_suite = {
	.name = "vma_access_mixedmap",
	.init = vat_init,
	.test_cases = vma_mixedmap_cases,
};

kunit_test_suite(vma_mixedmap_suite);
