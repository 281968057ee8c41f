// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: huge entries, mistakes
 * of fault hooks, and waiting in a fault.
 */
#include <kunit/test-bug.h>
#include <linux/anon_inodes.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vma_access_test_file.h"

/* ---- huge entries --------------------------------------------------------- */

#ifdef CONFIG_TRANSPARENT_HUGEPAGE

/* Size of the memory in pages: two huge pages. */
#define VAH_NR		(2UL * HPAGE_PMD_NR)

/* Memory of two huge pages; each small page holds its own number. */
static struct vah {
	struct page *mem[2];
	unsigned long nr;	/* size of each piece, if the memory is in pieces */
	unsigned long maps, falls;
} vah;

static void vah_free_pages(void *page)
{
	__free_pages(page, compound_order(page));
}

static struct page *vah_alloc(struct kunit *test, unsigned int order, unsigned long first)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_NOWARN, order);
	unsigned long i;

	if (!page)
		kunit_skip(test, "there is no huge page");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vah_free_pages, page), 0);
	for (i = 0; i < 1UL << order; i++)
		*(unsigned long *)page_address(page + i) = first + i;
	return page;
}

static vm_fault_t vah_count(vm_fault_t ret, unsigned int order)
{
	if (order)
		*(ret == VM_FAULT_NOPAGE ? &vah.maps : &vah.falls) += 1;
	return ret;
}

/* The obvious handler for memory in one piece, for both hooks. */
static vm_fault_t vah_pfn(struct vau_file *obj, struct vma_fault *fault, unsigned int order)
{
	pgoff_t index;
	vm_fault_t ret = vma_fault_index(fault, 0, VAH_NR, &index);

	if (ret)
		return ret;
	return vah_count(vma_fault_insert_huge_pfn(fault, page_to_pfn(vah.mem[0]) + index,
						   index, VAH_NR, order), order);
}

/* The same for memory in pieces of vah.nr pages, in turn. */
static vm_fault_t vah_pieces(struct vau_file *obj, struct vma_fault *fault,
			     unsigned int order)
{
	unsigned long turn;
	pgoff_t index;
	vm_fault_t ret = vma_fault_index(fault, 0, VAH_NR, &index);

	if (ret)
		return ret;
	turn = index / vah.nr;
	return vah_count(vma_fault_insert_huge_pfn(fault, page_to_pfn(vah.mem[turn & 1]) +
						   index % HPAGE_PMD_NR,
						   index % vah.nr, vah.nr, order), order);
}

static vm_fault_t vah_pfn_fault(struct vau_file *obj, struct vma_fault *fault)
{
	return vah_pfn(obj, fault, 0);
}

static vm_fault_t vah_pieces_fault(struct vau_file *obj, struct vma_fault *fault)
{
	return vah_pieces(obj, fault, 0);
}

static unsigned long vah_read(unsigned long addr)
{
	unsigned long value;

	return get_user(value, (unsigned long __user *)addr) ? ~0UL : value;
}

/* Maps the memory from page @pgoff on, @shift pages behind a huge page's start. */
static void vah_map(struct kunit *test, const struct vma_type *type, unsigned long shift,
		    pgoff_t pgoff)
{
	struct vau_file *obj = test->priv;
	const unsigned long addr = vau_at(VAU_HUGE, shift);

	vau_needs_huge(test);
	obj->type = type;
	vah.maps = 0;
	vah.falls = 0;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, addr, (VAH_NR - pgoff) << PAGE_SHIFT,
					  MAP_SHARED, pgoff), addr);
}

/* Each page shows its own number, written or read first; was there a huge entry? */
static void vah_expect(struct kunit *test, const struct vma_type *type, unsigned long shift,
		       pgoff_t pgoff, bool huge)
{
	const unsigned long addr = vau_at(VAU_HUGE, shift);
	unsigned long i, wrong = 0;
	int write;

	for (write = 0; write <= 1; write++) {
		vah_map(test, type, shift, pgoff);
		for (i = 0; i < VAH_NR - pgoff; i += 37) {
			unsigned long at = vau_at(addr, i);

			/* A word of the page that does not hold the number. */
			if (write && put_user(i, (unsigned long __user *)at + 1))
				wrong++;
			wrong += vah_read(at) != i + pgoff;
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "page %lu at %lu", pgoff, shift);
		KUNIT_EXPECT_EQ_MSG(test, !!vah.maps, huge, "page %lu at %lu", pgoff, shift);
		KUNIT_EXPECT_GE(test, vah.falls, huge ? 0 : 1);
		KUNIT_EXPECT_EQ(test, vm_munmap(addr, (VAH_NR - pgoff) << PAGE_SHIFT), 0);
	}
}

