// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: types, whose mappings
 * are not merged, and hooks that a subsystem sets before or after the driver's
 * hook.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/kobject.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/sysfs.h>

#include "vma_access_test_file.h"

/* The size of a mapping, and where the one behind it starts. */
#define VAP_PAGES	4
#define VAP_SIZE	(VAP_PAGES * PAGE_SIZE)
#define VAP_ADDR(nr)	(VAU_ADDR + (nr) * VAP_SIZE)

/* ---- a subsystem that calls a driver's hook ------------------------------- */

struct vap_state {
	vm_flags_t flags;
	const struct vm_operations_struct *vm_ops;
	void *data;
};

/* What the file shows. The mapping at page @nr * VAP_PAGES has owner @nr. */
struct vap_sub {
	struct file *file;
	/* Set by the subsystem before it calls the driver. */
	const struct vm_operations_struct *vm_ops;
	char owners[4];
	bool no_owner;
	vm_flags_t preset;
	/* Set by the driver: either or both, in this order. */
	const struct vma_type *first, *type;
	const struct vma_type_over *over, *again;
	/* What came of it. */
	struct vma_identity id;
	struct vap_state before, after;
	struct vma_new *kept;
};

static void *vap_owner(struct vap_sub *sub, pgoff_t pgoff)
{
	return sub->no_owner ? NULL : &sub->owners[pgoff / VAP_PAGES];
}

/* The driver's hook, for either handle. */
#define vap_driver(sub, vma)						\
({									\
	void *__owner = vap_owner(sub, vma_new_pgoff(vma));		\
	int __err = (sub)->first ?					\
		    vma_new_set_type(vma, (sub)->first, __owner) : 0;	\
									\
	if (!__err && (sub)->over)					\
		__err = vma_new_set_type_over(vma, (sub)->over);	\
	if (!__err && (sub)->again)					\
		__err = vma_new_set_type_over(vma, (sub)->again);	\
	if (!__err && (sub)->type)					\
		__err = vma_new_set_type(vma, (sub)->type, __owner);	\
	(sub)->id = vma_new_identity(vma);				\
	__err;								\
})

static struct vap_state vap_of_vma(const struct vm_area_struct *raw)
{
	return (struct vap_state){ raw->vm_flags, raw->vm_ops,
				   raw->vm_private_data };
}

static struct vap_state vap_of_desc(const struct vm_area_desc *desc)
{
	return (struct vap_state){ vma_flags_to_legacy(desc->vma_flags),
				   desc->vm_ops, desc->private_data };
}

static void vap_set_hooks(struct vap_sub *sub, struct vm_area_struct *raw)
{
	raw->vm_ops = sub->vm_ops;
	raw->vm_private_data = vap_owner(sub, raw->vm_pgoff);
	vm_flags_set(raw, sub->preset);
}

static int vap_mmap(struct file *file, struct vm_area_struct *raw)
{
	struct vap_sub *sub = file->private_data;
	struct vma_new *vma;
	int err;

	vap_set_hooks(sub, raw);
	sub->before = vap_of_vma(raw);
	vma = vma_new_from_mmap(raw);
	if (!vma)
		return VAU_NO_HANDLE;
	sub->kept = vma;
	err = vap_driver(sub, vma);
	sub->after = vap_of_vma(raw);
	return err;
}

static int vap_prepare_driver(struct vap_sub *sub, struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	int err;

	sub->before = vap_of_desc(desc);
	err = vap_driver(sub, vma);
	sub->after = vap_of_desc(desc);
	return err;
}

static int vap_mmap_prepare(struct vm_area_desc *desc)
{
	struct vap_sub *sub = desc->file->private_data;

	desc->vm_ops = sub->vm_ops;
	desc->private_data = vap_owner(sub, desc->pgoff);
	vma_flags_set_mask(&desc->vma_flags, legacy_to_vma_flags(sub->preset));
	return vap_prepare_driver(sub, desc);
}

