// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of <linux/vma_access_new.h>: pages, memory of vmalloc() and
 * memory of the DMA API, mapped at once. See vma_access_test_new.h for how
 * these tests work.
 */
#include <kunit/device.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/vmalloc.h>

#include "vma_access_test_new.h"

KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc);

/* ---- arrays of pages ---------------------------------------------------- */

VAN_BOTH(van_map_pages, {
	const struct van_range *range = obj->arg;
	const struct van_state before = van_state(vma);
	int err = vma_new_map_pages(vma, range->addr, &obj->pages[0],
				    range->size >> PAGE_SHIFT);

	if (err)
		van_expect_same(test, van_state(vma), before, range->desc);
	else
		KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	return err;
});

/* R6, R13, R18: each page is mapped once, with a reference; bad ranges fail. */
static void vma_access_new_pages_map_pages(struct kunit *test)
{
	const struct van_range *range;
	unsigned long nr;

	for (range = van_ranges; range < van_ranges + VAN_WHOLE_PAGES; range++) {
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_map_pages, range),
				    range->err, "%s", range->desc);
		if (range->err) {
			van_expect_nothing(test);
			continue;
		}
		nr = range->size >> PAGE_SHIFT;
		van_expect_shows(test, van_at(range), nr, 0);
		KUNIT_EXPECT_EQ(test, van_held(test, test->priv), BIT(nr) - 1);
		KUNIT_EXPECT_EQ(test, van_look().flags & (VM_MIXEDMAP | VM_PFNMAP),
				VM_MIXEDMAP);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
		van_expect_nothing(test);
	}
}

VAN_BOTH(van_map_many_pages, {
	const unsigned long *nr = obj->arg;

	return vma_new_map_pages(vma, VAN_ADDR, obj->pages, *nr);
});

/* R6: a number of pages whose size in bytes wraps to a valid one, or to 0. */
static void vma_access_new_pages_map_pages_wraps(struct kunit *test)
{
	const unsigned long wrap = 1UL << (BITS_PER_LONG - PAGE_SHIFT);
	const unsigned long many[] = {
		wrap - 1, wrap, wrap + 1, wrap + VAN_PAGES, ULONG_MAX,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(many); i++) {
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_map_many_pages,
						      &many[i]),
				    -EFAULT, "%lu pages", many[i]);
		van_expect_nothing(test);
	}
}

VAN_BOTH(van_map_pages_all, {
	const unsigned long *nr = obj->arg;

	return vma_new_map_pages_all(vma, obj->pages, *nr);
});

/* R6: the pages at the mapping's offset, if there are enough. */
static void vma_access_new_pages_map_pages_all(struct kunit *test)
{
	const unsigned long enough = VAN_PGOFF + 4, few = VAN_PGOFF + 3;
	const unsigned long none = VAN_PGOFF;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_pages_all, &enough,
					  .pages = 4, .pgoff = VAN_PGOFF), 0);
	van_expect_shows(test, 0, 4, VAN_PGOFF);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_pages_all, &few,
					  .pages = 4, .pgoff = VAN_PGOFF), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_pages_all, &none,
					  .pages = 4, .pgoff = VAN_PGOFF), -EINVAL);
	van_expect_nothing(test);
}

VAN_BOTH(van_map_pages_on_pfn, {
	struct van_state before;

	van_preset(vma, VM_PFNMAP);
	before = van_state(vma);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES),
			-EINVAL);
	van_expect_same(test, van_state(vma), before, "pages");
	return VAN_NO_MAPPING;
});

/* R7, R18: a VM_PFNMAP does not become VM_MIXEDMAP. */
static void vma_access_new_pages_map_pages_on_pfn(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_on_pfn, .warned = 1),
			VAN_NO_MAPPING);
	van_expect_nothing(test);
}

VAN_BOTH(van_map_pages_twice, {
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(3), &obj->pages[3], 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(3), &obj->pages[4], 1),
			-EBUSY);
	return 0;
});

