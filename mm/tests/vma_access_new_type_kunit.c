// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of <linux/vma_access_new.h>: the type, the owner and the object
 * of a new mapping. See vma_access_test_new.h for how these tests work.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "vma_access_test_new.h"

KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc);

/* ---- the types that are tested ------------------------------------------- */

static void van_close(struct vm_area_struct *vma);
static int van_may_split(struct vm_area_struct *vma, unsigned long addr);
static int van_mremap(struct vm_area_struct *vma);
static int van_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
		      const struct file *file, void **private);

static DEFINE_VMA_TYPE(van_no_cow, VMA_DENY_NONE | VAN_NONE_NO_COW);
static DEFINE_VMA_TYPE(van_no_exec, VMA_DENY_EXEC | VAN_NONE_ALLOW);
static DEFINE_VMA_TYPE(van_read_only, VMA_DENY_WRITE | VMA_DENY_EXEC |
		       VAN_NONE_ALLOW);
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

/* With a kind and flags of their own, to check that these are undone. */
static const struct vma_type van_called = {
	.vm_ops = { .mapped = van_mapped, .close = van_close },
	.policy = VMA_MAP_MIXED | VMA_DENY_EXEC | VMA_COW_ALLOW | VAN_SMR |
		  VMA_FORK_DROP | VMA_EXPAND_REFUSE,
};

static const struct vma_type van_called_no_close = {
	.vm_ops = { .mapped = van_mapped },
	.policy = VMA_DENY_NONE | VAN_NONE_ALLOW,
};

/*
 * These are written by hand, because the macros reject wrong policies. Each
 * leaves out one group of the policy: the kind, the access, and those of
 * VAN_ALLOW.
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

/* A hook against the policy, one that is missing, and one without a policy. */
static const struct vma_type van_bad_split[] = {
	{ .vm_ops = { .may_split = van_may_split },
	  .policy = VAN_SPLIT(VMA_SPLIT_REFUSE) },
	{ .policy = VAN_SPLIT(VMA_SPLIT_REFUSE) },
	{ .vm_ops = { .may_split = van_may_split },
	  .policy = VAN_SPLIT(VMA_SPLIT_ALLOW) },
};

static const struct vma_type van_bad_mremap[] = {
	{ .vm_ops = { .mremap = van_mremap },
	  .policy = VAN_MREMAP(VMA_MREMAP_REFUSE) },
	{ .policy = VAN_MREMAP(VMA_MREMAP_REFUSE) },
	{ .vm_ops = { .mremap = van_mremap },
	  .policy = VAN_MREMAP(VMA_MREMAP_ALLOW) },
};

/* Has counting hooks, but is not an object's type. */
static const struct vma_type van_counts = {
	.vm_ops = { .mapped = __vma_counted_vma_mapped },
	.policy = VMA_DENY_NONE | VAN_NONE_ALLOW,
};

/* An object's type that misses a counting hook, or may outgrow it. (R17) */
static const struct vma_type van_bad_shown[] = {
	{ .vm_ops = { .mapped = van_mapped, .open = __vma_object_vma_open,
		      .close = __vma_object_vma_close },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | __VMA_TYPE_COUNTED },
	{ .vm_ops = { .mapped = __vma_counted_vma_mapped,
		      .close = __vma_object_vma_close },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | __VMA_TYPE_COUNTED },
	{ .vm_ops = { .mapped = __vma_counted_vma_mapped,
		      .open = __vma_object_vma_open },
	  .policy = VMA_DENY_NONE | VAN_NONE_ALLOW | __VMA_TYPE_COUNTED },
	{ .vm_ops = { .mapped = __vma_counted_vma_mapped,
		      .open = __vma_object_vma_open,
		      .close = __vma_object_vma_close },
	  .policy = VMA_MAP_MIXED | VMA_DENY_NONE | VAN_ALLOW | __VMA_TYPE_COUNTED },
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

	{ "deny write", &van_no_write, PROT_READ, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYWRITE },
	{ "deny exec", &van_no_exec, PROT_READ | PROT_WRITE, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYEXEC },
	{ "deny both", &van_read_only, PROT_NONE, MAP_SHARED,
	  VAN_MAY, .set = VM_DONTEXPAND, .clear = VM_MAYWRITE | VM_MAYEXEC },
	{ "write denied", &van_no_write, PROT_WRITE, MAP_SHARED, .err = -EPERM },
	{ "exec denied", &van_no_exec, PROT_READ, MAP_SHARED,
	  VM_EXEC | VM_MAYEXEC, -EPERM },
	{ "exec of both denied", &van_read_only, PROT_NONE, MAP_SHARED,
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
	{ "io", &van_io, PROT_READ, MAP_SHARED, .set = VM_IO },
	{ "dontdump", &van_dontdump, PROT_READ, MAP_SHARED,
	  .set = VM_MIXEDMAP | VM_DONTDUMP },
	{ "strict", &van_strict, PROT_READ, MAP_PRIVATE, VAN_MAY,
	  .set = VM_MIXEDMAP | VM_DONTCOPY | VM_DONTEXPAND | VM_IO | VM_DONTDUMP,
	  .clear = VM_MAYWRITE | VM_MAYEXEC },
};

/* A type is set completely, or nothing is changed. */
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
 * R1, R7, R8: each bit of a policy has its effect and no other. R18: a mapping
 * that the policy forbids is refused silently.
 */
static void vma_access_new_type_set_type_policy(struct kunit *test)
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
	{ "own may_split, allowed", &van_bad_split[2], .err = -EINVAL },
	{ "own mremap", &van_bad_mremap[0], .err = -EINVAL },
	{ "mremap not refused", &van_bad_mremap[1], .err = -EINVAL },
	{ "own mremap, allowed", &van_bad_mremap[2], .err = -EINVAL },
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
static void vma_access_new_type_set_type_mistakes(struct kunit *test)
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
static void vma_access_new_type_set_type_no_owner(struct kunit *test)
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

/* R3, R18: a mapping has one type, which cannot be replaced. */
static void vma_access_new_type_set_type_twice(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_type_twice, .warned = 1),
			VAN_NO_MAPPING);
}