/* A subsystem that has ->mmap(), and a driver that has ->mmap_prepare(). */
static int vap_nested(struct file *file, struct vm_area_struct *raw)
{
	struct vap_sub *sub = file->private_data;
	struct vm_area_desc desc;
	int err;

	vap_set_hooks(sub, raw);
	compat_set_desc_from_vma(&desc, file, raw);
	err = vap_prepare_driver(sub, &desc);
	return err ?: __compat_vma_mmap(&desc, raw);
}

static const struct file_operations vap_mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = vap_mmap,
};

static const struct file_operations vap_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = vap_mmap_prepare,
};

static const struct file_operations vap_nested_fops = {
	.owner = THIS_MODULE,
	.mmap = vap_nested,
};

static const struct vap_way {
	const char *desc;
	const struct file_operations *fops;
} vap_ways[] = {
	{ "mmap", &vap_mmap_fops },
	{ "mmap_prepare", &vap_prepare_fops },
	{ "mmap_prepare below mmap", &vap_nested_fops },
};

KUNIT_ARRAY_PARAM_DESC(vap_way, vap_ways, desc);

/* The subsystem's hooks. */
static const struct vm_operations_struct vap_vm_ops = { };
static const struct vm_operations_struct vap_other_vm_ops = { };

KUNIT_DEFINE_ACTION_WRAPPER(vap_fput, fput, struct file *);

static struct vap_sub *vap_new(struct kunit *test)
{
	const struct vap_way *way = test->param_value;
	struct vap_sub *sub = kunit_kzalloc(test, sizeof(*sub), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sub);
	sub->vm_ops = &vap_vm_ops;
	sub->file = anon_inode_getfile("[vma_access_test_policy]",
				       way ? way->fops : &vap_mmap_fops, sub, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sub->file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vap_fput, sub->file), 0);
	return sub;
}

/* Map the part of owner @nr at its place; 0 or the errno of mmap(). */
static int vap_map_as(struct kunit *test, struct vap_sub *sub, unsigned long nr,
		      unsigned long prot, unsigned long share)
{
	unsigned long addr = kunit_vm_mmap(test, sub->file, VAP_ADDR(nr), VAP_SIZE,
					   prot, share | MAP_FIXED, nr * VAP_SIZE);

	return addr == VAP_ADDR(nr) ? 0 : (int)(long)addr;
}

static int vap_map(struct kunit *test, struct vap_sub *sub, unsigned long nr)
{
	return vap_map_as(test, sub, nr, PROT_READ, MAP_SHARED);
}

/* Is the VMA at page @nr * VAP_PAGES exactly the one that was mapped as @nr? */
static bool vap_is_whole(unsigned long nr)
{
	struct vm_area_struct *vma = vau_vma(current->mm, VAP_ADDR(nr));

	return vma && vma->vm_start == VAP_ADDR(nr) &&
	       vma->vm_end == VAP_ADDR(nr + 1);
}

static bool vap_is(unsigned long nr, struct vma_identity id)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAP_ADDR(nr));
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, id);
}

static bool vap_is_of(unsigned long nr, const struct vma_type *type, const void *owner)
{
	return vap_is(nr, vma_type_identity(type, owner));
}

static void *vap_found_owner(unsigned long nr,
			     const struct vm_operations_struct *vm_ops)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAP_ADDR(nr));
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_private(vma, vm_ops) : NULL;
}

static void vap_expect_unchanged(struct kunit *test, const struct vap_sub *sub,
				 const char *desc)
{
	KUNIT_EXPECT_EQ_MSG(test, sub->after.flags, sub->before.flags, "%s", desc);
	KUNIT_EXPECT_PTR_EQ_MSG(test, sub->after.vm_ops, sub->before.vm_ops, "%s", desc);
	KUNIT_EXPECT_PTR_EQ_MSG(test, sub->after.data, sub->before.data, "%s", desc);
}

/* ---- merges --------------------------------------------------------------- */

#define VAP_LAX		(VMA_DENY_NONE | VMA_COW_REFUSE | VAU_LAX)