static void vah_expect_classes(struct kunit *test, const struct vma_type *type)
{
	/* The address and the memory are congruent. */
	vah_expect(test, type, 0, 0, true);
	vah_expect(test, type, 1, 1, true);
	vah_expect(test, type, HPAGE_PMD_NR - 1, HPAGE_PMD_NR - 1, true);
	vah_expect(test, type, 0, HPAGE_PMD_NR, true);
	/* They are not congruent. */
	vah_expect(test, type, 0, 1, false);
	vah_expect(test, type, 1, 0, false);
	vah_expect(test, type, 0, HPAGE_PMD_NR / 2, false);
}

/* A handler that gives the page frame of the address shows no other, wherever it is mapped. */
static void vma_access_hook_huge_pfn(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vah.mem[0] = vah_alloc(test, PMD_ORDER + 1, 0);
	obj->huge = vah_pfn;
	obj->fault = vah_pfn_fault;
	vah_expect_classes(test, &vau_pfn);
}

/* Memory in pieces shows nothing of what lies behind a piece, or before it. */
static void vma_access_hook_huge_pieces(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long i;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vah.mem[0] = vah_alloc(test, PMD_ORDER, 0);
	vah.mem[1] = vah_alloc(test, PMD_ORDER, 0);
	obj->huge = vah_pieces;
	obj->fault = vah_pieces_fault;
	/* The object is half a huge page, aligned as one. */
	vah.nr = HPAGE_PMD_NR / 2;
	for (i = 0; i < HPAGE_PMD_NR; i++) {
		unsigned long number = i < vah.nr ? i : ~0UL;

		*(unsigned long *)page_address(vah.mem[0] + i) = number;
		number = i < vah.nr ? ~0UL : i;
		*(unsigned long *)page_address(vah.mem[1] + i) = number;
	}
	vah_map(test, &vau_pfn, 0, 0);
	for (i = 0; i < VAH_NR; i += 37)
		KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, i)), i % HPAGE_PMD_NR);
	KUNIT_EXPECT_EQ(test, vah.maps, 0);

	/* The object is a whole huge page. */
	vah.nr = HPAGE_PMD_NR;
	vah_map(test, &vau_pfn, 0, 0);
	KUNIT_EXPECT_EQ(test, vah_read(VAU_HUGE), 0);
	KUNIT_EXPECT_EQ(test, vah.maps, 1);
}

/* One page less of the piece than the entry has, at either end, is too few. */
static vm_fault_t vah_short(struct vau_file *obj, struct vma_fault *fault, unsigned int order)
{
	unsigned long before = (vma_fault_addr(fault) - VAU_HUGE) >> PAGE_SHIFT;
	unsigned long pfn = page_to_pfn(vah.mem[0]) + before;
	unsigned long nr = HPAGE_PMD_NR;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	if (vah_count(vma_fault_insert_huge_pfn(fault, pfn, before - 1, nr, order), order) !=
	    VM_FAULT_FALLBACK)
		return VM_FAULT_SIGBUS;
	if (vah_count(vma_fault_insert_huge_pfn(fault, pfn, before, nr - 1, order), order) !=
	    VM_FAULT_FALLBACK)
		return VM_FAULT_SIGBUS;
	/* Pass a page that is none of the object's. */
	obj->ret = vma_fault_insert_huge_pfn(fault, pfn, before, before, order);
	obj->index_ret = vma_fault_insert_huge_pfn(fault, pfn, before, before, 0);
	return vah_count(vma_fault_insert_huge_pfn(fault, pfn, before, nr, order), order);
}

static void vma_access_hook_huge_short(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vah.mem[0] = vah_alloc(test, PMD_ORDER, 0);
	obj->huge = vah_short;
	vah_map(test, &vau_pfn, 0, 0);
	KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, 5)), 5);
	KUNIT_EXPECT_EQ(test, vah.falls, 2);
	KUNIT_EXPECT_EQ(test, vah.maps, 1);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_SIGBUS);
}

