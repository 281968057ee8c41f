// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: page frames and pages
 * that cannot be mapped, and ->mmap() hooks that fail after they have mapped a
 * part.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/page-flags.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vma_access_test_file.h"

#define VAP_PAGES	4
#define VAP_ADDR	VAU_ADDR2
#define VAP_SIZE	(VAP_PAGES * PAGE_SIZE)
#define VAP_BYTE	0xaa

/* The hook returns this in the end, to make mmap() fail. */
#define VAP_NO_MAPPING	(-ECANCELED)

/* ---- another thread, which reads while the hook runs --------------------- */

struct vap_reader {
	struct mm_struct *mm;
	struct task_struct *task;
	struct completion go, done;
	bool stop;
	int got;
};

static int vap_reader_fn(void *data)
{
	struct vap_reader *reader = data;
	u8 byte;

	kthread_use_mm(reader->mm);
	for (;;) {
		wait_for_completion(&reader->go);
		if (READ_ONCE(reader->stop))
			break;
		/*
		 * A fault would wait for the mmap lock, which the hook's caller
		 * holds.
		 */
		reader->got = copy_from_user_nofault(&byte, (u8 __user *)VAP_ADDR, 1) ?:
			      byte;
		complete(&reader->done);
	}
	kthread_unuse_mm(reader->mm);
	return 0;
}

static void vap_reader_stop(void *data)
{
	struct vap_reader *reader = data;

	WRITE_ONCE(reader->stop, true);
	complete(&reader->go);
	kthread_stop_put(reader->task);
}

static struct vap_reader *vap_reader_start(struct kunit *test)
{
	struct vap_reader *reader = kunit_kzalloc(test, sizeof(*reader), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, reader);
	reader->mm = current->mm;
	init_completion(&reader->go);
	init_completion(&reader->done);
	reader->task = kthread_create(vap_reader_fn, reader, "vap_reader");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, reader->task);
	get_task_struct(reader->task);
	wake_up_process(reader->task);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vap_reader_stop, reader),
			0);
	return reader;
}

/* The byte that the thread reads at VAP_ADDR, or -EFAULT if it cannot. */
static int vap_other_reads(struct vap_reader *reader)
{
	reader->got = -ETIME;
	complete(&reader->go);
	wait_for_completion_timeout(&reader->done, VAT_TIMEOUT);
	return reader->got;
}

/* ---- a file whose hooks do as a test says -------------------------------- */

struct vap_file {
	struct kunit *test;
	struct file *file;
	struct vma_object object;
	struct vap_reader *reader;
	struct page *pages[VAP_PAGES];
	int (*prepare)(struct kunit *test, struct vap_file *obj, struct vma_planned *vma);
	int (*mmap)(struct kunit *test, struct vap_file *obj, struct vma_new *vma);
	/* For them. */
	const struct vap_undo *undo;
	unsigned long pfn, nr;
	int want;
	/*
	 * What was read before a function failed, after it, and in ->close().
	 */
	int err, before, after;
	struct vma_new *kept;
};

static int vap_prepare_hook(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct vap_file *obj = desc->file->private_data;

	return obj->prepare(obj->test, obj, vma);
}

static DEFINE_VMA_MMAP(vap_mmap_hook, file, vma)
{
	struct vap_file *obj = file->private_data;

	return obj->mmap(obj->test, obj, vma);
}

/* Two functions with the same body, for the two kinds of handle. */
#define VAP_BOTH(_name, ...)						\
	static int _name##_prepare(struct kunit *test,			\
				   struct vap_file *obj,		\
				   struct vma_planned *vma)		\
	__VA_ARGS__							\
									\
	static int _name##_mmap(struct kunit *test,			\
				struct vap_file *obj,			\
				struct vma_new *vma)			\
	__VA_ARGS__

static int vap_release(struct inode *inode, struct file *file)
{
	struct vap_file *obj = file->private_data;
	int i;

	for (i = 0; i < VAP_PAGES; i++)
		put_page(obj->pages[i]);
	kfree(obj);
	return 0;
}

static const struct file_operations vap_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = vap_prepare_hook,
	.release = vap_release,
};

