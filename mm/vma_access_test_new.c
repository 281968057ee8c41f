// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of <linux/vma_access_new.h>: setting up a new mapping.
 *
 * Each verb takes a struct vma_desc in ->mmap_prepare() and a struct vma_new in
 * ->mmap(). A test is a body, written once with VAN_BOTH() and run as either
 * hook of a file, and what is expected of the mapping that comes of it: its
 * flags and hooks, and what can be read through it.
 *
 * R1 to R18 are the rules of Documentation/mm/vma_access.rst. A test that names
 * a rule fails when the check that upholds it is taken out.
 *
 * A failed KUNIT_ASSERT ends the thread without running its cleanups: under a
 * lock, and in a hook, there is only KUNIT_EXPECT.
 *
 * Not reached from here: -ENOMEM for want of page tables, -EACCES for a page
 * frame that must not be mapped. Where the hardware knows only one kind of
 * memory, a test that the kind is right finds every kind right.
 */
#include <kunit/device.h>
#include <linux/anon_inodes.h>
#include <linux/cacheflush.h>
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vma_access_test.h"

#define VAN_PAGES	16
#define VAN_PGOFF	3
#define VAN_MAGIC	0x56414e00

/* With nothing beside it, over the end of a page table: as in the other suite. */
#define VAN_ADDR	(0x20000000UL - 4 * PAGE_SIZE)
#define VAN_SIZE	(VAN_PAGES * PAGE_SIZE)
#define VAN_END		(VAN_ADDR + VAN_SIZE)
#define VAN_AT(nr)	(VAN_ADDR + ((unsigned long)(nr) << PAGE_SHIFT))

/* What a body returns so that there will be no mapping. */
#define VAN_NO_MAPPING	(-ECANCELED)

#define VAN_MAY		(VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VAN_ACCESS	(VM_READ | VM_WRITE | VM_EXEC)
#define VAN_REMAPPED	(VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP)

struct van_object;

/* What is done in the hook. */
struct van_body {
	int (*prepare)(struct kunit *test, struct van_object *obj,
		       struct vma_desc *vma);
	int (*mmap)(struct kunit *test, struct van_object *obj,
		    struct vma_new *vma);
};

/* Two functions with the same body, for the two kinds of handle. */
#define VAN_BOTH(_name, ...)						\
	static int _name##_prepare(struct kunit *test,			\
				   struct van_object *obj,		\
				   struct vma_desc *vma)		\
	__VA_ARGS__							\
									\
	static int _name##_mmap(struct kunit *test,			\
				struct van_object *obj,			\
				struct vma_new *vma)			\
	__VA_ARGS__							\
									\
	static const struct van_body _name = { _name##_prepare, _name##_mmap }

/* What a type's hooks were called with. */
struct van_calls {
	unsigned int mapped;
	unsigned int closed;
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	const struct file *file;
	void *private;
	void *closed_private;
};

/* What the test's file shows. It lives as long as the file does. */
struct van_object {
	struct vma_object shown;
	struct file *file;
	void *memory;
	struct page *pages[VAN_PAGES];
	const struct van_body *body;
	const void *arg;
	/* Of the last ->mmap(): the handle, not to be used after it. */
	struct vma_new *kept;
	struct van_calls calls;
	/* What ->mapped() does. */
	int mapped_err;
	void *mapped_private;
};

/* ---- types -------------------------------------------------------------- */

#define VAN_SMR		(VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW)
#define VAN_ALLOW	(VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY | \
			 VMA_EXPAND_ALLOW)
/* Nothing is inserted: then it must not be enlarged, or the core merges it. */
#define VAN_NONE	(VMA_MAP_NONE | VMA_FORK_COPY | VMA_EXPAND_REFUSE)
#define VAN_NONE_ALLOW	(VAN_NONE | VMA_COW_ALLOW | VAN_SMR)
#define VAN_NONE_NO_COW	(VAN_NONE | VMA_COW_REFUSE | VAN_SMR)
#define VAN_FIXED	(VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY | \
			 VMA_EXPAND_REFUSE)
#define VAN_PFN		(VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE | \
			 VAN_SMR | VMA_FORK_COPY | VMA_EXPAND_REFUSE)

static void van_close(struct vm_area_struct *vma);
static int van_may_split(struct vm_area_struct *vma, unsigned long addr);
static int van_mremap(struct vm_area_struct *vma);
static int van_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
		      const struct file *file, void **private);

static DEFINE_VMA_TYPE(van_none, VMA_DENY_NONE | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_pfn, VAN_PFN);
static DEFINE_VMA_TYPE(van_no_cow, VMA_DENY_NONE | VAN_NONE_NO_COW);
static DEFINE_VMA_TYPE(van_no_read, VMA_DENY_READ | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_no_write, VMA_DENY_WRITE | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_no_exec, VMA_DENY_EXEC | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_no_access, VMA_DENY_READ | VMA_DENY_WRITE |
		       VMA_DENY_EXEC | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_no_write_no_cow, VMA_DENY_WRITE | VAN_NONE_NO_COW);
static DEFINE_VMA_TYPE(van_io, VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW |
		       VMA_TYPE_IO);
static DEFINE_VMA_TYPE(van_dontdump, VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW |
		       VMA_TYPE_DONTDUMP);
static DEFINE_VMA_TYPE(van_drop, VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VAN_SMR | VMA_FORK_DROP | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(van_no_expand, VMA_MAP_MIXED | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(van_no_split, VAN_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VMA_SPLIT_REFUSE | VMA_MREMAP_ALLOW);
static DEFINE_VMA_TYPE(van_no_mremap, VAN_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_REFUSE);
static DEFINE_VMA_TYPE(van_strict, VMA_MAP_MIXED | VMA_DENY_WRITE |
		       VMA_DENY_EXEC | VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
		       VMA_MREMAP_REFUSE | VMA_FORK_DROP | VMA_EXPAND_REFUSE |
		       VMA_TYPE_IO | VMA_TYPE_DONTDUMP);

static DEFINE_VMA_TYPE_ASK(van_ask_split, VAN_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ASK | VMA_MREMAP_ALLOW,
			   van_may_split, NULL);
static DEFINE_VMA_TYPE_ASK(van_ask_mremap, VAN_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_ASK,
			   NULL, van_mremap);
static DEFINE_VMA_TYPE_ASK(van_ask, VAN_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ASK | VMA_MREMAP_ASK,
			   van_may_split, van_mremap);

/* Of a kind and with flags of their own, to see that they go again. */
static const struct vma_type van_called = {
	.vm_ops = { .mapped = van_mapped, .close = van_close },
	.policy = VMA_MAP_MIXED | VMA_DENY_EXEC | VMA_COW_ALLOW | VAN_SMR |
		  VMA_FORK_DROP | VMA_EXPAND_REFUSE,
};

static const struct vma_type van_called_no_close = {
	.vm_ops = { .mapped = van_mapped },
	.policy = VMA_DENY_NONE | VAN_NONE_ALLOW,
};

static DEFINE_VMA_OBJECT_TYPE(van_shown, VMA_DENY_NONE | VAN_NONE_ALLOW);
static DEFINE_VMA_OBJECT_TYPE(van_shown_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
			      VAN_FIXED);
static DEFINE_VMA_OBJECT_TYPE(van_shown_pfn, VAN_PFN);

/*
 * By hand: the macros fill in hooks, and build no nonsense. Each leaves out one
 * group of the policy: the kind, the access, and those of VAN_ALLOW.
 */
static const struct vma_type van_incomplete[] = {
	{ .policy = VMA_DENY_NONE | VAN_ALLOW },
	{ .policy = VAN_NONE_ALLOW },
	{ .policy = VAN_NONE | VMA_DENY_NONE | VAN_SMR },
	{ .policy = VAN_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | VMA_MREMAP_ALLOW },
	{ .policy = VAN_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | VMA_SPLIT_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | VAN_SMR |
		    VMA_EXPAND_REFUSE },
	{ .policy = VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW | VAN_SMR |
		    VMA_FORK_COPY },
};

/* The core would merge them with a neighbour. */
static const struct vma_type van_merged[] = {
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW | VMA_TYPE_DONTDUMP },
};

#define VAN_SPLIT(how)	(VAN_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | (how) | \
			 VMA_MREMAP_ALLOW)
#define VAN_MREMAP(how)	(VAN_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | (how) | \
			 VMA_SPLIT_ALLOW)

/* A hook against the policy, one that is not asked for, one that is missing. */
static const struct vma_type van_bad_split[] = {
	{ .vm_ops = { .may_split = van_may_split },
	  .policy = VAN_SPLIT(VMA_SPLIT_REFUSE) },
	{ .policy = VAN_SPLIT(VMA_SPLIT_REFUSE) },
	{ .vm_ops = { .may_split = van_may_split },
	  .policy = VAN_SPLIT(VMA_SPLIT_ALLOW) },
	{ .policy = VAN_SPLIT(VMA_SPLIT_ASK) },
};

static const struct vma_type van_bad_mremap[] = {
	{ .vm_ops = { .mremap = van_mremap },
	  .policy = VAN_MREMAP(VMA_MREMAP_REFUSE) },
	{ .policy = VAN_MREMAP(VMA_MREMAP_REFUSE) },
	{ .vm_ops = { .mremap = van_mremap },
	  .policy = VAN_MREMAP(VMA_MREMAP_ALLOW) },
	{ .policy = VAN_MREMAP(VMA_MREMAP_ASK) },
};

/* Counts without being an object's. */
static const struct vma_type van_counts = {
	.vm_ops = { .mapped = vma_object_vma_mapped },
	.policy = VMA_DENY_NONE | VAN_NONE_ALLOW,
};

/* An object's, and does not count all of it, or outgrows it. (R17) */
static const struct vma_type van_bad_shown[] = {
	{ .vm_ops = { .mapped = van_mapped, .open = vma_object_vma_open,
		      .close = vma_object_vma_close },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | VMA_TYPE_OBJECT },
	{ .vm_ops = { .mapped = vma_object_vma_mapped,
		      .close = vma_object_vma_close },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | VMA_TYPE_OBJECT },
	{ .vm_ops = { .mapped = vma_object_vma_mapped,
		      .open = vma_object_vma_open },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | VMA_TYPE_OBJECT },
	{ .vm_ops = { .mapped = vma_object_vma_mapped,
		      .open = vma_object_vma_open,
		      .close = vma_object_vma_close },
	  .policy = VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW | VMA_TYPE_OBJECT },
};

static int van_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return 0;
}

static int van_mremap(struct vm_area_struct *vma)
{
	return 0;
}

static void van_close(struct vm_area_struct *vma)
{
	struct van_object *obj = vma->vm_file->private_data;

	obj->calls.closed++;
	obj->calls.closed_private = vma->vm_private_data;
}

