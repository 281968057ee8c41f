// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: what
 * CONFIG_DEBUG_VMA_ACCESS sees: refusals, and guards where lockdep does not
 * know them. How these tests are made says vma_access_test.c; the file that
 * they map is in vma_access_test_file.c.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
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
	[VMA_REFUSED_GUARD] = "guard",
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

/* Each has one thing refused, once, for its reason. */
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
		CLASS(vma_read, guard)(user, VAU_ADDR);
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
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_pfn, NULL));
}

static void vau_refuse_page(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_insert_mixed_pfn(VAU_ADDR,
						   page_to_pfn(obj->pages[0])), -EINVAL);
}

static void vau_refuse_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vma_object_revoke(&obj->object);
	KUNIT_EXPECT_FALSE(test, vau_is_live(&obj->object));
}

static void vau_refuse_live(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	CLASS(vma_object_live, live)(&obj->object);
	KUNIT_EXPECT_EQ(test, vma_object_try_revoke(&obj->object), -EAGAIN);
}

static void vau_refuse_live_zap(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	CLASS(vma_object_live, live)(&obj->object);
	KUNIT_EXPECT_EQ(test, vau_try_zap_all(&obj->object), -EAGAIN);
}

static void vau_refuse_i_mmap(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	i_mmap_lock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, vma_object_try_revoke(&obj->object), -EAGAIN);
	i_mmap_unlock_write(&obj->mapping);
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

static void vau_refuse_guard(struct kunit *test)
	__no_context_analysis /* it is what must not be done */
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(mmap_write, guard)(user);
	mmap_write_guard_downgrade(&guard, user);
	kunit_warning_suppress(test)
		KUNIT_EXPECT_NULL(test, vma_write_lookup(&guard, VAU_ADDR));
}

static void vau_refuse_move(struct kunit *test)
{
	vau_map(test, test->priv, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR), -EINVAL);
}

static void vau_refuse_downgrade(struct kunit *test)
	__no_context_analysis /* it is what must not be done */
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(mmap_write, guard)(user);
	mmap_write_guard_downgrade(&guard, user);
	kunit_warning_suppress(test)
		mmap_write_guard_downgrade(&guard, user);
}

static void vau_refuse_split(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vma_type_no_split(NULL, 0), -EINVAL);
}

static void vau_refuse_mremap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vma_type_no_mremap(NULL), -EINVAL);
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
	{ "page as page frame", VMA_REFUSED_PAGE, vau_refuse_page },
	{ "revoked", VMA_REFUSED_REVOKED, vau_refuse_revoked },
	{ "revoke of a live one", VMA_REFUSED_CONTENDED, vau_refuse_live },
	{ "zap of a live one", VMA_REFUSED_CONTENDED, vau_refuse_live_zap },
	{ "revoke and i_mmap", VMA_REFUSED_CONTENDED, vau_refuse_i_mmap },
	{ "zap and i_mmap", VMA_REFUSED_CONTENDED, vau_refuse_i_mmap_zap },
	{ "writer in the way", VMA_REFUSED_CONTENDED, vau_refuse_writer },
	{ "downgraded", VMA_REFUSED_GUARD, vau_refuse_guard },
	{ "downgraded twice", VMA_REFUSED_GUARD, vau_refuse_downgrade },
	{ "move", VMA_REFUSED_MOVE, vau_refuse_move },
	{ "split", VMA_REFUSED_CHANGE, vau_refuse_split },
	{ "mremap", VMA_REFUSED_CHANGE, vau_refuse_mremap },
};

KUNIT_ARRAY_PARAM_DESC(vau_refuse, vau_refuses, desc);

/* CONFIG_DEBUG_VMA_ACCESS counts each refusal once, under its reason. */
static void vma_refused_counts(struct kunit *test)
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

/* ---- guards, where lockdep does not know them --------------------------- */

#if VMA_ACCESS_TAGS

/* How many refusals come of a handle's use, each with a warning. */
#define vau_warns(test, handle)						\
({									\
	unsigned long __refused = __vma_refusals(VMA_REFUSED_GUARD);	\
									\
	kunit_warning_suppress(test) {					\
		/* The VMA may not be gone. */				\
		KUNIT_EXPECT_EQ(test, vma_ref_start(handle), VAU_ADDR);	\
		__refused = __vma_refusals(VMA_REFUSED_GUARD) - __refused; \
		VAT_EXPECT_WARNED(test, __refused);			\
	}								\
	__refused;							\
})

