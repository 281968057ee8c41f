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
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/anon_inodes.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/vma_access.h>
#include <linux/vmalloc.h>

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

/*
 * Where a WARN_ON_ONCE() is an entry in the bug table, one that is suppressed
 * is counted each time. Elsewhere it is the first time only, if at all.
 */
#if defined(CONFIG_GENERIC_BUG) && defined(__WARN_FLAGS)
# define VAN_EXPECT_WARNED(test, nr) \
	KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, nr)
#else
# define VAN_EXPECT_WARNED(test, nr) \
	KUNIT_EXPECT_LE(test, KUNIT_SUPPRESSED_WARNING_COUNT(), nr)
#endif

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
#define VAN_NO_COW	(VMA_COW_REFUSE | VAN_SMR | VMA_FORK_COPY | \
			 VMA_EXPAND_ALLOW)
#define VAN_PFN		(VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE | \
			 VAN_SMR | VMA_FORK_COPY | VMA_EXPAND_REFUSE)

static void van_close(struct vm_area_struct *vma);
static int van_may_split(struct vm_area_struct *vma, unsigned long addr);
static int van_mremap(struct vm_area_struct *vma);
static int van_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
		      const struct file *file, void **private);

static DEFINE_VMA_TYPE(van_none, VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_pfn, VAN_PFN);
static DEFINE_VMA_TYPE(van_no_cow, VMA_MAP_NONE | VMA_DENY_NONE | VAN_NO_COW);
static DEFINE_VMA_TYPE(van_no_read, VMA_MAP_NONE | VMA_DENY_READ | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_no_write, VMA_MAP_NONE | VMA_DENY_WRITE | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_no_exec, VMA_MAP_NONE | VMA_DENY_EXEC | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_no_access, VMA_MAP_NONE | VMA_DENY_READ |
		       VMA_DENY_WRITE | VMA_DENY_EXEC | VAN_ALLOW);
static DEFINE_VMA_TYPE(van_no_write_no_cow, VMA_MAP_NONE | VMA_DENY_WRITE |
		       VAN_NO_COW);
static DEFINE_VMA_TYPE(van_io, VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW |
		       VMA_TYPE_IO);
static DEFINE_VMA_TYPE(van_dontdump, VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW |
		       VMA_TYPE_DONTDUMP);
static DEFINE_VMA_TYPE(van_drop, VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VAN_SMR | VMA_FORK_DROP | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(van_no_expand, VMA_MAP_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(van_no_split, VMA_MAP_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VMA_SPLIT_REFUSE | VMA_MREMAP_ALLOW |
		       VMA_FORK_COPY | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(van_no_mremap, VMA_MAP_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_REFUSE |
		       VMA_FORK_COPY | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(van_strict, VMA_MAP_MIXED | VMA_DENY_WRITE |
		       VMA_DENY_EXEC | VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
		       VMA_MREMAP_REFUSE | VMA_FORK_DROP | VMA_EXPAND_REFUSE |
		       VMA_TYPE_IO | VMA_TYPE_DONTDUMP);

static DEFINE_VMA_TYPE_ASK(van_ask_split, VMA_MAP_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ASK | VMA_MREMAP_ALLOW |
			   VMA_FORK_COPY | VMA_EXPAND_ALLOW,
			   van_may_split, NULL);
static DEFINE_VMA_TYPE_ASK(van_ask_mremap, VMA_MAP_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_ASK |
			   VMA_FORK_COPY | VMA_EXPAND_ALLOW,
			   NULL, van_mremap);
static DEFINE_VMA_TYPE_ASK(van_ask, VMA_MAP_NONE | VMA_DENY_NONE |
			   VMA_COW_ALLOW | VMA_SPLIT_ASK | VMA_MREMAP_ASK |
			   VMA_FORK_COPY | VMA_EXPAND_ALLOW,
			   van_may_split, van_mremap);

/* Of a kind and with flags of their own, to see that they go again. */
static DEFINE_VMA_TYPE(van_called, VMA_MAP_MIXED | VMA_DENY_EXEC |
		       VMA_COW_ALLOW | VAN_SMR | VMA_FORK_DROP |
		       VMA_EXPAND_REFUSE,
		       .mapped = van_mapped, .close = van_close);
static DEFINE_VMA_TYPE(van_called_no_close, VMA_MAP_NONE | VMA_DENY_NONE |
		       VAN_ALLOW, .mapped = van_mapped);

static DEFINE_VMA_OBJECT_TYPE(van_shown, VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW);
static DEFINE_VMA_OBJECT_TYPE(van_shown_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
			      VAN_ALLOW);
static DEFINE_VMA_OBJECT_TYPE(van_shown_pfn, VAN_PFN);

/*
 * By hand: the macros fill in hooks, and build no nonsense. Each leaves out one
 * group of the policy: the kind, the access, and those of VAN_ALLOW.
 */
static const struct vma_type van_incomplete[] = {
	{ .policy = VMA_DENY_NONE | VAN_ALLOW },
	{ .policy = VMA_MAP_NONE | VAN_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_SMR | VMA_FORK_COPY |
		    VMA_EXPAND_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		    VMA_MREMAP_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		    VMA_SPLIT_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | VAN_SMR |
		    VMA_EXPAND_ALLOW },
	{ .policy = VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | VAN_SMR |
		    VMA_FORK_COPY },
};

#define VAN_SPLIT(how)	(VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | (how) | \
			 VMA_MREMAP_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW)
#define VAN_MREMAP(how)	(VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW | (how) | \
			 VMA_SPLIT_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW)

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
	.policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW,
};

/* An object's, and does not count all of it. (R17) */
static const struct vma_type van_bad_shown[] = {
	{ .vm_ops = { .mapped = van_mapped, .open = vma_object_vma_open,
		      .close = vma_object_vma_close },
	  .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW | VMA_TYPE_OBJECT },
	{ .vm_ops = { .mapped = vma_object_vma_mapped,
		      .close = vma_object_vma_close },
	  .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW | VMA_TYPE_OBJECT },
	{ .vm_ops = { .mapped = vma_object_vma_mapped,
		      .open = vma_object_vma_open },
	  .policy = VMA_MAP_NONE | VMA_DENY_NONE | VAN_ALLOW | VMA_TYPE_OBJECT },
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
static int van_stacked_hook(struct file *file, struct vm_area_struct *raw)
{
	struct van_object *obj = file->private_data;
	const struct van_object *lower = obj->arg;

	return compat_vma_mmap(lower->file, raw);
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

static const struct file_operations van_stacked_fops = {
	.owner = THIS_MODULE,
	.mmap = van_stacked_hook,
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

/* How to map, where not all of the object is mapped shared, to be read. */
struct van_how {
	unsigned long pages;
	unsigned long prot;
	unsigned long flags;
	pgoff_t pgoff;
	bool no_access;
	int warned;
};

static int van_do_map(struct kunit *test, struct van_object *obj,
		      const struct van_body *body, const struct van_how *how)
{
	unsigned long pages = how->pages ?: VAN_PAGES;
	unsigned long prot = how->no_access ? PROT_NONE : how->prot ?: PROT_READ;
	unsigned long addr = 0;

	obj->body = body;
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	memset(&obj->calls, 0, sizeof(obj->calls));
	/* R18: what is not said to warn is silent. */
	kunit_warning_suppress(test) {
		addr = kunit_vm_mmap(test, obj->file, VAN_ADDR, pages << PAGE_SHIFT,
				     prot, (how->flags ?: MAP_SHARED) | MAP_FIXED,
				     how->pgoff << PAGE_SHIFT);
		VAN_EXPECT_WARNED(test, how->warned);
	}
	return addr == VAN_ADDR ? 0 : (int)(long)addr;
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

	KUNIT_ASSERT_EQ(test, van_map(test, &van_nothing), 0);
	obj->kept = NULL;
	mmap_write_lock(mm);
	raw = vma_lookup(mm, VAN_ADDR);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAN_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_EQ(test, van_mmap_hook(obj->file, raw), -EINVAL);
		VAN_EXPECT_WARNED(test, 2);
	}
	mmap_write_unlock(mm);
	KUNIT_EXPECT_NULL(test, obj->kept);

	/* That the mmap lock is held for write is checked besides. */
	if (IS_ENABLED(CONFIG_LOCKDEP) && !debug_locks)
		return;
	mmap_read_lock(mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAN_EXPECT_WARNED(test, 2);
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
	struct van_object *lower = test->priv;

	test->priv = upper;
	lower->body = &body;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, NULL, lower), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_none.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)lower);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
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
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_fit, &van_fits[i]),
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
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), 0);
	return 0;
});