/*
 * An object's mapping lies inside the object, so an entry inside the mapping does
 * too, wherever the object starts (R6). CONFIG_DEBUG_VMA_ACCESS reports a driver
 * that makes the object smaller while it is mapped.
 */
static void vma_access_hook_huge_object(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	vah.mem[0] = vah_alloc(test, PMD_ORDER + 1, 0);
	obj->huge = vah_pfn;
	obj->fault = vah_pfn_fault;
	obj->type = &vau_object_pfn;
	vma_object_init(&obj->object, &obj->mapping, 0, VAH_NR - 1, NULL);
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, VAH_NR << PAGE_SHIFT,
					  MAP_SHARED, 0), (unsigned long)-EINVAL);

	vma_object_init(&obj->object, &obj->mapping, 0, VAH_NR, NULL);
	vah_map(test, &vau_object_pfn, 0, 0);
	KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, 3)), 3);
	KUNIT_EXPECT_EQ(test, vah.maps, 1);
	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS)) {
		obj->object.__pages = VAH_NR - 1;
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, HPAGE_PMD_NR)), ~0UL);
			VAT_EXPECT_WARNED(test, 1);
		}
		KUNIT_EXPECT_EQ(test, vah.maps, 1);
		obj->object.__pages = VAH_NR;
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, VAH_NR << PAGE_SHIFT), 0);

	/* The first huge page begins before the mapping, the second one is inside. */
	vma_object_init(&obj->object, &obj->mapping, 1, VAH_NR - 1, NULL);
	vah_map(test, &vau_object_pfn, 1, 1);
	KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, 3)), 3);
	KUNIT_EXPECT_EQ(test, vah.maps, 0);
	KUNIT_EXPECT_EQ(test, vah_read(vau_at(VAU_HUGE, HPAGE_PMD_NR)), HPAGE_PMD_NR);
	KUNIT_EXPECT_EQ(test, vah.maps, 1);
}

/* Nobody accesses it: there is no memory of that size. */
static vm_fault_t vah_pud(struct vau_file *obj, struct vma_fault *fault, unsigned int order)
{
	unsigned long before = (vma_fault_addr(fault) - VAU_HUGE) >> PAGE_SHIFT;
	unsigned long nr = 1UL << PUD_ORDER;
	pud_t *pud = __vma_fault_raw(fault)->pud;
	unsigned long pfn = obj->pfn + before;

	if (order != PUD_ORDER)
		return VM_FAULT_FALLBACK;
	if (vma_fault_insert_huge_pfn(fault, pfn + 1, before, nr, order) != VM_FAULT_FALLBACK ||
	    vma_fault_insert_huge_pfn(fault, pfn + HPAGE_PMD_NR, before, nr, order) !=
	    VM_FAULT_FALLBACK ||
	    vma_fault_insert_huge_pfn(fault, pfn, before - 1, nr, order) != VM_FAULT_FALLBACK ||
	    vma_fault_insert_huge_pfn(fault, pfn, before, nr - 1, order) != VM_FAULT_FALLBACK)
		return VM_FAULT_SIGBUS;
	obj->index_ret = vma_fault_insert_huge_pfn(fault, pfn, before, nr, order);
	obj->leaf = pud_leaf(pudp_get(pud));
	obj->index = pud_pfn(pudp_get(pud));
	obj->nr = vat_zap_whole(vma_fault_ref(fault));
	return VM_FAULT_SIGBUS;
}

/* Wherever in the largest entry the access is, it shows each page frame at its place. */
static void vma_access_hook_huge_pud(struct kunit *test)
{
	static const unsigned long at[] = { 1, HPAGE_PMD_NR, 7 * HPAGE_PMD_NR + 5 };
	struct vau_file *obj = test->priv;
	int i;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) ||
	    !IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD) ||
	    !IS_ALIGNED(VAU_HUGE, PUD_SIZE))
		kunit_skip(test, "there are no such entries");
	obj->pfn = vau_no_page(test);
	obj->huge = vah_pud;
	obj->type = &vau_pfn;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PUD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		obj->index_ret = 0;
		KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_HUGE, at[i])), -EFAULT);
		VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
		KUNIT_EXPECT_TRUE(test, obj->leaf);
		KUNIT_EXPECT_EQ(test, obj->index, obj->pfn);
		KUNIT_EXPECT_EQ(test, obj->nr, 0);
	}
}