/* R13: no page is mapped over another; in ->mmap() all are unmapped then. */
static void vma_access_new_pages_map_pages_twice(struct kunit *test)
{
	bool mmap = van_in_mmap(test);

	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_twice, .warned = !mmap), 0);
	van_expect_shows(test, 3, mmap ? 0 : 1, 3);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), mmap ? 0 : BIT(3));
}

VAN_BOTH(van_map_pages_typed, {
	int err = vma_new_set_type(vma, &van_mixed, obj);

	return err ?: vma_new_map_pages_all(vma, obj->pages, VAN_PAGES);
});

/* A type of the same kind can be set too, also with copy-on-write. */
static void vma_access_new_pages_map_pages_typed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_typed), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_mixed.vm_ops);
	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_typed,
				      .flags = MAP_PRIVATE), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
}

VAN_BOTH(van_map_pages_no_ops, {
	van_no_ops(vma);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES), 0);
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, obj), -EBUSY);
	KUNIT_EXPECT_NULL(test, vma_new_identity(vma).vm_ops);
	return VAN_NO_MAPPING;
});

/* If the hooks were removed, it shows no object and has no type. */
static void vma_access_new_pages_map_pages_no_ops(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_no_ops, .warned = 1),
			VAN_NO_MAPPING);
	van_expect_nothing(test);
}

/* The pages of the object, one of which cannot be inserted. */
struct van_array {
	struct page *pages[VAN_PAGES];
	int bad;
};

VAN_BOTH(van_map_bad_page, {
	struct van_array *array = (void *)obj->arg;
	int err = vma_new_map_pages_all(vma, array->pages, VAN_PAGES);

	/* At once, in ->mmap(): the pages before it are unmapped. */
	if (err)
		KUNIT_EXPECT_EQ(test, van_held(test, obj), 0);
	return err;
});

/* R13: after a failure in the middle nothing is mapped, and nothing kept. */
static void vma_access_new_pages_map_pages_bad_page(struct kunit *test)
{
	static const int bad[] = { 0, 3, 4, 9, VAN_PAGES - 1 };
	struct van_object *obj = test->priv;
	struct van_array array;
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(array.pages, obj->pages, sizeof(array.pages));
		array.bad = bad[i];
		array.pages[array.bad] = virt_to_head_page(slab);
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, &van_map_bad_page, &array,
						      .refused = VAN_NOTHING),
				    -EINVAL, "page %d", array.bad);
		van_expect_nothing(test);
	}
}

/* The trace has the insert before the failure, and that it was undone. */
static void vma_access_new_pages_map_pages_bad_traced(struct kunit *test)
{
	struct van_object *obj = test->priv;
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct van_array array = { .bad = 4 };
	struct vat_trace *trace;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	memcpy(array.pages, obj->pages, sizeof(array.pages));
	array.pages[array.bad] = virt_to_head_page(slab);
	trace = vat_trace_start(test, VAN_ADDR);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_bad_page, &array,
					  .refused = VAN_NOTHING), -EINVAL);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 0+4 -22\nzap 0+16\n");
}

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
static int van_map_pages_on_huge(struct kunit *test, struct van_object *obj,
				 struct vma_new *vma)
{
	struct mm_struct *mm = current->mm;
	struct vm_fault vmf = {
		.vma = van_vma_raw(vma),
		.address = ALIGN(VAN_END, PMD_SIZE),
	};

	/* Makes the tables. */
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_END, obj->pages, 1), 0);
	vmf.pud = pud_offset(p4d_offset(pgd_offset(mm, vmf.address), vmf.address),
			     vmf.address);
	vmf.pmd = pmd_offset(vmf.pud, vmf.address);
	VAT_EXPECT_FAULT(test, vmf_insert_pfn_pmd(&vmf, ALIGN_DOWN(page_to_pfn(obj->pages[0]),
								   PMD_SIZE >> PAGE_SHIFT),
						  false), VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, vmf.address, obj->pages, 1),
			-ENOMEM);
	return VAN_NO_MAPPING;
}

