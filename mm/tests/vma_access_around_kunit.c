// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: a fault that maps page frames
 * around it. See vma_access_test_file.c for the file that they map.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/set_memory.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#ifdef CONFIG_X86
#include <asm/memtype.h>
#endif

#include "vma_access_test_file.h"

/* As many pages as the core maps around a fault, if nobody has changed that. */
#define AROUND_PAGES	(SZ_64K >> PAGE_SHIFT)
#define AROUND_SIZE	(3 * AROUND_PAGES)

struct around {
	/* Others that must not be mapped, before the array. */
	struct page *others[AROUND_PAGES];
	/* The array that the fault handler inserts from. */
	struct page *pages[AROUND_SIZE];
	unsigned long nr;
	/* How many pages of the mapping are in the first page table. */
	unsigned long before;
};

static struct around *around_of;

/* The address of a page of the mapping. */
static unsigned long around_at(long i)
{
	return VAU_HUGE + PMD_SIZE + (i - (long)around_of->before) * (long)PAGE_SIZE;
}

/* The mapping begins with page obj->base of the array. */
static vm_fault_t around_fault(struct vau_file *obj, struct vma_fault *fault)
{
	unsigned long index = __vma_fault_raw(fault)->pgoff - VAU_BASE + obj->base;

	return vma_fault_insert_page_pfns(fault, around_of->pages, index, around_of->nr);
}

static vm_fault_t around_live_fault(struct vau_file *obj, struct vma_fault *fault)
{
	CLASS(vma_object_live, live)(&obj->object);

	return vma_object_is_live(&live) ? around_fault(obj, fault) : VM_FAULT_SIGBUS;
}

static int around_init(struct kunit *test)
{
	struct vau_file *obj;
	int i, err;

	if (AROUND_PAGES < 16)
		kunit_skip(test, "pages are larger, and few or none are mapped around a fault");
	err = vau_init(test);
	if (err)
		return err;
	obj = test->priv;
	around_of = kunit_kzalloc(test, sizeof(*around_of), GFP_KERNEL);
	if (!around_of)
		return -ENOMEM;
	for (i = 0; i < AROUND_PAGES; i++)
		around_of->others[i] = obj->pages[0];
	for (i = 0; i < AROUND_SIZE; i++)
		around_of->pages[i] = obj->pages[i % VAU_PAGES];
	around_of->nr = AROUND_SIZE;
	around_of->before = AROUND_PAGES + 4;
	obj->type = &vau_pfn;
	obj->fault = around_fault;
	return 0;
}

static void around_map_at(struct kunit *test, long first, unsigned long pages, pgoff_t pgoff)
{
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, test->priv, around_at(first), pages * PAGE_SIZE,
					  MAP_SHARED, pgoff), around_at(first));
}

/* Maps pages of the file, between two other mappings of it. */
static void around_map(struct kunit *test, unsigned long pages)
{
	around_map_at(test, -(long)AROUND_PAGES, AROUND_SIZE + 2 * AROUND_PAGES, 10 * VAU_NEXT);
	around_map_at(test, 0, pages, VAU_BASE);
}

/* The page that is mapped at an index of the mapping. */
static struct page *around_found(long i)
{
	pte_t pte = vau_pte(current->mm, around_at(i));

	return pte_present(pte) ? pfn_to_page(pte_pfn(pte)) : NULL;
}

static int around_insert(unsigned long addr, struct page *page)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, addr);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap ? vma_pfnmap_insert_pfn(pfnmap, addr, page_to_pfn(page), VMA_PROT_OWN) :
			VAU_NO_HANDLE;
}

static int around_zap(unsigned long pages)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, around_at(0));
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_zap_range(vma, around_at(0), pages * PAGE_SIZE) : VAU_NO_HANDLE;
}

/*
 * Is page @i mapped at a fault at page @at? The core counts from the start of an aligned
 * range, or of the VMA in it, and stays in the page table.
 */