static DEFINE_VMA_TYPE(vap_none, VMA_MAP_NONE | VAP_LAX | VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(vap_none_io, VMA_MAP_NONE | VAP_LAX | VMA_EXPAND_ALLOW |
		       VMA_TYPE_IO);
static DEFINE_VMA_TYPE(vap_mixed, VMA_MAP_MIXED | VAP_LAX | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(vap_pfn, VMA_MAP_PFN | VAP_LAX | VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(vap_no_split, VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_REFUSE |
		       VMA_SPLIT_REFUSE | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);

static const struct vma_type * const vap_types[] = {
	&vap_none, &vap_none_io, &vap_mixed, &vap_pfn, &vap_no_split,
};

/*
 *	owner 0   owner 2   owner 1, mapped last
 *	|-------|           |-------|
 *	        |-------|
 */
static void vap_map_three(struct kunit *test, struct vap_sub *sub)
{
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 0), 0);
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 2), 0);
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 1), 0);
}

/*
 * R3, R8: mappings of a type are not merged, even with neighbours on both
 * sides.
 */
static void vma_access_policy_types_not_merged(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	int i, nr;

	sub->vm_ops = &vma_dummy_vm_ops;
	for (i = 0; i < ARRAY_SIZE(vap_types); i++) {
		sub->type = vap_types[i];
		vap_map_three(test, sub);
		for (nr = 0; nr < 3; nr++) {
			KUNIT_EXPECT_TRUE_MSG(test, vap_is_whole(nr), "type %d", i);
			KUNIT_EXPECT_TRUE_MSG(test, vap_is_of(nr, sub->type, &sub->owners[nr]),
					      "type %d, owner %d", i, nr);
		}
		KUNIT_EXPECT_EQ(test, vm_munmap(VAP_ADDR(0), 3 * VAP_SIZE), 0);
	}
}

static void vap_map_untyped(struct kunit *test, struct vap_sub *sub, int nr)
{
	sub->type = NULL;
	sub->vm_ops = &vap_vm_ops;
	/*
	 * The core merges before it calls ->mmap(), so only special VMAs stay
	 * apart.
	 */
	sub->preset = sub->file->f_op->mmap ? VM_DONTEXPAND : 0;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, nr), 0);
	sub->vm_ops = &vma_dummy_vm_ops;
	sub->preset = 0;
}

/* Nor is one merged with a neighbour of the same file that has no type. */
static void vma_access_policy_type_beside_none(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(vap_types); i++) {
		vap_map_untyped(test, sub, 0);
		sub->type = vap_types[i];
		KUNIT_ASSERT_EQ(test, vap_map(test, sub, 1), 0);
		vap_map_untyped(test, sub, 2);
		KUNIT_EXPECT_TRUE_MSG(test, vap_is_whole(0) && vap_is_whole(1) &&
				      vap_is_whole(2), "type %d", i);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAP_ADDR(0), 3 * VAP_SIZE), 0);
	}
}

/* Without a type the core does merge them, which shows that this test works. */
static void vma_access_policy_others_merged(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);

	vap_map_three(test, sub);
	KUNIT_EXPECT_PTR_EQ(test, vau_vma(current->mm, VAP_ADDR(2)),
			    vau_vma(current->mm, VAP_ADDR(0)));
	/* The owner is lost in that merge, so no type allows it. */
	KUNIT_EXPECT_PTR_EQ(test, vap_found_owner(2, &vap_vm_ops),
			    (void *)&sub->owners[0]);
}

/* ---- a policy over the hooks of a subsystem --------------------------------- */

static DEFINE_VMA_TYPE_OVER(vap_over, VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
			    VMA_COW_REFUSE | VMA_FORK_DROP | VMA_EXPAND_REFUSE |
			    VMA_TYPE_IO | VMA_TYPE_DONTDUMP);

static vm_fault_t vap_mkwrite(struct vm_fault *vmf)
{
	return 0;
}