/* If there is no page table, the errno is not that of a bad range. */
static void vma_access_new_pages_map_pages_on_huge(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_map_pages_on_huge };
	const unsigned long end = ALIGN(VAN_END, PMD_SIZE) + PMD_SIZE;

	KUNIT_EXPECT_EQ(test, van_map(test, &body,
				      .pages = (end - VAN_ADDR) >> PAGE_SHIFT),
			VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), 0);
}
#else
static void vma_access_new_pages_map_pages_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

/* ---- memory of vmalloc() ------------------------------------------------ */

VAN_BOTH(van_map_vmalloc, {
	const struct van_state before = van_state(vma);
	int err = vma_new_map_vmalloc(vma, (void *)obj->arg, vma_new_pgoff(vma));

	/* The core has a BUG_ON() if it has to set the kind itself. */
	if (err)
		van_expect_same(test, van_state(vma), before, "vmalloc");
	else
		KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	return err;
});

/* R6: vmalloc_user() memory, from an offset on. */
static void vma_access_new_pages_map_vmalloc(struct kunit *test)
{
	void *memory = van_vmalloc(test, true);
	struct page *page = vmalloc_to_page(memory);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_vmalloc, memory), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_REMAPPED | VM_MIXEDMAP),
			VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTDUMP);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_vmalloc, memory, .pages = 4,
					  .pgoff = VAN_PGOFF), 0);
	van_expect_shows(test, 0, 4, VAN_PGOFF);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
}

KUNIT_DEFINE_ACTION_WRAPPER(van_vfree, vfree, const void *);

/* Memory of the DMA API may be mapped to user space, too. */
static void vma_access_new_pages_map_vmalloc_coherent(struct kunit *test)
{
	struct van_object *obj = test->priv;
	struct page **pages;
	void *memory;
	int i;

	/* The pages belong to the area, once there is one. */
	pages = kvmalloc_array(VAN_PAGES, sizeof(*pages), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < VAN_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
		memcpy(page_address(pages[i]), page_address(obj->pages[i]), PAGE_SIZE);
	}
	memory = vmap(pages, VAN_PAGES, VM_DMA_COHERENT | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_vfree, memory), 0);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_vmalloc, memory), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

KUNIT_DEFINE_ACTION_WRAPPER(van_vunmap, vunmap, const void *);

/* An area for user space without an array of its pages, such as a ring of BPF. */
static void vma_access_new_pages_map_vmalloc_vmap(struct kunit *test)
{
	const struct van_hook *hook = test->param_value;
	struct van_object *obj = test->priv;
	void *memory = vmap(obj->pages, VAN_PAGES, VM_USERMAP, PAGE_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_vunmap, memory), 0);
	if (hook->fops == &van_prepare_fops) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_vmalloc, memory), -EINVAL);
		van_expect_nothing(test);
		return;
	}
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_map_vmalloc, memory), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* R6, R18: not beyond it, and no area that is not for user space. */
static void vma_access_new_pages_map_vmalloc_bad(struct kunit *test)
{
	const struct van_body *body = &van_map_vmalloc;
	struct van_object *obj = test->priv;
	void *memory = van_vmalloc(test, true);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory, .pgoff = 1), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory, .pages = 1,
					  .pgoff = VAN_PAGES), -EINVAL);
	van_expect_nothing(test);
	/* An address inside it, from which the rest of the size is unknown. */
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory + PAGE_SIZE,
					  .pages = 1), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, van_vmalloc(test, false)),
			-EINVAL);
	van_expect_nothing(test);
	/* Of no area. */
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, obj->memory), -EINVAL);
	van_expect_nothing(test);
}

VAN_BOTH(van_vmalloc_on_pfn, {
	struct van_state before;

	van_preset(vma, VM_PFNMAP);
	before = van_state(vma);
	KUNIT_EXPECT_EQ(test, vma_new_map_vmalloc(vma, (void *)obj->arg, 0), -EINVAL);
	van_expect_same(test, van_state(vma), before, "vmalloc");
	return VAN_NO_MAPPING;
});

