// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of <linux/vma_access_new.h>: page frames and a device's memory,
 * mapped at once. See vma_access_test_new.h for how these tests work.
 */
#include <linux/mm.h>
#include <linux/mman.h>

#include "vma_access_test_new.h"

KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc);

/* ---- remap -------------------------------------------------------------- */

VAN_BOTH(van_remap_pfn, {
	const struct van_range *range = obj->arg;
	const struct van_state before = van_state(vma);
	int err = vma_new_remap_pfn(vma, range->addr, page_to_pfn(obj->pages[2]),
				    range->size);

	if (err)
		van_expect_same(test, van_state(vma), before, range->desc);
	return err;
});

/* R6, R18: the range is mapped; a bad range is refused silently. */
static void vma_access_new_remap_pfn(struct kunit *test)
{
	const struct van_range *range;
	struct van_frame frame;

	for (range = van_ranges; range < van_ranges + ARRAY_SIZE(van_ranges);
	     range++) {
		/* The memory behind the object's pages is somebody else's. */
		if (!range->err && range->size > VAN_SIZE - 2 * PAGE_SIZE)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_remap_pfn, range),
				    range->err, "%s", range->desc);
		if (range->err) {
			van_expect_nothing(test);
			continue;
		}
		KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_REMAPPED | VM_MIXEDMAP),
				VAN_REMAPPED);
		van_expect_shows(test, van_at(range), range->size >> PAGE_SHIFT, 2);
		/* R11 */
		frame = van_frame(range->addr);
		KUNIT_EXPECT_EQ(test, frame.err, 0);
		KUNIT_EXPECT_FALSE(test, frame.writable);
	}
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), 0);
}

VAN_BOTH(van_remap_pfn_all, {
	return vma_new_remap_pfn(vma, VAN_ADDR, page_to_pfn(obj->pages[0]), VAN_SIZE);
});

VAN_BOTH(van_remap_nr, {
	const unsigned long *nr = obj->arg;

	return vma_new_fits(vma, *nr) ?:
	       vma_new_remap_pfn(vma, VAN_ADDR,
				 page_to_pfn(obj->pages[vma_new_pgoff(vma)]),
				 vma_new_size(vma));
});

/* R6: the page frames at the mapping's offset, if there are enough. */
static void vma_access_new_remap_all(struct kunit *test)
{
	const unsigned long enough = VAN_PGOFF + 4, few = VAN_PGOFF + 3;
	const unsigned long none = VAN_PGOFF;
	struct van_object *obj = test->priv;
	struct van_frame frame;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_remap_nr, &enough, .pages = 4,
					  .pgoff = VAN_PGOFF,
					  .prot = PROT_READ | PROT_WRITE), 0);
	van_expect_shows(test, 0, 4, VAN_PGOFF);
	KUNIT_EXPECT_EQ(test, van_look().pgoff, VAN_PGOFF);
	frame = van_frame(VAN_AT(1));
	KUNIT_EXPECT_EQ(test, frame.pfn, page_to_pfn(obj->pages[VAN_PGOFF + 1]));
	/* R11 */
	KUNIT_EXPECT_TRUE(test, frame.writable);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_remap_nr, &few, .pages = 4,
					  .pgoff = VAN_PGOFF), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_remap_nr, &none, .pages = 4,
					  .pgoff = VAN_PGOFF), -EINVAL);
	van_expect_nothing(test);
}

VAN_BOTH(van_iomap_all, {
	return vma_new_iomap(vma, page_to_phys(obj->pages[0]), VAN_SIZE);
});