static const struct vm_operations_struct vap_mkwrite_ops = { .pfn_mkwrite = vap_mkwrite };
static DEFINE_VMA_TYPE_OVER(vap_over_io, VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW |
			    VMA_FORK_COPY | VMA_EXPAND_REFUSE | VMA_TYPE_IO);
static DEFINE_VMA_TYPE_OVER(vap_over_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
			    VMA_COW_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE_OVER(vap_over_pfn, VMA_MAP_PFN | VMA_DENY_NONE |
			    VMA_COW_REFUSE | VMA_FORK_COPY | VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE_OVER(vap_over_none, VMA_MAP_NONE | VMA_DENY_EXEC |
			    VMA_COW_REFUSE | VMA_FORK_COPY | VMA_EXPAND_REFUSE);

#define VAP_OVER_SET	(VM_MIXEDMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_IO | VM_DONTDUMP)
#define VAP_OVER_CLEAR	(VM_MAYWRITE | VM_MAYEXEC)

/* R1, R3, R8: the policy is applied; hooks, owner and identity are the subsystem's. */
static void vma_access_policy_over(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	struct vm_area_struct *vma;

	sub->over = &vap_over;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 1), 0);
	KUNIT_EXPECT_EQ(test, sub->before.flags & VAP_OVER_SET, 0);
	KUNIT_EXPECT_EQ(test, sub->before.flags & VM_MAYWRITE, VM_MAYWRITE);
	KUNIT_EXPECT_EQ(test, sub->after.flags,
			(sub->before.flags | VAP_OVER_SET) & ~VAP_OVER_CLEAR);

	vma = vau_vma(current->mm, VAP_ADDR(1));
	KUNIT_ASSERT_NOT_NULL(test, vma);
	KUNIT_EXPECT_EQ(test, vma->vm_flags & (VAP_OVER_SET | VAP_OVER_CLEAR),
			VAP_OVER_SET);
	KUNIT_EXPECT_PTR_EQ(test, vma->vm_ops, &vap_vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, vma->vm_private_data, (void *)&sub->owners[1]);

	KUNIT_EXPECT_TRUE(test, vap_is(1, sub->id));
	KUNIT_EXPECT_PTR_EQ(test, sub->id.vm_ops, &vap_vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, sub->id.owner, (const void *)&sub->owners[1]);
	sub->id.owner = &sub->owners[0];
	KUNIT_EXPECT_FALSE(test, vap_is(1, sub->id));
	KUNIT_EXPECT_PTR_EQ(test, vap_found_owner(1, &vap_vm_ops),
			    (void *)&sub->owners[1]);
	KUNIT_EXPECT_NULL(test, vap_found_owner(1, &vap_other_vm_ops));
}

/* A subsystem may set no owner, and may have set the map kind already. */
static void vma_access_policy_over_given(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);

	sub->no_owner = true;
	sub->preset = VM_PFNMAP;
	sub->over = &vap_over_pfn;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 0), 0);
	KUNIT_EXPECT_EQ(test, sub->after.flags, sub->before.flags | VM_DONTEXPAND);
	KUNIT_EXPECT_NULL(test, sub->id.owner);
	KUNIT_EXPECT_TRUE(test, vap_is(0, sub->id));
	KUNIT_EXPECT_NULL(test, vap_found_owner(0, &vap_vm_ops));
}

/* R3: neighbouring mappings of two owners stay two mappings. */
static void vma_access_policy_over_not_merged(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	int nr;

	sub->over = &vap_over_mixed;
	vap_map_three(test, sub);
	for (nr = 0; nr < 3; nr++) {
		KUNIT_EXPECT_TRUE(test, vap_is_whole(nr));
		KUNIT_EXPECT_PTR_EQ(test, vap_found_owner(nr, &vap_vm_ops),
				    (void *)&sub->owners[nr]);
	}
}

static const struct vap_refusal {
	const char *desc;
	const struct vma_type_over *over;
	unsigned long prot, share;
	int err;
} vap_refusals[] = {
	{ "write", &vap_over, PROT_READ | PROT_WRITE, MAP_SHARED, -EPERM },
	{ "copy", &vap_over_pfn, PROT_READ | PROT_WRITE, MAP_PRIVATE, -EINVAL },
};

