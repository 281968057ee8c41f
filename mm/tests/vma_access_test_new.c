// SPDX-License-Identifier: GPL-2.0
/*
 * Common parts of the KUnit tests of new mappings: a file with either hook,
 * whose pages contain their numbers, and checks of the pages that are mapped.
 */
#include <linux/anon_inodes.h>
#include <linux/cacheflush.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vma_access_test_new.h"

/* ---- types -------------------------------------------------------------- */

DEFINE_VMA_TYPE(van_none, VMA_DENY_NONE | VAN_NONE_ALLOW);
DEFINE_VMA_TYPE(van_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW);
DEFINE_VMA_TYPE(van_pfn, VAN_PFN);
DEFINE_VMA_TYPE(van_no_write, VMA_DENY_WRITE | VAN_NONE_ALLOW);

DEFINE_VMA_OBJECT_TYPE(van_shown, VMA_DENY_NONE | VAN_NONE_ALLOW);
DEFINE_VMA_OBJECT_TYPE(van_shown_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
		       VAN_FIXED);
DEFINE_VMA_OBJECT_TYPE(van_shown_pfn, VAN_PFN);

static int van_shown_mapped(struct vma_object *object, unsigned long start,
			    unsigned long end, pgoff_t pgoff)
{
	struct van_object *obj = container_of(object, struct van_object, shown);

	obj->calls.mapped++;
	return obj->mapped_err;
}

static const struct vma_object_ops van_shown_ops = {
	.mapped = van_shown_mapped,
};

/* ---- the file and its hooks --------------------------------------------- */

int van_prepare_hook(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct van_object *obj = desc->file->private_data;

	return obj->body->prepare(kunit_get_current_test(), obj, vma);
}

DEFINE_VMA_MMAP(van_mmap_hook, file, vma)
{
	struct van_object *obj = file->private_data;

	obj->kept = vma;
	return obj->body->mmap(kunit_get_current_test(), obj, vma);
}

/* A file that is stacked on another, which has the newer hook. */
static DEFINE_VMA_MMAP(van_stacked_hook, file, vma)
{
	struct van_object *obj = file->private_data;
	const struct van_object *lower = obj->arg;

	return vma_new_hand_on(vma, compat_vma_mmap, lower->file);
}

static int van_release(struct inode *inode, struct file *file)
{
	struct van_object *obj = file->private_data;

	free_pages_exact(obj->memory, VAN_SIZE);
	kfree(obj);
	return 0;
}

const struct file_operations van_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = van_prepare_hook,
	.release = van_release,
};

const struct file_operations van_mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = van_mmap_hook,
	.release = van_release,
};

/* A hook that calls its own ->mmap_prepare() for a VMA that is in use. */
static int van_compat_hook(struct file *file, struct vm_area_struct *raw)
{
	struct vm_area_desc desc;
	int err;

	compat_set_desc_from_vma(&desc, file, raw);
	err = van_prepare_fops.mmap_prepare(&desc);
	return err ?: __compat_vma_mmap(&desc, raw);
}

const struct file_operations van_compat_fops = {
	.owner = THIS_MODULE,
	.mmap = van_compat_hook,
	.release = van_release,
};

const struct file_operations van_stacked_fops = {
	.owner = THIS_MODULE,
	.mmap = van_stacked_hook,
	.release = van_release,
};

const struct van_hook van_hooks[] = {
	{ "mmap_prepare", &van_prepare_fops },
	{ "mmap", &van_mmap_fops },
};

/* A test without a parameter uses ->mmap(). */
const struct file_operations *van_fops(struct kunit *test)
{
	const struct van_hook *hook = test->param_value;

	return hook ? hook->fops : &van_mmap_fops;
}

bool van_in_mmap(struct kunit *test)
{
	return van_fops(test) == &van_mmap_fops;
}

KUNIT_DEFINE_ACTION_WRAPPER(van_fput, fput, struct file *);

/* The pages are consecutive, and each contains its number. */
struct van_object *van_object_new(struct kunit *test,
				  const struct file_operations *fops)
{
	struct van_object *obj = kzalloc_obj(*obj);
	struct file *file;
	u32 *memory;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, obj);
	memory = alloc_pages_exact(VAN_SIZE, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	obj->memory = memory;
	for (i = 0; i < VAN_PAGES; i++) {
		obj->pages[i] = virt_to_page(obj->memory + i * PAGE_SIZE);
		memory[i * PAGE_SIZE / sizeof(*memory)] = VAN_MAGIC + i;
		flush_dcache_page(obj->pages[i]);
	}

	file = anon_inode_getfile("[vma_access_test_new]", fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	obj->file = file;
	vma_object_init(&obj->shown, file->f_mapping, 0, VAN_PAGES, &van_shown_ops);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_fput, file), 0);
	return obj;
}