/* R2: a guard of one's own on the same VMA does not make up for another. */
static void vma_tag_after_guard(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_ref *stale = NULL, *vma;

	vau_map(test, test->priv, &vau_mixed);
	{
		CLASS(vma_read, guard)(user, VAU_ADDR);

		stale = vma_read_ref(&guard);
		KUNIT_EXPECT_EQ(test, vau_warns(test, stale), 0);
	}
	{
		CLASS(vma_read, guard)(user, VAU_ADDR);

		vma = vma_read_ref(&guard);
		KUNIT_EXPECT_PTR_NE(test, vma, stale);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, stale), 1);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
	}
	{
		CLASS(mmap_read, guard)(user);

		vma = vma_ref_lookup(&guard, VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, stale), 1);
	}
	{
		CLASS(vma_read_try, guard)(user, VAU_ADDR);

		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 1);
		vma = vma_read_ref(&guard);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
	}
}

/* The same for handles made of another, and of each guard on the mmap lock. */
static void vma_tag_of_each_guard(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_mixedmap *mixed = NULL;
	struct vma_ref *read = NULL, *tried = NULL, *write = NULL, *killable = NULL;
	struct vma_write *writable = NULL;

	vau_map(test, test->priv, &vau_mixed);
	{
		CLASS(mmap_read, guard)(user);

		read = vma_ref_lookup(&guard, VAU_ADDR);
		mixed = vma_ref_as_mixedmap(read);
		KUNIT_EXPECT_EQ(test, vau_warns(test, read), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, mixed), 0);
	}
	if (mmap_read_acquire_try(user)) {
		CLASS(mmap_read_adopt, guard)(user);

		tried = vma_ref_lookup(&guard, VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vau_warns(test, tried), 0);
	}
	{
		CLASS(mmap_write, guard)(user);

		write = vma_ref_lookup(&guard, VAU_ADDR);
		writable = vma_write_lookup(&guard, VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vau_warns(test, write), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, writable), 0);
		mmap_write_guard_downgrade(&guard, user);
		KUNIT_EXPECT_EQ(test, vau_warns(test, write), 0);
	}
	if (!mmap_write_acquire_killable(user)) {
		CLASS(mmap_write_adopt, guard)(user);

		killable = vma_ref_lookup(&guard, VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vau_warns(test, killable), 0);
	}

	CLASS(vma_read, guard)(user, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_warns(test, read), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, mixed), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, tried), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, write), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, writable), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, killable), 1);
}

/* However many guards there were, the next one has a tag. */
static void vma_tag_in_turn(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	int i;

	vau_map(test, test->priv, &vau_mixed);
	for (i = 0; i < 64; i++) {
		CLASS(vma_read, guard)(user, VAU_ADDR);
		const void *vma = vma_read_ref(&guard);

		KUNIT_EXPECT_NOT_NULL(test, vma);
		KUNIT_EXPECT_PTR_NE(test, vma, (const void *)__vma_raw(vma));
	}
}

/* Guards inside of each other, on the same thing: each has its own handles. */
static void vma_tag_nested(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_ref *inner = NULL;

	vau_map(test, test->priv, &vau_mixed);

	CLASS(mmap_read, guard)(user);
	struct vma_ref *outer = vma_ref_lookup(&guard, VAU_ADDR);

	if (mmap_read_acquire_try(user)) {
		CLASS(mmap_read_adopt, second)(user);

		inner = vma_ref_lookup(&second, VAU_ADDR);
		KUNIT_EXPECT_PTR_NE(test, inner, outer);
		KUNIT_EXPECT_EQ(test, vau_warns(test, inner), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, outer), 0);
	}
	KUNIT_EXPECT_NOT_NULL(test, inner);
	KUNIT_EXPECT_EQ(test, vau_warns(test, outer), 0);
	if (inner)
		KUNIT_EXPECT_EQ(test, vau_warns(test, inner), 1);
	KUNIT_EXPECT_PTR_EQ(test, vma_ref_lookup(&guard, VAU_ADDR), outer);
}

/* Guards on two VMAs that end in the order in which they began. */
static void vma_tag_out_of_order(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_read_guard first, second;
	struct vma_ref *a, *b;

	vau_map(test, test->priv, &vau_mixed);
	vau_map_at(test, test->priv, &vau_mixed, VAU_ADDR2, MAP_SHARED);

	first = __vma_read_acquire_try(user, VAU_ADDR);
	second = __vma_read_acquire_try(user, VAU_ADDR2);
	a = vma_read_ref(&first);
	b = vma_read_ref(&second);
	KUNIT_EXPECT_EQ(test, vau_warns(test, a), 0);
	__vma_read_release(&first);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_ref_start(b), VAU_ADDR2);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	first = __vma_read_acquire_try(user, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_warns(test, a), 1);
	__vma_read_release(&first);
	__vma_read_release(&second);
	vat_expect_unlocked(test);
}