static int van_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
		      const struct file *file, void **private)
{
	struct van_object *obj = file->private_data;

	obj->calls.mapped++;
	obj->calls.start = start;
	obj->calls.end = end;
	obj->calls.pgoff = pgoff;
	obj->calls.file = file;
	obj->calls.private = *private;
	if (obj->mapped_private)
		*private = obj->mapped_private;
	return obj->mapped_err;
}

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

static DEFINE_VMA_MMAP_PREPARE(van_prepare_hook, file, vma)
{
	struct van_object *obj = file->private_data;

	return obj->body->prepare(kunit_get_current_test(), obj, vma);
}

static DEFINE_VMA_MMAP(van_mmap_hook, file, vma)
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

static const struct file_operations van_prepare_fops = {
	.owner = THIS_MODULE,
	VMA_MMAP_HOOK(van_prepare_hook),
	.release = van_release,
};

static const struct file_operations van_mmap_fops = {
	.owner = THIS_MODULE,
	VMA_MMAP_HOOK(van_mmap_hook),
	.release = van_release,
};

/* One that calls its own newer hook for a VMA that is there already. */
static int van_compat_hook(struct file *file, struct vm_area_struct *raw)
{
	struct vm_area_desc desc;
	int err;

	compat_set_desc_from_vma(&desc, file, raw);
	err = van_prepare_fops.mmap_prepare(&desc);
	return err ?: __compat_vma_mmap(&desc, raw);
}

static const struct file_operations van_compat_fops = {
	.owner = THIS_MODULE,
	.mmap = van_compat_hook,
	.release = van_release,
};

static const struct file_operations van_stacked_fops = {
	.owner = THIS_MODULE,
	VMA_MMAP_HOOK(van_stacked_hook),
	.release = van_release,
};

static const struct van_hook {
	const char *desc;
	const struct file_operations *fops;
} van_hooks[] = {
	{ "mmap_prepare", &van_prepare_fops },
	{ "mmap", &van_mmap_fops },
};

KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc);

/* A test without a parameter is one of ->mmap(). */
static const struct file_operations *van_fops(struct kunit *test)
{
	const struct van_hook *hook = test->param_value;

	return hook ? hook->fops : &van_mmap_fops;
}

static bool van_in_mmap(struct kunit *test)
{
	return van_fops(test) == &van_mmap_fops;
}

KUNIT_DEFINE_ACTION_WRAPPER(van_fput, fput, struct file *);

/* The pages are one after the other, and each says which it is. */
static struct van_object *van_object_new(struct kunit *test,
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

static int van_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = van_object_new(test, van_fops(test));
	return 0;
}

/* ---- mapping ------------------------------------------------------------ */

#define VAN_NOTHING	(-1)

/* How to map, where not all of the object is mapped shared, to be read. */
struct van_how {
	unsigned long pages;
	unsigned long prot;
	unsigned long flags;
	pgoff_t pgoff;
	bool no_access;
	int warned;
	/*
	 * How much was refused, if it is not what mmap() failed for, or what it
	 * warned of; VAN_NOTHING if that was no refusal.
	 */
	int refused;
};

static int van_do_map(struct kunit *test, struct van_object *obj,
		      const struct van_body *body, const struct van_how *how)
{
	unsigned long pages = how->pages ?: VAN_PAGES;
	unsigned long prot = how->no_access ? PROT_NONE : how->prot ?: PROT_READ;
	unsigned long addr = 0, refused = vat_refused();
	int err, nr;

	obj->body = body;
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	memset(&obj->calls, 0, sizeof(obj->calls));
	/* R18: what is not said to warn is silent. */
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

/* Map with a body as the hook. 0, or the errno that mmap() fails with. */
#define van_map(test, body, ...) \
	van_do_map(test, (test)->priv, body, &(struct van_how){ __VA_ARGS__ })

/* The same with an argument for the body. */
#define van_map_arg(test, body, _arg, ...)				\
({									\
	struct van_object *__obj = (test)->priv;			\
									\
	__obj->arg = (_arg);						\
	van_do_map(test, __obj, body, &(struct van_how){ __VA_ARGS__ });	\
})

/* ---- what can be seen --------------------------------------------------- */

/* The parts that a hook can change. */
struct van_state {
	bool there;
	vm_flags_t flags;
	const struct vm_operations_struct *vm_ops;
	void *private;
	pgoff_t pgoff;
	struct file *file;
	pgprot_t prot;
};

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

static struct vm_area_struct *van_vma_raw(struct vma_new *vma)
{
	return (struct vm_area_struct *)vma;
}

static struct vm_area_desc *van_desc_raw(struct vma_desc *vma)
{
	return (struct vm_area_desc *)vma;
}

static struct van_state van_vma_state(struct vma_new *vma)
{
	return van_state_of(van_vma_raw(vma));
}

static struct van_state van_desc_state(struct vma_desc *vma)
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

/* Of a handle, in the hook. */
#define van_state(h)							\
	_Generic((h),							\
		 struct vma_new * : van_vma_state,			\
		 struct vma_desc * : van_desc_state)(h)

/* Of what is mapped at VAN_ADDR. */
static struct van_state van_look(void)
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

static void van_expect_same(struct kunit *test, struct van_state now,
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

/* What a test brings about that the verbs do not. */
static void van_vma_preset(struct vma_new *vma, vm_flags_t flags)
{
	vm_flags_set(van_vma_raw(vma), flags);
}

static void van_desc_preset(struct vma_desc *vma, vm_flags_t flags)
{
	vma_flags_t *own = &van_desc_raw(vma)->vma_flags;

	*own = legacy_to_vma_flags(vma_flags_to_legacy(*own) | flags);
}

#define van_preset(h, flags)						\
	_Generic((h),							\
		 struct vma_new * : van_vma_preset,			\
		 struct vma_desc * : van_desc_preset)(h, flags)

static void van_vma_set_pgoff(struct vma_new *vma, pgoff_t pgoff)
{
	van_vma_raw(vma)->vm_pgoff = pgoff;
}

static void van_desc_set_pgoff(struct vma_desc *vma, pgoff_t pgoff)
{
	van_desc_raw(vma)->pgoff = pgoff;
}

/* Any offset: that of mmap() is at most ULONG_MAX in bytes on 64 bits. */
#define van_set_pgoff(h, pgoff)						\
	_Generic((h),							\
		 struct vma_new * : van_vma_set_pgoff,			\
		 struct vma_desc * : van_desc_set_pgoff)(h, pgoff)

static void van_vma_no_ops(struct vma_new *vma)
{
	van_vma_raw(vma)->vm_ops = NULL;
}

static void van_desc_no_ops(struct vma_desc *vma)
{
	van_desc_raw(vma)->vm_ops = NULL;
}

#define van_no_ops(h)							\
	_Generic((h),							\
		 struct vma_new * : van_vma_no_ops,			\
		 struct vma_desc * : van_desc_no_ops)(h)

/*
 * Through the mapping, the object's pages from @page on are to be read at the
 * pages from @at to @at + @nr, and nothing before and after them.
 */
static void van_expect_shows(struct kunit *test, int at, int nr, int page)
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
static unsigned long van_held(struct kunit *test, struct van_object *obj)
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

/* There is no mapping, and none keeps anything. */
static void van_expect_nothing(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), 0);
}

/* A page frame that is mapped. */
struct van_frame {
	int err;
	unsigned long pfn;
	pgprot_t prot;
	bool writable;
};

static struct van_frame van_frame(unsigned long addr)
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

/* ---- the handles -------------------------------------------------------- */

VAN_BOTH(van_reads, {
	struct mm_ref *ref __free(mm_ref) = mm_ref_grab_current();

	KUNIT_EXPECT_EQ(test, vma_new_start(vma), VAN_ADDR);
	KUNIT_EXPECT_EQ(test, vma_new_end(vma), VAN_AT(5));
	KUNIT_EXPECT_EQ(test, vma_new_size(vma), 5 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vma_new_pages(vma), 5);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), VAN_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, vma_new_file(vma), obj->file);
	/* R15 */
	KUNIT_EXPECT_TRUE(test, mm_with_user_is(vma_new_mm(vma), ref));
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_SHARED_BIT));
	KUNIT_EXPECT_FALSE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	return VAN_NO_MAPPING;
});

/* Each handle tells what it stands for. */
static void van_new_reads(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_reads, .pages = 5,
				      .pgoff = VAN_PGOFF), VAN_NO_MAPPING);
}

/* The definition says which hook it is, and the other one is not there. */
static void van_new_hook(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, van_prepare_fops.mmap_prepare == van_prepare_hook);
	KUNIT_EXPECT_TRUE(test, !van_prepare_fops.mmap);
	KUNIT_EXPECT_TRUE(test, van_mmap_fops.mmap == van_mmap_hook);
	KUNIT_EXPECT_TRUE(test, !van_mmap_fops.mmap_prepare);
}

VAN_BOTH(van_nothing, {
	return 0;
});

/* R7, R10: a VMA in use is not taken for a new one, and no body is run on it. */
static void van_new_from_mmap_in_use(struct kunit *test)
{
	struct van_object *obj = test->priv;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *raw;
	unsigned long refused;

	KUNIT_ASSERT_EQ(test, van_map(test, &van_nothing), 0);
	refused = vat_refused();
	obj->kept = NULL;
	mmap_write_lock(mm);
	raw = vma_lookup(mm, VAN_ADDR);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAT_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_EQ(test, van_mmap_hook(obj->file, raw), -EINVAL);
		VAT_EXPECT_WARNED(test, 2);
	}
	mmap_write_unlock(mm);
	VAT_EXPECT_REFUSED(test, refused, 2);
	KUNIT_EXPECT_NULL(test, obj->kept);

	/* That the mmap lock is held for write is checked besides. */
	if (IS_ENABLED(CONFIG_LOCKDEP) && !debug_locks)
		return;
	mmap_read_lock(mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAT_EXPECT_WARNED(test, 2);
	}
	mmap_read_unlock(mm);
}

static int van_stacked_prepare(struct kunit *test, struct van_object *obj,
			       struct vma_desc *vma)
{
	const struct van_object *upper = test->priv;

	/* Its own file shows what is mapped; the VMA holds the upper one. */
	KUNIT_EXPECT_PTR_EQ(test, obj, upper->arg);
	KUNIT_EXPECT_PTR_EQ(test, vma_new_file(vma), upper->file);
	KUNIT_EXPECT_EQ(test, vma_new_start(vma), VAN_ADDR);
	return vma_new_set_type(vma, &van_none, obj);
}

/* A hook finds its object also where the file is below another. */
static void van_new_stacked(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_stacked_prepare };
	struct van_object *upper = van_object_new(test, &van_stacked_fops);
	struct van_object *lower = van_object_new(test, &van_prepare_fops);

	test->priv = upper;
	lower->body = &body;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, NULL, lower), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_none.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)lower);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* What another subsystem has for either hook. It says what it was given. */