/* R1, R7, R18: mistakes of user space change nothing and are silent. */
static void vma_access_policy_over_refuses(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	const struct vap_refusal *no;
	unsigned long refused;

	for (no = vap_refusals; no < vap_refusals + ARRAY_SIZE(vap_refusals); no++) {
		sub->over = no->over;
		refused = vat_refused();
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ_MSG(test,
					    vap_map_as(test, sub, 0, no->prot, no->share),
					    no->err, "%s", no->desc);
			VAT_EXPECT_WARNED(test, 0);
		}
		VAT_EXPECT_REFUSED(test, refused, 1);
		vap_expect_unchanged(test, sub, no->desc);
	}
}

/* By hand: each lacks one group, or needs hooks. */
#define VAP_OVER_LAX	(VMA_COW_ALLOW | VMA_FORK_COPY | VMA_EXPAND_ALLOW)
#define VAP_OVER_MIXED	(VMA_MAP_MIXED | VMA_DENY_NONE | VAP_OVER_LAX)

static const struct vma_type_over vap_bad_overs[] = {
	{ VMA_DENY_NONE | VAP_OVER_LAX | VMA_TYPE_IO },
	{ VMA_MAP_MIXED | VAP_OVER_LAX },
	{ VMA_MAP_MIXED | VMA_DENY_NONE | VMA_FORK_COPY | VMA_EXPAND_ALLOW },
	{ VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW | VMA_EXPAND_ALLOW },
	{ VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW | VMA_FORK_COPY },
	{ VMA_MAP_NONE | VMA_DENY_NONE | VAP_OVER_LAX },
	{ VAP_OVER_MIXED | VMA_SPLIT_ALLOW },
	{ VAP_OVER_MIXED | VMA_SPLIT_REFUSE },
	{ VAP_OVER_MIXED | VMA_MREMAP_ALLOW },
	{ VAP_OVER_MIXED | VMA_MREMAP_REFUSE },
	{ VAP_OVER_MIXED | __VMA_TYPE_COUNTED },
};

static const struct vap_mistake {
	const char *desc;
	const struct vm_operations_struct *vm_ops;
	const struct vma_type_over *over;
	vm_flags_t preset;
	int err;
} vap_mistakes[] = {
	{ "no hooks yet", &vma_dummy_vm_ops, &vap_over_mixed, .err = -EINVAL },
	{ "none at all", NULL, &vap_over_mixed, .err = -EINVAL },
	{ "of an object", &vau_object_mixed.vm_ops, &vap_over_mixed, .err = -EBUSY },
	{ "mixed on pfn", &vap_vm_ops, &vap_over_mixed, VM_PFNMAP, -EINVAL },
	{ "pfn on mixed", &vap_vm_ops, &vap_over_pfn, VM_MIXEDMAP, -EINVAL },
	{ "no kind on mixed", &vap_vm_ops, &vap_over_none, VM_MIXEDMAP, -EINVAL },
	{ "zero page", &vap_mkwrite_ops, &vap_over_io, .err = -EINVAL },
};

static void vap_expect_mistake(struct kunit *test, struct vap_sub *sub, int err,
			       const char *desc)
{
	unsigned long refused = vat_refused();

	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ_MSG(test, vap_map(test, sub, 0), err, "%s", desc);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
}

/* R7, R8, R17, R18: a policy that does not fit is a driver's bug, and changes nothing. */
static void vma_access_policy_over_mistakes(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	const struct vap_mistake *no;
	int i;

	for (no = vap_mistakes; no < vap_mistakes + ARRAY_SIZE(vap_mistakes); no++) {
		sub->vm_ops = no->vm_ops;
		sub->preset = no->preset;
		sub->over = no->over;
		vap_expect_mistake(test, sub, no->err, no->desc);
		vap_expect_unchanged(test, sub, no->desc);
	}
	sub->vm_ops = &vap_vm_ops;
	sub->preset = 0;
	for (i = 0; i < ARRAY_SIZE(vap_bad_overs); i++) {
		sub->over = &vap_bad_overs[i];
		vap_expect_mistake(test, sub, -EINVAL, "by hand");
		vap_expect_unchanged(test, sub, "by hand");
	}
}