static const struct file_operations vap_mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = vap_mmap_hook,
	.release = vap_release,
};

KUNIT_DEFINE_ACTION_WRAPPER(vap_fput, fput, struct file *);

static struct vap_file *vap_new(struct kunit *test, const struct file_operations *fops)
{
	struct vap_file *obj = kzalloc_obj(*obj);
	struct page *pages;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, obj);
	/* Consecutive pages, each with a count of its own. */
	pages = alloc_pages(GFP_KERNEL | __GFP_NOFAIL, ilog2(VAP_PAGES));
	split_page(pages, ilog2(VAP_PAGES));
	for (i = 0; i < VAP_PAGES; i++) {
		obj->pages[i] = pages + i;
		memset(page_address(obj->pages[i]), VAP_BYTE, PAGE_SIZE);
	}
	obj->test = test;
	obj->file = anon_inode_getfile("[vma_access_test_pfn]", fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj->file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vap_fput, obj->file), 0);
	vma_object_init(&obj->object, obj->file->f_mapping, 0, VAP_PAGES - 1, NULL);
	return obj;
}

static int vap_map(struct kunit *test, struct vap_file *obj)
{
	unsigned long addr = kunit_vm_mmap(test, obj->file, VAP_ADDR, VAP_SIZE,
					   PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_FIXED, 0);

	return addr == VAP_ADDR ? 0 : (int)(long)addr;
}

/* ---- page frames that the processor cannot map --------------------------- */

/* The first page frame that is too large. */
static unsigned long vap_too_large(void)
{
	int bits = BITS_PER_LONG;

#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)
	bits = boot_cpu_data.x86_phys_bits - PAGE_SHIFT;
#elif defined(CONFIG_ARM64)
	/* Here the last page frame cannot be mapped. */
	return PHYS_PFN(PHYS_MASK);
#else
	while (bits && pte_pfn(pfn_pte(1UL << (bits - 1), PAGE_KERNEL)) !=
		       1UL << (bits - 1))
		bits--;
#endif
	return bits < BITS_PER_LONG ? 1UL << bits : 0;
}

VAP_BOTH(vap_try_bad, {
	phys_addr_t phys = PFN_PHYS(obj->pfn);

	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAP_ADDR, obj->pfn, PAGE_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAP_ADDR, obj->pfn, VAP_SIZE),
			-EINVAL);
	/* Others are no address. */
	if (PHYS_PFN(phys) == obj->pfn) {
		KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, phys, VAP_SIZE), -EINVAL);
		KUNIT_EXPECT_EQ(test, vma_new_iomap_unaligned(vma, phys + 512,
							      VAP_SIZE - 512),
				-EINVAL);
	}
	return VAP_NO_MAPPING;
});

static vm_fault_t vap_fault_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_pfn(fault, obj->pfn, VMA_PROT_OWN);
}

/* The fault ends in SIGBUS, and nothing is mapped or logged. */
static void vap_expect_sigbus(struct kunit *test, struct vau_file *obj)
{
	obj->ret = 0;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
		VAT_EXPECT_WARNED(test, 0);
	}
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* Neither the functions for a VMA in use nor those for faults take it. */
static void vap_expect_bad_in_use(struct kunit *test, unsigned long pfn)
{
	struct vau_file *obj = test->priv;

	obj->pfn = pfn;
	obj->fault = vap_fault_pfn;
	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR, pfn, VMA_PROT_OWN), -EINVAL);
	vap_expect_sigbus(test, obj);
}

static void vap_expect_bad_in_hook(struct kunit *test, unsigned long pfn)
{
	struct vap_file *prepare = vap_new(test, &vap_prepare_fops);
	struct vap_file *mmap = vap_new(test, &vap_mmap_fops);

	prepare->prepare = vap_try_bad_prepare;
	mmap->mmap = vap_try_bad_mmap;
	prepare->pfn = pfn;
	mmap->pfn = pfn;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vap_map(test, prepare), VAP_NO_MAPPING);
		KUNIT_EXPECT_EQ(test, vap_map(test, mmap), VAP_NO_MAPPING);
		VAT_EXPECT_WARNED(test, 0);
	}
}