struct van_handed {
	void *raw;
	int err;
};

static int van_take_vma(struct van_handed *to, struct vm_area_struct *raw, int err)
{
	to->raw = raw;
	vm_flags_set(raw, VM_DONTDUMP);
	return err;
}

static int van_take_desc(struct van_handed *to, struct vm_area_desc *desc, int err)
{
	to->raw = desc;
	vma_desc_set_flags(desc, VMA_DONTDUMP_BIT);
	return err;
}

static int van_take_desc_alone(struct vm_area_desc *desc)
{
	const struct van_object *obj = desc->file->private_data;

	return van_take_desc((struct van_handed *)obj->arg, desc, -EMLINK);
}

static int van_hand_on_prepare(struct kunit *test, struct van_object *obj,
			       struct vma_desc *vma)
{
	struct van_handed *to = (struct van_handed *)obj->arg;
	int err = vma_new_hand_on(vma, van_take_desc, to, to->err);

	KUNIT_EXPECT_PTR_EQ(test, to->raw, (void *)van_desc_raw(vma));
	if (err)
		return err;
	to->raw = NULL;
	err = vma_desc_hand_on(vma, van_take_desc_alone);
	KUNIT_EXPECT_EQ(test, err, -EMLINK);
	KUNIT_EXPECT_PTR_EQ(test, to->raw, (void *)van_desc_raw(vma));
	return 0;
}

static int van_hand_on_mmap(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	struct van_handed *to = (struct van_handed *)obj->arg;
	int err = vma_new_hand_on(vma, van_take_vma, to, to->err);

	KUNIT_EXPECT_PTR_EQ(test, to->raw, (void *)van_vma_raw(vma));
	return err;
}

/* What a mapping is handed on to gets what the handle stands for, and answers. */
static void van_new_hand_on(struct kunit *test)
{
	static const struct van_body body = { van_hand_on_prepare, van_hand_on_mmap };
	struct van_handed to = { };

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, &to), 0);
	KUNIT_EXPECT_NE(test, van_look().flags & VM_DONTDUMP, 0);
	to.err = -EBUSY;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, &to, .refused = VAN_NOTHING),
			-EBUSY);
	KUNIT_EXPECT_FALSE(test, van_look().there);
}

/* ---- offsets ------------------------------------------------------------ */

static const struct van_fit {
	const char *desc;
	pgoff_t pgoff;
	unsigned long nr;
	int err;
} van_fits[] = {
	{ "just", 0, VAN_PAGES, 0 },
	{ "with room", 0, VAN_PAGES + 1, 0 },
	{ "at the end", 7, VAN_PAGES + 7, 0 },
	{ "all there can be", ULONG_MAX - VAN_PAGES, ULONG_MAX, 0 },
	{ "nothing", 0, 0, -EINVAL },
	{ "too small", 0, VAN_PAGES - 1, -EINVAL },
	{ "over the end", 1, VAN_PAGES, -EINVAL },
	{ "last page", VAN_PAGES - 1, VAN_PAGES, -EINVAL },
	{ "from the end", VAN_PAGES, VAN_PAGES, -EINVAL },
	{ "behind the end", VAN_PAGES + 1, VAN_PAGES, -EINVAL },
	{ "wraps to the start", -(pgoff_t)VAN_PAGES, VAN_PAGES, -EINVAL },
	{ "wraps to below", ULONG_MAX, VAN_PAGES, -EINVAL },
	{ "all but one of all", ULONG_MAX - VAN_PAGES + 1, ULONG_MAX, -EINVAL },
};

VAN_BOTH(van_try_fit, {
	const struct van_fit *fit = obj->arg;

	van_set_pgoff(vma, fit->pgoff);
	KUNIT_EXPECT_EQ_MSG(test, vma_new_fits(vma, fit->nr), fit->err, "%s",
			    fit->desc);
	return VAN_NO_MAPPING;
});

/* R6, R18: what is beyond the object is refused, silently, wherever it wraps. */
static void van_new_fits(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(van_fits); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_fit, &van_fits[i],
						  .refused = !!van_fits[i].err),
				VAN_NO_MAPPING);
}

VAN_BOTH(van_try_rebase, {
	const struct van_state before = van_state(vma);

	/* Below the base nothing is changed. */
	KUNIT_EXPECT_EQ(test, vma_new_rebase(vma, VAN_PGOFF + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_rebase(vma, ULONG_MAX), -EINVAL);
	van_expect_same(test, van_state(vma), before, "refused");
	KUNIT_EXPECT_EQ(test, vma_new_rebase(vma, VAN_PGOFF - 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), 1);
	KUNIT_EXPECT_EQ(test, vma_new_fits(vma, VAN_PAGES), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_fits(vma, VAN_PAGES + 1), 0);
	/* To the very start of it. */
	KUNIT_EXPECT_EQ(test, vma_new_rebase(vma, 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_rebase(vma, 0), 0);
	vma_new_set_pgoff(vma, VAN_PGOFF + 5);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), VAN_PGOFF + 5);
	vma_new_set_pgoff(vma, 0);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), 0);
	return 0;
});

/* R6: an offset counts from the object's start, also in the mapping. */
static void van_new_rebase(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_try_rebase, .pgoff = VAN_PGOFF,
				      .refused = 3), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().pgoff, 0);
}

/* ---- another file ------------------------------------------------------- */

/* The files that take part, and how many references they have without it. */
struct van_files {
	struct file *file[3];
	int err;
};

static void van_expect_files(struct kunit *test, const struct van_files *files,
			     long own, long first, long second)
{
	KUNIT_EXPECT_EQ(test, file_count(files->file[0]), 1 + own);
	KUNIT_EXPECT_EQ(test, file_count(files->file[1]), 1 + first);
	KUNIT_EXPECT_EQ(test, file_count(files->file[2]), 1 + second);
}

VAN_BOTH(van_set_file_once, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[1]);
	KUNIT_EXPECT_PTR_EQ(test, vma_new_file(vma), files->file[1]);
	KUNIT_EXPECT_EQ(test, file_count(files->file[1]), 2);
	return files->err;
});

VAN_BOTH(van_set_file_twice, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[1]);
	vma_new_set_file(vma, files->file[2]);
	return files->err;
});

/* Its own is no other: nothing is taken, and nothing used up. */
VAN_BOTH(van_set_file_own, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[0]);
	KUNIT_EXPECT_PTR_EQ(test, vma_new_file(vma), files->file[0]);
	return files->err;
});

static void van_files_new(struct kunit *test, struct van_files *files)
{
	struct van_object *obj = test->priv;
	int i;

	files->file[0] = obj->file;
	for (i = 1; i < ARRAY_SIZE(files->file); i++)
		files->file[i] = van_object_new(test, van_fops(test))->file;
	van_expect_files(test, files, 0, 0, 0);
}

/* A mapping holds the file that it was given, and no other. */
static void van_new_set_file(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_once, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[1]);
	van_expect_files(test, &files, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* In ->mmap_prepare() nothing tells whose reference the first one is. */
static void van_new_set_file_twice(struct kunit *test)
{
	bool mmap = van_in_mmap(test);
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_twice, &files,
					  .warned = !mmap), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[mmap ? 2 : 1]);
	van_expect_files(test, &files, 0, !mmap, mmap);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* Also where that is the one which is mapped: the core takes a reference to it. */
static void van_new_set_file_own(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_own, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[0]);
	van_expect_files(test, &files, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* Nor is a reference left where ->mmap() calls the newer hook. */
static void van_stacked_set_file(struct kunit *test)
{
	struct van_files files = { };
	int i;

	test->priv = van_object_new(test, &van_compat_fops);
	files.file[0] = ((struct van_object *)test->priv)->file;
	for (i = 1; i < ARRAY_SIZE(files.file); i++)
		files.file[i] = van_object_new(test, &van_prepare_fops)->file;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_once, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[1]);
	van_expect_files(test, &files, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* ->mmap() may fail later: the core drops what the mapping has by then. */
static void van_new_set_file_fails(struct kunit *test)
{
	struct van_files files = { .err = VAN_NO_MAPPING };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_twice, &files),
			VAN_NO_MAPPING);
	van_expect_files(test, &files, 0, 0, 0);
}

/* ---- access and flags --------------------------------------------------- */

VAN_BOTH(van_settle_absent, {
	vm_flags_t flags;

	van_preset(vma, VAN_MAY);
	flags = van_state(vma).flags;
	KUNIT_EXPECT_EQ(test, flags & (VAN_ACCESS | VAN_MAY), VAN_MAY);
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VM_MAYWRITE);
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags,
			flags & ~(VM_MAYWRITE | VM_MAYREAD));
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_EXEC_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VAN_MAY);
	return 0;
});

/* R1: where the access is not wanted, it can never be had. */
static void van_new_settle_absent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_settle_absent, .no_access = true), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_ACCESS | VAN_MAY), 0);
}

VAN_BOTH(van_settle_present, {
	struct van_state before;

	van_preset(vma, VAN_ACCESS | VAN_MAY);
	before = van_state(vma);
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_EXEC_BIT));
	van_expect_same(test, van_state(vma), before, "settled");
	/* R18: van_map() has seen that it is silent. */
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_READ_BIT), -EPERM);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_WRITE_BIT), -EPERM);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_EXEC_BIT), -EPERM);
	van_expect_same(test, van_state(vma), before, "denied");
	return VAN_NO_MAPPING;
});

/* R1, R18: where the access is wanted it stays; denying it fails. */
static void van_new_settle_present(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_settle_present, .refused = 3),
			VAN_NO_MAPPING);
}

VAN_BOTH(van_deny_absent, {
	vm_flags_t flags;

	van_preset(vma, VAN_MAY);
	flags = van_state(vma).flags;
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_EXEC_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VM_MAYEXEC);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_WRITE_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags,
			flags & ~(VM_MAYEXEC | VM_MAYWRITE));
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_READ_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VAN_MAY);
	return 0;
});

/* R1: an access that is denied can never be had. */
static void van_new_deny_absent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_deny_absent, .no_access = true), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_ACCESS | VAN_MAY), 0);
}

VAN_BOTH(van_require_shared, {
	return vma_new_require_shared(vma);
});

VAN_BOTH(van_settle_and_require_shared, {
	if (vma_new_settle(vma, VMA_WRITE_BIT))
		return -EPERM;
	return vma_new_require_shared(vma);
});