/* R7, R10: a handle that was kept is of a mapping in use. */
static void vma_access_policy_over_in_use(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);
	unsigned long refused = vat_refused();
	struct vm_area_struct *vma;
	vm_flags_t flags;

	sub->over = &vap_over_mixed;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 0), 0);
	vma = vau_vma(current->mm, VAP_ADDR(0));
	flags = vma->vm_flags;
	mmap_write_lock(current->mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_new_set_type_over(sub->kept, &vap_over),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 1);
	}
	mmap_write_unlock(current->mm);
	KUNIT_EXPECT_EQ(test, vma->vm_flags, flags);
	VAT_EXPECT_REFUSED(test, refused, 1);
}

/* Two policies over the same hooks: what either of them refuses is refused. */
static void vma_access_policy_over_adds_up(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);

	sub->over = &vap_over;
	sub->again = &vap_over_mixed;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 0), 0);
	KUNIT_EXPECT_EQ(test, sub->after.flags,
			(sub->before.flags | VAP_OVER_SET) & ~VAP_OVER_CLEAR);
	KUNIT_EXPECT_TRUE(test, vap_is(0, sub->id));
	/* Another kind is refused, as over any other hooks. */
	sub->again = &vap_over_pfn;
	vap_expect_mistake(test, sub, -EINVAL, "two kinds");
}

/*
 * R3: a type does not replace hooks, and a policy over a type's keeps the type.
 */
static void vma_access_policy_over_and_type(struct kunit *test)
{
	struct vap_sub *sub = vap_new(test);

	sub->over = &vap_over_mixed;
	sub->type = &vap_mixed;
	vap_expect_mistake(test, sub, -EBUSY, "type over hooks");
	KUNIT_EXPECT_PTR_EQ(test, sub->after.vm_ops, &vap_vm_ops);

	sub->vm_ops = &vma_dummy_vm_ops;
	sub->first = &vap_mixed;
	sub->over = &vap_over;
	sub->type = NULL;
	KUNIT_ASSERT_EQ(test, vap_map(test, sub, 1), 0);
	KUNIT_EXPECT_TRUE(test, vap_is_of(1, &vap_mixed, &sub->owners[1]));
	KUNIT_EXPECT_EQ(test, sub->after.flags & VAP_OVER_SET, VAP_OVER_SET);
}

/* ---- files of kernfs --------------------------------------------------------- */

#ifdef CONFIG_SYSFS
/* A file in sysfs, mounted only for this test, and the work of its ->mmap(). */
struct vap_sysfs {
	struct kobject *kobj;
	struct vfsmount *mnt;
	struct file *file;
	struct vau_file *obj;
	int (*set_up)(struct vap_sysfs *sysfs, struct vma_new *vma);
};

/* Of the test that runs. */
static struct vap_sysfs *vap_sysfs;

static int vap_sysfs_mmap(struct file *file, struct kobject *kobj,
			  const struct bin_attribute *attr,
			  struct vm_area_struct *raw)
{
	struct vma_new *vma = vma_new_from_mmap(raw);

	return vma ? vap_sysfs->set_up(vap_sysfs, vma) : VAU_NO_HANDLE;
}

/* ->mmap_prepare() below it, as vmbus has. */
static int vap_sysfs_prepare(struct file *file, struct kobject *kobj,
			     const struct bin_attribute *attr,
			     struct vm_area_struct *raw)
{
	struct vau_file *obj = vap_sysfs->obj;
	struct vm_area_desc desc;
	int err;

	compat_set_desc_from_vma(&desc, file, raw);
	err = vma_new_set_type(vma_planned_from_desc(&desc), obj->type, obj);
	return err ?: __compat_vma_mmap(&desc, raw);
}