/* Guards on two things are told apart, also where the other is newer. */
static void vma_tag_of_two_mms(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct mm_with_user *other = vau_user_new(test);
	struct vma_ref *vma;

	vau_map(test, test->priv, &vau_mixed);

	CLASS(mmap_read, guard)(user);
	{
		CLASS(mmap_read, newer)(other);

		vma = vma_ref_lookup(&guard, VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
	}
	KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
}

/* Both handles of a pair are its own, also if they are one VMA's. */
static void vma_tag_pair(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_ref *a = NULL, *b = NULL;

	vau_map_anon(test, VAU_ADDR);
	vau_map_anon(test, VAU_ADDR2);
	{
		CLASS(vma_pair, pair)(user, VAU_ADDR2, user, VAU_ADDR);

		b = vma_pair_b(&pair);
		KUNIT_EXPECT_EQ(test, vau_warns(test, b), 0);
	}
	{
		CLASS(vma_pair, pair)(user, VAU_ADDR, user, VAU_ADDR2);

		KUNIT_EXPECT_EQ(test, vau_warns(test, b), 1);
		a = vma_pair_a(&pair);
		KUNIT_EXPECT_EQ(test, vau_warns(test, a), 0);
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vma_ref_start(vma_pair_b(&pair)),
					VAU_ADDR2);
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
		}
	}
	{
		CLASS(vma_pair, pair)(user, VAU_ADDR, user, VAU_ADDR + PAGE_SIZE);

		KUNIT_EXPECT_EQ(test, vau_warns(test, a), 1);
		a = vma_pair_a(&pair);
		b = vma_pair_b(&pair);
		KUNIT_EXPECT_EQ(test, vau_warns(test, a), 0);
		KUNIT_EXPECT_EQ(test, vau_warns(test, b), 0);
	}

	CLASS(vma_read, guard)(user, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_warns(test, a), 1);
	KUNIT_EXPECT_EQ(test, vau_warns(test, b), 1);
}

/* What a hook is called with is of no guard, and is not asked for one. */
static void vma_tag_of_hook(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *raw;

	vau_map(test, test->priv, &vau_mixed);
	mmap_read_lock(mm);
	raw = vma_lookup(mm, VAU_ADDR);
	KUNIT_EXPECT_PTR_EQ(test, __vma_raw(vma_ref_from_op(raw)), raw);
	KUNIT_EXPECT_EQ(test, vau_warns(test, vma_ref_from_op(raw)), 0);
	mmap_read_unlock(mm);
}

/* A handle that is used too late is counted, too. */
static void vma_tag_counts(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct file *file = vau_refused_open(test);
	struct vau_counts before, after;
	struct vma_ref *stale = NULL;

	vau_map(test, test->priv, &vau_mixed);
	{
		CLASS(vma_read, guard)(user, VAU_ADDR);

		stale = vma_read_ref(&guard);
	}
	vau_refused_read(test, file, &before);
	{
		CLASS(vma_read, guard)(user, VAU_ADDR);

		KUNIT_EXPECT_EQ(test, vau_warns(test, stale), 1);
		KUNIT_EXPECT_EQ(test, vau_warns(test, vma_read_ref(&guard)), 0);
	}
	vau_refused_read(test, file, &after);
	KUNIT_EXPECT_EQ(test, after.nr[VMA_REFUSED_GUARD],
			before.nr[VMA_REFUSED_GUARD] + 1);
}

struct vau_peer {
	struct mm_with_user *user;
	struct completion locked;
	struct completion unlock;
};

static int vau_peer_fn(void *data)
{
	struct vau_peer *peer = data;
	struct mm_with_user *user = peer->user;

	CLASS(mmap_read, guard)(user);
	complete(&peer->locked);
	wait_for_completion_timeout(&peer->unlock, VAT_TIMEOUT);
	return 0;
}

/* A thread, not running yet, whose guards are remembered in the same place. */
static struct task_struct *vau_peer_task(struct kunit *test, struct vau_peer *peer)
{
	struct task_struct **tasks, *found = NULL;
	const int nr = 512;
	int i;