/* A page returned where nobody looks at it: refused, and no reference is lost. */
static vm_fault_t vah_return(struct vau_file *obj, struct vma_fault *fault, unsigned int order)
{
	if (order == PMD_ORDER || order == PUD_ORDER)
		obj->index_ret = vma_fault_return_page(fault, obj->page);
	return VM_FAULT_SIGBUS;
}

static void vma_access_hook_return_page_huge(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	/* Not with 64K pages of arm64: a huge page has 8192. */
	if (PMD_ORDER > MAX_PAGECACHE_ORDER)
		kunit_skip(test, "no fault of such a mapping asks for a huge entry");
	obj->huge = vah_return;
	obj->page = obj->pages[1];
	vah_map(test, &vau_none, 0, 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	obj->huge = NULL;
	obj->fault = vau_do_return;
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), 2);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, VAH_NR << PAGE_SHIFT), 0);
}

#else /* CONFIG_TRANSPARENT_HUGEPAGE */

#define VAH_NO_HUGE(_name)						\
	static void _name(struct kunit *test)				\
	{								\
		kunit_skip(test, "there are no huge entries");		\
	}

VAH_NO_HUGE(vma_access_hook_huge_pfn)
VAH_NO_HUGE(vma_access_hook_huge_pieces)
VAH_NO_HUGE(vma_access_hook_huge_short)
VAH_NO_HUGE(vma_access_hook_huge_object)
VAH_NO_HUGE(vma_access_hook_huge_pud)
VAH_NO_HUGE(vma_access_hook_return_page_huge)

#endif /* CONFIG_TRANSPARENT_HUGEPAGE */

/* With order 0 the huge form inserts one page frame, in any handler and kernel. */
static vm_fault_t vah_small_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_huge_pfn(fault, obj->pfn, 0, 1, 0);
}

static void vma_access_hook_huge_order_0(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[4];
	obj->pfn = page_to_pfn(obj->page);
	obj->fault = vah_small_pfn;
	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 2)), 5);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), BIT(2));
}

/* ---- hooks for a write to what is mapped ---------------------------------- */

static vau_fault_fn vah_mkwrite_fn;

static vm_fault_t vah_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;

	obj->faults++;
	return obj->fault(obj, fault);
}

static vm_fault_t vah_mkwrite(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;

	obj->ret = vah_mkwrite_fn(obj, fault);
	return VM_FAULT_SIGBUS;
}

#define VAH_MKWRITE	.fault = vah_fault, .page_mkwrite = vah_mkwrite, \
			.pfn_mkwrite = vah_mkwrite

static DEFINE_VMA_TYPE(vah_mkwrite_none, VMA_MAP_NONE | VMA_DENY_EXEC | VMA_COW_REFUSE |
		       VAU_LAX | VMA_EXPAND_REFUSE, VAH_MKWRITE);
static DEFINE_VMA_TYPE(vah_mkwrite_mixed, VMA_MAP_MIXED | VMA_DENY_EXEC | VMA_COW_REFUSE |
		       VAU_LAX | VMA_EXPAND_REFUSE, VAH_MKWRITE);
static DEFINE_VMA_TYPE(vah_mkwrite_pfn, VMA_MAP_PFN | VMA_DENY_EXEC | VMA_COW_REFUSE |
		       VAU_LAX | VMA_EXPAND_REFUSE, VAH_MKWRITE);

static vm_fault_t vah_do_page(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_page(fault, obj->page);
}

static vm_fault_t vah_do_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_pfn(fault, page_to_pfn(obj->page), VMA_PROT_OWN);
}

static vm_fault_t vah_do_huge_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_huge_pfn(fault, page_to_pfn(obj->page), 0, 1, PMD_ORDER);
}

static const struct vah_verb {
	const char *desc;
	const struct vma_type *type;
	vau_fault_fn first, verb;
} vah_verbs[] = {
	{ "return_page", &vah_mkwrite_none, vau_do_return, vau_do_return },
	{ "insert_page", &vah_mkwrite_mixed, vah_do_page, vah_do_page },
	{ "insert_pfn", &vah_mkwrite_pfn, vah_do_pfn, vah_do_pfn },
	{ "insert_huge_pfn", &vah_mkwrite_pfn, vah_do_pfn, vah_do_huge_pfn },
};

KUNIT_ARRAY_PARAM_DESC(vah_verb, vah_verbs, desc);