/* R7: copy-on-write takes no page frames, not even as the core would allow. */
static void vma_access_new_remap_cow(struct kunit *test)
{
	const struct van_body *bodies[] = {
		&van_remap_pfn_all, &van_iomap_all,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		KUNIT_EXPECT_EQ(test, van_map(test, bodies[i], .flags = MAP_PRIVATE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, van_map(test, bodies[i], .flags = MAP_PRIVATE,
					      .prot = PROT_READ | PROT_WRITE),
				-EINVAL);
		van_expect_nothing(test);
	}
}

VAN_BOTH(van_remap_on_mixed, {
	struct van_state before;

	van_preset(vma, VM_MIXEDMAP);
	before = van_state(vma);
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_ADDR,
						page_to_pfn(obj->pages[0]), VAN_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE), -EINVAL);
	/* Mistakes of user space are checked first, and are silent. */
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE - PAGE_SIZE), -EINVAL);
	van_expect_same(test, van_state(vma), before, "remap");
	return 0;
});

/* R7, R18: a VM_MIXEDMAP does not become VM_PFNMAP. */
static void vma_access_new_remap_on_mixed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_remap_on_mixed, .warned = 2,
				      .refused = 3), 0);
	van_expect_shows(test, 0, 0, 0);
}

VAN_BOTH(van_remap_on_pfn, {
	int err = vma_new_set_type(vma, &van_pfn, obj);

	return err ?: vma_new_remap_pfn(vma, VAN_ADDR, page_to_pfn(obj->pages[0]),
					VAN_SIZE);
});

/* A type of the same kind can be set too. */
static void vma_access_new_remap_typed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_remap_on_pfn), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_pfn.vm_ops);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

static int van_remap_again(struct kunit *test, struct van_object *obj,
			   struct vma_new *vma)
{
	unsigned long pfn = page_to_pfn(obj->pages[0]);

	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_ADDR, pfn, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_END, pfn, VAN_SIZE), -EFAULT);
	return vma_new_remap_pfn(vma, VAN_ADDR, pfn, VAN_SIZE);
}

/* R13: what a failure has unmapped can be mapped again, although it was tracked. */
static void vma_access_new_remap_again(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_remap_again };

	KUNIT_EXPECT_EQ(test, van_map(test, &body, .refused = 1), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
}

VAN_BOTH(van_mixed_after_remap, {
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_ADDR,
						page_to_pfn(obj->pages[0]),
						PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_PFNMAP_BIT));
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, obj), -EINVAL);
	return VAN_NO_MAPPING;
});

VAN_BOTH(van_mixed_after_iomap, {
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_PFNMAP_BIT));
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, obj), -EINVAL);
	return VAN_NO_MAPPING;
});

VAN_BOTH(van_pfn_after_pages, {
	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES), 0);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_pfn, obj), -EINVAL);
	return VAN_NO_MAPPING;
});

/* R7, R18: the first mapping call fixes the kind; a type has to match it. */
static void vma_access_new_remap_set_type_after(struct kunit *test)
{
	const struct van_body *bodies[] = {
		&van_mixed_after_remap, &van_mixed_after_iomap, &van_pfn_after_pages,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		KUNIT_EXPECT_EQ(test, van_map(test, bodies[i], .warned = 1),
				VAN_NO_MAPPING);
		van_expect_nothing(test);
	}
}

/*
 * Two ranges in turn: the second overlaps or, in ->mmap_prepare(), is a second
 * action.
 */
VAN_BOTH(van_remap_twice, {
	const struct van_range *range = obj->arg;
	const unsigned long pfn = page_to_pfn(obj->pages[0]);

	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_AT(2), pfn, 4 * PAGE_SIZE),
			0);
	KUNIT_EXPECT_EQ_MSG(test, vma_new_remap_pfn(vma, range->addr, pfn,
						    range->size), -EBUSY, "%s",
			    range->desc);
	return 0;
});

/* An explicit offset for the whole mapping. */
VAN_BOTH(van_iomap_twice, {
	const unsigned long pfn = page_to_pfn(obj->pages[0]);

	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_AT(2), pfn, 4 * PAGE_SIZE),
			0);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, PFN_PHYS(pfn), VAN_SIZE), -EBUSY);
	return 0;
});