	tasks = kunit_kcalloc(test, nr, sizeof(*tasks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tasks);
	for (i = 0; i < nr && !found; i++) {
		tasks[i] = kthread_create(vau_peer_fn, peer, "vau_peer");
		if (IS_ERR(tasks[i]))
			break;
		if (hash_ptr(tasks[i], 6) == hash_ptr(current, 6))
			found = tasks[i];
	}
	while (i--)
		if (!IS_ERR(tasks[i]) && tasks[i] != found)
			kthread_stop(tasks[i]);
	return found;
}

/* Guards of others on the same thing are theirs, also where they are newer. */
static void vma_tag_of_others(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_peer peer = { .user = user };
	struct task_struct *task;
	struct vma_ref *vma;

	init_completion(&peer.locked);
	init_completion(&peer.unlock);
	task = vau_peer_task(test, &peer);
	if (!task)
		kunit_skip(test, "no thread that would do");
	get_task_struct(task);
	vau_map(test, test->priv, &vau_mixed);

	CLASS(mmap_read, guard)(user);
	wake_up_process(task);
	wait_for_completion_timeout(&peer.locked, VAT_TIMEOUT);
	vma = vma_ref_lookup(&guard, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
	complete(&peer.unlock);
	kthread_stop_put(task);
	KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
}

/* More guards than are remembered: nobody is wronged for it. */
static void vma_tag_many(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_read_guard guards[40];
	struct vma_ref *first, *last;
	int i, err = 0;

	vau_map(test, test->priv, &vau_mixed);
	guards[0] = __vma_read_acquire_try(user, VAU_ADDR);
	first = vma_read_ref(&guards[0]);
	for (i = 1; i < ARRAY_SIZE(guards); i++) {
		guards[i] = __vma_read_acquire_try(user, VAU_ADDR);
		err = err ?: vma_read_err(&guards[i]);
	}
	last = vma_read_ref(&guards[i - 1]);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, vau_warns(test, first), 0);
	KUNIT_EXPECT_EQ(test, vau_warns(test, last), 0);
	while (--i > 0)
		__vma_read_release(&guards[i]);
	KUNIT_EXPECT_EQ(test, vau_warns(test, first), 0);
	__vma_read_release(&guards[0]);
	vat_expect_unlocked(test);

	/* And all is as before. */
	guards[0] = __vma_read_acquire_try(user, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_warns(test, first), 1);
	__vma_read_release(&guards[0]);
}

static struct vma_ref *vau_lookup_below(class_mmap_read_t *guard,
					struct mm_with_user *other, int depth)
{
	CLASS(mmap_read, newer)(other);

	return depth ? vau_lookup_below(guard, other, depth - 1) :
		       vma_ref_lookup(guard, VAU_ADDR);
}

/* What is found under a guard that is not remembered any more is not checked. */
static void vma_tag_of_forgotten(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct mm_with_user *other = vau_user_new(test);
	struct vma_ref *vma;

	vau_map(test, test->priv, &vau_mixed);

	CLASS(mmap_read, guard)(user);
	vma = vau_lookup_below(&guard, other, 40);
	KUNIT_EXPECT_EQ(test, vau_warns(test, vma), 0);
}

#else /* VMA_ACCESS_TAGS */

#define VAU_NO_TAGS(_name)						\
static void _name(struct kunit *test)					\
{									\
	kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS without lockdep"); \
}

VAU_NO_TAGS(vma_tag_after_guard)
VAU_NO_TAGS(vma_tag_of_each_guard)
VAU_NO_TAGS(vma_tag_in_turn)
VAU_NO_TAGS(vma_tag_nested)
VAU_NO_TAGS(vma_tag_out_of_order)
VAU_NO_TAGS(vma_tag_of_two_mms)
VAU_NO_TAGS(vma_tag_pair)
VAU_NO_TAGS(vma_tag_of_hook)
VAU_NO_TAGS(vma_tag_counts)
VAU_NO_TAGS(vma_tag_of_others)
VAU_NO_TAGS(vma_tag_many)
VAU_NO_TAGS(vma_tag_of_forgotten)

#endif /* VMA_ACCESS_TAGS */

static struct kunit_case vau_cases[] = {
	KUNIT_CASE_PARAM(vma_refused_counts, vau_refuse_gen_params),

	KUNIT_CASE(vma_tag_after_guard),
	KUNIT_CASE(vma_tag_of_each_guard),
	KUNIT_CASE(vma_tag_in_turn),
	KUNIT_CASE(vma_tag_nested),
	KUNIT_CASE(vma_tag_out_of_order),
	KUNIT_CASE(vma_tag_of_two_mms),
	KUNIT_CASE(vma_tag_pair),
	KUNIT_CASE(vma_tag_of_hook),
	KUNIT_CASE(vma_tag_counts),
	KUNIT_CASE(vma_tag_of_others),
	KUNIT_CASE(vma_tag_many),
	KUNIT_CASE(vma_tag_of_forgotten),
	{ }
};

static struct kunit_suite vau_suite = {
	.name = "vma_access_debug",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);