/* R7: what would be copied on write is refused, also if it is not written yet. */
static void van_new_require_shared(struct kunit *test)
{
	const struct van_body *require = &van_require_shared;
	const struct van_body *settle = &van_settle_and_require_shared;

	KUNIT_EXPECT_EQ(test, van_map(test, require), 0);
	KUNIT_EXPECT_EQ(test, van_map(test, require,
				      .prot = PROT_READ | PROT_WRITE), 0);
	KUNIT_EXPECT_EQ(test, van_map(test, require, .flags = MAP_PRIVATE), -EINVAL);
	KUNIT_EXPECT_EQ(test, van_map(test, require, .flags = MAP_PRIVATE,
				      .prot = PROT_READ | PROT_WRITE), -EINVAL);
	KUNIT_EXPECT_EQ(test, van_map(test, settle, .flags = MAP_PRIVATE), 0);
}

#define VAN_FLAGS	(VM_IO | VM_DONTEXPAND)

VAN_BOTH(van_set_flags, {
	vm_flags_t flags = van_state(vma).flags;

	KUNIT_EXPECT_EQ(test, flags & VAN_FLAGS, 0);
	vma_new_set_io(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags |= VM_IO);
	vma_new_set_dontexpand(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags |= VM_DONTEXPAND);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_DONTEXPAND_BIT));
	return 0;
});

/* Each flag has its verb, which sets it and nothing else, and it stays. */
static void van_new_set_flags(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_set_flags), 0);
	KUNIT_EXPECT_EQ(test, van_look().flags & VAN_FLAGS, VAN_FLAGS);
}

/* ---- protection --------------------------------------------------------- */

static const struct van_prot {
	const char *desc;
	enum vma_prot how[2];
} van_prots[] = {
	{ "own", { VMA_PROT_OWN, VMA_PROT_OWN } },
	{ "noncached", { VMA_PROT_NONCACHED, VMA_PROT_OWN } },
	{ "write-combine", { VMA_PROT_WRITECOMBINE, VMA_PROT_OWN } },
	{ "device", { VMA_PROT_DEVICE, VMA_PROT_OWN } },
	{ "decrypted", { VMA_PROT_DECRYPTED, VMA_PROT_OWN } },
	{ "noncached, decrypted", { VMA_PROT_NONCACHED, VMA_PROT_DECRYPTED } },
	{ "decrypted, write-combine", { VMA_PROT_DECRYPTED, VMA_PROT_WRITECOMBINE } },
};

/* What the architecture makes of it. */
static pgprot_t van_derive(pgprot_t prot, enum vma_prot how)
{
	if (how == VMA_PROT_NONCACHED)
		return pgprot_noncached(prot);
	if (how == VMA_PROT_WRITECOMBINE)
		return pgprot_writecombine(prot);
	if (how == VMA_PROT_DEVICE)
		return pgprot_device(prot);
	if (how == VMA_PROT_DECRYPTED)
		return pgprot_decrypted(prot);
	return prot;
}

VAN_BOTH(van_set_prot, {
	const struct van_prot *prot = obj->arg;
	struct van_state expect = van_state(vma);
	int i;

	for (i = 0; i < ARRAY_SIZE(prot->how); i++) {
		vma_new_set_prot(vma, prot->how[i]);
		expect.prot = van_derive(expect.prot, prot->how[i]);
	}
	van_expect_same(test, van_state(vma), expect, prot->desc);
	return 0;
});

/* R11: a protection is derived from the mapping's own, and the mapping keeps it. */
static void van_new_set_prot(struct kunit *test)
{
	struct van_state own, now;
	int i, j;

	KUNIT_EXPECT_EQ(test, van_map(test, &van_nothing), 0);
	own = van_look();
	for (i = 0; i < ARRAY_SIZE(van_prots); i++) {
		const struct van_prot *prot = &van_prots[i];
		pgprot_t expect = own.prot;

		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_prot, prot), 0);
		for (j = 0; j < ARRAY_SIZE(prot->how); j++)
			expect = van_derive(expect, prot->how[j]);
		/* The core derives it anew and keeps what it can of this. */
		expect = pgprot_modify(expect, own.prot);
		now = van_look();
		KUNIT_EXPECT_EQ_MSG(test, pgprot_val(now.prot), pgprot_val(expect),
				    "%s", prot->desc);
	}
}

/* Page frames that are no memory, whose kind is nobody else's business. */
static unsigned long van_io_pfn(struct kunit *test)
{
	unsigned long pfn = PHYS_PFN(0xd0000000);

	if (IS_ENABLED(CONFIG_64BIT))
		pfn = PHYS_PFN(SZ_256G);
	if (pfn_valid(pfn) || pfn_valid(pfn + VAN_PAGES - 1))
		kunit_skip(test, "there is memory where a device was to be");
	return pfn;
}

/* Mapped so that making it write-combine would change nothing? */
static bool van_is_writecombine(struct kunit *test, unsigned long pfn)
{
	const struct van_frame frame = van_frame(VAN_AT(2));

	KUNIT_EXPECT_EQ(test, frame.err, 0);
	KUNIT_EXPECT_EQ(test, frame.pfn, pfn + 2);
	return pgprot_val(pgprot_writecombine(frame.prot)) == pgprot_val(frame.prot);
}

VAN_BOTH(van_remap_plain, {
	return vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg, VAN_PAGES);
});

VAN_BOTH(van_prot_and_remap, {
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg, VAN_PAGES);
});

VAN_BOTH(van_remap_and_prot, {
	int err = vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg,
					VAN_PAGES);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

VAN_BOTH(van_prot_and_remap_io, {
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_remap_io(vma, VAN_ADDR, *(const unsigned long *)obj->arg,
				VAN_SIZE);
});

VAN_BOTH(van_remap_io_and_prot, {
	int err = vma_new_remap_io(vma, VAN_ADDR, *(const unsigned long *)obj->arg,
				   VAN_SIZE);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

VAN_BOTH(van_prot_and_iomap, {
	phys_addr_t start = PFN_PHYS(*(const unsigned long *)obj->arg);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_iomap(vma, start, VAN_SIZE);
});

VAN_BOTH(van_iomap_and_prot, {
	phys_addr_t start = PFN_PHYS(*(const unsigned long *)obj->arg);
	int err = vma_new_iomap(vma, start, VAN_SIZE);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

/*
 * R11: page frames are mapped with the mapping's protection: that which it has
 * after ->mmap_prepare(), or at the time in ->mmap().
 */
static void van_new_set_prot_remap(struct kunit *test)
{
	const struct van_body *before[] = {
		&van_prot_and_remap, &van_prot_and_remap_io, &van_prot_and_iomap,
	};
	const struct van_body *after[] = {
		&van_remap_and_prot, &van_remap_io_and_prot, &van_iomap_and_prot,
	};
	const unsigned long pfn = van_io_pfn(test);
	int i;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_remap_plain, &pfn), 0);
	if (van_is_writecombine(test, pfn)) {
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
		kunit_skip(test, "write-combine is not told from others here");
	}
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, before[i], &pfn), 0);
		KUNIT_EXPECT_TRUE_MSG(test, van_is_writecombine(test, pfn), "%d", i);
	}
	for (i = 0; i < ARRAY_SIZE(after); i++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, after[i], &pfn), 0);
		KUNIT_EXPECT_EQ_MSG(test, van_is_writecombine(test, pfn),
				    !van_in_mmap(test), "%d", i);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

static int van_prot_spares_action(struct kunit *test, struct van_object *obj,
				  struct vma_desc *vma)
{
	struct mmap_action before;

	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES), 0);
	before = van_desc_raw(vma)->action;
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	KUNIT_EXPECT_MEMEQ(test, &van_desc_raw(vma)->action, &before, sizeof(before));
	return VAN_NO_MAPPING;
}

/* An action that has no protection of its own keeps what it has in its place. */
static void van_new_set_prot_map_pages(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_prot_spares_action };
	struct van_object *obj = test->priv;

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map(test, &body), VAN_NO_MAPPING);
	test->priv = obj;
}

/* ---- types -------------------------------------------------------------- */

static const struct van_policy {
	const char *desc;
	const struct vma_type *type;
	unsigned long prot, share;
	vm_flags_t preset;
	int err;
	vm_flags_t set, clear;
} van_policies[] = {
	{ "no kind", &van_none, PROT_READ, MAP_SHARED, .set = VM_DONTEXPAND },
	{ "mixed", &van_mixed, PROT_READ, MAP_SHARED, .set = VM_MIXEDMAP },
	{ "mixed, private", &van_mixed, PROT_READ | PROT_WRITE, MAP_PRIVATE,
	  .set = VM_MIXEDMAP },
	{ "mixed again", &van_mixed, PROT_READ, MAP_SHARED, VM_MIXEDMAP },
	{ "pfn", &van_pfn, PROT_READ, MAP_SHARED,
	  .set = VM_PFNMAP | VM_DONTEXPAND },
	{ "pfn again", &van_pfn, PROT_READ, MAP_SHARED,
	  VM_PFNMAP, .set = VM_DONTEXPAND },
	{ "pfn, private", &van_pfn, PROT_READ, MAP_PRIVATE, .err = -EINVAL },

	{ "deny read", &van_no_read, PROT_NONE, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYREAD },
	{ "deny write", &van_no_write, PROT_READ, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYWRITE },
	{ "deny exec", &van_no_exec, PROT_READ | PROT_WRITE, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYEXEC },
	{ "deny all", &van_no_access, PROT_NONE, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VAN_MAY },
	{ "read denied", &van_no_read, PROT_READ, MAP_SHARED, .err = -EPERM },
	{ "write denied", &van_no_write, PROT_WRITE, MAP_SHARED, .err = -EPERM },
	{ "exec denied", &van_no_exec, PROT_READ, MAP_SHARED,
	  VM_EXEC | VM_MAYEXEC, -EPERM },
	{ "exec of all denied", &van_no_access, PROT_NONE, MAP_SHARED,
	  VM_EXEC | VAN_MAY, -EPERM },

	{ "cow refused, shared", &van_no_cow, PROT_READ | PROT_WRITE, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "cow refused, private", &van_no_cow, PROT_READ | PROT_WRITE,
	  MAP_PRIVATE, .err = -EINVAL },
	{ "cow refused, private for later", &van_no_cow, PROT_READ,
	  MAP_PRIVATE, .err = -EINVAL },
	{ "cow allowed, private", &van_none, PROT_READ | PROT_WRITE, MAP_PRIVATE,
	  .set = VM_DONTEXPAND },
	{ "cow and write refused, private", &van_no_write_no_cow, PROT_READ,
	  MAP_PRIVATE, .set = VM_DONTEXPAND, .clear = VM_MAYWRITE },
	{ "cow and write refused, written", &van_no_write_no_cow,
	  PROT_READ | PROT_WRITE, MAP_PRIVATE, .err = -EPERM },

	{ "fork drop", &van_drop, PROT_READ, MAP_SHARED,
	  .set = VM_MIXEDMAP | VM_DONTCOPY },
	{ "expand refused", &van_no_expand, PROT_READ, MAP_SHARED,
	  .set = VM_MIXEDMAP | VM_DONTEXPAND },
	{ "split refused", &van_no_split, PROT_READ, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "mremap refused", &van_no_mremap, PROT_READ, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "asked on split", &van_ask_split, PROT_READ, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "asked on mremap", &van_ask_mremap, PROT_READ, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "asked on both", &van_ask, PROT_READ, MAP_SHARED,
	  .set = VM_DONTEXPAND },
	{ "io", &van_io, PROT_READ, MAP_SHARED, .set = VM_IO },
	{ "dontdump", &van_dontdump, PROT_READ, MAP_SHARED,
	  .set = VM_MIXEDMAP | VM_DONTDUMP },
	{ "strict", &van_strict, PROT_READ, MAP_PRIVATE, VAN_MAY,
	  .set = VM_MIXEDMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_IO | VM_DONTDUMP,
	  .clear = VM_MAYWRITE | VM_MAYEXEC },
};