VAN_BOTH(van_vmalloc_of_object, {
	struct van_state before;

	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown_mixed, &obj->shown),
			0);
	before = van_state(vma);
	KUNIT_EXPECT_EQ(test, vma_new_map_vmalloc(vma, (void *)obj->arg, 0), -EINVAL);
	van_expect_same(test, van_state(vma), before, "vmalloc");
	return 0;
});

VAN_BOTH(van_vmalloc_on_page, {
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						&obj->pages[VAN_PAGES - 1], 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_map_vmalloc(vma, (void *)obj->arg, 0), -EBUSY);
	return 0;
});

/* R7, R17, R18: mappings that cannot take it; in ->mmap() all is unmapped. */
static void vma_access_new_pages_map_vmalloc_refused(struct kunit *test)
{
	void *memory = van_vmalloc(test, true);
	int left = van_in_mmap(test) ? 0 : 1;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_vmalloc_on_pfn, memory,
					  .warned = 1), VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_vmalloc_of_object, memory,
					  .warned = 1), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_vmalloc_on_page, memory,
					  .warned = 1), 0);
	van_expect_shows(test, VAN_PAGES - 1, left, VAN_PAGES - 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* ---- what only ->mmap() can do ------------------------------------------ */

/* Memory of the DMA API, and its device. */
struct van_dma {
	struct device *dev;
	void *cpu_addr;
	dma_addr_t dma_addr;
	size_t size;
};

static void van_dma_free(void *data)
{
	struct van_dma *dma = data;

	dma_free_coherent(dma->dev, VAN_SIZE, dma->cpu_addr, dma->dma_addr);
}

static struct van_dma *van_dma_new(struct kunit *test)
{
	const struct van_object *obj = test->priv;
	struct van_dma *dma = kunit_kzalloc(test, sizeof(*dma), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dma);
	if (!IS_ENABLED(CONFIG_HAS_DMA))
		kunit_skip(test, "there is no DMA");
	dma->dev = kunit_device_register(test, "vma_access_test_new");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma->dev);
	dma->size = VAN_SIZE;
	dma->cpu_addr = dma_alloc_coherent(dma->dev, VAN_SIZE, &dma->dma_addr,
					   GFP_KERNEL);
	if (!dma->cpu_addr || !dma_can_mmap(dma->dev))
		kunit_skip(test, "there is no memory for DMA that can be mapped");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_dma_free, dma), 0);
	memcpy(dma->cpu_addr, obj->memory, VAN_SIZE);
	return dma;
}

static int van_do_dma(struct vma_new *vma, const struct van_dma *dma)
{
	return vma_new_dma_mmap(vma, dma->dev, dma->cpu_addr, dma->dma_addr,
				dma->size, 0);
}

static int van_dma_mmap(struct kunit *test, struct van_object *obj,
			struct vma_new *vma)
{
	return van_do_dma(vma, obj->arg);
}

static const struct van_body van_dma_body = { .mmap = van_dma_mmap };

/* R6, R7: memory of the DMA API, from an offset on, and not beyond it. */
static void vma_access_new_pages_dma_mmap(struct kunit *test)
{
	const struct van_body *body = &van_dma_body;
	struct van_dma *dma = van_dma_new(test);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .pages = 4,
					  .pgoff = VAN_PGOFF), 0);
	van_expect_shows(test, 0, 4, VAN_PGOFF);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .pgoff = 1), -ENXIO);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .pages = 1,
					  .pgoff = VAN_PAGES), -ENXIO);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .flags = MAP_PRIVATE),
			-EINVAL);
	van_expect_nothing(test);

	/* A part of a page counts as one; the next page is beyond. */
	dma->size = 3 * PAGE_SIZE + 1;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .pages = 4), 0);
	van_expect_shows(test, 0, 4, 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, dma, .pages = 5), -ENXIO);
	van_expect_nothing(test);
}