/* A returned page is no answer to a write to what is mapped: refused, with one warning. */
static void vma_access_hook_mkwrite(struct kunit *test)
{
	const struct vah_verb *verb = test->param_value;
	struct vau_file *obj = test->priv;
	int refs;

	obj->page = obj->pages[1];
	obj->fault = verb->first;
	vah_mkwrite_fn = verb->verb;
	vau_map(test, obj, verb->type);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	refs = page_ref_count(obj->page);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 1), -EFAULT);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), refs);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
}

/* As if another thread had reclaimed the page table after the core looked at it. */
static vm_fault_t vah_return_at(struct vau_file *obj, struct vma_fault *fault, pmd_t *pmd)
{
	struct vm_fault *vmf = __vma_fault_raw(fault);
	pgtable_t prealloc = vmf->prealloc_pte;
	enum fault_flag flags = vmf->flags;
	vm_fault_t ret;

	swap(vmf->pmd, pmd);
	vmf->prealloc_pte = NULL;
	vmf->flags &= ~FAULT_FLAG_ORIG_PTE_VALID;
	ret = vma_fault_return_page(fault, obj->page);
	vmf->pmd = pmd;
	vmf->prealloc_pte = prealloc;
	vmf->flags = flags;
	return ret;
}

static vm_fault_t vah_return_reclaimed(struct vau_file *obj, struct vma_fault *fault)
{
	obj->ret = vah_return_at(obj, fault, NULL);
	return obj->ret;
}