/* Each function silently refuses a page frame that the processor cannot map. */
static void vma_access_pfn_too_large(struct kunit *test)
{
	const unsigned long first = vap_too_large();
	const unsigned long pfns[] = {
		first, first + 1, first << 1, PHYS_PFN(~(phys_addr_t)0) + 1,
		first + page_to_pfn(ZERO_PAGE(0)), ~0UL >> 1, ~0UL,
	};
	int i;

	if (!first)
		kunit_skip(test, "every page frame number can be mapped");
	for (i = 0; i < ARRAY_SIZE(pfns); i++) {
		/* Truncated to a narrower number it would be 0. */
		if (pfns[i] < first)
			continue;
		vap_expect_bad_in_use(test, pfns[i]);
		vap_expect_bad_in_hook(test, pfns[i]);
	}
}

static int vap_try_run(struct kunit *test, struct vap_file *obj, struct vma_planned *vma)
{
	KUNIT_EXPECT_EQ_MSG(test, vma_new_remap_pfn(vma, VAP_ADDR, obj->pfn,
						    obj->nr << PAGE_SHIFT),
			    obj->want, "%lu from %lx", obj->nr, obj->pfn);
	return VAP_NO_MAPPING;
}

/* The last page of a run counts; the largest valid one is not refused. */
static void vma_access_pfn_last(struct kunit *test)
{
	const unsigned long first = vap_too_large();
	const struct {
		unsigned long pfn, nr;
		int err;
	} runs[] = {
		{ first - 1, 1, 0 }, { first - 2, 2, 0 }, { first - VAP_PAGES, VAP_PAGES, 0 },
		{ first - 1, 2, -EINVAL }, { first - 3, VAP_PAGES, -EINVAL },
	};
	struct vap_file *obj = vap_new(test, &vap_prepare_fops);
	int i;

	if (!first)
		kunit_skip(test, "every page frame number can be mapped");
	/* There is no memory, so only the check is tested. */
	obj->prepare = vap_try_run;
	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		obj->pfn = runs[i].pfn;
		obj->nr = runs[i].nr;
		obj->want = runs[i].err;
		KUNIT_EXPECT_EQ(test, vap_map(test, obj), VAP_NO_MAPPING);
	}
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static vm_fault_t vap_huge(struct vau_file *obj, struct vma_fault *fault,
			   unsigned int order)
{
	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	return vma_fault_insert_huge_pfn(fault, obj->pfn, 0, HPAGE_PMD_NR, order);
}

/* A huge page frame that cannot be mapped falls back, and a small one fails. */
static void vma_access_pfn_huge(struct kunit *test)
{
	const unsigned long first = vap_too_large();
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	obj->huge = vap_huge;
	obj->fault = vap_fault_pfn;
	obj->pfn = ALIGN(first, HPAGE_PMD_NR);
	obj->type = &vau_pfn;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PMD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	VAT_EXPECT_FAULT(test, obj->pmd_ret, VM_FAULT_FALLBACK);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, PMD_SIZE), 0);
}
#else
static void vma_access_pfn_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

/* ---- memory that the kernel uses itself ---------------------------------- */

/* Whether page frames of such memory are refused, by the name of its type. */
static const struct vap_type {
	const char *name;
	void (*set)(struct folio *folio);
	void (*clear)(struct folio *folio);
	bool mappable;
} vap_types[] = {
	{ "table", __folio_set_pgtable, __folio_clear_pgtable },
	{ "offline", __folio_set_offline, __folio_clear_offline },
	{ "guard", __folio_set_guard, __folio_clear_guard },
	{ "free", __folio_set_buddy, __folio_clear_buddy },
	{ "slab", __folio_set_slab, __folio_clear_slab },
	{ "large kmalloc", __folio_set_large_kmalloc, __folio_clear_large_kmalloc, true },
#ifdef CONFIG_HUGETLB_PAGE
	{ "hugetlb", __folio_set_hugetlb, __folio_clear_hugetlb, true },
#endif
};

