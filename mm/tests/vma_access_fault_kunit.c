// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: fault handlers. See
 * ../vma_access_test.c for how these tests work, and vma_access_test_file.c for
 * the file that they map.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vma_access_test_file.h"

/* ---- vma_fault ---------------------------------------------------------- */

/* A handler learns the address, whether it was a write, and the VMA. */
static void vma_access_fault_reads(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_note;
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 2) + 5), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
	KUNIT_EXPECT_EQ(test, obj->addr, vau_at(VAU_ADDR, 2));
	KUNIT_EXPECT_FALSE(test, obj->write);
	KUNIT_EXPECT_EQ(test, vau_write(vau_at(VAU_ADDR, 3) + 5, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->faults, 2);
	KUNIT_EXPECT_EQ(test, obj->addr, vau_at(VAU_ADDR, 3));
	KUNIT_EXPECT_TRUE(test, obj->write);
	vat_expect_unlocked(test);
}

static void vau_expect_index(struct kunit *test, unsigned long page,
			     pgoff_t base, unsigned long nr, vm_fault_t ret,
			     pgoff_t index)
{
	struct vau_file *obj = test->priv;

	obj->base = base;
	obj->nr = nr;
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, page)), -EFAULT);
	VAT_EXPECT_FAULT_MSG(test, obj->index_ret, ret, "page %lu", page);
	KUNIT_EXPECT_EQ_MSG(test, obj->index, ret ? ~0UL : index, "page %lu", page);
}

static void vau_expect_indices(struct kunit *test)
{
	const pgoff_t base = VAU_BASE;

	vau_expect_index(test, 0, base, VAU_PAGES, 0, 0);
	vau_expect_index(test, 4, base, VAU_PAGES, 0, 4);
	vau_expect_index(test, 7, base, VAU_PAGES, 0, 7);
	vau_expect_index(test, 15, base, VAU_PAGES, 0, 15);
	/* Beyond. */
	vau_expect_index(test, 7, base, 8, 0, 7);
	vau_expect_index(test, 8, base, 8, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 15, base, 8, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 0, base, 0, VM_FAULT_SIGBUS, 0);
	/* An index before the base, and one at it. */
	vau_expect_index(test, 3, base + 4, VAU_PAGES, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 4, base + 4, VAU_PAGES, 0, 0);
	vau_expect_index(test, 9, base + 4, VAU_PAGES, 0, 5);
	/* The index from the start of the file. */
	vau_expect_index(test, 4, 0, VAU_BASE + 5, 0, VAU_BASE + 4);
	vau_expect_index(test, 8, 0, VAU_BASE + 5, VM_FAULT_SIGBUS, 0);
}

/*
 * R6, R12: the index counts from the start of the object, and lies inside it,
 * also in the parts that a partial munmap() leaves.
 */
static void vma_access_fault_index_in_object(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_note;
	vau_expect_indices(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), 2 * PAGE_SIZE), 0);
	vau_expect_indices(test);
}

/* R12: the same if the mapping's offset was made to count from the object. */
static void vma_access_fault_index_after_move(struct kunit *test)
{
	static const struct file_operations *fops[] = { &vau_fops, &vau_prepare_fops };
	int i;

	for (i = 0; i < ARRAY_SIZE(fops); i++) {
		struct vau_file *obj = vau_file_new(test, fops[i], &vau_object_ops);

		test->priv = obj;
		obj->origin = VAU_BASE;
		vau_map(test, obj, &vau_mixed);
		obj->fault = vau_note;
		vau_expect_index(test, 0, 0, VAU_PAGES, 0, 0);
		vau_expect_index(test, 9, 0, VAU_PAGES, 0, 9);
		vau_expect_index(test, 9, 0, 9, VM_FAULT_SIGBUS, 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), 2 * PAGE_SIZE), 0);
		vau_expect_index(test, 4, 0, VAU_PAGES, 0, 4);
		vau_expect_index(test, 9, 0, VAU_PAGES, 0, 9);
		vau_expect_index(test, 15, 0, VAU_PAGES, 0, 15);
		vau_expect_index(test, 15, 0, 15, VM_FAULT_SIGBUS, 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	}
}

static vm_fault_t vau_note_object(struct vau_file *obj, struct vma_fault *fault)
{
	struct vma_object *object = vma_ref_owner(vma_fault_ref(fault), obj->type);

	obj->index = ~0UL;
	obj->index_ret = vma_fault_object_index(fault, object, &obj->index);
	return VM_FAULT_SIGBUS;
}