VAN_BOTH(van_type_strict, {
	return vma_new_set_type(vma, &van_strict, obj);
});

/* R8: the policy shows in the final mapping. */
static void vma_access_new_type_set_type_maps(struct kunit *test)
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

/* R8: the core does not split a mapping whose type refuses it. */
static void vma_access_new_type_type_refuses_split(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, van_map(test, &van_try_no_split), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_AT(5), PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* R8: the hooks that follow from a policy. */
static void vma_access_new_type_hooks(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, van_strict.vm_ops.may_split == __vma_type_no_split);
	KUNIT_EXPECT_TRUE(test, van_strict.vm_ops.mremap == __vma_type_no_mremap);
	KUNIT_EXPECT_NULL(test, van_no_split.vm_ops.mremap);
	KUNIT_EXPECT_NULL(test, van_no_mremap.vm_ops.may_split);
	KUNIT_EXPECT_EQ(test, __vma_type_no_split(NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, __vma_type_no_mremap(NULL), -EINVAL);
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

/* R3: a library gets the identity of a mapping; without hooks it is empty. */
static void vma_access_new_type_identity(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_identity), VAN_NO_MAPPING);
}

/* ---- a type's hooks ----------------------------------------------------- */

/* If the function fails in ->mmap(), nothing of the type is left. */
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
static void vma_access_new_type_mapped(struct kunit *test)
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

/* It can replace the private data; without ->close() nothing is called. */
static void vma_access_new_type_mapped_replaces(struct kunit *test)
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

/* mmap() returns its error, and ->close() is not called. */
static void vma_access_new_type_mapped_fails(struct kunit *test)
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

/* The private data that a failed ->mapped() has set is gone. */
static void vma_access_new_type_mapped_replaces_and_fails(struct kunit *test)
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

/* The place of an object, and that of the mapping. */
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
static void vma_access_new_type_set_object_fits(struct kunit *test)
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

/* R17: a mapping is counted from the hook on, as one of the object. */
static void vma_access_new_type_set_object_counts(struct kunit *test)
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

/* R17: a mapping that the driver refuses is not left counted. */
static void vma_access_new_type_set_object_refused(struct kunit *test)
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
static void vma_access_new_type_set_object_mistakes(struct kunit *test)
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

/* Insert the first page, the last one, or a page frame. */
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

/* R17, R18: a mapping that the hook has filled cannot be an object's. */
static void vma_access_new_type_set_object_filled(struct kunit *test)
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
	KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_ADDR,
						page_to_pfn(obj->pages[0]), VAN_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, page_to_phys(obj->pages[0]),
					    VAN_SIZE), -EINVAL);
	return 0;
});

/* R17, R18: nor can the hook fill one after it was made an object's. */
static void vma_access_new_type_fill_object(struct kunit *test)
{
	struct van_object *obj = test->priv;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_fill_object, &van_shown_mixed,
					  .warned = 1), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, van_held(test, obj), 0);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_fill_object, &van_shown_pfn,
					  .warned = 2), 0);
	van_expect_shows(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
}

static struct kunit_case van_cases[] = {
	VAN_CASE(vma_access_new_type_set_type_policy),
	VAN_CASE(vma_access_new_type_set_type_mistakes),
	VAN_CASE(vma_access_new_type_set_type_no_owner),
	VAN_CASE(vma_access_new_type_set_type_twice),
	VAN_CASE(vma_access_new_type_set_type_maps),
	VAN_CASE(vma_access_new_type_type_refuses_split),
	KUNIT_CASE(vma_access_new_type_hooks),
	VAN_CASE(vma_access_new_type_identity),
	VAN_CASE(vma_access_new_type_mapped),
	VAN_CASE(vma_access_new_type_mapped_replaces),
	VAN_CASE(vma_access_new_type_mapped_fails),
	VAN_CASE(vma_access_new_type_mapped_replaces_and_fails),

	VAN_CASE(vma_access_new_type_set_object_fits),
	VAN_CASE(vma_access_new_type_set_object_counts),
	VAN_CASE(vma_access_new_type_set_object_refused),
	VAN_CASE(vma_access_new_type_set_object_mistakes),
	VAN_CASE(vma_access_new_type_set_object_filled),
	VAN_CASE(vma_access_new_type_fill_object),
	{ }
};

static struct kunit_suite van_suite = {
	.name = "vma_access_new_type",
	.init = van_init,
	.test_cases = van_cases,
};

kunit_test_suite(van_suite);