static void vap_expect_typed(struct kunit *test, const struct vap_type *type,
			     unsigned long pfn)
{
	struct vau_file *obj = test->priv;
	int err = type->mappable ? 0 : -EINVAL;
	unsigned long refused;

	obj->pfn = pfn;
	vau_map(test, obj, &vau_pfn);
	refused = vat_refused();
	KUNIT_EXPECT_EQ_MSG(test, vau_insert_pfn(VAU_ADDR, pfn, VMA_PROT_OWN), err, "%s",
			    type->name);
	VAT_EXPECT_REFUSED(test, refused, type->mappable ? 0 : 1);
	obj->fault = vap_fault_pfn;
	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ_MSG(test, vau_read(VAU_ADDR), type->mappable ? VAP_BYTE : -EFAULT,
			    "%s", type->name);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
}

/* Page frames of slab, page tables and free memory are refused. */
static void vma_access_pfn_typed(struct kunit *test)
{
	struct folio *folio = page_folio(alloc_pages(GFP_KERNEL | __GFP_COMP |
						     __GFP_NOFAIL, 1));
	int i;

	memset(folio_address(folio), VAP_BYTE, 2 * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(vap_types); i++) {
		vap_types[i].set(folio);
		vap_expect_typed(test, &vap_types[i], folio_pfn(folio));
		/* The first page has the type. */
		vap_expect_typed(test, &vap_types[i], folio_pfn(folio) + 1);
		vap_types[i].clear(folio);
	}
	folio_put(folio);
}

VAP_BOTH(vap_run, {
	int err = vma_new_remap_pfn(vma, VAP_ADDR, obj->pfn, obj->nr << PAGE_SHIFT);

	KUNIT_EXPECT_EQ(test, err, obj->want);
	return err ?: VAP_NO_MAPPING;
});

VAP_BOTH(vap_run_io, {
	int err = vma_new_iomap(vma, PFN_PHYS(obj->pfn), obj->nr << PAGE_SHIFT);

	KUNIT_EXPECT_EQ(test, err, obj->want);
	return err ?: VAP_NO_MAPPING;
});

static void vap_expect_run(struct kunit *test, unsigned long pfn, unsigned long nr,
			   int err)
{
	struct vap_file *prepare = vap_new(test, &vap_prepare_fops);
	struct vap_file *mmap = vap_new(test, &vap_mmap_fops);

	prepare->pfn = pfn;
	prepare->nr = nr;
	prepare->want = err;
	prepare->prepare = vap_run_prepare;
	mmap->pfn = pfn;
	mmap->nr = nr;
	mmap->want = err;
	mmap->mmap = vap_run_mmap;
	KUNIT_EXPECT_EQ(test, vap_map(test, prepare), err ?: VAP_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, vap_map(test, mmap), err ?: VAP_NO_MAPPING);
	if (nr < VAP_PAGES)
		return;
	prepare->prepare = vap_run_io_prepare;
	mmap->mmap = vap_run_io_mmap;
	KUNIT_EXPECT_EQ(test, vap_map(test, prepare), err ?: VAP_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, vap_map(test, mmap), err ?: VAP_NO_MAPPING);
}

/* Each page of a run is checked: first, in the middle, last. */
static void vma_access_pfn_typed_run(struct kunit *test)
{
	struct vap_file *obj = vap_new(test, &vap_mmap_fops);
	const unsigned long pfn = page_to_pfn(obj->pages[0]);
	int i;

	/* Reserved memory has no type. */
	SetPageReserved(obj->pages[1]);
	vap_expect_run(test, pfn, VAP_PAGES, 0);
	ClearPageReserved(obj->pages[1]);
	for (i = 0; i < VAP_PAGES; i++) {
		__folio_set_pgtable(page_folio(obj->pages[i]));
		vap_expect_run(test, pfn, VAP_PAGES, -EINVAL);
		if (i)
			vap_expect_run(test, pfn, i, 0);
		__folio_clear_pgtable(page_folio(obj->pages[i]));
	}
}