/* The same for an object with its own start and size. */
static void vma_access_fault_object_index_fits(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_object_mixed);
	obj->fault = vau_note_object;
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), 2 * PAGE_SIZE), 0);
	vau_expect_index(test, 0, 0, 0, 0, 0);
	vau_expect_index(test, 9, 0, 0, 0, 9);
	vau_expect_index(test, 15, 0, 0, 0, 15);
	/*
	 * The object shrinks or starts later: the mapping no longer matches it.
	 */
	obj->object.__pages = 9;
	vau_expect_index(test, 8, 0, 0, 0, 8);
	vau_expect_index(test, 9, 0, 0, VM_FAULT_SIGBUS, 0);
	obj->object.__base = VAU_BASE + 4;
	vau_expect_index(test, 3, 0, 0, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 4, 0, 0, 0, 0);
}

static void vma_access_fault_results(struct kunit *test)
{
	VAT_EXPECT_FAULT(test, __vma_fault_result(0), VM_FAULT_NOPAGE);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-EBUSY), VM_FAULT_NOPAGE);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-ENOMEM), VM_FAULT_OOM);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-EHWPOISON), VM_FAULT_HWPOISON);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-EFAULT), VM_FAULT_SIGBUS);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-EINVAL), VM_FAULT_SIGBUS);
	VAT_EXPECT_FAULT(test, __vma_fault_result(-EAGAIN), VM_FAULT_SIGBUS);
}

/* Each function that inserts something, as ->fault(). */
static vm_fault_t vau_do_page(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_page(fault, obj->page);
}

static vm_fault_t vau_do_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_pfn(fault, obj->pfn, obj->prot);
}

static vm_fault_t vau_do_page_pfns(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_page_pfns(fault, &obj->page, 0, 1);
}

static vm_fault_t vau_do_huge(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_huge_pfn(fault, obj->pfn, 0, ULONG_MAX, obj->order);
}

/* The kinds of VMAs. */
enum vau_kind {
	VAU_KIND_NONE,
	VAU_KIND_MIXED,
	VAU_KIND_PFN,
	VAU_KIND_COW_PFN,
	VAU_KIND_OBJECT_NONE,
	VAU_KIND_OBJECT_MIXED,
	VAU_KINDS,
};

static void vau_map_kind(struct kunit *test, struct vau_file *obj,
			 enum vau_kind kind)
{
	static const struct vma_type * const types[] = {
		[VAU_KIND_NONE] = &vau_none,
		[VAU_KIND_MIXED] = &vau_mixed,
		[VAU_KIND_PFN] = &vau_pfn,
		[VAU_KIND_OBJECT_NONE] = &vau_object_none,
		[VAU_KIND_OBJECT_MIXED] = &vau_object_mixed,
	};

	if (kind == VAU_KIND_COW_PFN)
		vau_map_cow_pfn(test, obj);
	else
		vau_map(test, obj, types[kind]);
}

#define VAU_TAKES_PAGES	(BIT(VAU_KIND_MIXED) | BIT(VAU_KIND_OBJECT_MIXED))

static const struct vau_verb {
	const char *desc;
	vau_fault_fn fault;
	unsigned long kinds;
	vm_fault_t ret;
} vau_verbs[] = {
	{ "insert_page", vau_do_page, VAU_TAKES_PAGES, VM_FAULT_NOPAGE },
	{ "insert_pfn", vau_do_pfn, BIT(VAU_KIND_PFN), VM_FAULT_NOPAGE },
	{ "insert_page_pfns", vau_do_page_pfns, BIT(VAU_KIND_PFN), VM_FAULT_NOPAGE },
	{ "insert_huge_pfn", vau_do_huge, BIT(VAU_KIND_PFN), VM_FAULT_FALLBACK },
	{ "return_page", vau_do_return, BIT(VAU_KIND_NONE), 0 },
};

KUNIT_ARRAY_PARAM_DESC(vau_verb, vau_verbs, desc);

/*
 * R7, R18: an insert that does not match the VMA's kind is refused with a
 * warning, and the access fails; one that matches is mapped. The VMA is too
 * small for a huge entry.
 */