static bool around_together(long i, long at)
{
	long first = max(0, at - (long)(around_at(at) % SZ_64K / PAGE_SIZE));

	return i >= first && i < first + (long)AROUND_PAGES &&
	       around_at(i) / PMD_SIZE == around_at(at) / PMD_SIZE;
}

/* The mapping has what belongs there after a fault at page @at, and others have nothing. */
static void around_expect(struct kunit *test, long size, long at)
{
	struct vau_file *obj = test->priv;
	long i;

	for (i = -(long)AROUND_PAGES; i < size + (long)AROUND_PAGES; i++) {
		unsigned long k = i + obj->base;
		struct page *page = NULL;

		if (i >= 0 && i < size && around_together(i, at) && k < around_of->nr)
			page = around_of->pages[k];
		KUNIT_EXPECT_PTR_EQ_MSG(test, around_found(i), page,
					"page %ld of %ld after a fault at %ld, base %ld, array of %lu",
					i, size, at, (long)obj->base, around_of->nr);
	}
}

static void around_each_fault(struct kunit *test, unsigned long size)
{
	struct vau_file *obj = test->priv;
	unsigned long at, k;

	for (at = 0; at < size; at += 3) {
		k = at + obj->base;
		if (k >= around_of->nr)
			continue;
		around_map(test, size);
		obj->faults = 0;
		KUNIT_EXPECT_EQ(test, vau_read(around_at(at)), k % VAU_PAGES + 1);
		KUNIT_EXPECT_EQ(test, obj->faults, 1);
		VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_NOPAGE);
		around_expect(test, size, at);
	}
}

/*
 * R6, R12: what is mapped around a fault is in the VMA, in the array, and in the range
 * that the core maps together: for VMAs and arrays of several sizes, for faults all over,
 * and wherever one begins in the other or in the page table.
 */
static void vma_access_around_each(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long size, i;

	for (size = 1; size <= AROUND_SIZE; size += AROUND_PAGES - 5) {
		around_of->before = size % 2 ? AROUND_PAGES + 4 : AROUND_PAGES - 6;
		for (i = 1; i <= AROUND_SIZE; i += AROUND_PAGES - 1) {
			around_of->nr = i;
			obj->base = i / 2;
			around_each_fault(test, size);
			/* The first pages of the VMA come before the array. */
			obj->base = -(AROUND_PAGES / 2 - 1);
			around_each_fault(test, size);
		}
	}
	/* A mapping takes no reference. */
	for (i = 0; i < VAU_PAGES; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[i]), 1);
}

/* One fault for each range is enough to read all pages. */
static void vma_access_around_few_faults(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	long i, at = 0;
	unsigned int ranges = 1;

	around_map(test, AROUND_SIZE);
	for (i = 0; i < AROUND_SIZE; i++) {
		if (!around_together(i, at)) {
			ranges++;
			at = i;
		}
		KUNIT_EXPECT_EQ(test, vau_read(around_at(i)), i % VAU_PAGES + 1);
	}
	KUNIT_EXPECT_EQ(test, obj->faults, ranges);
}

/* Entries stay. Pages that are not there are left out, and those the kernel uses itself. */
static void vma_access_around_leaves_out(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct page *other = obj->pages[VAU_PAGES - 1];
	void *slab = kunit_kmalloc(test, 64, GFP_KERNEL);
	long i, at = 7;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	around_map(test, AROUND_PAGES);
	around_of->pages[4] = NULL;
	around_of->pages[6] = virt_to_page(slab);
	for (i = 5; i < AROUND_PAGES; i += 4)
		KUNIT_ASSERT_EQ(test, around_insert(around_at(i), other), 0);
	KUNIT_EXPECT_EQ(test, vau_read(around_at(at)), at + 1);
	for (i = 5; i < AROUND_PAGES; i += 4)
		around_of->pages[i] = other;
	around_of->pages[6] = NULL;
	around_expect(test, AROUND_PAGES, at);
}