/* The same beside a hook for huge pages, which the access may come from. */
static vm_fault_t vah_return_unsure(struct vau_file *obj, struct vma_fault *fault)
{
	struct kunit *test = kunit_get_current_test();
	struct vm_fault *vmf = __vma_fault_raw(fault);
	struct page *cow_page = vmf->cow_page;
	unsigned long refused = vat_refused();
	pmd_t none = __pmd(0);
	vm_fault_t ret;

	vmf->cow_page = NULL;
	VAT_EXPECT_FAULT(test, vah_return_at(obj, fault, &none), VM_FAULT_NOPAGE);
	kunit_warning_suppress(test) {
		VAT_EXPECT_FAULT(test, vah_return_at(obj, fault, NULL), VM_FAULT_NOPAGE);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_REFUSED(test, refused, 2);
	vmf->cow_page = obj->page;
	ret = vah_return_at(obj, fault, &none);
	vmf->cow_page = cow_page;
	return ret;
}

/* R18: what another thread does at the time is no mistake of the driver. */
static void vma_access_hook_return_unsure(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[1];
	obj->fault = vah_return_unsure;
	vau_map(test, obj, &vau_none);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	VAT_EXPECT_FAULT(test, obj->ret, 0);
}

/* A driver without ->huge_fault() is not blamed for it. */
static void vma_access_hook_return_reclaimed(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[1];
	obj->fault = vah_return_reclaimed;
	vau_map(test, obj, &vah_mkwrite_none);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	VAT_EXPECT_FAULT(test, obj->ret, 0);
}

static vm_fault_t vah_fallback(struct vau_file *obj, struct vma_fault *fault)
{
	return VM_FAULT_FALLBACK;
}

/* The answer of a handler for huge pages, given by the other one, is an error and no Oops. */
static void vma_access_hook_fallback(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct page *page = NULL;

	obj->fault = vah_fallback;
	vau_map(test, obj, &vah_mkwrite_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
		KUNIT_EXPECT_EQ(test, get_user_pages_fast(VAU_ADDR, 1, 0, &page), -EFAULT);
		VAT_EXPECT_WARNED(test, 2);
	}
}

/* ---- waiting in a fault --------------------------------------------------- */

/* The state that the handler found when it asked to wait. */
static struct vah_wait {
	vm_fault_t ret;
	unsigned int asked, waited;
	bool ended, kept, unmap;
	enum vat_mmap_lock lock;
	long file_refs;
} vah_wait;

/* Asks for the lock to be dropped each time, and goes on where it is not. */
static vm_fault_t vah_wait_fault(struct vau_file *obj, struct vma_fault *fault)
{
	struct file *file __free(fput) = NULL;
	long refs = file_count(obj->file);

	vah_wait.asked++;
	vah_wait.ret = vma_fault_drop_lock(&fault, &file);
	vah_wait.ended = !fault;
	vah_wait.kept = file == obj->file;
	vah_wait.file_refs = file_count(obj->file) - refs;
	vah_wait.lock = vat_mmap_lock(current->mm);
	if (file) {
		vah_wait.waited++;
		/* A task that waits for the lock gets it. */
		if (vah_wait.unmap)
			vm_munmap(VAU_ADDR, VAU_SIZE);
		return vah_wait.ret;
	}
	if (vah_wait.ret)
		return vah_wait.ret;
	return vma_fault_insert_page(fault, obj->page);
}

static void vah_wait_begin(struct kunit *test, const struct vma_type *type)
{
	struct vau_file *obj = test->priv;

	memset(&vah_wait, 0, sizeof(vah_wait));
	obj->page = obj->pages[1];
	obj->fault = vah_wait_fault;
	vau_map(test, obj, type);
}

/* A handler waits without the lock, once, and then the access succeeds. */
static void vma_access_hook_wait(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	long refs;

	vah_wait_begin(test, &vau_mixed);
	refs = file_count(obj->file);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	KUNIT_EXPECT_EQ(test, vah_wait.waited, 1);
	KUNIT_EXPECT_EQ(test, vah_wait.asked, 2);
	/* The second time the lock was held, and the handle valid. */
	VAT_EXPECT_FAULT(test, vah_wait.ret, 0);
	KUNIT_EXPECT_FALSE(test, vah_wait.ended);
	KUNIT_EXPECT_EQ(test, file_count(obj->file), refs);
	vat_expect_unlocked(test);
}

/* While it waits the VMA can be unmapped: the file is still there, and nobody is hurt. */
static void vma_access_hook_wait_unmapped(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vah_wait_begin(test, &vau_mixed);
	vah_wait.unmap = true;
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	KUNIT_EXPECT_EQ(test, vah_wait.asked, 1);
	KUNIT_EXPECT_EQ(test, vah_wait.waited, 1);
	KUNIT_EXPECT_TRUE(test, vah_wait.ended);
	KUNIT_EXPECT_TRUE(test, vah_wait.kept);
	KUNIT_EXPECT_EQ(test, vah_wait.file_refs, 1);
	KUNIT_EXPECT_EQ(test, vah_wait.lock, VAT_FREE);
	VAT_EXPECT_FAULT(test, vah_wait.ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_EQ(test, file_count(obj->file), 1);
	vat_expect_unlocked(test);
}

/* A fault with the flags of other callers: was the lock dropped? */
static void vah_expect_flags(struct kunit *test, unsigned int flags, vm_fault_t want,
			     bool dropped)
{
	struct mm_struct *mm = current->mm;
	vm_fault_t ret;

	vah_wait_begin(test, &vau_mixed);
	mmap_read_lock(mm);
	ret = handle_mm_fault(vma_lookup(mm, VAU_ADDR), VAU_ADDR, flags, NULL);
	KUNIT_EXPECT_EQ_MSG(test, vah_wait.lock, dropped ? VAT_FREE : VAT_READ,
			    "flags %x", flags);
	if (!dropped)
		mmap_read_unlock(mm);
	VAT_EXPECT_FAULT_MSG(test, ret, want, "flags %x", flags);
	KUNIT_EXPECT_EQ_MSG(test, vah_wait.ended, dropped, "flags %x", flags);
	KUNIT_EXPECT_EQ_MSG(test, vah_wait.kept, dropped, "flags %x", flags);
	vat_expect_unlocked(test);
}

/* The lock is dropped for who allows it, the first time, and wants to wait. */
static void vma_access_hook_wait_flags(struct kunit *test)
{
	vah_expect_flags(test, FAULT_FLAG_ALLOW_RETRY, VM_FAULT_RETRY, true);
	vah_expect_flags(test, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE, VM_FAULT_RETRY,
			 true);
	/* get_user_pages() and the like that cannot drop it. */
	vah_expect_flags(test, 0, VM_FAULT_NOPAGE, false);
	vah_expect_flags(test, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED, VM_FAULT_NOPAGE,
			 false);
	/* FOLL_NOWAIT: the caller tries again, with the lock held. */
	vah_expect_flags(test, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT,
			 VM_FAULT_RETRY, false);
}

static vm_fault_t vah_wait_twice(struct vau_file *obj, struct vma_fault *fault)
{
	struct file *file __free(fput) = NULL;
	struct file *again = NULL;

	obj->ret = vma_fault_drop_lock(&fault, &file);
	if (!file)
		return VM_FAULT_SIGBUS;
	obj->index_ret = vma_fault_drop_lock(&fault, &again);
	vah_wait.kept = again;
	return obj->ret;
}

/* Dropping it twice, which is a mistake, drops it once. */
static void vma_access_hook_wait_twice(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vah_wait_twice;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, vah_wait.kept);
	vat_expect_unlocked(test);
}

static vm_fault_t vah_wait_mkwrite(struct vau_file *obj, struct vma_fault *fault)
{
	struct file *file __free(fput) = NULL;
	vm_fault_t ret = vma_fault_drop_lock(&fault, &file);

	vah_wait.asked++;
	vah_wait.ended = !fault;
	vah_wait.kept = file;
	vah_wait.lock = vat_mmap_lock(current->mm);
	return ret;
}

/* The core uses the VMA after these hooks, so the lock cannot be dropped. */
static void vma_access_hook_wait_mkwrite(struct kunit *test)
{
	static const struct vma_type * const types[] = {
		&vah_mkwrite_none, &vah_mkwrite_mixed, &vah_mkwrite_pfn,
	};
	static const vau_fault_fn fns[] = { vau_do_return, vah_do_page, vah_do_pfn };
	struct vau_file *obj = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		memset(&vah_wait, 0, sizeof(vah_wait));
		obj->page = obj->pages[1];
		obj->fault = fns[i];
		vah_mkwrite_fn = vah_wait_mkwrite;
		vau_map(test, obj, types[i]);
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
		KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 1), -EFAULT);
		KUNIT_EXPECT_EQ(test, vah_wait.asked, 1);
		VAT_EXPECT_FAULT(test, obj->ret, 0);
		KUNIT_EXPECT_FALSE(test, vah_wait.ended);
		KUNIT_EXPECT_FALSE(test, vah_wait.kept);
		KUNIT_EXPECT_EQ(test, vah_wait.lock, VAT_READ);
		vat_expect_unlocked(test);
	}
}