/*
 * R13, R18: the core has a BUG_ON() for a remap over entries. In ->mmap() the
 * first range is unmapped, also if the hook goes on.
 */
static void vma_access_new_remap_twice(struct kunit *test)
{
	static const struct van_range ranges[] = {
		{ "the same", VAN_AT(2), 4 * PAGE_SIZE },
		{ "over the start", VAN_AT(1), 2 * PAGE_SIZE },
		{ "over the end", VAN_AT(5), 2 * PAGE_SIZE },
		{ "the last page", VAN_AT(5), PAGE_SIZE },
		{ "around it", VAN_ADDR, VAN_SIZE },
	};
	const struct van_body *bodies[] = {
		&van_remap_twice, &van_iomap_twice,
	};
	int i, body;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (body = 0; body < ARRAY_SIZE(bodies); body++) {
			KUNIT_EXPECT_EQ(test, van_map_arg(test, bodies[body], &ranges[i],
							  .warned = 1), 0);
			van_expect_shows(test, 2, van_in_mmap(test) ? 0 : 4, 0);
		}
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

VAN_BOTH(van_remap_parts, {
	const unsigned long pfn = page_to_pfn(obj->pages[0]);
	int err = vma_new_remap_pfn(vma, VAN_AT(4), pfn + 4, 4 * PAGE_SIZE);

	return err ?:
	       vma_new_remap_pfn(vma, VAN_ADDR, pfn, 4 * PAGE_SIZE) ?:
	       vma_new_remap_pfn(vma, VAN_AT(8), pfn + 8, PAGE_SIZE);
});

/* ->mmap() maps part after part; ->mmap_prepare() can ask for one action. */
static void vma_access_new_remap_parts(struct kunit *test)
{
	bool mmap = van_in_mmap(test);

	KUNIT_EXPECT_EQ(test, van_map(test, &van_remap_parts, .warned = !mmap),
			mmap ? 0 : -EBUSY);
	if (mmap)
		van_expect_shows(test, 0, 9, 0);
	else
		van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

#define VAN_LAST_PFN	PHYS_PFN(~(phys_addr_t)0)

static const struct van_pfn {
	const char *desc;
	unsigned long pfn, nr;
	int err;
} van_pfns[] = {
	{ "last page frame and one more", VAN_LAST_PFN, 2, -EINVAL },
	{ "last page frames and one more", VAN_LAST_PFN - 2, 4, -EINVAL },
	{ "wraps", ULONG_MAX, 2, -EINVAL },
	{ "wraps, all pages", ULONG_MAX - 2, VAN_PAGES, -EINVAL },
};

VAN_BOTH(van_try_pfn, {
	const struct van_pfn *pfn = obj->arg;
	const struct van_state before = van_state(vma);

	KUNIT_EXPECT_EQ_MSG(test, vma_new_remap_pfn(vma, VAN_ADDR, pfn->pfn,
						    pfn->nr << PAGE_SHIFT),
			    pfn->err, "%s", pfn->desc);
	van_expect_same(test, van_state(vma), before, pfn->desc);
	return VAN_NO_MAPPING;
});

/* R6, R18: page frames that cannot exist, for which the core would overflow. */
static void vma_access_new_remap_pfn_wraps(struct kunit *test)
{
	static const struct van_pfn beyond = { "beyond", VAN_LAST_PFN + 1, 1, -EINVAL };
	int i;

	for (i = 0; i < ARRAY_SIZE(van_pfns); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_pfn, &van_pfns[i],
						  .refused = 1),
				VAN_NO_MAPPING);
	if (VAN_LAST_PFN < ULONG_MAX)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_pfn, &beyond,
						  .refused = 1),
				VAN_NO_MAPPING);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static int van_remap_on_huge(struct kunit *test, struct van_object *obj,
			     struct vma_new *vma)
{
	const unsigned long pfn = page_to_pfn(obj->pages[0]);
	struct mm_struct *mm = current->mm;
	struct vm_fault vmf = {
		.vma = van_vma_raw(vma),
		.address = ALIGN(VAN_END, PMD_SIZE),
	};