/* R6: an offset counts from the object's start, also in the mapping. */
static void van_new_rebase(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_try_rebase, .pgoff = VAN_PGOFF), 0);
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
	KUNIT_EXPECT_PTR_EQ(test, vma_new_file(vma), files->file[2]);
	KUNIT_EXPECT_EQ(test, file_count(files->file[1]), 1);
	KUNIT_EXPECT_EQ(test, file_count(files->file[2]), 2);
	/* One that it has already. */
	vma_new_set_file(vma, files->file[2]);
	KUNIT_EXPECT_EQ(test, file_count(files->file[2]), 2);
	return files->err;
});

VAN_BOTH(van_set_file_back, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[0]);
	vma_new_set_file(vma, files->file[1]);
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

static void van_new_set_file_twice(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_twice, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[2]);
	van_expect_files(test, &files, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* Also where that is the one which is mapped: the core takes a reference to it. */
static void van_new_set_file_back(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_back, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[0]);
	van_expect_files(test, &files, 1, 0, 0);
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
	KUNIT_EXPECT_EQ(test, van_map(test, &van_settle_present), VAN_NO_MAPPING);
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

VAN_BOTH(van_set_flags, {
	const vm_flags_t none = van_state(vma).flags;
	const vm_flags_t all = VM_IO | VM_DONTEXPAND | VM_DONTCOPY | VM_DONTDUMP;

	KUNIT_EXPECT_EQ(test, none & all, 0);
	vma_new_set_io(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, none | VM_IO);
	vma_new_set_dontexpand(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, none | VM_IO | VM_DONTEXPAND);
	vma_new_set_dontcopy(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags,
			none | VM_IO | VM_DONTEXPAND | VM_DONTCOPY);
	vma_new_set_dontdump(vma);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, none | all);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_DONTCOPY_BIT));
	return 0;
});

/* Each flag has its verb, which sets it and nothing else, and it stays. */
static void van_new_set_flags(struct kunit *test)
{
	const vm_flags_t all = VM_IO | VM_DONTEXPAND | VM_DONTCOPY | VM_DONTDUMP;

	KUNIT_EXPECT_EQ(test, van_map(test, &van_set_flags), 0);
	KUNIT_EXPECT_EQ(test, van_look().flags & all, all);
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
	return vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg);
});

VAN_BOTH(van_prot_and_remap, {
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg);
});

VAN_BOTH(van_remap_and_prot, {
	int err = vma_new_remap_pfn_all(vma, *(const unsigned long *)obj->arg);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

VAN_BOTH(van_prot_and_remap_io, {
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_remap_io_all(vma, *(const unsigned long *)obj->arg);
});

VAN_BOTH(van_remap_io_and_prot, {
	int err = vma_new_remap_io_all(vma, *(const unsigned long *)obj->arg);

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