/* A type is set as a whole, or nothing is changed. */
VAN_BOTH(van_try_type, {
	const struct van_policy *policy = obj->arg;
	struct van_state expect;

	van_preset(vma, policy->preset);
	expect = van_state(vma);
	KUNIT_EXPECT_EQ_MSG(test, vma_new_set_type(vma, policy->type, obj),
			    policy->err, "%s", policy->desc);
	if (!policy->err) {
		expect.flags |= policy->set;
		expect.flags &= ~policy->clear;
		expect.vm_ops = &policy->type->vm_ops;
		expect.private = obj;
	}
	van_expect_same(test, van_state(vma), expect, policy->desc);
	return VAN_NO_MAPPING;
});

/*
 * R1, R7, R8: each bit of a policy does what it says and nothing else. R18: what
 * user space asks for in vain is refused silently.
 */
static void van_new_set_type_policy(struct kunit *test)
{
	const struct van_policy *policy;

	for (policy = van_policies;
	     policy < van_policies + ARRAY_SIZE(van_policies); policy++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_type, policy,
						  .prot = policy->prot,
						  .flags = policy->share,
						  .no_access = !policy->prot,
						  .refused = !!policy->err),
				VAN_NO_MAPPING);
	}
}

static const struct van_policy van_mistakes[] = {
	{ "mixed on pfn", &van_mixed, .preset = VM_PFNMAP, .err = -EINVAL },
	{ "pfn on mixed", &van_pfn, .preset = VM_MIXEDMAP, .err = -EINVAL },
	{ "no kind on mixed", &van_none, .preset = VM_MIXEDMAP, .err = -EINVAL },
	{ "no kind on pfn", &van_none, .preset = VM_PFNMAP, .err = -EINVAL },
	{ "own may_split", &van_bad_split[0], .err = -EINVAL },
	{ "may_split not refused", &van_bad_split[1], .err = -EINVAL },
	{ "may_split unasked", &van_bad_split[2], .err = -EINVAL },
	{ "may_split missing", &van_bad_split[3], .err = -EINVAL },
	{ "own mremap", &van_bad_mremap[0], .err = -EINVAL },
	{ "mremap not refused", &van_bad_mremap[1], .err = -EINVAL },
	{ "mremap unasked", &van_bad_mremap[2], .err = -EINVAL },
	{ "mremap missing", &van_bad_mremap[3], .err = -EINVAL },
	{ "counts and is no object's", &van_counts, .err = -EINVAL },
	{ "an object's", &van_shown, .err = -EINVAL },
	{ "no map kind", &van_incomplete[0], .err = -EINVAL },
	{ "no access", &van_incomplete[1], .err = -EINVAL },
	{ "no cow", &van_incomplete[2], .err = -EINVAL },
	{ "no split", &van_incomplete[3], .err = -EINVAL },
	{ "no mremap", &van_incomplete[4], .err = -EINVAL },
	{ "no fork", &van_incomplete[5], .err = -EINVAL },
	{ "no expand", &van_incomplete[6], .err = -EINVAL },
	{ "merged", &van_merged[0], .err = -EINVAL },
	{ "merged, not dumped", &van_merged[1], .err = -EINVAL },
};

/* R7, R8, R17, R18: a type at odds with itself or the mapping is a driver's bug. */
static void van_new_set_type_mistakes(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(van_mistakes); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_type,
						  &van_mistakes[i], .warned = 1),
				VAN_NO_MAPPING);
}

VAN_BOTH(van_type_without_owner, {
	const struct van_state before = van_state(vma);

	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, NULL), -EINVAL);
	van_expect_same(test, van_state(vma), before, "no owner");
	return VAN_NO_MAPPING;
});

/* R3, R18: without an owner there is no identity. */
static void van_new_set_type_no_owner(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_type_without_owner, .warned = 1),
			VAN_NO_MAPPING);
}

VAN_BOTH(van_type_twice, {
	struct van_state before;

	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_none, obj), 0);
	before = van_state(vma);
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_io, test), -EBUSY);
	van_expect_same(test, van_state(vma), before, "twice");
	return VAN_NO_MAPPING;
});

/* R3, R18: a mapping has one type, and keeps it. */
static void van_new_set_type_twice(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_type_twice, .warned = 1),
			VAN_NO_MAPPING);
}

VAN_BOTH(van_type_strict, {
	return vma_new_set_type(vma, &van_strict, obj);
});

/* R8: the policy is that of the mapping which comes of it. */
static void van_new_set_type_maps(struct kunit *test)
{
	const vm_flags_t set = VM_MIXEDMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_IO |
			       VM_DONTDUMP;
	struct van_state now;

	KUNIT_EXPECT_EQ(test, van_map(test, &van_type_strict), 0);
	now = van_look();
	KUNIT_EXPECT_PTR_EQ(test, now.vm_ops, &van_strict.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, now.private, test->priv);
	KUNIT_EXPECT_EQ(test, now.flags & (set | VM_MAYWRITE | VM_MAYEXEC), set);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_AT(5), PAGE_SIZE), -EINVAL);

	KUNIT_EXPECT_EQ(test, van_map(test, &van_type_strict,
				      .prot = PROT_READ | PROT_WRITE), -EPERM);
	KUNIT_EXPECT_FALSE(test, van_look().there);
}

VAN_BOTH(van_try_no_split, {
	return vma_new_set_type(vma, &van_no_split, obj);
});

/* R8: the core refuses to split what refuses to be split. */
static void van_type_refuses_split(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, van_map(test, &van_try_no_split), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_AT(5), PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* R8: what a policy makes of the hooks. */
static void van_type_hooks(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, van_strict.vm_ops.may_split == vma_type_no_split);
	KUNIT_EXPECT_TRUE(test, van_strict.vm_ops.mremap == vma_type_no_mremap);
	KUNIT_EXPECT_TRUE(test, van_ask_split.vm_ops.may_split == van_may_split);
	KUNIT_EXPECT_NULL(test, van_ask_split.vm_ops.mremap);
	KUNIT_EXPECT_NULL(test, van_ask_mremap.vm_ops.may_split);
	KUNIT_EXPECT_TRUE(test, van_ask_mremap.vm_ops.mremap == van_mremap);
	KUNIT_EXPECT_EQ(test, vma_type_no_split(NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_type_no_mremap(NULL), -EINVAL);
}

VAN_BOTH(van_identity, {
	struct vma_identity id = vma_new_identity(vma);

	KUNIT_EXPECT_NULL(test, id.vm_ops);
	KUNIT_EXPECT_NULL(test, id.owner);
	KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_none, obj), 0);
	id = vma_new_identity(vma);
	KUNIT_EXPECT_PTR_EQ(test, id.vm_ops, &van_none.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, id.owner, obj);
	return VAN_NO_MAPPING;
});

/* R3: a library learns the identity of mappings; that of no hooks is nobody's. */
static void van_new_identity(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_identity), VAN_NO_MAPPING);
}

/* ---- a type's hooks ----------------------------------------------------- */

/* In ->mmap() nothing is left of the type when it fails. */
VAN_BOTH(van_type_called, {
	const struct van_state before = van_state(vma);
	int err = vma_new_set_type(vma, obj->arg, obj);

	if (err)
		van_expect_same(test, van_state(vma), before, "mapped");
	return err;
});

static void van_expect_called(struct kunit *test)
{
	struct van_object *obj = test->priv;

	KUNIT_EXPECT_EQ(test, obj->calls.mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->calls.start, VAN_ADDR);
	KUNIT_EXPECT_EQ(test, obj->calls.end, VAN_END);
	KUNIT_EXPECT_EQ(test, obj->calls.pgoff, VAN_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, obj->calls.file, obj->file);
	KUNIT_EXPECT_PTR_EQ(test, obj->calls.private, (void *)obj);
}

/* ->mapped() is called once for a mapping, and ->close() when that goes. */
static void van_new_mapped(struct kunit *test)
{
	struct van_object *obj = test->priv;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_type_called, &van_called,
					  .pgoff = VAN_PGOFF), 0);
	van_expect_called(test);
	KUNIT_EXPECT_EQ(test, obj->calls.closed, 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)obj);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, obj->calls.mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->calls.closed, 1);
	KUNIT_EXPECT_PTR_EQ(test, obj->calls.closed_private, (void *)obj);
}

/* It can replace the private data; who has no ->close() is not called. */
static void van_new_mapped_replaces(struct kunit *test)
{
	struct van_object *obj = test->priv;

	obj->mapped_private = test;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_type_called,
					  &van_called_no_close,
					  .pgoff = VAN_PGOFF), 0);
	van_expect_called(test);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)test);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* Its error is that of mmap(), and there is no ->close() of what was not set up. */
static void van_new_mapped_fails(struct kunit *test)
{
	struct van_object *obj = test->priv;

	obj->mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_type_called, &van_called,
					  .pgoff = VAN_PGOFF), -EDQUOT);
	van_expect_called(test);
	KUNIT_EXPECT_EQ(test, obj->calls.closed, 0);
	van_expect_nothing(test);

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_type_called,
					  &van_called_no_close,
					  .pgoff = VAN_PGOFF), -EDQUOT);
	van_expect_called(test);
	van_expect_nothing(test);
}

/* The private data that ->mapped() gave in vain is nowhere left. */
static void van_new_mapped_replaces_and_fails(struct kunit *test)
{
	struct van_object *obj = test->priv;

	obj->mapped_private = test;
	obj->mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_type_called, &van_called),
			-EDQUOT);
	KUNIT_EXPECT_EQ(test, obj->calls.closed, 0);
	van_expect_nothing(test);
}

/* ---- objects ------------------------------------------------------------ */