static const struct bin_attribute vap_attr = {
	.attr = { .name = "map", .mode = 0600 },
	.size = VAU_SIZE,
	.mmap = vap_sysfs_mmap,
};

static const struct bin_attribute vap_prepare_attr = {
	.attr = { .name = "map", .mode = 0600 },
	.size = VAU_SIZE,
	.mmap = vap_sysfs_prepare,
};

static void vap_sysfs_exit(void *data)
{
	struct vap_sysfs *sysfs = data;

	if (!IS_ERR_OR_NULL(sysfs->file))
		__fput_sync(sysfs->file);
	if (!IS_ERR_OR_NULL(sysfs->mnt))
		kern_unmount(sysfs->mnt);
	kobject_put(sysfs->kobj);
}

static struct vap_sysfs *vap_sysfs_new(struct kunit *test,
				       const struct bin_attribute *attr)
{
	struct vap_sysfs *sysfs = kunit_kzalloc(test, sizeof(*sysfs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sysfs);
	vap_sysfs = sysfs;
	sysfs->obj = test->priv;
	sysfs->kobj = kobject_create_and_add("vma_access_test", NULL);
	KUNIT_ASSERT_NOT_NULL(test, sysfs->kobj);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vap_sysfs_exit, sysfs), 0);
	KUNIT_ASSERT_EQ(test, sysfs_create_bin_file(sysfs->kobj, attr), 0);
	sysfs->mnt = kern_mount(get_fs_type("sysfs"));
	KUNIT_ASSERT_FALSE(test, IS_ERR(sysfs->mnt));
	sysfs->file = file_open_root_mnt(sysfs->mnt, "vma_access_test/map", O_RDWR, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sysfs->file));
	return sysfs;
}

static int vap_sysfs_map(struct kunit *test, struct vap_sysfs *sysfs, int warned)
{
	unsigned long addr = 0, refused = vat_refused();

	kunit_warning_suppress(test) {
		addr = kunit_vm_mmap(test, sysfs->file, VAU_ADDR, PAGE_SIZE, PROT_READ,
				     MAP_SHARED | MAP_FIXED, 0);
		VAT_EXPECT_WARNED(test, warned);
	}
	VAT_EXPECT_REFUSED(test, refused, warned);
	return addr == VAU_ADDR ? 0 : (int)(long)addr;
}

static int vap_sysfs_set_type(struct vap_sysfs *sysfs, struct vma_new *vma)
{
	return vma_new_set_type(vma, sysfs->obj->type, sysfs->obj);
}

static int vap_sysfs_set_object(struct vap_sysfs *sysfs, struct vma_new *vma)
{
	return vma_new_set_object(vma, sysfs->obj->type, &sysfs->obj->object);
}

static int vap_sysfs_set_over(struct vap_sysfs *sysfs, struct vma_new *vma)
{
	((struct vm_area_struct *)vma)->vm_ops = &vap_vm_ops;
	return vma_new_set_type_over(vma, &vap_over_mixed);
}

static int vap_sysfs_remap(struct vap_sysfs *sysfs, struct vma_new *vma)
{
	return vma_new_deny(vma, VMA_WRITE_BIT) ?:
	       vma_new_remap_pfn(vma, vma_new_start(vma),
				 page_to_pfn(sysfs->obj->pages[5]), PAGE_SIZE);
}

static int vap_sysfs_other_file(struct vap_sysfs *sysfs, struct vma_new *vma)
{
	vma_new_set_file(vma, sysfs->obj->file);
	return vma_new_set_type(vma, sysfs->obj->type, sysfs->obj);
}