int van_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = van_object_new(test, van_fops(test));
	return 0;
}

/* ---- mapping ------------------------------------------------------------ */

int van_do_map(struct kunit *test, struct van_object *obj,
	       const struct van_body *body, const struct van_how *how)
{
	unsigned long pages = how->pages ?: VAN_PAGES;
	unsigned long prot = how->no_access ? PROT_NONE : how->prot ?: PROT_READ;
	unsigned long addr = 0, refused = vat_refused();
	int err, nr;

	obj->body = body;
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	memset(&obj->calls, 0, sizeof(obj->calls));
	/* R18: no warning unless a test expects one. */
	kunit_warning_suppress(test) {
		addr = kunit_vm_mmap(test, obj->file, VAN_ADDR, pages << PAGE_SHIFT,
				     prot, (how->flags ?: MAP_SHARED) | MAP_FIXED,
				     how->pgoff << PAGE_SHIFT);
		VAT_EXPECT_WARNED(test, how->warned);
	}
	err = addr == VAN_ADDR ? 0 : (int)(long)addr;
	if (how->refused)
		nr = how->refused == VAN_NOTHING ? 0 : how->refused;
	else
		nr = how->warned ?:
		     err && err != VAN_NO_MAPPING && err != obj->mapped_err;
	/* Each refusal is counted, once. */
	VAT_EXPECT_REFUSED(test, refused, nr);
	return err;
}

/* ---- what can be seen --------------------------------------------------- */

static struct van_state van_state_of(const struct vm_area_struct *raw)
{
	return (struct van_state){
		.there = true,
		.flags = raw->vm_flags,
		.vm_ops = raw->vm_ops,
		.private = raw->vm_private_data,
		.pgoff = raw->vm_pgoff,
		.file = raw->vm_file,
		.prot = raw->vm_page_prot,
	};
}

struct vm_area_struct *van_vma_raw(struct vma_new *vma)
{
	return (struct vm_area_struct *)vma;
}

struct vm_area_desc *van_desc_raw(struct vma_planned *vma)
{
	return (struct vm_area_desc *)vma;
}

struct van_state van_vma_state(struct vma_new *vma)
{
	return van_state_of(van_vma_raw(vma));
}

struct van_state van_desc_state(struct vma_planned *vma)
{
	const struct vm_area_desc *desc = van_desc_raw(vma);

	return (struct van_state){
		.there = true,
		.flags = vma_flags_to_legacy(desc->vma_flags),
		.vm_ops = desc->vm_ops,
		.private = desc->private_data,
		.pgoff = desc->pgoff,
		.file = desc->vm_file,
		.prot = desc->page_prot,
	};
}

/* The mapping at VAN_ADDR. */
struct van_state van_look(void)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *raw;
	struct van_state state = { };

	mmap_read_lock(mm);
	raw = vma_lookup(mm, VAN_ADDR);
	if (raw)
		state = van_state_of(raw);
	mmap_read_unlock(mm);
	/* Not said by any hook. */
	state.flags &= ~VM_SOFTDIRTY;
	return state;
}

void van_expect_same(struct kunit *test, struct van_state now,
		     struct van_state before, const char *desc)
{
	KUNIT_EXPECT_EQ_MSG(test, now.flags, before.flags, "%s", desc);
	KUNIT_EXPECT_PTR_EQ_MSG(test, now.vm_ops, before.vm_ops, "%s", desc);
	KUNIT_EXPECT_PTR_EQ_MSG(test, now.private, before.private, "%s", desc);
	KUNIT_EXPECT_EQ_MSG(test, now.pgoff, before.pgoff, "%s", desc);
	KUNIT_EXPECT_PTR_EQ_MSG(test, now.file, before.file, "%s", desc);
	KUNIT_EXPECT_EQ_MSG(test, pgprot_val(now.prot), pgprot_val(before.prot),
			    "%s", desc);
}

/* A state that the test makes by hand, as no function of the layer does. */
void van_vma_preset(struct vma_new *vma, vm_flags_t flags)
{
	vm_flags_set(van_vma_raw(vma), flags);
}

void van_desc_preset(struct vma_planned *vma, vm_flags_t flags)
{
	vma_flags_t *own = &van_desc_raw(vma)->vma_flags;

	*own = legacy_to_vma_flags(vma_flags_to_legacy(*own) | flags);
}

void van_vma_set_pgoff(struct vma_new *vma, pgoff_t pgoff)
{
	van_vma_raw(vma)->vm_pgoff = pgoff;
}

void van_desc_set_pgoff(struct vma_planned *vma, pgoff_t pgoff)
{
	van_desc_raw(vma)->pgoff = pgoff;
}

void van_vma_no_ops(struct vma_new *vma)
{
	van_vma_raw(vma)->vm_ops = NULL;
}