/* Where an object is, and where the mapping. */
static const struct van_place {
	const char *desc;
	pgoff_t base;
	unsigned long nr;
	pgoff_t pgoff;
	int err;
} van_places[] = {
	{ "all of it", 0, VAN_PAGES, 0, 0 },
	{ "all of it, at a base", 7, VAN_PAGES, 7, 0 },
	{ "the end of it, at a base", 7, VAN_PAGES + 3, 10, 0 },
	{ "below the base", 7, 4 * VAN_PAGES, 6, -EINVAL },
	{ "far below the base", 1000, -1000UL, 0, -EINVAL },
	{ "over the end", 0, VAN_PAGES, 1, -EINVAL },
	{ "over the end, at a base", 7, VAN_PAGES, 8, -EINVAL },
	{ "behind the end, at a base", 7, VAN_PAGES, 7 + VAN_PAGES, -EINVAL },
	{ "too small", 0, VAN_PAGES - 1, 0, -EINVAL },
};

VAN_BOTH(van_set_object, {
	const struct van_state before = van_state(vma);
	int err = vma_new_set_object(vma, &van_shown, &obj->shown);

	if (err)
		van_expect_same(test, van_state(vma), before, "object");
	return err;
});

/* R6, R18: a mapping lies inside the object, wherever that is in the file. */
static void van_new_set_object_fits(struct kunit *test)
{
	struct van_object *obj = test->priv;
	const struct van_place *place;

	for (place = van_places; place < van_places + ARRAY_SIZE(van_places);
	     place++) {
		vma_object_init(&obj->shown, obj->file->f_mapping, place->base,
				place->nr, NULL);
		KUNIT_EXPECT_EQ_MSG(test, van_map(test, &van_set_object,
						  .pgoff = place->pgoff),
				    place->err, "%s", place->desc);
		KUNIT_EXPECT_EQ_MSG(test, vma_object_mappings(&obj->shown),
				    !place->err, "%s", place->desc);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
		KUNIT_EXPECT_EQ_MSG(test, vma_object_mappings(&obj->shown), 0, "%s",
				    place->desc);
	}
}

/* R17: a mapping is counted from the hook on, and is the object's. */
static void van_new_set_object_counts(struct kunit *test)
{
	struct van_object *obj = test->priv;

	KUNIT_EXPECT_EQ(test, van_map(test, &van_set_object), 0);
	KUNIT_EXPECT_EQ(test, obj->calls.mapped, 1);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 1);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_shown.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)&obj->shown);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_AT(5), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 2);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
}

/* R17: nor is one left counted that the driver does not want. */
static void van_new_set_object_refused(struct kunit *test)
{
	struct van_object *obj = test->priv;

	obj->mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, van_map(test, &van_set_object), -EDQUOT);
	KUNIT_EXPECT_EQ(test, obj->calls.mapped, 1);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
	van_expect_nothing(test);
}

VAN_BOTH(van_set_object_of, {
	const struct van_state before = van_state(vma);

	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, obj->arg, &obj->shown),
			-EINVAL);
	van_expect_same(test, van_state(vma), before, "wrong type");
	return VAN_NO_MAPPING;
});

/* R17, R18: an object's type counts all of its mappings. */
static void van_new_set_object_mistakes(struct kunit *test)
{
	struct van_object *obj = test->priv;
	int i;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_object_of, &van_none,
					  .warned = 1), VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_object_of, &van_counts,
					  .warned = 1), VAN_NO_MAPPING);
	for (i = 0; i < ARRAY_SIZE(van_bad_shown); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_object_of,
						  &van_bad_shown[i], .warned = 1),
				VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, obj->calls.mapped, 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
}

/* The first page, the last one, or a page frame. */
VAN_BOTH(van_object_after_first, {
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_ADDR, obj->pages, 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown_mixed, &obj->shown),
			-EINVAL);
	return VAN_NO_MAPPING;
});

VAN_BOTH(van_object_after_last, {
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						obj->pages, 1), 0);
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown_mixed, &obj->shown),
			-EINVAL);
	return VAN_NO_MAPPING;
});

VAN_BOTH(van_object_after_remap, {
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_AT(3),
						page_to_pfn(obj->pages[0]),
						PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown_pfn, &obj->shown),
			-EINVAL);
	return VAN_NO_MAPPING;
});

/* R17, R18: a mapping that the hook filled is none that a revoke finds. */
static void van_new_set_object_filled(struct kunit *test)
{
	const struct van_body *bodies[] = {
		&van_object_after_first, &van_object_after_last,
		&van_object_after_remap,
	};
	struct van_object *obj = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		KUNIT_EXPECT_EQ(test, van_map(test, bodies[i], .warned = 1),
				VAN_NO_MAPPING);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
		van_expect_nothing(test);
	}
}

VAN_BOTH(van_fill_object, {
	KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, obj->arg, &obj->shown), 0);
	if (obj->arg == &van_shown_mixed) {
		KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages,
							    VAN_PAGES), -EINVAL);
		return 0;
	}
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn_all(vma, page_to_pfn(obj->pages[0]),
						    VAN_PAGES), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_remap_io(vma, VAN_ADDR,
					       page_to_pfn(obj->pages[0]), VAN_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE), -EINVAL);
	return 0;
});

/* R17, R18: nor is a mapping filled by the hook that was made an object's. */
static void van_new_fill_object(struct kunit *test)
{
	struct van_object *obj = test->priv;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_fill_object, &van_shown_mixed,
					  .warned = 1), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, van_held(test, obj), 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_fill_object, &van_shown_pfn,
					  .warned = 3), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
}

/* ---- remap -------------------------------------------------------------- */

/* One range and what comes of it, whichever verb. */
static const struct van_range {
	const char *desc;
	unsigned long addr, size;
	int err;
} van_ranges[] = {
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
	/* Those that follow are no whole pages. */
	{ "one byte", VAN_AT(1), 1, -EINVAL },
	{ "size not aligned", VAN_AT(1), PAGE_SIZE + 1, -EINVAL },
	{ "all bytes", VAN_AT(1), -1UL, -EINVAL },
};

#define VAN_WHOLE_PAGES	(ARRAY_SIZE(van_ranges) - 3)

static int van_at(const struct van_range *range)
{
	return (range->addr - VAN_ADDR) >> PAGE_SHIFT;
}

VAN_BOTH(van_remap_pfn, {
	const struct van_range *range = obj->arg;
	const struct van_state before = van_state(vma);
	int err = vma_new_remap_pfn(vma, range->addr, page_to_pfn(obj->pages[2]),
				    range->size);

	if (err)
		van_expect_same(test, van_state(vma), before, range->desc);
	return err;
});

VAN_BOTH(van_remap_io, {
	const struct van_range *range = obj->arg;
	const struct van_state before = van_state(vma);
	int err = vma_new_remap_io(vma, range->addr, page_to_pfn(obj->pages[2]),
				   range->size);

	if (err)
		van_expect_same(test, van_state(vma), before, range->desc);
	return err;
});

static void van_check_remap(struct kunit *test, const struct van_body *body)
{
	const struct van_range *range;
	struct van_frame frame;

	for (range = van_ranges; range < van_ranges + ARRAY_SIZE(van_ranges);
	     range++) {
		/* What is behind the object's pages is somebody else's. */
		if (!range->err && range->size > VAN_SIZE - 2 * PAGE_SIZE)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, van_map_arg(test, body, range), range->err,
				    "%s", range->desc);
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

/* R6, R18: what is asked for is mapped; a bad range is refused, silently. */
static void van_new_remap_pfn(struct kunit *test)
{
	van_check_remap(test, &van_remap_pfn);
}

static void van_new_remap_io(struct kunit *test)
{
	van_check_remap(test, &van_remap_io);
}

VAN_BOTH(van_remap_pfn_all, {
	return vma_new_remap_pfn_all(vma, page_to_pfn(obj->pages[0]), VAN_PAGES);
});

VAN_BOTH(van_remap_io_all, {
	return vma_new_remap_io(vma, VAN_ADDR, page_to_pfn(obj->pages[0]), VAN_SIZE);
});

VAN_BOTH(van_remap_nr, {
	const unsigned long *nr = obj->arg;

	return vma_new_remap_pfn_all(vma, page_to_pfn(obj->pages[0]), *nr);
});

/* R6: of all page frames those that the offset says, if they are there. */
static void van_new_remap_all(struct kunit *test)
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

static int van_remap_actions(struct kunit *test, struct van_object *obj,
			     struct vma_desc *vma)
{
	const struct mmap_action *action = &van_desc_raw(vma)->action;
	bool io = obj->arg;

	KUNIT_EXPECT_EQ(test, action->type, MMAP_NOTHING);
	if (io) {
		KUNIT_EXPECT_EQ(test, vma_new_remap_io(vma, VAN_ADDR,
						       page_to_pfn(obj->pages[0]),
						       VAN_SIZE), 0);
		KUNIT_EXPECT_EQ(test, action->type, MMAP_IO_REMAP_PFN);
	} else {
		KUNIT_EXPECT_EQ(test, vma_new_remap_pfn_all(vma,
							    page_to_pfn(obj->pages[0]),
							    VAN_PAGES), 0);
		KUNIT_EXPECT_EQ(test, action->type, MMAP_REMAP_PFN);
	}
	return VAN_NO_MAPPING;
}

/* What differs is seen in the page tables of few machines. */
static void van_new_remap_io_action(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_remap_actions };

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, NULL), VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, test), VAN_NO_MAPPING);
}

VAN_BOTH(van_iomap_all, {
	return vma_new_iomap(vma, page_to_phys(obj->pages[0]), VAN_SIZE);
});

/* R7: what is copied on write has no page frames: not by the core's way out. */
static void van_new_remap_cow(struct kunit *test)
{
	const struct van_body *bodies[] = {
		&van_remap_pfn_all, &van_remap_io_all, &van_iomap_all,
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
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn_all(vma, page_to_pfn(obj->pages[0]),
						    VAN_PAGES), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_remap_io(vma, VAN_ADDR,
					       page_to_pfn(obj->pages[0]), VAN_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE), -EINVAL);
	/* What user space can ask for comes first, and is silent. */
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE - PAGE_SIZE), -EINVAL);
	van_expect_same(test, van_state(vma), before, "remap");
	return 0;
});

/* R7, R18: what is VM_MIXEDMAP does not become VM_PFNMAP. */
static void van_new_remap_on_mixed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_remap_on_mixed, .warned = 3,
				      .refused = 4), 0);
	van_expect_shows(test, 0, 0, 0);
}

VAN_BOTH(van_remap_on_pfn, {
	int err = vma_new_set_type(vma, &van_pfn, obj);

	return err ?: vma_new_remap_pfn_all(vma, page_to_pfn(obj->pages[0]), VAN_PAGES);
});