	/* Makes the tables. */
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_END, pfn, PAGE_SIZE), 0);
	vmf.pud = pud_offset(p4d_offset(pgd_offset(mm, vmf.address), vmf.address),
			     vmf.address);
	vmf.pmd = pmd_offset(vmf.pud, vmf.address);
	VAT_EXPECT_FAULT(test, vmf_insert_pfn_pmd(&vmf, ALIGN_DOWN(pfn,
								   PMD_SIZE >> PAGE_SHIFT),
						  false), VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, vmf.address + PAGE_SIZE, pfn,
						PAGE_SIZE), -EBUSY);
	/* All of it is unmapped again. */
	KUNIT_EXPECT_TRUE(test, pmd_none(pmdp_get(vmf.pmd)));
	return VAN_NO_MAPPING;
}

/* R18: a remap over a huge entry, which only raw code puts there, is refused. */
static void vma_access_new_remap_on_huge(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_remap_on_huge };
	const unsigned long end = ALIGN(VAN_END, PMD_SIZE) + PMD_SIZE;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	/* The core warns of the entry, and the function of the overlap. */
	KUNIT_EXPECT_EQ(test, van_map(test, &body, .warned = 2, .refused = 1,
				      .pages = (end - VAN_ADDR) >> PAGE_SHIFT),
			VAN_NO_MAPPING);
}
#else
static void vma_access_new_remap_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

/* ---- a device's memory -------------------------------------------------- */

/* The object's memory, or memory at @start. The mapping has 4 pages. */
static const struct van_iomap {
	const char *desc;
	phys_addr_t start;
	unsigned long in_page, len;
	pgoff_t pgoff;
	int err;
} van_iomaps[] = {
	{ "all of it", 0, 0, 4 * PAGE_SIZE, 0, 0 },
	{ "a part", 0, 0, 9 * PAGE_SIZE, 2, 0 },
	{ "the end", 0, 0, 6 * PAGE_SIZE, 2, 0 },
	{ "the end, of a part of a page", 0, 0, 5 * PAGE_SIZE + 1, 2, 0 },
	{ "from within a page", 0, 512, 6 * PAGE_SIZE - 512, 2, 0 },
	{ "from within a page to another", 0, 512, 5 * PAGE_SIZE, 2, 0 },
	{ "from the end of a page", 0, PAGE_SIZE - 1, 3 * PAGE_SIZE + 1, 0, 0 },
	{ "too small", 0, 0, 5 * PAGE_SIZE, 2, -EINVAL },
	{ "too small, within a page", 0, 512, 5 * PAGE_SIZE - 512, 2, -EINVAL },
	{ "from its end", 0, 0, 5 * PAGE_SIZE, 5, -EINVAL },
	{ "from behind its end", 0, 0, 5 * PAGE_SIZE, 6, -EINVAL },
	{ "nothing", 0, 0, 0, 0, -EINVAL },
	{ "nothing, within a page", 0, 512, 0, 0, -EINVAL },
	{ "all there can be", PAGE_SIZE, 0, ULONG_MAX, 0, -EINVAL },
	{ "all there can be, at an offset", PAGE_SIZE, 512, ULONG_MAX - 512, 2,
	  -EINVAL },
	{ "all there can be, from the first page", 1, 0, ULONG_MAX - PAGE_SIZE + 5,
	  0, -EINVAL },
	{ "wraps", -(phys_addr_t)PAGE_SIZE, 0, 5 * PAGE_SIZE, 0, -EINVAL },
	{ "wraps by one", -(phys_addr_t)(4 * PAGE_SIZE), 1, 4 * PAGE_SIZE, 0,
	  -EINVAL },
};