static void vma_access_fault_each_kind(struct kunit *test)
{
	const struct vau_verb *verb = test->param_value;
	struct vau_file *obj = test->priv;
	enum vau_kind kind;

	obj->page = obj->pages[1];
	obj->pfn = page_to_pfn(obj->pages[1]);
	obj->order = PMD_ORDER;
	obj->fault = verb->fault;
	for (kind = 0; kind < VAU_KINDS; kind++) {
		bool takes = verb->kinds & BIT(kind);
		unsigned long addr = vau_at(VAU_ADDR, 1), refused;
		int byte = -1;

		vau_map_kind(test, obj, kind);
		obj->faults = 0;
		refused = vat_refused();
		kunit_warning_suppress(test) {
			byte = vau_read(addr);
			if (takes)
				KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
			else
				VAT_EXPECT_WARNED(test, 1);
		}
		VAT_EXPECT_REFUSED(test, refused, !takes);
		KUNIT_EXPECT_EQ_MSG(test, obj->faults, 1, "kind %d", kind);
		VAT_EXPECT_FAULT_MSG(test, obj->ret, takes ? verb->ret : VM_FAULT_SIGBUS,
				     "kind %d", kind);
		if (takes && verb->ret != VM_FAULT_FALLBACK) {
			KUNIT_EXPECT_EQ_MSG(test, byte, 2, "kind %d", kind);
			KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR),
					BIT(1));
		} else {
			KUNIT_EXPECT_EQ_MSG(test, byte, -EFAULT, "kind %d", kind);
			KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
		}
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[1]), 1);
	}
}

/* The mapping takes a reference of its own, and drops it. */
static void vma_access_fault_page_refs(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[1];
	obj->fault = vau_do_page;
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 2);

	obj->fault = vau_do_return;
	vau_map(test, obj, &vau_none);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 2);

	/* The core copies the page. */
	vau_map_at(test, obj, &vau_none, VAU_ADDR, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 77), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 77);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR + 1), 2);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(obj->page), 2);
}

/* A page that cannot be mapped: the access fails, and nothing is mapped. */
static void vau_expect_bad_page(struct kunit *test, const struct vma_type *type,
				vau_fault_fn fault, struct page *page, int warned)
{
	struct vau_file *obj = test->priv;

	obj->page = page;
	obj->fault = fault;
	vau_map(test, obj, type);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
		VAT_EXPECT_WARNED(test, warned);
	}
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* R18: one that the core would accept: this is a driver's mistake. */
static void vma_access_fault_return_page_bad(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	void *large = kunit_kzalloc(test, 4 * KMALLOC_MAX_CACHE_SIZE, GFP_KERNEL);
	struct page *typed = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_NOFAIL, 1);
	struct page *anon = NULL;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	KUNIT_ASSERT_NOT_NULL(test, large);
	vau_map_anon(test, VAU_ADDR2);
	KUNIT_ASSERT_EQ(test, vau_write(VAU_ADDR2, 1), 0);
	KUNIT_ASSERT_EQ(test, get_user_pages_fast(VAU_ADDR2, 1, 0, &anon), 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, virt_to_head_page(slab), 1);
	/* Not the first page of it, which has the type. */
	vau_expect_bad_page(test, &vau_none, vau_do_return,
			    virt_to_page(large + KMALLOC_MAX_CACHE_SIZE), 1);
	/* One that has a reference, unlike the others. */
	__folio_set_offline(page_folio(typed));
	vau_expect_bad_page(test, &vau_none, vau_do_return, typed, 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, typed + 1, 1);
	__folio_clear_offline(page_folio(typed));
	__free_pages(typed, 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, ZERO_PAGE(VAU_ADDR), 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, anon, 1);
	put_page(anon);
}

/* One that the core refuses silently. */
static void vma_access_fault_insert_page_bad(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	vau_expect_bad_page(test, &vau_mixed, vau_do_page, virt_to_head_page(slab), 0);
}

/* One whose memory has failed: refused, and user space is told why. */
static void vma_access_fault_insert_page_poisoned(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long refused = vat_refused();

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");
	SetPageHWPoison(obj->pages[1]);
	obj->page = obj->pages[1];
	obj->fault = vau_do_page;
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_HWPOISON);
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	ClearPageHWPoison(obj->pages[1]);
}

/* Inserts one page and then another, as a thread that lost the race does. */
static vm_fault_t vau_do_twice(struct vau_file *obj, struct vma_fault *fault)
{
	struct page *page = obj->page;
	vm_fault_t ret;
	int i;

	for (i = 0; i < 2; i++) {
		obj->page = page;
		obj->pfn = page_to_pfn(page);
		if (obj->type == &vau_pfn)
			ret = vau_do_pfn(obj, fault);
		else
			ret = vau_do_page(obj, fault);
		page = obj->pages[9];
	}
	return ret;
}