static int van_dma_on_pfn(struct kunit *test, struct van_object *obj,
			  struct vma_new *vma)
{
	van_preset(vma, VM_PFNMAP);
	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), -EINVAL);
	return VAN_NO_MAPPING;
}

static int van_dma_on_mixed(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	van_preset(vma, VM_MIXEDMAP);
	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), -EINVAL);
	return VAN_NO_MAPPING;
}

static int van_dma_of_object(struct kunit *test, struct van_object *obj,
			     struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown, &obj->shown), 0);
	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), -EINVAL);
	return 0;
}

/* Something is mapped, but the flags do not show it. */
static int van_dma_on_page(struct kunit *test, struct van_object *obj,
			   struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						obj->pages, 1), 0);
	vm_flags_clear(van_vma_raw(vma), VM_MIXEDMAP);
	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), -EBUSY);
	return VAN_NO_MAPPING;
}

/* R7, R17, R18: mappings that cannot take it. */
static void vma_access_new_pages_dma_mmap_refused(struct kunit *test)
{
	static const struct van_body bodies[] = {
		{ .mmap = van_dma_on_pfn },
		{ .mmap = van_dma_on_mixed },
		{ .mmap = van_dma_on_page },
	};
	static const struct van_body object = { .mmap = van_dma_of_object };
	struct van_dma *dma = van_dma_new(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &bodies[i], dma, .warned = 1),
				VAN_NO_MAPPING);
		van_expect_nothing(test);
	}
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &object, dma, .warned = 1), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* Map each page as a piece of its own, in the opposite order. */
static int van_do_dma_at(struct vma_new *vma, const struct van_dma *dma,
			 unsigned long page)
{
	unsigned long from = (VAN_PAGES - 1 - page) * PAGE_SIZE;

	return vma_new_dma_mmap_at(vma, VAN_AT(page), dma->dev,
				   dma->cpu_addr + from, dma->dma_addr + from,
				   PAGE_SIZE, 0);
}

static int van_dma_pieces(struct kunit *test, struct van_object *obj,
			  struct vma_new *vma)
{
	pgoff_t pgoff = vma_new_pgoff(vma);
	unsigned long i;
	int err = 0;

	for (i = 0; !err && i < vma_new_pages(vma); i++)
		err = van_do_dma_at(vma, obj->arg, i);
	KUNIT_EXPECT_EQ(test, vma_new_start(vma), VAN_ADDR);
	KUNIT_EXPECT_EQ(test, vma_new_pages(vma), i);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), pgoff);
	return err;
}

static int van_dma_outside(struct kunit *test, struct van_object *obj,
			   struct vma_new *vma)
{
	const struct van_dma *dma = obj->arg;

	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, dma, 0), 0);
	return vma_new_dma_mmap_at(vma, VAN_AT(1), dma->dev, dma->cpu_addr,
				   dma->dma_addr, VAN_SIZE, 0);
}

static int van_dma_uneven(struct kunit *test, struct van_object *obj,
			  struct vma_new *vma)
{
	const struct van_dma *dma = obj->arg;

	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, dma, 0), 0);
	return vma_new_dma_mmap_at(vma, VAN_AT(1), dma->dev, dma->cpu_addr,
				   dma->dma_addr, PAGE_SIZE + 1, 0);
}

/* R6, R7: memory of the DMA API in pieces; one that fails takes back the others. */
static void vma_access_new_pages_dma_mmap_at(struct kunit *test)
{
	static const struct van_body pieces = { .mmap = van_dma_pieces };
	static const struct van_body outside = { .mmap = van_dma_outside };
	static const struct van_body uneven = { .mmap = van_dma_uneven };
	struct van_object *obj = test->priv;
	struct van_dma *dma = van_dma_new(test);
	unsigned long i;

	for (i = 0; i < VAN_PAGES; i++)
		memcpy(dma->cpu_addr + i * PAGE_SIZE,
		       obj->memory + (VAN_PAGES - 1 - i) * PAGE_SIZE, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &pieces, dma), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	/* The offset is the driver's business. */
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &pieces, dma, .pages = 4,
					  .pgoff = VAN_PGOFF), 0);
	van_expect_shows(test, 0, 4, 0);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &outside, dma), -EFAULT);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &uneven, dma), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &pieces, dma, .pages = 1,
					  .flags = MAP_PRIVATE), -EINVAL);
	van_expect_nothing(test);
}