/* kmalloc() memory, and a large one, which is whole pages. */
static void vma_access_pfn_kmalloc(struct kunit *test)
{
	void *small = kunit_kzalloc(test, 512, GFP_KERNEL);
	void *large = kunit_kzalloc(test, 4 * KMALLOC_MAX_CACHE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, small);
	KUNIT_ASSERT_NOT_NULL(test, large);
	vap_expect_run(test, page_to_pfn(virt_to_page(small)), 1, -EINVAL);
	vap_expect_run(test, page_to_pfn(virt_to_page(large)), VAP_PAGES, 0);
}

/* ---- what is no page ------------------------------------------------------ */

/* A pointer beyond the memory map, as virt_to_page() of vmap() memory gives. */
static struct page *vap_no_page(struct kunit *test)
{
	unsigned long pfn = vau_no_page(test);

	if (IS_ENABLED(CONFIG_SPARSEMEM) && !IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		kunit_skip(test, "a pointer does not tell");
	return pfn_to_page(pfn);
}

VAP_BOTH(vap_map_no_page, {
	struct page *pages[VAP_PAGES];

	memcpy(pages, obj->pages, sizeof(pages));
	pages[obj->nr] = pfn_to_page(obj->pfn);
	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, pages, VAP_PAGES), -EINVAL);
	return VAP_NO_MAPPING;
});

/* A pointer to no page is refused with a warning while a mapping is new. */
static void vma_access_pfn_no_page(struct kunit *test)
{
	const unsigned long pfn = page_to_pfn(vap_no_page(test));
	struct vap_file *prepare = vap_new(test, &vap_prepare_fops);
	struct vap_file *mmap = vap_new(test, &vap_mmap_fops);

	prepare->prepare = vap_map_no_page_prepare;
	mmap->mmap = vap_map_no_page_mmap;
	prepare->pfn = pfn;
	mmap->pfn = pfn;
	for (mmap->nr = 0; mmap->nr < VAP_PAGES; mmap->nr += VAP_PAGES - 1) {
		prepare->nr = mmap->nr;
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vap_map(test, prepare), VAP_NO_MAPPING);
			VAT_EXPECT_WARNED(test, 1);
			KUNIT_EXPECT_EQ(test, vap_map(test, mmap), VAP_NO_MAPPING);
			VAT_EXPECT_WARNED(test, 2);
		}
	}
}

/* ---- a hook that fails has nothing mapped -------------------------------- */

static int vap_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
		      const struct file *file, void **private)
{
	return -EIO;
}

#define VAP_POLICY	(VMA_COW_REFUSE | VAU_LAX | VMA_EXPAND_REFUSE)

static const struct vma_type vap_fails = {
	.vm_ops = { .mapped = vap_mapped },
	.policy = VMA_MAP_MIXED | VMA_DENY_NONE | VAP_POLICY,
};

static DEFINE_VMA_TYPE(vap_no_write, VMA_MAP_MIXED | VMA_DENY_WRITE | VAP_POLICY);
static DEFINE_VMA_TYPE(vap_pfn, VMA_MAP_PFN | VMA_DENY_NONE | VAP_POLICY);

/* One function that fails while a page, or its PFN, is mapped at VAP_ADDR. */
struct vap_undo {
	const char *name;
	int (*fn)(struct vap_file *obj, struct vma_new *vma);
	int err;
	bool by_pfn;
	int warned;
};

static int vap_bad_remap(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_remap_pfn(vma, vma_new_end(vma), page_to_pfn(obj->pages[1]),
				 PAGE_SIZE);
}

static int vap_bad_remap_pfn(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_remap_pfn(vma, VAP_ADDR + PAGE_SIZE, ~0UL, PAGE_SIZE);
}

static int vap_bad_remap_twice(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_remap_pfn(vma, VAP_ADDR, page_to_pfn(obj->pages[1]), PAGE_SIZE);
}

static int vap_bad_remap_align(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_remap_pfn(vma, VAP_ADDR + 1, page_to_pfn(obj->pages[1]),
				 PAGE_SIZE);
}

static int vap_bad_iomap(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_iomap(vma, page_to_phys(obj->pages[0]) + 512, VAP_SIZE);
}

static int vap_bad_map_pages(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_map_pages(vma, VAP_ADDR, &obj->pages[1], 1);
}