/*
 * The second insert is no error: the access finds the first page, also for a
 * write. The core would warn if that write made the entry writable.
 */
static void vma_access_fault_insert_second(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	int i, write;

	obj->fault = vau_do_twice;
	for (i = 0; i < 4; i++) {
		write = i / 2;
		obj->page = obj->pages[2];
		vau_map(test, obj, i % 2 ? &vau_pfn : &vau_mixed);
		kunit_warning_suppress(test) {
			if (write)
				KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR + 1, 7), 0);
			KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 3);
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
		}
		VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_NOPAGE);
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[9]), 1);
		KUNIT_EXPECT_EQ(test, *((u8 *)page_address(obj->pages[2]) + 1),
				write ? 7 : 3);
	}
}

/* R11: as for vma_pfnmap_insert_pfn(), which is compared with it. */
static void vma_access_fault_insert_pfn_prot(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	pte_t typed, raw;

	obj->fault = vau_do_pfn;
	obj->pfn = page_to_pfn(obj->pages[1]);
	vau_map(test, obj, &vau_pfn);
	for (obj->prot = VMA_PROT_OWN; obj->prot <= VMA_PROT_DECRYPTED; obj->prot++) {
		unsigned long addr = vau_at(VAU_ADDR, 2 * obj->prot);

		KUNIT_EXPECT_EQ(test, vau_read(addr), 2);
		KUNIT_EXPECT_EQ(test, vau_insert_pfn(addr + PAGE_SIZE, obj->pfn,
						     obj->prot), 0);
		KUNIT_EXPECT_EQ(test, vau_read(addr + PAGE_SIZE), 2);
		typed = pte_mkyoung(vau_pte(current->mm, addr));
		raw = pte_mkyoung(vau_pte(current->mm, addr + PAGE_SIZE));
		KUNIT_EXPECT_EQ(test, pte_val(typed), pte_val(raw));
	}
}

/* ---- huge pages --------------------------------------------------------- */

/* Only the huge page at VAU_HUGE is wholly inside. */
#define VAU_HUGE_START	(VAU_HUGE - PAGE_SIZE)
#define VAU_HUGE_SIZE	(PMD_SIZE + PMD_SIZE / 2)

static void vau_map_huge(struct kunit *test, struct vau_file *obj,
			 const struct vma_type *type)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE_START, VAU_HUGE_SIZE,
					  MAP_SHARED, 0), VAU_HUGE_START);
}

/* The function that inserts one page, for each kind. */
static const struct vau_small {
	const char *desc;
	const struct vma_type *type;
	vau_fault_fn fault;
} vau_smalls[] = {
	{ "page", &vau_mixed, vau_do_page },
	{ "pfn", &vau_pfn, vau_do_pfn },
};

KUNIT_ARRAY_PARAM_DESC(vau_small, vau_smalls, desc);

#ifdef CONFIG_TRANSPARENT_HUGEPAGE

KUNIT_DEFINE_ACTION_WRAPPER(vau_folio_put, folio_put, struct folio *);

/* Memory for a huge page, each page with a number in its first word. */
static struct folio *vau_huge_folio(struct kunit *test)
{
	struct folio *folio;
	unsigned long i;

	vau_needs_huge(test);
	folio = folio_alloc(GFP_KERNEL | __GFP_NOWARN, PMD_ORDER);
	if (!folio)
		kunit_skip(test, "there is no huge page");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_folio_put, folio), 0);
	for (i = 0; i < HPAGE_PMD_NR; i++)
		memset(page_address(folio_page(folio, i)), i % 251, PAGE_SIZE);
	return folio;
}

/* How many pages after or before VAU_HUGE a fault was. */
static long vau_huge_delta(struct vma_fault *fault)
{
	return (long)(vma_fault_addr(fault) - VAU_HUGE) >> PAGE_SHIFT;
}

/* As if there were memory before and behind it: only the VMA is too small. */
static vm_fault_t vau_huge_pfn_of(struct vma_fault *fault, unsigned long pfn,
				  unsigned int order)
{
	long delta = vau_huge_delta(fault);

	return vma_fault_insert_huge_pfn(fault, pfn + delta, HPAGE_PMD_NR + delta,
					 4 * HPAGE_PMD_NR, order);
}