/* A type of the kind goes with it. */
static void van_new_remap_typed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_remap_on_pfn), 0);
	van_expect_shows(test, 0, VAN_PAGES, 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_pfn.vm_ops);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
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

/* R7, R18: the kind is settled by what is mapped, also if that comes later. */
static void van_new_set_type_after(struct kunit *test)
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

/* Two ranges in turn; the second where something is, or in ->mmap_prepare(). */
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

VAN_BOTH(van_remap_io_twice, {
	const struct van_range *range = obj->arg;
	const unsigned long pfn = page_to_pfn(obj->pages[0]);

	KUNIT_EXPECT_EQ(test, vma_new_remap_io(vma, VAN_AT(2), pfn, 4 * PAGE_SIZE),
			0);
	KUNIT_EXPECT_EQ_MSG(test, vma_new_remap_io(vma, range->addr, pfn,
						   range->size), -EBUSY, "%s",
			    range->desc);
	return 0;
});

/* An offset of its own: the whole. */
VAN_BOTH(van_iomap_twice, {
	const unsigned long pfn = page_to_pfn(obj->pages[0]);

	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_AT(2), pfn, 4 * PAGE_SIZE),
			0);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, PFN_PHYS(pfn), VAN_SIZE), -EBUSY);
	return 0;
});

/*
 * R13, R18: the core has a BUG_ON() for it. In ->mmap() the first is taken back,
 * also if the hook goes on.
 */
static void van_new_remap_twice(struct kunit *test)
{
	static const struct van_range ranges[] = {
		{ "the same", VAN_AT(2), 4 * PAGE_SIZE },
		{ "over the start", VAN_AT(1), 2 * PAGE_SIZE },
		{ "over the end", VAN_AT(5), 2 * PAGE_SIZE },
		{ "the last page", VAN_AT(5), PAGE_SIZE },
		{ "around it", VAN_ADDR, VAN_SIZE },
	};
	const struct van_body *bodies[] = {
		&van_remap_twice, &van_remap_io_twice, &van_iomap_twice,
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
	       vma_new_remap_io(vma, VAN_ADDR, pfn, 4 * PAGE_SIZE) ?:
	       vma_new_remap_pfn(vma, VAN_AT(8), pfn + 8, PAGE_SIZE);
});

/* ->mmap() maps part after part; ->mmap_prepare() can ask for one action. */
static void van_new_remap_parts(struct kunit *test)
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
	KUNIT_EXPECT_EQ_MSG(test, vma_new_remap_io(vma, VAN_ADDR, pfn->pfn,
						   pfn->nr << PAGE_SHIFT),
			    pfn->err, "%s", pfn->desc);
	van_expect_same(test, van_state(vma), before, pfn->desc);
	return VAN_NO_MAPPING;
});

/* R6, R18: page frames that cannot be, the core multiplies silently. */
static void van_new_remap_pfn_wraps(struct kunit *test)
{
	static const struct van_pfn beyond = { "beyond", VAN_LAST_PFN + 1, 1, -EINVAL };
	int i;

	for (i = 0; i < ARRAY_SIZE(van_pfns); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_pfn, &van_pfns[i],
						  .refused = 2),
				VAN_NO_MAPPING);
	if (VAN_LAST_PFN < ULONG_MAX)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_pfn, &beyond,
						  .refused = 2),
				VAN_NO_MAPPING);
}

/* ---- a device's memory -------------------------------------------------- */

/* The memory is the object's, or is where @start says. The mapping has 4 pages. */
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

/* R6, R18: the part that was asked for is mapped, if the memory has it. */
static void van_new_iomap(struct kunit *test)
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

/* R6: what shares a page with the memory is not shown without a word. */
static void van_new_iomap_aligned(struct kunit *test)
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

static int van_iomap_last(struct kunit *test, struct van_object *obj,
			  struct vma_desc *vma)
{
	/* User mode Linux has no limit but that of its page table's entries. */
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, -(phys_addr_t)(4 * PAGE_SIZE),
					    4 * PAGE_SIZE),
			IS_ENABLED(CONFIG_UML) ? 0 : -EINVAL);
	return VAN_NO_MAPPING;
}

/* What ends where addresses do, does not wrap; few processors can address it. */
static void van_new_iomap_last(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_iomap_last };

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map(test, &body, .pages = 4,
				      .refused = IS_ENABLED(CONFIG_UML) ? 0 : 1),
			VAN_NO_MAPPING);
}

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

/* R6, R13, R18: each page once and with a reference; no bad range, silently. */
static void van_new_map_pages(struct kunit *test)
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

/* R6: a number of pages whose size in bytes wraps to a good one, or to 0. */
static void van_new_map_pages_wraps(struct kunit *test)
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

/* R6: of all pages those that the offset says, if they are there. */
static void van_new_map_pages_all(struct kunit *test)
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

/* R7, R18: what is VM_PFNMAP does not become VM_MIXEDMAP. */
static void van_new_map_pages_on_pfn(struct kunit *test)
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

/* R13: nothing is mapped over another page, which in ->mmap() is taken back. */
static void van_new_map_pages_twice(struct kunit *test)
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

/* A type of the kind goes with it, also where a write would copy. */
static void van_new_map_pages_typed(struct kunit *test)
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

/* Who has taken the hooks out shows no object, and has no type. */
static void van_new_map_pages_no_ops(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_map_pages_no_ops, .warned = 1),
			VAN_NO_MAPPING);
	van_expect_nothing(test);
}

/* The pages of the object but for one, which is none to be inserted. */
struct van_array {
	struct page *pages[VAN_PAGES];
	int bad;
};

VAN_BOTH(van_map_bad_page, {
	struct van_array *array = (void *)obj->arg;
	int err = vma_new_map_pages_all(vma, array->pages, VAN_PAGES);

	/* At once, in ->mmap(): those before it are taken back. */
	if (err)
		KUNIT_EXPECT_EQ(test, van_held(test, obj), 0);
	return err;
});

/* R13: after a failure in the middle nothing is mapped, and nothing kept. */
static void van_new_map_pages_bad_page(struct kunit *test)
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

/* What went in before the failure is what is traced, and that it is out again. */
static void van_new_map_pages_bad_traced(struct kunit *test)
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

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
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

/* No room for a page table is none of the errors of a bad range. */
static void van_new_map_pages_on_huge(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_map_pages_on_huge };
	const unsigned long end = ALIGN(VAN_END, PMD_SIZE) + PMD_SIZE;

	KUNIT_EXPECT_EQ(test, van_map(test, &body,
				      .pages = (end - VAN_ADDR) >> PAGE_SHIFT),
			VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), 0);
}

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
	/* All of it is taken back. */
	KUNIT_EXPECT_TRUE(test, pmd_none(pmdp_get(vmf.pmd)));
	return VAN_NO_MAPPING;
}

/* R18: a remap over a huge entry, which only raw code puts there, is refused. */
static void van_new_remap_on_huge(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_remap_on_huge };
	const unsigned long end = ALIGN(VAN_END, PMD_SIZE) + PMD_SIZE;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	/* The core warns of the entry, and the verb of what is there. */
	KUNIT_EXPECT_EQ(test, van_map(test, &body, .warned = 2, .refused = 1,
				      .pages = (end - VAN_ADDR) >> PAGE_SHIFT),
			VAN_NO_MAPPING);
}
#else
static void van_new_remap_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void van_new_map_pages_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

/* ---- memory of vmalloc() ------------------------------------------------ */

KUNIT_DEFINE_ACTION_WRAPPER(van_vfree, vfree, const void *);

/* What the object's pages say, in memory of vmalloc(). */
static void *van_vmalloc(struct kunit *test, bool user)
{
	const struct van_object *obj = test->priv;
	void *memory = user ? vmalloc_user(VAN_SIZE) : vmalloc(VAN_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_vfree, memory), 0);
	memcpy(memory, obj->memory, VAN_SIZE);
	return memory;
}

VAN_BOTH(van_map_vmalloc, {
	const struct van_state before = van_state(vma);
	int err = vma_new_map_vmalloc(vma, (void *)obj->arg, vma_new_pgoff(vma));

	/* The core has a BUG_ON() where the kind is left to it. */
	if (err)
		van_expect_same(test, van_state(vma), before, "vmalloc");
	else
		KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	return err;
});

/* R6: memory of vmalloc_user(), from an offset on. */
static void van_new_map_vmalloc(struct kunit *test)
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

/* Memory of the DMA API is user space's to see, too. */
static void van_new_map_vmalloc_coherent(struct kunit *test)
{
	struct van_object *obj = test->priv;
	struct page **pages;
	void *memory;
	int i;

	/* They are the area's, once there is one. */
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

/* R6, R18: not beyond it, and nothing that is not for user space. */
static void van_new_map_vmalloc_bad(struct kunit *test)
{
	const struct van_body *body = &van_map_vmalloc;
	struct van_object *obj = test->priv;
	void *memory = van_vmalloc(test, true);
	void *mapped;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory, .pgoff = 1), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory, .pages = 1,
					  .pgoff = VAN_PAGES), -EINVAL);
	van_expect_nothing(test);
	/* From within it, where it is not known how much is left. */
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, memory + PAGE_SIZE,
					  .pages = 1), -EINVAL);
	van_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, van_vmalloc(test, false)),
			-EINVAL);
	van_expect_nothing(test);
	/* Of no area. */
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, obj->memory), -EINVAL);
	van_expect_nothing(test);

	/* For user space, without an array of its pages. */
	mapped = vmap(obj->pages, VAN_PAGES, VM_USERMAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mapped);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, van_vunmap, mapped), 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, body, mapped), -EINVAL);
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

/* R7, R17, R18: what it cannot be mapped into; in ->mmap() what is there goes. */
static void van_new_map_vmalloc_refused(struct kunit *test)
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

static int van_set_mixedmap(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	const vm_flags_t flags = van_state(vma).flags;
	struct vma_new_mixedmap *mixed = vma_new_set_mixedmap(vma);
	unsigned long inserted = ~0UL;

	KUNIT_EXPECT_EQ(test, flags & VM_MIXEDMAP, 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags | VM_MIXEDMAP);
	KUNIT_EXPECT_NOT_NULL(test, mixed);
	if (!mixed)
		return VAN_NO_MAPPING;
	KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_page(mixed, VAN_ADDR,
						       obj->pages[0]), 0);
	KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_pages(mixed, VAN_AT(1),
							&obj->pages[1], 5,
							&inserted), 0);
	KUNIT_EXPECT_EQ(test, inserted, 5);
	/* Once more is the same. */
	KUNIT_EXPECT_PTR_EQ(test, vma_new_set_mixedmap(vma), mixed);
	return 0;
}