static int vap_bad_map_pages_range(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_map_pages(vma, vma_new_end(vma), &obj->pages[1], 1);
}

static int vap_bad_map_pages_all(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_map_pages_all(vma, obj->pages, VAP_PAGES - 1);
}

static int vap_bad_map_vmalloc(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_map_vmalloc(vma, page_address(obj->pages[0]), 0);
}

static int vap_bad_dma_mmap(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_dma_mmap(vma, NULL, NULL, 0, VAP_SIZE, 0);
}

static int vap_bad_dma_mmap_at(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_dma_mmap_at(vma, vma_new_start(vma), NULL, NULL, 0,
				   2 * VAP_SIZE, 0);
}

static int vap_bad_set_type(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_set_type(vma, &vap_no_write, obj);
}

static int vap_bad_set_type_kind(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_set_type(vma, &vap_pfn, obj);
}

static int vap_bad_mapped(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_set_type(vma, &vap_fails, obj);
}

static int vap_bad_set_object(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_set_object(vma, &vau_object_mixed, &obj->object);
}

static int vap_hook_fails(struct vap_file *obj, struct vm_area_struct *raw)
{
	return -EIO;
}

static int vap_bad_hand_on(struct vap_file *obj, struct vma_new *vma)
{
	return vma_new_hand_on(vma, vap_hook_fails, obj);
}

static const struct vap_undo vap_undos[] = {
	{ "remap_pfn, range", vap_bad_remap, -EFAULT, true },
	{ "remap_pfn, page frame", vap_bad_remap_pfn, -EINVAL, true },
	{ "remap_pfn, occupied", vap_bad_remap_twice, -EBUSY, true, 1 },
	{ "remap_pfn, alignment", vap_bad_remap_align, -EINVAL, true },
	{ "iomap", vap_bad_iomap, -EINVAL, true },
	{ "map_pages", vap_bad_map_pages, -EBUSY },
	{ "map_pages, range", vap_bad_map_pages_range, -EFAULT },
	{ "map_pages_all", vap_bad_map_pages_all, -EINVAL },
	{ "map_vmalloc", vap_bad_map_vmalloc, -EINVAL },
	{ "dma_mmap", vap_bad_dma_mmap, -EINVAL, false, 1 },
	{ "dma_mmap_at", vap_bad_dma_mmap_at, -EFAULT },
	{ "set_type", vap_bad_set_type, -EPERM },
	{ "set_type, kind", vap_bad_set_type_kind, -EINVAL, false, 1 },
	{ "->mapped()", vap_bad_mapped, -EIO },
	{ "set_object", vap_bad_set_object, -EINVAL },
	{ "hand_on", vap_bad_hand_on, -EIO },
};

static int vap_do_undo(struct kunit *test, struct vap_file *obj, struct vma_new *vma)
{
	int err;

	if (obj->undo->by_pfn)
		err = vma_new_remap_pfn(vma, VAP_ADDR, page_to_pfn(obj->pages[0]),
					PAGE_SIZE);
	else
		err = vma_new_map_pages(vma, VAP_ADDR, obj->pages, 1);
	KUNIT_EXPECT_EQ(test, err, 0);
	obj->before = vap_other_reads(obj->reader);
	obj->err = obj->undo->fn(obj, vma);
	/* Now the driver would free its memory. */
	obj->after = vap_other_reads(obj->reader);
	return VAP_NO_MAPPING;
}

/*
 * A function that fails unmaps all that the hook has mapped before it returns.
 * So another thread that could read the memory cannot read it any more when the
 * driver frees it.
 */
static void vma_access_pfn_undo(struct kunit *test)
{
	struct vap_file *obj = vap_new(test, &vap_mmap_fops);
	const struct vap_undo *undo;

	obj->reader = vap_reader_start(test);
	obj->mmap = vap_do_undo;
	for (undo = vap_undos; undo < vap_undos + ARRAY_SIZE(vap_undos); undo++) {
		obj->undo = undo;
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vap_map(test, obj), VAP_NO_MAPPING);
			VAT_EXPECT_WARNED(test, undo->warned);
		}
		KUNIT_EXPECT_EQ_MSG(test, obj->before, VAP_BYTE, "%s", undo->name);
		KUNIT_EXPECT_EQ_MSG(test, obj->err, undo->err, "%s", undo->name);
		KUNIT_EXPECT_EQ_MSG(test, obj->after, -EFAULT, "%s", undo->name);
		KUNIT_EXPECT_EQ_MSG(test, page_ref_count(obj->pages[0]), 1, "%s",
				    undo->name);
	}
}