/* A huge entry in a mapping of pages, which only the core itself can make. */
static vm_fault_t vau_huge_folio_of(struct vma_fault *fault, struct folio *folio)
{
	return vmf_insert_folio_pmd(__vma_fault_raw(fault), folio,
				    vma_fault_is_write(fault));
}

/* Also notes whether the entry is dirty after a write. */
static vm_fault_t vau_huge_pfn(struct vau_file *obj, struct vma_fault *fault,
			       unsigned int order)
{
	vm_fault_t ret = vau_huge_pfn_of(fault, obj->pfn, order);

	if (ret == VM_FAULT_NOPAGE)
		obj->write = pmd_dirty(pmdp_get(__vma_fault_raw(fault)->pmd));
	return ret;
}

static vm_fault_t vau_huge_insert_folio(struct vau_file *obj,
					struct vma_fault *fault,
					unsigned int order)
{
	vm_fault_t ret;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	ret = vau_huge_folio_of(fault, obj->folio);
	if (ret == VM_FAULT_NOPAGE)
		obj->write = pmd_dirty(pmdp_get(__vma_fault_raw(fault)->pmd));
	return ret;
}

static pmd_t vau_pmd(unsigned long addr)
{
	p4d_t *p4d = p4d_offset(pgd_offset(current->mm, addr), addr);

	return pmdp_get_lockless(pmd_offset(pud_offset(p4d, addr), addr));
}

/* The result of accessing one page of the huge page, by a read or a write. */
static void vau_expect_huge(struct kunit *test, struct vau_file *obj, bool write)
{
	unsigned long addr = vau_at(VAU_HUGE, 7);

	obj->faults = 0;
	obj->pmd_ret = VM_FAULT_SIGBUS;
	obj->pud_ret = 0;
	if (write)
		KUNIT_EXPECT_EQ(test, vau_write(addr, 7), 0);
	else
		KUNIT_EXPECT_EQ(test, vau_read(addr), 7);
	VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_NOPAGE);
	if (IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD))
		VAT_EXPECT_FAULT(test, obj->pud_ret, VM_FAULT_FALLBACK);
	KUNIT_EXPECT_TRUE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
	KUNIT_EXPECT_EQ(test, obj->write, write);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE + PMD_SIZE - 1),
			(HPAGE_PMD_NR - 1) % 251);
	KUNIT_EXPECT_EQ(test, obj->faults, 0);
}

/* Both places at which a part of the huge page would lie outside. */
static void vau_expect_too_huge(struct kunit *test, struct vau_file *obj)
{
	static const unsigned long addrs[] = {
		VAU_HUGE_START, VAU_HUGE + PMD_SIZE,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		obj->pmd_ret = 0;
		obj->faults = 0;
		KUNIT_EXPECT_EQ(test, vau_read(addrs[i]), -EFAULT);
		VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_FALLBACK);
		/* The core then tries a small page. */
		KUNIT_EXPECT_EQ(test, obj->faults, 1);
	}
}

static void vma_access_fault_insert_huge_pfn_fits(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	obj->huge = vau_huge_pfn;
	obj->pfn = folio_pfn(folio);
	vau_map_huge(test, obj, &vau_pfn);
	vau_expect_huge(test, obj, false);
	vau_expect_too_huge(test, obj);
	vau_map_huge(test, obj, &vau_pfn);
	vau_expect_huge(test, obj, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);

	/* To the last page, and from the first. */
	obj->type = &vau_pfn;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PMD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	vau_expect_huge(test, obj, false);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, PMD_SIZE), 0);
}