void van_desc_no_ops(struct vma_planned *vma)
{
	van_desc_raw(vma)->vm_ops = NULL;
}

/*
 * Expect the object's pages from @page on to be mapped at the pages from @at to
 * @at + @nr, and nothing before and after them.
 */
void van_expect_shows(struct kunit *test, int at, int nr, int page)
{
	u32 said;
	int i, err;

	for (i = 0; i < VAN_PAGES; i++) {
		said = 0;
		err = get_user(said, (u32 __user *)VAN_AT(i));
		if (i < at || i >= at + nr) {
			KUNIT_EXPECT_EQ_MSG(test, err, -EFAULT, "page %d", i);
		} else {
			KUNIT_EXPECT_EQ_MSG(test, err, 0, "page %d", i);
			KUNIT_EXPECT_EQ_MSG(test, said, VAN_MAGIC + page + i - at,
					    "page %d", i);
		}
	}
}

/* Which of the object's pages a mapping holds a reference to. */
unsigned long van_held(struct kunit *test, struct van_object *obj)
{
	unsigned long held = 0;
	int i, refs;

	for (i = 0; i < VAN_PAGES; i++) {
		refs = page_ref_count(obj->pages[i]);
		KUNIT_EXPECT_GE_MSG(test, refs, 1, "page %d", i);
		KUNIT_EXPECT_LE_MSG(test, refs, 2, "page %d", i);
		if (refs > 1)
			held |= BIT(i);
	}
	return held;
}

/* There is no mapping, and nothing holds a reference. */
void van_expect_nothing(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), 0);
}

struct van_frame van_frame(unsigned long addr)
{
	struct mm_struct *mm = current->mm;
	struct follow_pfnmap_args args = { .address = addr };
	struct van_frame frame = { .err = -ESRCH };

	mmap_read_lock(mm);
	args.vma = vma_lookup(mm, addr);
	if (args.vma)
		frame.err = follow_pfnmap_start(&args);
	if (!frame.err) {
		frame.pfn = args.pfn;
		frame.prot = args.pgprot;
		frame.writable = args.writable;
		follow_pfnmap_end(&args);
	}
	mmap_read_unlock(mm);
	return frame;
}

/* ---- ranges, and memory of vmalloc() ------------------------------------- */

const struct van_range van_ranges[] = {
	{ "whole", VAN_ADDR, VAN_SIZE, 0 },
	{ "first page", VAN_ADDR, PAGE_SIZE, 0 },
	{ "middle", VAN_AT(3), 3 * PAGE_SIZE, 0 },
	{ "last page", VAN_AT(VAN_PAGES - 1), PAGE_SIZE, 0 },
	{ "no size", VAN_AT(1), 0, -EINVAL },
	{ "addr not aligned", VAN_AT(1) + 1, PAGE_SIZE, -EINVAL },
	{ "addr not aligned, above", VAN_AT(2) - 1, PAGE_SIZE, -EINVAL },
	{ "page below", VAN_ADDR - PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "from below", VAN_ADDR - PAGE_SIZE, 2 * PAGE_SIZE, -EFAULT },
	{ "page at the end", VAN_END, PAGE_SIZE, -EFAULT },
	{ "page above the end", VAN_END + PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "over the end", VAN_AT(VAN_PAGES - 1), 2 * PAGE_SIZE, -EFAULT },
	{ "all and one", VAN_ADDR, VAN_SIZE + PAGE_SIZE, -EFAULT },
	{ "wraps to below", VAN_AT(1), -2 * PAGE_SIZE, -EFAULT },
	{ "wraps to itself", VAN_AT(1), -PAGE_SIZE, -EFAULT },
	{ "wraps to 0", VAN_AT(1), -VAN_AT(1), -EFAULT },
	{ "address 0", 0, PAGE_SIZE, -EFAULT },
	{ "last page of all", -PAGE_SIZE, PAGE_SIZE, -EFAULT },
	/* The sizes that follow are not whole pages. */
	{ "one byte", VAN_AT(1), 1, -EINVAL },
	{ "size not aligned", VAN_AT(1), PAGE_SIZE + 1, -EINVAL },
	{ "all bytes", VAN_AT(1), -1UL, -EINVAL },
};

int van_at(const struct van_range *range)
{
	return (range->addr - VAN_ADDR) >> PAGE_SHIFT;
}

KUNIT_DEFINE_ACTION_WRAPPER(van_vfree, vfree, const void *);

/* The same contents as the object's pages, in vmalloc() memory. */
void *van_vmalloc(struct kunit *test, bool user)
{
	const struct van_object *obj = test->priv;
	void *memory = user ? vmalloc_user(VAN_SIZE) : vmalloc(VAN_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_vfree, memory), 0);
	memcpy(memory, obj->memory, VAN_SIZE);
	return memory;
}