/* The DMA API maps page frames here, and pages are mapped elsewhere. */
static int van_dma_at_beside_page(struct kunit *test, struct van_object *obj,
				  struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						obj->pages, 1), 0);
	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, obj->arg, 0), -EINVAL);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(obj->pages[0])));
	KUNIT_EXPECT_TRUE(test, van_vma_raw(vma)->vm_flags & VM_MIXEDMAP);
	KUNIT_EXPECT_FALSE(test, van_vma_raw(vma)->vm_flags & VM_PFNMAP);
	return VAN_NO_MAPPING;
}

static int van_dma_at_of_object(struct kunit *test, struct van_object *obj,
				struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown, &obj->shown), 0);
	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, obj->arg, 0), -EINVAL);
	return 0;
}

static int van_dma_at_twice(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, obj->arg, VAN_PAGES - 1), 0);
	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, obj->arg, 0), 0);
	KUNIT_EXPECT_EQ(test, van_do_dma_at(vma, obj->arg, VAN_PAGES - 1), -EBUSY);
	return VAN_NO_MAPPING;
}

/* R7, R17, R18: mappings that cannot take a piece. */
static void vma_access_new_pages_dma_mmap_at_refused(struct kunit *test)
{
	static const struct van_body beside = { .mmap = van_dma_at_beside_page };
	static const struct van_body twice = { .mmap = van_dma_at_twice };
	static const struct van_body object = { .mmap = van_dma_at_of_object };
	struct van_dma *dma = van_dma_new(test);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &beside, dma, .refused = 1),
			VAN_NO_MAPPING);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &twice, dma, .warned = 1),
			VAN_NO_MAPPING);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &object, dma, .warned = 1), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* The flags do not show the page that this meets. */
static int van_pages_busy(struct kunit *test, struct van_object *obj,
			  struct vma_new *vma)
{
	struct vm_area_struct *raw = van_vma_raw(vma);
	vm_flags_t flags = raw->vm_flags;

	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						obj->pages, 1), 0);
	vm_flags_clear(raw, VM_MIXEDMAP);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES), -EBUSY);
	KUNIT_EXPECT_EQ(test, raw->vm_flags, flags);
	return vma_new_remap_pfn(vma, VAN_ADDR, page_to_pfn(obj->pages[0]), VAN_SIZE);
}

/* R13: after a failure nothing is left of the kind of mapping that it was to be. */
static void vma_access_new_pages_another_kind(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_pages_busy };

	KUNIT_EXPECT_EQ(test, van_map(test, &body, .refused = VAN_NOTHING), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
}

#ifdef __HAVE_PFNMAP_TRACKING
static int van_again_remap(struct vma_new *vma, const struct van_dma *dma)
{
	return vma_new_remap_pfn(vma, VAN_ADDR, PHYS_PFN(virt_to_phys(dma->cpu_addr)),
				 VAN_SIZE);
}

static int van_again_iomap(struct vma_new *vma, const struct van_dma *dma)
{
	return vma_new_iomap(vma, virt_to_phys(dma->cpu_addr), VAN_SIZE);
}

static int van_again_dma_at(struct vma_new *vma, const struct van_dma *dma)
{
	return vma_new_dma_mmap_at(vma, VAN_ADDR, dma->dev, dma->cpu_addr,
				   dma->dma_addr, VAN_SIZE, 0);
}

static int (* const van_agains[])(struct vma_new *vma, const struct van_dma *dma) = {
	van_again_remap, van_again_iomap, van_do_dma, van_again_dma_at,
};