static vm_fault_t vau_huge_each(struct vau_file *obj, struct vma_fault *fault,
				unsigned int order)
{
	vm_fault_t ret;
	int odd;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	for (odd = 1; odd <= PMD_ORDER + 1; odd++) {
		if (odd == PMD_ORDER || odd == PUD_ORDER)
			continue;
		ret = vau_huge_pfn_of(fault, obj->pfn, odd);
		if (ret != VM_FAULT_FALLBACK)
			return ret;
	}
	ret = vau_huge_pfn_of(fault, obj->pfn + 1, PMD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	ret = vau_huge_pfn_of(fault, obj->pfn + HPAGE_PMD_NR / 2, PMD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	/* Aligned to less; large enough but not aligned; and no size at all. */
	ret = vau_huge_pfn_of(fault, obj->pfn, PUD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	ret = vau_huge_pfn_of(fault, ALIGN(obj->pfn, 1UL << PUD_ORDER), PUD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	return vau_huge_pfn_of(fault, obj->pfn, BITS_PER_LONG);
}

/* A PFN that is not congruent, or no huge page: the caller falls back. */
static void vma_access_fault_insert_huge_pfn_odd(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;

	obj->huge = vau_huge_each;
	obj->pfn = folio_pfn(folio);
	vau_map_huge(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_FALLBACK);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
	KUNIT_EXPECT_FALSE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
}

/* Nobody accesses it: there is no memory of that size. */
static vm_fault_t vau_huge_pud_and_zap(struct vau_file *obj,
				       struct vma_fault *fault,
				       unsigned int order)
{
	if (order != PUD_ORDER)
		return VM_FAULT_FALLBACK;
	obj->index_ret = vma_fault_insert_huge_pfn(fault,
						   obj->pfn + vau_huge_delta(fault),
						   vau_huge_delta(fault),
						   1UL << PUD_ORDER, order);
	obj->leaf = pud_leaf(pudp_get(__vma_fault_raw(fault)->pud));
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	obj->write = pud_dirty(pudp_get(__vma_fault_raw(fault)->pud));
#endif
	obj->nr = vat_zap_whole(vma_fault_ref(fault));
	return VM_FAULT_SIGBUS;
}

/* Maps an object with one such page frame, or skips. */
static void vau_map_huge_pud(struct kunit *test, struct vau_file *obj)
{
	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) ||
	    !IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD) ||
	    !IS_ALIGNED(VAU_HUGE, PUD_SIZE))
		kunit_skip(test, "there are no such entries");
	obj->pfn = vau_no_page(test);
	obj->huge = vau_huge_pud_and_zap;
	obj->type = &vau_pfn;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PUD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
}

static void vma_access_fault_insert_huge_pfn_pud(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map_huge_pud(test, obj);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE + PAGE_SIZE), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_TRUE(test, obj->leaf);
	KUNIT_EXPECT_FALSE(test, obj->write);
	KUNIT_EXPECT_EQ(test, obj->nr, 0);

	KUNIT_EXPECT_EQ(test, vau_write(VAU_HUGE + PAGE_SIZE, 1), -EFAULT);
	KUNIT_EXPECT_TRUE(test, obj->write);
}

/* Memory that has moved when it is inserted again. Nobody accesses it. */
static vm_fault_t vau_huge_moved(struct vau_file *obj, struct vma_fault *fault,
				 unsigned int order)
{
	const unsigned long at = vau_huge_delta(fault), nr = 1UL << order;
	struct vm_fault *vmf = __vma_fault_raw(fault);
	bool pud = order == PUD_ORDER;

	if (order != obj->order)
		return VM_FAULT_FALLBACK;
	VAT_EXPECT_FAULT(kunit_get_current_test(),
			 vma_fault_insert_huge_pfn(fault, obj->pfn + at, at, nr, order),
			 VM_FAULT_NOPAGE);
	obj->index_ret = vma_fault_insert_huge_pfn(fault, obj->pfn + nr + at, at, nr,
						   order);
	obj->leaf = pud ? pud_leaf(pudp_get(vmf->pud)) : pmd_leaf(pmdp_get(vmf->pmd));
	obj->index = pud ? pud_pfn(pudp_get(vmf->pud)) : pmd_pfn(pmdp_get(vmf->pmd));
	obj->nr = vat_zap_whole(vma_fault_ref(fault));
	return VM_FAULT_SIGBUS;
}

static void vau_expect_moved(struct kunit *test, unsigned int order)
{
	const unsigned long size = PAGE_SIZE << order;
	struct vau_file *obj = test->priv;
	int write;

	obj->pfn = vau_no_page(test);
	obj->order = order;
	obj->huge = vau_huge_moved;
	obj->type = &vau_pfn;
	for (write = 0; write <= 1; write++) {
		KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, size, MAP_SHARED,
						  0), VAU_HUGE);
		obj->index_ret = 0;
		kunit_warning_suppress(test) {
			if (write)
				KUNIT_EXPECT_EQ(test, vau_write(VAU_HUGE, 1), -EFAULT);
			else
				KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
			VAT_EXPECT_WARNED(test, write);
		}
		VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
		KUNIT_EXPECT_TRUE(test, obj->leaf);
		KUNIT_EXPECT_EQ(test, obj->index, obj->pfn);
		KUNIT_EXPECT_EQ(test, obj->nr, 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, size), 0);
	}
}

/*
 * R17: if a driver moves memory and does not revoke it, the old place stays
 * mapped. For a write the core warns.
 */