/* Pages of compound pages, and one that has a type and may be mapped all the same. */
static void vma_access_around_compound(struct kunit *test)
{
	void *large = kunit_kmalloc(test, 4 * KMALLOC_MAX_CACHE_SIZE, GFP_KERNEL);
	long i;

	KUNIT_ASSERT_NOT_NULL(test, large);
	KUNIT_ASSERT_TRUE(test, PageLargeKmalloc(virt_to_page(large)));
	for (i = 0; i < 6; i++)
		around_of->pages[4 + i] = virt_to_page(large) + (i + 1) % 6;
	around_map(test, AROUND_PAGES);
	KUNIT_EXPECT_EQ(test, vau_read(around_at(3)), 4);
	around_expect(test, AROUND_PAGES, 3);
}

/* Without the page that was accessed there is nothing to map. */
static void vma_access_around_absent(struct kunit *test)
{
	unsigned long refused = __vma_refusals(VMA_REFUSED_OBJECT);
	struct vau_file *obj = test->priv;

	around_map(test, AROUND_SIZE);
	around_of->pages[1] = NULL;
	KUNIT_EXPECT_EQ(test, vau_read(around_at(1)), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		KUNIT_EXPECT_EQ(test, __vma_refusals(VMA_REFUSED_OBJECT) - refused, 1);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, around_at(0)), 0);
}

/* R6: an index outside of the array is refused, and nothing is mapped. */
static void vma_access_around_outside(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long refused = vat_refused();

	around_map(test, AROUND_SIZE);
	around_of->nr = 1;
	KUNIT_EXPECT_EQ(test, vau_read(around_at(1)), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, around_at(0)), 0);
	KUNIT_EXPECT_EQ(test, vau_read(around_at(0)), 1);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, around_at(0)), BIT(0));
}

/* A page whose memory type is another than that of its neighbours. */
#ifdef CONFIG_X86
static void around_write_back(void *page)
{
	set_memory_wb((unsigned long)page_address(page), 1);
}

static void around_write_combine(struct kunit *test, struct page *page)
{
	KUNIT_ASSERT_EQ(test, set_memory_wc((unsigned long)page_address(page), 1), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, around_write_back, page), 0);
}

/* The bits of an entry that tell how the processor caches the page. */
static pteval_t around_caching(long i)
{
	return pte_flags(vau_pte(current->mm, around_at(i))) & _PAGE_CACHE_MASK;
}

/* The next page behind page frame @pfn, or behind 1 MiB, of one in each 64 KiB. Or NULL. */
static struct page *around_next_page(unsigned long *pfn)
{
	struct page *page = NULL;

	*pfn = max(*pfn, PHYS_PFN(SZ_1M));
	while (!page && *pfn < PHYS_PFN(SZ_1G) * 4) {
		*pfn += PHYS_PFN(SZ_64K);
		page = pfn_to_online_page(*pfn);
	}
	return page;
}

/* A page without memory, such as there is at the end of RAM. Or NULL. */
static struct page *around_not_ram(void)
{
	unsigned long pfn = 0;
	struct page *page;

	do {
		page = around_next_page(&pfn);
	} while (page && (!PageReserved(page) || page_is_ram(pfn)));
	return page;
}

/*
 * An entry has the memory type that was set for the page, and is uncached if the page is
 * not RAM: by a fault of its own, and around another.
 */
static void vma_access_around_memory_type(struct kunit *test)
{
	const pteval_t type[] = {
		0, pgprot_val(pgprot_writecombine(__pgprot(0))),
		pgprot_val(pgprot_noncached(__pgprot(0))),
	};
	struct vau_file *obj = test->priv;
	struct page *none = around_not_ram();
	int i, nr = none ? 3 : 2;

	if (!pat_enabled())
		kunit_skip(test, "the processor does not tell memory types apart");
	around_write_combine(test, obj->pages[1]);
	around_of->pages[2] = none;
	around_map_at(test, 0, 4, VAU_BASE);

	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, around_insert(around_at(i), around_of->pages[i]), 0);
		KUNIT_EXPECT_EQ(test, around_caching(i), type[i]);
	}
	KUNIT_EXPECT_EQ(test, around_zap(4), 0);
	KUNIT_EXPECT_EQ(test, vau_read(around_at(0)), 1);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, around_caching(i), type[i]);
	if (!none)
		kunit_skip(test, "no page frame has a struct page and is not RAM");
}

