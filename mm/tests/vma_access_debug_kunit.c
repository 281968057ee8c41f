// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: the refusals that
 * CONFIG_DEBUG_VMA_ACCESS counts. See ../vma_access_test.c for how these tests
 * work, and vma_access_test_file.c for the file that they map.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vma_access_test_file.h"

/* ---- what was refused --------------------------------------------------- */

static const char * const vau_refusals[] = {
	[VMA_REFUSED_ALIGN] = "align",
	[VMA_REFUSED_RANGE] = "range",
	[VMA_REFUSED_OBJECT] = "object",
	[VMA_REFUSED_ACCESS] = "access",
	[VMA_REFUSED_COW] = "cow",
	[VMA_REFUSED_KIND] = "kind",
	[VMA_REFUSED_IDENTITY] = "identity",
	[VMA_REFUSED_IN_USE] = "in_use",
	[VMA_REFUSED_TWICE] = "twice",
	[VMA_REFUSED_POLICY] = "policy",
	[VMA_REFUSED_PAGE] = "page",
	[VMA_REFUSED_HUGETLB] = "hugetlb",
	[VMA_REFUSED_REVOKED] = "revoked",
	[VMA_REFUSED_CONTENDED] = "contended",
	[VMA_REFUSED_MOVE] = "move",
	[VMA_REFUSED_CHANGE] = "change",
};

static_assert(ARRAY_SIZE(vau_refusals) == NR_VMA_REFUSALS);

struct vau_counts {
	long nr[NR_VMA_REFUSALS];
};

KUNIT_DEFINE_ACTION_WRAPPER(vau_kern_unmount, kern_unmount, struct vfsmount *);
KUNIT_DEFINE_ACTION_WRAPPER(vau_fput, fput, struct file *);

/* vma_access/refused of debugfs, open; the test's mm gets a page to read it to. */
static struct file *vau_refused_open(struct kunit *test)
{
	struct file_system_type *type;
	struct vfsmount *mnt;
	struct path root;
	struct file *file;

	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS");
	type = get_fs_type("debugfs");
	if (!type)
		kunit_skip(test, "there is no debugfs");
	mnt = kern_mount(type);
	if (IS_ERR(mnt))
		kunit_skip(test, "debugfs cannot be mounted");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_kern_unmount, mnt), 0);
	root = (struct path){ .mnt = mnt, .dentry = mnt->mnt_root };
	file = file_open_root(&root, "vma_access/refused", O_RDONLY, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_fput, file), 0);
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, NULL, VAU_HUGE, PAGE_SIZE,
					  MAP_PRIVATE | MAP_ANONYMOUS, 0), VAU_HUGE);
	return file;
}

/* One line for each reason, in their order: its name and how often. */
static void vau_refused_read(struct kunit *test, struct file *file,
			     struct vau_counts *counts)
{
	char __user *user = (char __user *)VAU_HUGE;
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	char name[16], want[16], *line = text;
	loff_t pos = 0;
	int i, fields;
	ssize_t len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	len = file->f_op->read(file, user, PAGE_SIZE - 1, &pos);
	KUNIT_ASSERT_GT(test, len, 0);
	KUNIT_ASSERT_EQ(test, copy_from_user(text, user, len), 0);
	for (i = 0; i < NR_VMA_REFUSALS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, line);
		fields = sscanf(line, "%15s %ld", name, &counts->nr[i]);
		KUNIT_ASSERT_EQ(test, fields, 2);
		strscpy(want, vau_refusals[i]);
		KUNIT_EXPECT_STREQ(test, name, want);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	KUNIT_EXPECT_STREQ(test, line, "");
}

/* Each of these has one refusal, for the reason that the table says. */
static void vau_refuse_align(struct kunit *test)
{
	vau_map(test, test->priv, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR + 1, 0, VMA_PROT_OWN), -EINVAL);
}

static void vau_refuse_below(struct kunit *test)
{
	vau_map(test, test->priv, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR - PAGE_SIZE, 0, VMA_PROT_OWN),
			-EFAULT);
}

static void vau_refuse_beyond(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	int err = 0;

	vau_map(test, test->priv, &vau_mixed);
	{
		ACQUIRE(vma_read, guard)(user, VAU_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma)
			err = vma_ref_zap_range(vma, VAU_END - PAGE_SIZE,
						2 * PAGE_SIZE);
	}
	KUNIT_EXPECT_EQ(test, err, -EFAULT);
}

static void vau_refuse_zap(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, VAU_PAGES, 1), -EINVAL);
}