#if defined(CONFIG_PER_VMA_LOCK) && defined(CONFIG_TRANSPARENT_HUGEPAGE)
static vm_fault_t vah_wait_huge(struct vau_file *obj, struct vma_fault *fault,
				unsigned int order)
{
	return order == PMD_ORDER ? vah_wait_fault(obj, fault) : VM_FAULT_FALLBACK;
}

/* A fault may hold only the VMA lock, which is dropped then. */
static void vma_access_hook_wait_vma_lock(struct kunit *test)
	__no_context_analysis
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_file *obj = test->priv;
	struct vma_read_guard guard;
	struct vm_area_struct *vma;
	vm_fault_t ret;

	memset(&vah_wait, 0, sizeof(vah_wait));
	obj->huge = vah_wait_huge;
	vah_map(test, &vau_mixed, 0, 0);
	guard = __vma_read_acquire(user, VAU_HUGE);
	KUNIT_ASSERT_EQ(test, ACQUIRE_ERR(vma_read, &guard), 0);
	vma = (struct vm_area_struct *)guard.lock;
	KUNIT_EXPECT_EQ(test, vat_readers(vma), 1);
	ret = handle_mm_fault(vma, VAU_HUGE, FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_VMA_LOCK,
			      NULL);
	VAT_EXPECT_FAULT(test, ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, vah_wait.kept);
	KUNIT_EXPECT_EQ(test, vat_readers(vma), 0);
	vat_expect_unlocked(test);
}
#else
static void vma_access_hook_wait_vma_lock(struct kunit *test)
{
	kunit_skip(test, "needs VMA locks and huge entries");
}
#endif

/* ---- a whole driver that waits ---------------------------------------------- */

struct arena {
	struct mutex lock;	/* held for long; taken inside the mmap lock */
	struct page *page;
};

static const struct vma_type arena_type;

static vm_fault_t arena_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct arena *arena = vma_ref_owner(vma_fault_ref(fault), &arena_type);
	struct file *file __free(fput) = NULL;
	vm_fault_t ret;

	if (!arena)
		return VM_FAULT_SIGBUS;
	if (!mutex_trylock(&arena->lock)) {
		ret = vma_fault_drop_lock(&fault, &file);
		/* The VMA may be gone. The file is there, and so is the arena. */
		if (file && !mutex_lock_killable(&arena->lock))
			mutex_unlock(&arena->lock);
		if (ret)
			return ret;
		/*
		 * The second time, or if the caller cannot retry: with the lock
		 * held.
		 */
		if (mutex_lock_killable(&arena->lock))
			return VM_FAULT_SIGBUS;
	}
	ret = vma_fault_insert_page(fault, arena->page);
	mutex_unlock(&arena->lock);
	return ret;
}