/* The core refuses to track page frames a second time, after it has set flags. */
static int van_tracked(struct kunit *test, struct van_object *obj, struct vma_new *vma)
{
	struct vm_area_struct *raw = van_vma_raw(vma);
	vm_flags_t flags = raw->vm_flags;
	int i;

	for (i = 0; i < ARRAY_SIZE(van_agains); i++) {
		KUNIT_EXPECT_EQ_MSG(test, van_agains[i](vma, obj->arg), 0, "%d", i);
		KUNIT_EXPECT_NOT_NULL_MSG(test, raw->pfnmap_track_ctx, "%d", i);
		zap_vma_range(raw, VAN_ADDR, VAN_SIZE);
		vm_flags_clear(raw, raw->vm_flags & ~flags);
		KUNIT_EXPECT_EQ_MSG(test, van_agains[i](vma, obj->arg), -EINVAL, "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, raw->vm_flags, flags, "%d", i);
		KUNIT_EXPECT_NULL_MSG(test, raw->pfnmap_track_ctx, "%d", i);
	}
	return vma_new_map_pages_all(vma, obj->pages, VAN_PAGES);
}

static int van_tracked_hook(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	struct vm_area_struct *raw = van_vma_raw(vma);

	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), 0);
	KUNIT_EXPECT_NOT_NULL(test, raw->pfnmap_track_ctx);
	KUNIT_EXPECT_EQ(test, __vma_new_hook_failed(vma, raw->vm_ops, -EIO), -EIO);
	KUNIT_EXPECT_NULL(test, raw->pfnmap_track_ctx);
	return VAN_NO_MAPPING;
}

/* R13: the same of page frames; what is tracked is forgotten with them. */
static void vma_access_new_pages_another_kind_tracked(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_tracked };
	static const struct van_body hook = { .mmap = van_tracked_hook };
	struct van_dma *dma = van_dma_new(test);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, dma, .refused = VAN_NOTHING), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &hook, dma), VAN_NO_MAPPING);
	van_expect_nothing(test);
}
#else
static void vma_access_new_pages_another_kind_tracked(struct kunit *test)
{
	kunit_skip(test, "page frames are not tracked here");
}
#endif

static struct kunit_case van_cases[] = {
	VAN_CASE(vma_access_new_pages_map_pages),
	VAN_CASE(vma_access_new_pages_map_pages_wraps),
	VAN_CASE(vma_access_new_pages_map_pages_all),
	VAN_CASE(vma_access_new_pages_map_pages_on_pfn),
	VAN_CASE(vma_access_new_pages_map_pages_twice),
	VAN_CASE(vma_access_new_pages_map_pages_typed),
	VAN_CASE(vma_access_new_pages_map_pages_no_ops),
	VAN_CASE(vma_access_new_pages_map_pages_bad_page),
	KUNIT_CASE(vma_access_new_pages_map_pages_bad_traced),
	KUNIT_CASE(vma_access_new_pages_map_pages_on_huge),

	VAN_CASE(vma_access_new_pages_map_vmalloc),
	VAN_CASE(vma_access_new_pages_map_vmalloc_coherent),
	VAN_CASE(vma_access_new_pages_map_vmalloc_vmap),
	VAN_CASE(vma_access_new_pages_map_vmalloc_bad),
	VAN_CASE(vma_access_new_pages_map_vmalloc_refused),

	KUNIT_CASE(vma_access_new_pages_dma_mmap),
	KUNIT_CASE(vma_access_new_pages_dma_mmap_refused),
	KUNIT_CASE(vma_access_new_pages_dma_mmap_at),
	KUNIT_CASE(vma_access_new_pages_dma_mmap_at_refused),
	KUNIT_CASE(vma_access_new_pages_another_kind),
	KUNIT_CASE(vma_access_new_pages_another_kind_tracked),
	{ }
};

static struct kunit_suite van_suite = {
	.name = "vma_access_new_pages",
	.init = van_init,
	.test_cases = van_cases,
};

kunit_test_suite(van_suite);