/* A new mapping takes pages at once, one by one too. */
static void van_new_set_mixedmap(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_set_mixedmap };

	KUNIT_EXPECT_EQ(test, van_map(test, &body), 0);
	van_expect_shows(test, 0, 6, 0);
	KUNIT_EXPECT_EQ(test, van_held(test, test->priv), BIT(6) - 1);
}

static int van_mixedmap_of_other(struct kunit *test, struct van_object *obj,
				 struct vma_new *vma)
{
	struct van_state before;

	if (obj->arg)
		KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown,
							 &obj->shown), 0);
	else
		van_preset(vma, VM_PFNMAP);
	before = van_state(vma);
	KUNIT_EXPECT_NULL(test, vma_new_set_mixedmap(vma));
	van_expect_same(test, van_state(vma), before, "mixedmap");
	return obj->arg ? 0 : VAN_NO_MAPPING;
}

/* R7, R17, R18: neither is VM_PFNMAP, nor what shows an object, filled by pages. */
static void van_new_set_mixedmap_refused(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_mixedmap_of_other };

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, NULL, .warned = 1),
			VAN_NO_MAPPING);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, test, .warned = 1), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* Memory of the DMA API, and a device that it is for. */
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

/* R6, R7: memory of the DMA API, from an offset on, and none beyond it. */
static void van_new_dma_mmap(struct kunit *test)
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

	/* A part of a page is one; the next is beyond. */
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

/* Something is mapped, and the flags do not say so. */
static int van_dma_on_page(struct kunit *test, struct van_object *obj,
			   struct vma_new *vma)
{
	KUNIT_EXPECT_EQ(test, vma_new_map_pages(vma, VAN_AT(VAN_PAGES - 1),
						obj->pages, 1), 0);
	vm_flags_clear(van_vma_raw(vma), VM_MIXEDMAP);
	KUNIT_EXPECT_EQ(test, van_do_dma(vma, obj->arg), -EBUSY);
	return VAN_NO_MAPPING;
}

/* R7, R17, R18: what it cannot be mapped into. */
static void van_new_dma_mmap_refused(struct kunit *test)
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

/* ---- what was traced ---------------------------------------------------- */

VAN_BOTH(van_traced_settle, {
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	return vma_new_deny(vma, VMA_EXEC_BIT);
});

VAN_BOTH(van_traced_type, {
	return vma_new_set_type(vma, &van_no_write, obj);
});

VAN_BOTH(van_traced_denied, {
	return vma_new_set_type(vma, &van_no_read, obj);
});

VAN_BOTH(van_traced_pages, {
	return vma_new_map_pages(vma, VAN_AT(2), obj->pages, 3);
});

VAN_BOTH(van_traced_remap, {
	return vma_new_remap_pfn(vma, VAN_AT(2), page_to_pfn(obj->pages[0]),
				 3 * PAGE_SIZE);
});

VAN_BOTH(van_traced_iomap, {
	return vma_new_iomap(vma, page_to_phys(obj->pages[0]), VAN_SIZE);
});

VAN_BOTH(van_traced_vmalloc, {
	return vma_new_map_vmalloc(vma, (void *)obj->arg, 0);
});

static const struct van_traced {
	const char *desc;
	const struct van_body *body;
	int err;
	/* In either hook, and in ->mmap() only. */
	const char *either;
	const char *mmap;
} van_traced[] = {
	{ "settle", &van_traced_settle, 0,
	  "settle 0 0 has\nsettle 0 1 never\nsettle 0 2 never\n", "" },
	{ "type", &van_traced_type, 0, "settle 0 1 never\n", "" },
	{ "denied", &van_traced_denied, -EPERM,
	  "settle 0 0 has\nrefuse access -1\n", "zap 0+16\n" },
	/* After ->mmap_prepare() the core maps them, which has events of its own. */
	{ "pages", &van_traced_pages, 0, "", "insert 2+3 0\n" },
	{ "remap", &van_traced_remap, 0, "", "insert 2+3 0\n" },
	{ "iomap", &van_traced_iomap, 0, "", "insert 0+16 0\n" },
	{ "vmalloc", &van_traced_vmalloc, 0, "", "insert 0+16 0\n" },
};

static void van_new_traced(struct kunit *test)
{
	void *memory = van_vmalloc(test, true);
	struct vat_trace *trace;
	char want[128];
	int i;

	for (i = 0; i < ARRAY_SIZE(van_traced); i++) {
		trace = vat_trace_start(test, VAN_ADDR);
		KUNIT_EXPECT_EQ(test, van_map_arg(test, van_traced[i].body, memory),
				van_traced[i].err);
		vat_trace_stop(test, trace);
		snprintf(want, sizeof(want), "%s%s", van_traced[i].either,
			 van_in_mmap(test) ? van_traced[i].mmap : "");
		KUNIT_EXPECT_STREQ_MSG(test, trace->text, want, "%s",
				       van_traced[i].desc);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	}
}

/* ---- a handle that was kept --------------------------------------------- */

/*
 * R7, R10: a handle that was kept after its hook changes nothing, by any verb,
 * where nothing else is in the way: no hooks, nothing mapped.
 */
static void van_new_kept(struct kunit *test)
{
	struct van_object *obj = test->priv;
	const unsigned long pfn = page_to_pfn(obj->pages[0]);
	struct mm_struct *mm = current->mm;
	void *memory = van_vmalloc(test, true);
	struct van_state before, now;
	unsigned long refused;
	struct vma_new *vma;

	KUNIT_ASSERT_EQ(test, van_map(test, &van_nothing), 0);
	refused = vat_refused();
	before = van_look();
	vma = obj->kept;
	mmap_write_lock(mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, obj), -EBUSY);
		VAT_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown, &obj->shown),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 2);
		KUNIT_EXPECT_EQ(test, vma_new_remap_pfn_all(vma, pfn, VAN_PAGES),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 3);
		KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, PFN_PHYS(pfn), VAN_SIZE),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 4);
		KUNIT_EXPECT_EQ(test, vma_new_map_vmalloc(vma, memory, 0), -EBUSY);
		VAT_EXPECT_WARNED(test, 5);
		KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 6);
		KUNIT_EXPECT_NULL(test, vma_new_set_mixedmap(vma));
		VAT_EXPECT_WARNED(test, 7);
		KUNIT_EXPECT_EQ(test, vma_new_dma_mmap(vma, NULL, NULL, 0, VAN_SIZE, 0),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 8);
	}
	mmap_write_unlock(mm);
	VAT_EXPECT_REFUSED(test, refused, 8);
	now = van_look();
	van_expect_same(test, now, before, "kept");
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
	van_expect_shows(test, 0, 0, 0);
}

/* As either hook. */
#define VAN_CASE(_test)	KUNIT_CASE_PARAM(_test, van_hook_gen_params)

static struct kunit_case van_cases[] = {
	VAN_CASE(van_new_reads),
	KUNIT_CASE(van_new_hook),
	KUNIT_CASE(van_new_from_mmap_in_use),
	KUNIT_CASE(van_new_stacked),
	VAN_CASE(van_new_hand_on),
	VAN_CASE(van_new_fits),
	VAN_CASE(van_new_rebase),
	VAN_CASE(van_new_set_file),
	VAN_CASE(van_new_set_file_twice),
	VAN_CASE(van_new_set_file_own),
	KUNIT_CASE(van_stacked_set_file),
	KUNIT_CASE(van_new_set_file_fails),

	VAN_CASE(van_new_settle_absent),
	VAN_CASE(van_new_settle_present),
	VAN_CASE(van_new_deny_absent),
	VAN_CASE(van_new_require_shared),
	VAN_CASE(van_new_set_flags),
	VAN_CASE(van_new_set_prot),
	VAN_CASE(van_new_set_prot_remap),
	KUNIT_CASE(van_new_set_prot_map_pages),

	VAN_CASE(van_new_set_type_policy),
	VAN_CASE(van_new_set_type_mistakes),
	VAN_CASE(van_new_set_type_no_owner),
	VAN_CASE(van_new_set_type_twice),
	VAN_CASE(van_new_set_type_maps),
	VAN_CASE(van_type_refuses_split),
	KUNIT_CASE(van_type_hooks),
	VAN_CASE(van_new_identity),
	VAN_CASE(van_new_mapped),
	VAN_CASE(van_new_mapped_replaces),
	VAN_CASE(van_new_mapped_fails),
	VAN_CASE(van_new_mapped_replaces_and_fails),

	VAN_CASE(van_new_set_object_fits),
	VAN_CASE(van_new_set_object_counts),
	VAN_CASE(van_new_set_object_refused),
	VAN_CASE(van_new_set_object_mistakes),
	VAN_CASE(van_new_set_object_filled),
	VAN_CASE(van_new_fill_object),

	VAN_CASE(van_new_remap_pfn),
	VAN_CASE(van_new_remap_io),
	VAN_CASE(van_new_remap_all),
	KUNIT_CASE(van_new_remap_io_action),
	VAN_CASE(van_new_remap_cow),
	VAN_CASE(van_new_remap_on_mixed),
	VAN_CASE(van_new_remap_typed),
	VAN_CASE(van_new_set_type_after),
	VAN_CASE(van_new_remap_twice),
	VAN_CASE(van_new_remap_parts),
	VAN_CASE(van_new_remap_pfn_wraps),
	VAN_CASE(van_new_iomap),
	VAN_CASE(van_new_iomap_aligned),
	KUNIT_CASE(van_new_iomap_last),

	VAN_CASE(van_new_map_pages),
	VAN_CASE(van_new_map_pages_wraps),
	VAN_CASE(van_new_map_pages_all),
	VAN_CASE(van_new_map_pages_on_pfn),
	VAN_CASE(van_new_map_pages_twice),
	VAN_CASE(van_new_map_pages_typed),
	VAN_CASE(van_new_map_pages_no_ops),
	VAN_CASE(van_new_map_pages_bad_page),
	KUNIT_CASE(van_new_map_pages_bad_traced),
	KUNIT_CASE(van_new_map_pages_on_huge),
	KUNIT_CASE(van_new_remap_on_huge),

	VAN_CASE(van_new_map_vmalloc),
	VAN_CASE(van_new_map_vmalloc_coherent),
	VAN_CASE(van_new_map_vmalloc_bad),
	VAN_CASE(van_new_map_vmalloc_refused),

	KUNIT_CASE(van_new_set_mixedmap),
	KUNIT_CASE(van_new_set_mixedmap_refused),
	KUNIT_CASE(van_new_dma_mmap),
	KUNIT_CASE(van_new_dma_mmap_refused),
	VAN_CASE(van_new_traced),
	KUNIT_CASE(van_new_kept),
	{ }
};

static struct kunit_suite van_suite = {
	.name = "vma_access_new",
	.init = van_init,
	.test_cases = van_cases,
};

kunit_test_suite(van_suite);