static void vma_access_fault_insert_huge_moved(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vau_expect_moved(test, PMD_ORDER);
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) &&
	    IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD) &&
	    IS_ALIGNED(VAU_HUGE, PUD_SIZE))
		vau_expect_moved(test, PUD_ORDER);
}

static int vau_zap(unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, addr);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_zap_range(vma, addr, PAGE_SIZE) : VAU_NO_HANDLE;
}

/* All of it goes, with its reference, when a part is unmapped or zapped. (R17) */
static void vma_access_fault_insert_folio_split(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;
	const unsigned long rss = get_mm_counter_sum(current->mm, MM_FILEPAGES);
	const unsigned long addr = vau_at(VAU_HUGE, 3);
	int zap;

	obj->huge = vau_huge_insert_folio;
	obj->folio = folio;
	for (zap = 0; zap < 2; zap++) {
		vau_map_huge(test, obj, &vau_mixed);
		vau_expect_huge(test, obj, false);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
		KUNIT_EXPECT_EQ(test, zap ? vau_zap(addr) : vm_munmap(addr, PAGE_SIZE),
				0);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
		KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);
	}
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(current->mm, MM_FILEPAGES), rss);
}

static vm_fault_t vau_huge_of_type(struct vau_file *obj, struct vma_fault *fault)
{
	if (obj->type == &vau_pfn)
		return vau_huge_pfn_of(fault, folio_pfn(obj->folio), PMD_ORDER);
	return vau_huge_folio_of(fault, obj->folio);
}

/* Insert a page as another thread may do, after the core has checked. */
static vm_fault_t vau_huge_late(struct vau_file *obj, struct vma_fault *fault,
				unsigned int order)
{
	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	obj->index_ret = obj->fault(obj, fault);
	return vau_huge_of_type(obj, fault);
}

/* The other way round: insert a huge entry first. */
static vm_fault_t vau_huge_first(struct vau_file *obj, struct vma_fault *fault,
				 unsigned int order)
{
	vm_fault_t ret;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	ret = vau_huge_of_type(obj, fault);
	obj->index_ret = obj->fault(obj, fault);
	return ret;
}

static void vau_small_begin(struct kunit *test)
{
	const struct vau_small *param = test->param_value;
	struct vau_file *obj = test->priv;

	if (param->type == &vau_pfn && !IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	obj->folio = vau_huge_folio(test);
	obj->page = obj->pages[2];
	obj->pfn = page_to_pfn(obj->page);
	obj->fault = param->fault;
}

/* R18: the loser of a race with another size gives way silently. */
static void vma_access_fault_insert_huge_late(struct kunit *test)
{
	const struct vau_small *param = test->param_value;
	const unsigned long addr = vau_at(VAU_HUGE, 7);
	struct vau_file *obj = test->priv;
	int write;

	vau_small_begin(test);
	obj->huge = vau_huge_late;
	for (write = 0; write <= 1; write++) {
		vau_map_huge(test, obj, param->type);
		kunit_warning_suppress(test) {
			if (write)
				KUNIT_EXPECT_EQ(test, vau_write(addr, 3), 0);
			KUNIT_EXPECT_EQ(test, vau_read(addr), 3);
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
		}
		VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
		VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_FALLBACK);
		KUNIT_EXPECT_FALSE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
		KUNIT_EXPECT_EQ(test, folio_ref_count(obj->folio), 1);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);
}

static int vau_insert_on_huge(unsigned long pfn)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAU_HUGE);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap ? vma_pfnmap_insert_pfn(pfnmap, vau_at(VAU_HUGE, 8), pfn,
					      VMA_PROT_OWN) : VAU_NO_HANDLE;
}

static void vma_access_fault_insert_on_huge(struct kunit *test)
{
	const struct vau_small *param = test->param_value;
	struct vau_file *obj = test->priv;

	vau_small_begin(test);
	obj->huge = vau_huge_first;
	vau_map_huge(test, obj, param->type);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_HUGE, 7)), 7);
	VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_NOPAGE);
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_TRUE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
	/* Outside a fault, which would be tried again, it is an error. */
	if (param->type == &vau_pfn)
		KUNIT_EXPECT_EQ(test, vau_insert_on_huge(obj->pfn), -ENOMEM);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);
}

#else /* CONFIG_TRANSPARENT_HUGEPAGE */