static void vau_refuse_index(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_note;
	obj->nr = 0;
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
}

static void vau_refuse_pfnmap(struct kunit *test)
{
	vau_map(test, test->priv, &vau_mixed);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
}

static void vau_refuse_fault(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_do_return;
	obj->page = obj->pages[0];
	kunit_warning_suppress(test)
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
}

static void vau_refuse_stranger(struct kunit *test)
{
	vau_map(test, test->priv, &vau_pfn);
	KUNIT_EXPECT_FALSE(test, vau_is(&vau_pfn, NULL));
}

static void vau_refuse_frame(struct kunit *test)
{
	vau_map(test, test->priv, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR, ~0UL, VMA_PROT_OWN), -EINVAL);
}

static void vau_refuse_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vma_object_revoke(&obj->object);
	KUNIT_EXPECT_FALSE(test, vau_is_live(&obj->object));
}

static void vau_refuse_live_zap(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	CLASS(vma_object_live, live)(&obj->object);
	KUNIT_EXPECT_EQ(test, vau_try_zap_all(&obj->object), -EAGAIN);
}

static void vau_refuse_i_mmap_zap(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	i_mmap_lock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, vau_try_zap_all(&obj->object), -EAGAIN);
	i_mmap_unlock_write(&obj->mapping);
}

static void vau_refuse_writer(struct kunit *test)
{
	struct vat_writer *writer;
	int err;

	writer = vat_writer_start(test, current->mm, VAU_ADDR, false, NULL);
	err = vau_other_looks(VAU_ADDR).vma_err;
	vat_writer_stop(test, writer);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
}

static void vau_refuse_move(struct kunit *test)
{
	vau_map(test, test->priv, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR), -EINVAL);
}

static void vau_refuse_split(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, __vma_type_no_split(NULL, 0), -EINVAL);
}

static void vau_refuse_mremap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, __vma_type_no_mremap(NULL), -EINVAL);
}

static const struct vau_refuse {
	const char *desc;
	enum vma_refusal why;
	void (*refuse)(struct kunit *test);
} vau_refuses[] = {
	{ "address not aligned", VMA_REFUSED_ALIGN, vau_refuse_align },
	{ "address below", VMA_REFUSED_RANGE, vau_refuse_below },
	{ "size beyond", VMA_REFUSED_RANGE, vau_refuse_beyond },
	{ "zap beyond the object", VMA_REFUSED_OBJECT, vau_refuse_zap },
	{ "fault beyond the object", VMA_REFUSED_OBJECT, vau_refuse_index },
	{ "no pfnmap", VMA_REFUSED_KIND, vau_refuse_pfnmap },
	{ "fault of another kind", VMA_REFUSED_KIND, vau_refuse_fault },
	{ "stranger", VMA_REFUSED_IDENTITY, vau_refuse_stranger },
	{ "no such page frame", VMA_REFUSED_PAGE, vau_refuse_frame },
	{ "revoked", VMA_REFUSED_REVOKED, vau_refuse_revoked },
	{ "zap of a live one", VMA_REFUSED_CONTENDED, vau_refuse_live_zap },
	{ "zap and i_mmap", VMA_REFUSED_CONTENDED, vau_refuse_i_mmap_zap },
	{ "writer in the way", VMA_REFUSED_CONTENDED, vau_refuse_writer },
	{ "move", VMA_REFUSED_MOVE, vau_refuse_move },
	{ "split", VMA_REFUSED_CHANGE, vau_refuse_split },
	{ "mremap", VMA_REFUSED_CHANGE, vau_refuse_mremap },
};

KUNIT_ARRAY_PARAM_DESC(vau_refuse, vau_refuses, desc);

/* CONFIG_DEBUG_VMA_ACCESS counts each refusal once, under its reason. */
static void vma_access_debug_refused_counts(struct kunit *test)
{
	const struct vau_refuse *param = test->param_value;
	struct file *file = vau_refused_open(test);
	struct vau_counts before, after;
	int i;

	vau_refused_read(test, file, &before);
	param->refuse(test);
	vau_refused_read(test, file, &after);
	for (i = 0; i < NR_VMA_REFUSALS; i++)
		KUNIT_EXPECT_EQ_MSG(test, after.nr[i] - before.nr[i],
				    i == param->why, "%s", vau_refusals[i]);
}

static struct kunit_case vau_cases[] = {
	KUNIT_CASE_PARAM(vma_access_debug_refused_counts, vau_refuse_gen_params),
	{ }
};

static struct kunit_suite vau_suite = {
	.name = "vma_access_debug",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);