static DEFINE_VMA_TYPE(arena_type, VMA_MAP_MIXED | VMA_DENY_EXEC | VMA_COW_REFUSE |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE,
		       .fault = arena_fault);

static int arena_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);

	return vma_new_set_type(vma, &arena_type, desc->file->private_data);
}

/* Holds the mutex during the fault, and checks that the mmap lock is free. */
static struct arena_holder {
	struct work_struct work;
	struct completion held;
	struct arena *arena;
	struct mm_struct *mm;
	struct task_struct *task;
	bool got;
} arena_holder;

static void arena_hold(struct work_struct *work)
	__no_context_analysis
{
	struct arena_holder *holder = container_of(work, struct arena_holder, work);
	int tries;

	guard(mutex)(&holder->arena->lock);
	complete(&holder->held);
	for (tries = 0; !holder->got && tries < 200; tries++) {
		msleep(20);
		/* The handler waits for the mutex, and blocks nobody else. */
		holder->got = READ_ONCE(holder->task->__state) == TASK_KILLABLE &&
			      vat_mmap_lock(holder->mm) == VAT_FREE;
	}
}

static const struct file_operations arena_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = arena_mmap,
};

KUNIT_DEFINE_ACTION_WRAPPER(arena_fput, fput, struct file *);

/* The driver of the documentation: who holds its lock gets the mmap lock meanwhile. */
static void vma_access_hook_arena(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	static struct arena arena;
	struct file *file;

	mutex_init(&arena.lock);
	arena.page = obj->pages[6];
	file = anon_inode_getfile("[arena]", &arena_fops, &arena, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, arena_fput, file), 0);
	KUNIT_ASSERT_EQ(test, kunit_vm_mmap(test, file, VAU_ADDR, VAU_SIZE, PROT_READ,
					    MAP_SHARED | MAP_FIXED, 0), VAU_ADDR);

	arena_holder.arena = &arena;
	arena_holder.mm = current->mm;
	arena_holder.task = current;
	arena_holder.got = false;
	init_completion(&arena_holder.held);
	INIT_WORK(&arena_holder.work, arena_hold);
	queue_work(system_dfl_wq, &arena_holder.work);
	wait_for_completion(&arena_holder.held);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 7);
	flush_work(&arena_holder.work);
	KUNIT_EXPECT_TRUE(test, arena_holder.got);
	vat_expect_unlocked(test);
}

static struct kunit_case vma_access_hook_cases[] = {
	KUNIT_CASE(vma_access_hook_huge_pfn),
	KUNIT_CASE(vma_access_hook_huge_pieces),
	KUNIT_CASE(vma_access_hook_huge_short),
	KUNIT_CASE(vma_access_hook_huge_object),
	KUNIT_CASE(vma_access_hook_huge_pud),
	KUNIT_CASE(vma_access_hook_huge_order_0),
	KUNIT_CASE(vma_access_hook_return_page_huge),
	KUNIT_CASE_PARAM(vma_access_hook_mkwrite, vah_verb_gen_params),
	KUNIT_CASE(vma_access_hook_return_unsure),
	KUNIT_CASE(vma_access_hook_return_reclaimed),
	KUNIT_CASE(vma_access_hook_fallback),
	KUNIT_CASE(vma_access_hook_wait),
	KUNIT_CASE(vma_access_hook_wait_unmapped),
	KUNIT_CASE(vma_access_hook_wait_flags),
	KUNIT_CASE(vma_access_hook_wait_twice),
	KUNIT_CASE(vma_access_hook_wait_mkwrite),
	KUNIT_CASE(vma_access_hook_wait_vma_lock),
	KUNIT_CASE(vma_access_hook_arena),
	{ }
};

static struct kunit_suite vma_access_hook_suite = {
	.name = "vma_access_hook",
	.init = vau_init,
	.test_cases = vma_access_hook_cases,
};

kunit_test_suite(vma_access_hook_suite);