VAN_BOTH(van_iomap, {
	const struct van_iomap *io = obj->arg;
	const phys_addr_t start = (io->start ?: page_to_phys(obj->pages[0])) +
				  io->in_page;
	const struct van_state before = van_state(vma);
	int err = vma_new_iomap_unaligned(vma, start, io->len);

	KUNIT_EXPECT_EQ_MSG(test, err, io->err, "%s", io->desc);
	if (err)
		van_expect_same(test, van_state(vma), before, io->desc);
	return err;
});

/* R6, R18: the requested part is mapped, if the memory has it. */
static void vma_access_new_remap_iomap(struct kunit *test)
{
	const struct van_iomap *io;

	for (io = van_iomaps; io < van_iomaps + ARRAY_SIZE(van_iomaps); io++) {
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_iomap, io, .pages = 4,
						      .pgoff = io->pgoff),
				    io->err, "%s", io->desc);
		if (io->err) {
			van_expect_nothing(test);
			continue;
		}
		van_expect_shows(test, 0, 4, io->pgoff);
		KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_REMAPPED | VM_MIXEDMAP),
				VAN_REMAPPED);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

VAN_BOTH(van_iomap_aligned, {
	const struct van_iomap *io = obj->arg;
	const phys_addr_t start = (io->start ?: page_to_phys(obj->pages[0])) +
				  io->in_page;

	return vma_new_iomap(vma, start, io->len);
});

/* R6: memory that shares a page is shown only if the driver says so. */
static void vma_access_new_remap_iomap_aligned(struct kunit *test)
{
	const struct van_iomap *io;

	for (io = van_iomaps; io < van_iomaps + ARRAY_SIZE(van_iomaps); io++) {
		bool aligned = PAGE_ALIGNED(io->start | io->in_page | io->len);
		int err = aligned ? io->err : -EINVAL;

		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_iomap_aligned, io,
						      .pages = 4, .pgoff = io->pgoff),
				    err, "%s", io->desc);
		if (err)
			van_expect_nothing(test);
		else
			van_expect_shows(test, 0, 4, io->pgoff);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* Where only the page table entries are a limit. */
static bool van_maps_last(void)
{
	return IS_ENABLED(CONFIG_UML) || IS_ENABLED(CONFIG_S390) ||
	       !IS_ENABLED(CONFIG_PHYS_ADDR_T_64BIT);
}

static int van_iomap_last(struct kunit *test, struct van_object *obj,
			  struct vma_planned *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, -(phys_addr_t)(4 * PAGE_SIZE),
					    4 * PAGE_SIZE),
			van_maps_last() ? 0 : -EINVAL);
	return VAN_NO_MAPPING;
}

/* A range up to the last address does not wrap; few processors can map it. */
static void vma_access_new_remap_iomap_last(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_iomap_last };

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map(test, &body, .pages = 4,
				      .refused = van_maps_last() ? 0 : 1),
			VAN_NO_MAPPING);
}

static struct kunit_case van_cases[] = {
	VAN_CASE(vma_access_new_remap_pfn),
	VAN_CASE(vma_access_new_remap_all),
	VAN_CASE(vma_access_new_remap_cow),
	VAN_CASE(vma_access_new_remap_on_mixed),
	VAN_CASE(vma_access_new_remap_typed),
	KUNIT_CASE(vma_access_new_remap_again),
	VAN_CASE(vma_access_new_remap_set_type_after),
	VAN_CASE(vma_access_new_remap_twice),
	VAN_CASE(vma_access_new_remap_parts),
	VAN_CASE(vma_access_new_remap_pfn_wraps),
	KUNIT_CASE(vma_access_new_remap_on_huge),
	VAN_CASE(vma_access_new_remap_iomap),
	VAN_CASE(vma_access_new_remap_iomap_aligned),
	KUNIT_CASE(vma_access_new_remap_iomap_last),
	{ }
};

static struct kunit_suite van_suite = {
	.name = "vma_access_new_remap",
	.init = van_init,
	.test_cases = van_cases,
};

kunit_test_suite(van_suite);