/* R3, R17: kernfs would put its hooks in front: refused, once, and nothing counted. */
static void vma_access_policy_sysfs_refused(struct kunit *test)
{
	struct vap_sysfs *sysfs = vap_sysfs_new(test, &vap_attr);
	struct vau_file *obj = sysfs->obj;

	sysfs->set_up = vap_sysfs_set_type;
	obj->type = &vau_mixed;
	KUNIT_EXPECT_EQ(test, vap_sysfs_map(test, sysfs, 1), -EOPNOTSUPP);

	sysfs->set_up = vap_sysfs_set_over;
	KUNIT_EXPECT_EQ(test, vap_sysfs_map(test, sysfs, 1), -EOPNOTSUPP);

	sysfs->set_up = vap_sysfs_set_object;
	obj->type = &vau_object_mixed;
	vma_object_init(&obj->object, sysfs->file->f_mapping, 0, VAU_PAGES,
			&vau_object_ops);
	KUNIT_EXPECT_EQ(test, vap_sysfs_map(test, sysfs, 1), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, obj->mapped, 0);
	KUNIT_EXPECT_EQ(test, obj->gets, obj->puts);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
}

/*
 * The same if a driver's ->mmap_prepare() is called below the sysfs file's
 * hook.
 */
static void vma_access_policy_sysfs_prepare(struct kunit *test)
{
	struct vap_sysfs *sysfs = vap_sysfs_new(test, &vap_prepare_attr);

	sysfs->obj->type = &vau_mixed;
	KUNIT_EXPECT_EQ(test, vap_sysfs_map(test, sysfs, 1), -EOPNOTSUPP);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
}

/* Functions that map at once need no hooks, and settled access needs none. */
static void vma_access_policy_sysfs_remap(struct kunit *test)
{
	struct vap_sysfs *sysfs = vap_sysfs_new(test, &vap_attr);
	struct vm_area_struct *vma;

	sysfs->set_up = vap_sysfs_remap;
	KUNIT_ASSERT_EQ(test, vap_sysfs_map(test, sysfs, 0), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 6);
	vma = vau_vma(current->mm, VAU_ADDR);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	KUNIT_EXPECT_EQ(test, vma->vm_flags & (VM_PFNMAP | VM_DONTEXPAND | VM_MAYWRITE),
			VM_PFNMAP | VM_DONTEXPAND);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
}

/* If the hook replaces the file, kernfs leaves the hooks alone. */
static void vma_access_policy_sysfs_other_file(struct kunit *test)
{
	struct vap_sysfs *sysfs = vap_sysfs_new(test, &vap_attr);
	struct vm_area_struct *vma;

	sysfs->set_up = vap_sysfs_other_file;
	sysfs->obj->type = &vau_mixed;
	KUNIT_ASSERT_EQ(test, vap_sysfs_map(test, sysfs, 0), 0);
	vma = vau_vma(current->mm, VAU_ADDR);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	KUNIT_EXPECT_PTR_EQ(test, vma->vm_ops, &vau_mixed.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, vma->vm_file, sysfs->obj->file);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
}
#endif

static struct kunit_case vma_access_policy_cases[] = {
	KUNIT_CASE_PARAM(vma_access_policy_types_not_merged, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_type_beside_none, vap_way_gen_params),
	KUNIT_CASE(vma_access_policy_others_merged),
	KUNIT_CASE_PARAM(vma_access_policy_over, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_over_given, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_over_not_merged, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_over_refuses, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_over_mistakes, vap_way_gen_params),
	KUNIT_CASE(vma_access_policy_over_in_use),
	KUNIT_CASE_PARAM(vma_access_policy_over_adds_up, vap_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_policy_over_and_type, vap_way_gen_params),
#ifdef CONFIG_SYSFS
	KUNIT_CASE(vma_access_policy_sysfs_refused),
	KUNIT_CASE(vma_access_policy_sysfs_prepare),
	KUNIT_CASE(vma_access_policy_sysfs_remap),
	KUNIT_CASE(vma_access_policy_sysfs_other_file),
#endif
	{ }
};

static struct kunit_suite vma_access_policy_suite = {
	.name = "vma_access_policy",
	.init = vau_init,
	.test_cases = vma_access_policy_cases,
};

kunit_test_suite(vma_access_policy_suite);