/* An online page that is not reserved is RAM: lookup_memtype() relies on that. */
static void vma_access_around_ram(struct kunit *test)
{
	unsigned long pfn = 0, ram = 0;
	struct page *page;

	while ((page = around_next_page(&pfn)) != NULL) {
		if (PageReserved(page))
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, page_is_ram(pfn), "page frame %lx", pfn);
		ram++;
	}
	KUNIT_EXPECT_NE(test, ram, 0);
}
#else
static void around_write_combine(struct kunit *test, struct page *page) { }

static void vma_access_around_memory_type(struct kunit *test)
{
	kunit_skip(test, "the test knows memory types of x86 only");
}

static void vma_access_around_ram(struct kunit *test)
{
	kunit_skip(test, "only x86 asks what is RAM");
}
#endif

/* The pages around have the entries that faults of their own would make. */
static void vma_access_around_same_entry(struct kunit *test)
{
	static const struct vma_type * const types[] = { &vau_pfn, &vau_pfn_ro };
	struct vau_file *obj = test->priv;
	struct vm_area_struct *vma;
	unsigned long addr;
	pte_t pte[4], own;
	int i, t;

	around_write_combine(test, obj->pages[2]);

	for (t = 0; t < 2 * ARRAY_SIZE(types); t++) {
		obj->type = types[t / 2];
		addr = kunit_vm_mmap(test, obj->file, around_at(0), 4 * PAGE_SIZE,
				     t / 2 ? PROT_READ : PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_FIXED, VAU_BASE << PAGE_SHIFT);
		KUNIT_ASSERT_EQ(test, addr, around_at(0));
		/* Cached in a way of the mapping's own, unless each page tells how. */
		if (t % 2) {
			mmap_write_lock(current->mm);
			vma = vma_lookup(current->mm, addr);
			vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
			mmap_write_unlock(current->mm);
		}
		KUNIT_EXPECT_EQ(test, vau_read(around_at(0)), 1);
		for (i = 1; i < 4; i++)
			pte[i] = vau_pte(current->mm, around_at(i));
		KUNIT_EXPECT_EQ(test, around_zap(4), 0);
		for (i = 1; i < 4; i++) {
			around_of->nr = i + 1;
			KUNIT_EXPECT_EQ(test, vau_read(around_at(i)), i + 1);
			own = pte_mkyoung(vau_pte(current->mm, around_at(i)));
			KUNIT_EXPECT_EQ(test, pte_val(own), pte_val(pte_mkyoung(pte[i])));
		}
		around_of->nr = AROUND_SIZE;
	}
}

/* R17: a revoke finds all that was mapped, and nothing comes back. */
static void vma_access_around_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->fault = around_live_fault;
	vau_map_at(test, obj, &vau_object_pfn, VAU_ADDR, MAP_SHARED);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 5)), 6);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);
	vma_object_revoke(&obj->object);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

static struct kunit_case around_cases[] = {
	KUNIT_CASE(vma_access_around_each),
	KUNIT_CASE(vma_access_around_few_faults),
	KUNIT_CASE(vma_access_around_leaves_out),
	KUNIT_CASE(vma_access_around_compound),
	KUNIT_CASE(vma_access_around_absent),
	KUNIT_CASE(vma_access_around_outside),
	KUNIT_CASE(vma_access_around_memory_type),
	KUNIT_CASE(vma_access_around_ram),
	KUNIT_CASE(vma_access_around_same_entry),
	KUNIT_CASE(vma_access_around_revoked),
	{ }
};

static struct kunit_suite around_suite = {
	.name = "vma_access_around",
	.init = around_init,
	.test_cases = around_cases,
};

kunit_test_suite(around_suite);