static int vap_map_half(struct kunit *test, struct vap_file *obj, struct vma_new *vma)
{
	int i;

	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAP_PAGES), -EINVAL);
	for (i = 0; i < VAP_PAGES; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[i]), 1);
	KUNIT_EXPECT_EQ(test, vap_other_reads(obj->reader), -EFAULT);
	return VAP_NO_MAPPING;
}

/* R13: in a new mapping a batch that fails in the middle leaves nothing. */
static void vma_access_pfn_undo_batch(struct kunit *test)
{
	struct vap_file *obj = vap_new(test, &vap_mmap_fops);

	obj->reader = vap_reader_start(test);
	obj->mmap = vap_map_half;
	__folio_set_pgtable(page_folio(obj->pages[2]));
	KUNIT_EXPECT_EQ(test, vap_map(test, obj), VAP_NO_MAPPING);
	__folio_clear_pgtable(page_folio(obj->pages[2]));
}

static int vap_keep(struct kunit *test, struct vap_file *obj, struct vma_new *vma)
{
	obj->kept = vma;
	return vma_new_map_pages(vma, VAP_ADDR, obj->pages, 1);
}

static int vap_hook_changes(struct vap_file *obj, struct vm_area_struct *raw)
{
	raw->vm_page_prot = __pgprot(0);
	return -EIO;
}

/* A handle kept after its hook unmaps and restores nothing: the VMA is in use. */
static void vma_access_pfn_undo_kept(struct kunit *test)
{
	struct vap_file *obj = vap_new(test, &vap_mmap_fops);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *raw;
	pgprot_t prot;

	obj->reader = vap_reader_start(test);
	obj->mmap = vap_keep;
	KUNIT_ASSERT_EQ(test, vap_map(test, obj), 0);
	mmap_write_lock(mm);
	KUNIT_EXPECT_EQ(test, vap_bad_remap(obj, obj->kept), -EFAULT);
	KUNIT_EXPECT_EQ(test, vap_bad_hand_on(obj, obj->kept), -EIO);
	raw = vma_lookup(mm, VAP_ADDR);
	prot = raw->vm_page_prot;
	KUNIT_EXPECT_EQ(test, vma_new_hand_on(obj->kept, vap_hook_changes, obj), -EIO);
	KUNIT_EXPECT_EQ(test, pgprot_val(raw->vm_page_prot), 0);
	raw->vm_page_prot = prot;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_new_map_pages(obj->kept, VAP_ADDR + PAGE_SIZE,
							&obj->pages[1], 1), -EBUSY);
		VAT_EXPECT_WARNED(test, 1);
	}
	mmap_write_unlock(mm);
	KUNIT_EXPECT_EQ(test, vap_other_reads(obj->reader), VAP_BYTE);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[1]), 1);
}

static struct kunit_case vma_access_pfn_cases[] = {
	KUNIT_CASE(vma_access_pfn_too_large),
	KUNIT_CASE(vma_access_pfn_last),
	KUNIT_CASE(vma_access_pfn_huge),
	KUNIT_CASE(vma_access_pfn_typed),
	KUNIT_CASE(vma_access_pfn_typed_run),
	KUNIT_CASE(vma_access_pfn_kmalloc),
	KUNIT_CASE(vma_access_pfn_no_page),
	KUNIT_CASE(vma_access_pfn_undo),
	KUNIT_CASE(vma_access_pfn_undo_batch),
	KUNIT_CASE(vma_access_pfn_undo_kept),
	{ }
};

static struct kunit_suite vma_access_pfn_suite = {
	.name = "vma_access_pfn",
	.init = vau_init,
	.test_cases = vma_access_pfn_cases,
};

kunit_test_suite(vma_access_pfn_suite);