static void vma_access_fault_insert_huge_late(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_fault_insert_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

/* There are no huge entries, whatever there is room for. */
static void vma_access_fault_insert_huge_pfn_fits(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->fault = vau_do_huge;
	obj->order = PMD_ORDER;
	vau_map_huge(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_FALLBACK);
}

static void vma_access_fault_insert_huge_pfn_odd(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_fault_insert_huge_pfn_pud(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_fault_insert_huge_moved(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_fault_insert_folio_split(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

#endif /* CONFIG_TRANSPARENT_HUGEPAGE */

/* ---- what was traced ---------------------------------------------------- */

static void vma_access_fault_traced_fault(struct kunit *test)
{
	const struct vau_small *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;

	obj->page = obj->pages[0];
	obj->pfn = page_to_pfn(obj->page);
	obj->fault = param->fault;
	vau_map(test, obj, param->type);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 6)), 1);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 6+1 0\n");
}

/* A failed insert is traced too, with no pages. */
static void vma_access_fault_traced_fault_fails(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct vat_trace *trace;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	obj->page = virt_to_head_page(slab);
	obj->fault = vau_do_page;
	vau_map(test, obj, &vau_mixed);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 6)), -EFAULT);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 6+0 -22\n");
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static void vma_access_fault_traced_huge(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;
	char want[32];

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	snprintf(want, sizeof(want), "insert 0+%lu 0\n", (unsigned long)HPAGE_PMD_NR);
	obj->pfn = folio_pfn(folio);
	obj->huge = vau_huge_pfn;
	vau_map_huge(test, obj, &vau_pfn);
	trace = vat_trace_start(test, VAU_HUGE);
	vau_expect_huge(test, obj, false);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, want);

	/* Giving way to a page is no failure, and is not traced. */
	obj->folio = folio;
	obj->huge = vau_huge_late;
	obj->fault = vau_do_pfn;
	obj->pfn = page_to_pfn(obj->pages[0]);
	vau_map_huge(test, obj, &vau_pfn);
	trace = vat_trace_start(test, VAU_HUGE);
	KUNIT_EXPECT_GE(test, vau_read(vau_at(VAU_HUGE, 7)), 0);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 7+1 0\n");
}

static void vma_access_fault_traced_huge_pud(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;
	char want[64];

	vau_map_huge_pud(test, obj);
	snprintf(want, sizeof(want), "insert 0+%lu 0\nzap 0+%lu\n",
		 PUD_SIZE / PAGE_SIZE, PUD_SIZE / PAGE_SIZE);
	trace = vat_trace_start(test, VAU_HUGE);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE + PAGE_SIZE), -EFAULT);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, want);
}
#else
static void vma_access_fault_traced_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_access_fault_traced_huge_pud(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

static struct kunit_case vau_cases[] = {
	KUNIT_CASE(vma_access_fault_reads),
	KUNIT_CASE(vma_access_fault_index_in_object),
	KUNIT_CASE(vma_access_fault_index_after_move),
	KUNIT_CASE(vma_access_fault_object_index_fits),
	KUNIT_CASE(vma_access_fault_results),
	KUNIT_CASE_PARAM(vma_access_fault_each_kind, vau_verb_gen_params),
	KUNIT_CASE(vma_access_fault_page_refs),
	KUNIT_CASE(vma_access_fault_insert_page_bad),
	KUNIT_CASE(vma_access_fault_insert_page_poisoned),
	KUNIT_CASE(vma_access_fault_return_page_bad),
	KUNIT_CASE(vma_access_fault_insert_second),
	KUNIT_CASE(vma_access_fault_insert_pfn_prot),
	KUNIT_CASE(vma_access_fault_insert_huge_pfn_fits),
	KUNIT_CASE(vma_access_fault_insert_huge_pfn_odd),
	KUNIT_CASE(vma_access_fault_insert_huge_pfn_pud),
	KUNIT_CASE(vma_access_fault_insert_huge_moved),
	KUNIT_CASE(vma_access_fault_insert_folio_split),
	KUNIT_CASE_PARAM(vma_access_fault_insert_huge_late, vau_small_gen_params),
	KUNIT_CASE_PARAM(vma_access_fault_insert_on_huge, vau_small_gen_params),

	KUNIT_CASE_PARAM(vma_access_fault_traced_fault, vau_small_gen_params),
	KUNIT_CASE(vma_access_fault_traced_fault_fails),
	KUNIT_CASE(vma_access_fault_traced_huge),
	KUNIT_CASE(vma_access_fault_traced_huge_pud),
	{ }
};

static struct kunit_suite vau_suite = {
	.name = "vma_access_fault",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);
