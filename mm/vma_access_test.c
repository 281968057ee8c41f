// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: address spaces, guards,
 * and what is done to VMAs that they hold. The other parts are tested in
 * vma_access_test_*.c: new mappings, page frames, pairs and flags of VMAs in use,
 * faults, objects, debugging.
 *
 * Each function of the header is run for its success and for the failures that
 * it documents, on real mappings: a test thread has an mm of its own, and maps
 * an anonymous inode's file whose ->mmap() is vat_mmap() below. That file shows
 * a struct vat_object, which lives as long as the file does: what a mapping's
 * hooks touch outlives the test, whose mm is torn down some time after it.
 *
 * R1 to R18 are the rules of Documentation/mm/vma_access.rst. A test that names
 * a rule fails when the check that upholds it is taken out.
 *
 * A failed KUNIT_ASSERT ends the thread without running its cleanups: under a
 * guard, and in a hook, there is only KUNIT_EXPECT.
 *
 * Not reached from here: -ENOMEM for want of page tables, and what needs a
 * system call that has no form for the kernel's own use: mprotect(), mremap(),
 * fork(). The selftests in tools/testing/selftests/vma_access do these.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "vma_access_test.h"

#define VAT_PAGES	16
#define VAT_PGOFF	3

/*
 * Where the test's file is mapped, with nothing beside it: four pages in one
 * page table and the rest in the next, for 512M is a multiple of all PMD_SIZEs.
 */
#define VAT_ADDR	(0x20000000UL - 4 * PAGE_SIZE)
#define VAT_SIZE	(VAT_PAGES * PAGE_SIZE)
#define VAT_END		(VAT_ADDR + VAT_SIZE)
#define VAT_AT(nr)	(VAT_ADDR + ((unsigned long)(nr) << PAGE_SHIFT))

/* What a helper returns if there was nothing to try its verb on. */
#define VAT_NO_HANDLE	(-ENXIO)

/* For what is promised to work under one. */
static DEFINE_SPINLOCK(vat_lock);

/* What the test's file shows. */
struct vat_object {
	struct file *file;
	struct page *pages[VAT_PAGES];
	/* For ->mmap(). */
	const struct vma_type *type;
	/* How often vat_mixed was held; when and by whom it was let go. */
	unsigned int held;
	struct task_struct *closer;
	struct completion closed;
};

/* ---- types -------------------------------------------------------------- */

#define VAT_ALLOW	(VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | \
			 VMA_FORK_COPY | VMA_EXPAND_ALLOW)

static void vat_get(struct vat_object *obj)
{
	obj->held++;
}

static void vat_put(struct vat_object *obj)
{
	obj->closer = current;
	complete(&obj->closed);
}

DEFINE_VMA_OWNER(vat_owner, struct vat_object, .get = vat_get, .put = vat_put);

static DEFINE_VMA_TYPE(vat_none, VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE_OWNED(vat_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VAT_ALLOW,
			     vat_owner);
static DEFINE_VMA_TYPE(vat_mixed2, VMA_MAP_MIXED | VMA_DENY_NONE | VAT_ALLOW);
static DEFINE_VMA_TYPE(vat_pfn, VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);
/* ---- the file and its hooks --------------------------------------------- */

static DEFINE_VMA_MMAP(vat_mmap, file, vma)
{
	struct vat_object *obj = file->private_data;

	return vma_new_set_type(vma, obj->type, obj);
}

static int vat_release(struct inode *inode, struct file *file)
{
	struct vat_object *obj = file->private_data;
	int i;

	for (i = 0; i < VAT_PAGES; i++)
		put_page(obj->pages[i]);
	kfree(obj);
	return 0;
}

static const struct file_operations vat_fops = {
	.owner = THIS_MODULE,
	VMA_MMAP_HOOK(vat_mmap),
	.release = vat_release,
};

KUNIT_DEFINE_ACTION_WRAPPER(vat_fput, fput, struct file *);

/* A file and what it shows; the mappings of another have another owner. */
static struct vat_object *vat_object_new(struct kunit *test)
{
	struct vat_object *obj = kzalloc_obj(*obj);
	struct file *file;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, obj);
	init_completion(&obj->closed);
	for (i = 0; i < VAT_PAGES; i++)
		obj->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOFAIL);

	file = anon_inode_getfile("[vma_access_test]", &vat_fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	obj->file = file;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vat_fput, file), 0);
	return obj;
}

static int vat_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = vat_object_new(test);
	return 0;
}

/* ---- mapping ------------------------------------------------------------ */

/* The address, or an errno in its place. */
static unsigned long vat_mmap_file(struct kunit *test, struct file *file,
				   unsigned long size, unsigned long prot,
				   unsigned long flags)
{
	return kunit_vm_mmap(test, file, VAT_ADDR, size, prot, flags | MAP_FIXED,
			     file ? VAT_PGOFF << PAGE_SHIFT : 0);
}

/* Map the object from VAT_ADDR on as one of @type. */
static void vat_map_size(struct kunit *test, struct vat_object *obj,
			 const struct vma_type *type, unsigned long size)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vat_mmap_file(test, obj->file, size, PROT_READ,
					    MAP_SHARED), VAT_ADDR);
}

static void vat_map(struct kunit *test, struct vat_object *obj,
		    const struct vma_type *type)
{
	vat_map_size(test, obj, type, VAT_SIZE);
}

static void vat_map_anon(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, vat_mmap_file(test, NULL, VAT_SIZE, PROT_READ,
					    MAP_PRIVATE | MAP_ANONYMOUS),
			VAT_ADDR);
}

/* An mm with one user and nothing in it, that no task ever ran in. */
static struct mm_struct *vat_mm_new(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();

	KUNIT_ASSERT_NOT_NULL(test, mm);
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	return mm;
}

/* ---- one verb under a guard of its own ---------------------------------- */

static int vat_insert_page(unsigned long addr, struct page *page)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return VAT_NO_HANDLE;
	return vma_mixedmap_insert_page(mixed, addr, page);
}

static int vat_insert_pages(unsigned long addr, struct page **pages,
			    unsigned long nr, unsigned long *inserted)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return VAT_NO_HANDLE;
	return vma_mixedmap_insert_pages(mixed, addr, pages, nr, inserted);
}

static struct page *vat_get_page(unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return ERR_PTR(VAT_NO_HANDLE);
	return vma_mixedmap_get_page(mixed, addr);
}

static int vat_zap(unsigned long addr, unsigned long size)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_zap_range(vma, addr, size) : VAT_NO_HANDLE;
}

static int vat_zap_all(void)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_zap_all(vma) : VAT_NO_HANDLE;
}

static bool vat_is(struct vma_identity id)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, id);
}

static bool vat_is_mixedmap_of(struct vma_identity id)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_as_mixedmap_of(vma, id);
}

/* ---- what was left behind ----------------------------------------------- */

/* Which pages of the object are mapped: each mapping holds a reference. */
static unsigned long vat_mapped(struct kunit *test, struct vat_object *obj)
{
	unsigned long mapped = 0;
	int i, refs;

	for (i = 0; i < VAT_PAGES; i++) {
		refs = page_ref_count(obj->pages[i]);
		KUNIT_EXPECT_GE_MSG(test, refs, 1, "page %d", i);
		KUNIT_EXPECT_LE_MSG(test, refs, 2, "page %d", i);
		if (refs > 1)
			mapped |= BIT(i);
	}
	return mapped;
}

/* The same for pages that are to be one after the other from the start. */
static void vat_expect_in_place(struct kunit *test, struct vat_object *obj,
				unsigned long nr)
{
	struct page *page;
	unsigned long i;

	for (i = 0; i < nr; i++) {
		page = vat_get_page(VAT_AT(i));
		KUNIT_EXPECT_PTR_EQ_MSG(test, page, obj->pages[i], "page %lu", i);
		if (!IS_ERR(page))
			put_page(page);
	}
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(nr) - 1);
}

/* ---- mm_ref ------------------------------------------------------------- */

/* A reference is one mm_count, and it is given back once. */
static void mm_ref_counts(struct kunit *test)
{
	struct mm_struct *mm = vat_mm_new(test);
	int count = atomic_read(&mm->mm_count);
	struct mm_ref *ref = mm_ref_grab(mm);

	KUNIT_EXPECT_PTR_EQ(test, __mm_ref_raw(ref), mm);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), count + 1);
	mm_ref_drop(ref);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), count);
	mmput(mm);
}

/* __free(mm_ref) gives back what there is, and copes with nothing. */
static void mm_ref_free(struct kunit *test)
{
	struct mm_struct *mm = vat_mm_new(test);
	int count = atomic_read(&mm->mm_count);

	{
		struct mm_ref *ref __free(mm_ref) = mm_ref_grab(mm);
		struct mm_ref *none __free(mm_ref) = NULL;

		KUNIT_EXPECT_PTR_NE(test, ref, none);
		KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), count + 1);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), count);
	mmput(mm);
}

/* A task's mm is found through current; a kernel thread has none. */
static void mm_ref_of_current(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	struct mm_ref *ref = mm_ref_grab_current();
	struct mm_ref *none;

	KUNIT_EXPECT_PTR_EQ(test, __mm_ref_raw(ref), mm);
	mm_ref_drop(ref);

	kthread_unuse_mm(mm);
	none = mm_ref_grab_current();
	kthread_use_mm(mm);
	KUNIT_EXPECT_NULL(test, none);
}

/* An address space at hand leads back to a reference to its mm. */
static void mm_ref_of_user(struct kunit *test)
{
	struct mm_struct *mm = vat_mm_new(test);
	int count = atomic_read(&mm->mm_count);
	struct mm_ref *ref = mm_ref_grab(mm);
	struct mm_with_user *user = mm_with_user_get(ref);
	struct mm_ref *again = mm_ref_grab_user(user);

	KUNIT_EXPECT_PTR_EQ(test, again, ref);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_count), count + 2);
	mm_ref_drop(again);
	mm_with_user_put(user);
	mm_ref_drop(ref);
	mmput(mm);
}

/* ---- mm_with_user ------------------------------------------------------- */

/* R4: borrowing the task's own mm takes nothing. */
static void mm_with_user_of_current(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	int users = atomic_read(&mm->mm_users);
	struct mm_with_user *none;

	KUNIT_EXPECT_PTR_EQ(test, __mm_with_user_raw(mm_with_user_current()), mm);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), users);

	kthread_unuse_mm(mm);
	none = mm_with_user_current();
	kthread_use_mm(mm);
	KUNIT_EXPECT_NULL(test, none);
}

/* Each way to pin the users of an mm and to let them go again. */
static bool vat_pin_by_hand(struct mm_ref *ref, int *users)
{
	struct mm_with_user *user = mm_with_user_get(ref);

	*users = atomic_read(&__mm_ref_raw(ref)->mm_users);
	if (!user)
		return false;
	mm_with_user_put(user);
	return true;
}

static bool vat_pin_by_hand_async(struct mm_ref *ref, int *users)
{
	struct mm_with_user *user = mm_with_user_get(ref);

	*users = atomic_read(&__mm_ref_raw(ref)->mm_users);
	if (!user)
		return false;
	mm_with_user_put_async(user);
	return true;
}

static bool vat_pin_by_class(struct mm_ref *ref, int *users)
{
	CLASS(mm_with_user, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

	*users = atomic_read(&__mm_ref_raw(ref)->mm_users);
	return user && __mm_with_user_raw(user) == __mm_ref_raw(ref);
}

static bool vat_pin_by_class_async(struct mm_ref *ref, int *users)
{
	CLASS(mm_with_user_async, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

	*users = atomic_read(&__mm_ref_raw(ref)->mm_users);
	return user && __mm_with_user_raw(user) == __mm_ref_raw(ref);
}

/* The same, where in between the mm's own user goes: the put is the last one. */
static void vat_last_put(struct mm_ref *ref)
{
	struct mm_with_user *user = mm_with_user_get(ref);

	mmput(__mm_ref_raw(ref));
	mm_with_user_put(user);
}

static void vat_last_put_async(struct mm_ref *ref)
{
	struct mm_with_user *user = mm_with_user_get(ref);

	mmput(__mm_ref_raw(ref));
	scoped_guard(spinlock, &vat_lock)
		mm_with_user_put_async(user);
}

static void vat_last_class(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	mmput(__mm_ref_raw(ref));
}

static void vat_last_class_async(struct mm_ref *ref)
{
	guard(spinlock)(&vat_lock);
	CLASS(mm_with_user_async, pin)(ref);
	/* Not the last: it may not sleep here, and does not. */
	mmput_async(__mm_ref_raw(ref));
}

static const struct vat_pin {
	const char *desc;
	bool (*pin)(struct mm_ref *ref, int *users);
	void (*last)(struct mm_ref *ref);
	bool async;
} vat_pins[] = {
	{ "get and put", vat_pin_by_hand, vat_last_put, false },
	{ "get and put_async", vat_pin_by_hand_async, vat_last_put_async, true },
	{ "class", vat_pin_by_class, vat_last_class, false },
	{ "async class", vat_pin_by_class_async, vat_last_class_async, true },
};

KUNIT_ARRAY_PARAM_DESC(vat_pin, vat_pins, desc);

/* R4: a pin is one mm_users, and it is given back once. */
static void mm_with_user_pins(struct kunit *test)
{
	const struct vat_pin *param = test->param_value;
	struct mm_struct *mm = vat_mm_new(test);
	struct mm_ref *ref = mm_ref_grab(mm);
	int users = 0;

	KUNIT_EXPECT_TRUE(test, param->pin(ref, &users));
	KUNIT_EXPECT_EQ(test, users, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 1);
	mmput(mm);
	mm_ref_drop(ref);
}

/* R4, R9: without users there is no pin, and nothing to give back. */
static void mm_with_user_of_dead(struct kunit *test)
{
	const struct vat_pin *param = test->param_value;
	struct mm_struct *mm = vat_mm_new(test);
	struct mm_ref *ref = mm_ref_grab(mm);
	int users = -1;

	mmput(mm);
	KUNIT_EXPECT_FALSE(test, param->pin(ref, &users));
	KUNIT_EXPECT_EQ(test, users, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 0);
	mm_ref_drop(ref);
}

/* R5: the last put tears down here, the asynchronous one in a worker. */
static void mm_with_user_last_put(struct kunit *test)
{
	const struct vat_pin *param = test->param_value;
	struct vat_object *obj = test->priv;
	struct mm_struct *own = current->mm;
	struct mm_struct *mm = vat_mm_new(test);
	struct mm_ref *ref = mm_ref_grab(mm);
	unsigned long addr;

	obj->type = &vat_mixed;
	kthread_unuse_mm(own);
	kthread_use_mm(mm);
	addr = vm_mmap(obj->file, VAT_ADDR, PAGE_SIZE, PROT_READ,
		       MAP_SHARED | MAP_FIXED, 0);
	kthread_unuse_mm(mm);
	kthread_use_mm(own);
	KUNIT_EXPECT_EQ(test, addr, VAT_ADDR);

	param->last(ref);
	if (!param->async)
		KUNIT_EXPECT_TRUE(test, completion_done(&obj->closed));
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&obj->closed,
							  VAT_TIMEOUT), 0);
	if (param->async)
		KUNIT_EXPECT_PTR_NE(test, obj->closer, current);
	else
		KUNIT_EXPECT_PTR_EQ(test, obj->closer, current);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 0);
	mm_ref_drop(ref);
}

/*
 * R5: the put that may sleep is reported where it must not, also if it need not.
 * That report can neither be suppressed nor counted: it is announced to whoever
 * reads the console, and looked for there.
 */
static void mm_with_user_put_under_lock(struct kunit *test)
{
	struct mm_struct *mm;
	struct mm_ref *ref;
	struct mm_with_user *user;

	if (!IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
		kunit_skip(test, "needs CONFIG_DEBUG_ATOMIC_SLEEP");

	mm = vat_mm_new(test);
	ref = mm_ref_grab(mm);
	user = mm_with_user_get(ref);
	/* It comes at most once in a second. */
	schedule_timeout_uninterruptible(HZ + 1);
	pr_info("vma_access: expect: sleeping function called from invalid context at kernel/fork.c\n");
	scoped_guard(spinlock, &vat_lock)
		mm_with_user_put(user);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 1);
	mmput(mm);
	mm_ref_drop(ref);
}

/* R15: an mm is that of its own reference, and of no other or none. */
static void mm_with_user_identity(struct kunit *test)
{
	struct mm_struct *mm = vat_mm_new(test);
	struct mm_ref *other = mm_ref_grab(mm);
	struct mm_ref *own = mm_ref_grab_current();

	KUNIT_EXPECT_TRUE(test, mm_with_user_is(mm_with_user_current(), own));
	KUNIT_EXPECT_FALSE(test, mm_with_user_is(mm_with_user_current(), other));
	KUNIT_EXPECT_FALSE(test, mm_with_user_is(mm_with_user_current(), NULL));
	KUNIT_EXPECT_FALSE(test, mm_with_user_is(NULL, NULL));
	mm_ref_drop(own);
	mm_ref_drop(other);
	mmput(mm);
}

/* ---- the mmap read guard ------------------------------------------------ */

/* What a look-up found, for after the guard. */
struct vat_seen {
	int err;
	bool found;
	unsigned long start, end;
	unsigned int readers;
	bool mmap_lock_free;
};

static void vat_see(struct vat_seen *seen, struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	seen->mmap_lock_free = vat_mmap_lock(current->mm) == VAT_FREE;
	seen->found = vma;
	if (!vma)
		return;
	seen->start = vma_ref_start(vma);
	seen->end = vma_ref_end(vma);
	seen->readers = vat_readers(__vma_raw(vma));
}

/* Each way to take the mmap lock for read. */
static int vat_mmap_read(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(mmap_read, guard)(user);

	vat_see(seen, vma_ref_lookup(&guard, addr));
	return 0;
}

static int vat_mmap_read_try(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	if (!mmap_read_acquire_try(user))
		return -EAGAIN;

	CLASS(mmap_read_adopt, guard)(user);
	vat_see(seen, vma_ref_lookup(&guard, addr));
	return 0;
}

static int vat_mmap_read_killable(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();
	int err = mmap_read_acquire_killable(user);

	if (err)
		return err;

	CLASS(mmap_read_adopt, guard)(user);
	vat_see(seen, vma_ref_lookup(&guard, addr));
	return 0;
}

static const struct vat_mmap_form {
	const char *desc;
	int (*look)(unsigned long addr, struct vat_seen *seen);
	bool waits;
} vat_mmap_forms[] = {
	{ "mmap_read", vat_mmap_read, true },
	{ "mmap_read_try", vat_mmap_read_try, false },
	{ "mmap_read_killable", vat_mmap_read_killable, true },
};

KUNIT_ARRAY_PARAM_DESC(vat_mmap_form, vat_mmap_forms, desc);

static const struct vat_place {
	unsigned long addr;
	bool mapped;
} vat_places[] = {
	{ VAT_ADDR - 1, false },
	{ VAT_ADDR, true },
	{ VAT_ADDR + PAGE_SIZE + 1, true },
	{ VAT_END - 1, true },
	{ VAT_END, false },
};

/* R2: the guard finds what is mapped, and holds the lock just as long. */
static void mmap_read_looks_up(struct kunit *test)
{
	const struct vat_mmap_form *form = test->param_value;
	int i;

	vat_map(test, test->priv, &vat_mixed);
	for (i = 0; i < ARRAY_SIZE(vat_places); i++) {
		struct vat_seen seen = { };

		KUNIT_EXPECT_EQ(test, form->look(vat_places[i].addr, &seen), 0);
		KUNIT_EXPECT_EQ(test, seen.found, vat_places[i].mapped);
		if (seen.found) {
			KUNIT_EXPECT_EQ(test, seen.start, VAT_ADDR);
			KUNIT_EXPECT_EQ(test, seen.end, VAT_END);
		}
		KUNIT_EXPECT_FALSE(test, seen.mmap_lock_free);
		vat_expect_unlocked(test);
	}
}

/* R9: the plain forms wait for a writer; the try form fails, holding nothing. */
static void mmap_read_meets_writer(struct kunit *test)
{
	const struct vat_mmap_form *form = test->param_value;
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, form->waits, NULL);
	if (form->waits) {
		KUNIT_EXPECT_EQ(test, form->look(VAT_ADDR, &seen), 0);
		KUNIT_EXPECT_TRUE(test, seen.found);
		vat_expect_waited(test, writer);
	} else {
		KUNIT_EXPECT_EQ(test, form->look(VAT_ADDR, &seen), -EAGAIN);
		vat_writer_stop(test, writer);
		vat_expect_unlocked(test);
	}
}

/* R9: a fatal signal ends the wait for the mmap lock, with nothing held. */
static void mmap_read_killed(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, false, NULL);
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	KUNIT_EXPECT_EQ(test, vat_mmap_read_killable(VAT_ADDR, &seen), -EINTR);
	flush_signals(current);
	disallow_signal(SIGKILL);
	vat_writer_stop(test, writer);
	vat_expect_unlocked(test);
}

/* ---- the VMA read guard ------------------------------------------------- */

static void vat_vma_read(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, addr);

	vat_see(seen, vma_read_ref(&guard));
	seen->err = vma_read_err(&guard);
}

/* Under a spinlock: CONFIG_DEBUG_ATOMIC_SLEEP reports it if this sleeps. */
static void vat_vma_read_try(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	guard(spinlock)(&vat_lock);
	CLASS(vma_read_try, guard)(user, addr);
	vat_see(seen, vma_read_ref(&guard));
	seen->err = vma_read_err(&guard);
}

static const struct vat_vma_form {
	const char *desc;
	void (*look)(unsigned long addr, struct vat_seen *seen);
} vat_vma_forms[] = {
	{ "vma_read", vat_vma_read },
	{ "vma_read_try", vat_vma_read_try },
};

KUNIT_ARRAY_PARAM_DESC(vat_vma_form, vat_vma_forms, desc);

/* The one VMA is read-locked, or without VMA locks the whole mm. */
static void vat_expect_vma_read(struct kunit *test, const struct vat_seen *seen)
{
	KUNIT_EXPECT_EQ(test, seen->err, 0);
	KUNIT_ASSERT_TRUE(test, seen->found);
	KUNIT_EXPECT_EQ(test, seen->start, VAT_ADDR);
	KUNIT_EXPECT_EQ(test, seen->end, VAT_END);
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK)) {
		KUNIT_EXPECT_TRUE(test, seen->mmap_lock_free);
		KUNIT_EXPECT_EQ(test, seen->readers, 1);
	} else {
		KUNIT_EXPECT_FALSE(test, seen->mmap_lock_free);
	}
}

/* R2, R9: the guard finds what is mapped, else -ESRCH and holds nothing. */
static void vma_read_looks_up(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	int i;

	vat_map(test, test->priv, &vat_mixed);
	for (i = 0; i < ARRAY_SIZE(vat_places); i++) {
		struct vat_seen seen = { };

		form->look(vat_places[i].addr, &seen);
		if (vat_places[i].mapped) {
			vat_expect_vma_read(test, &seen);
		} else {
			KUNIT_EXPECT_FALSE(test, seen.found);
			KUNIT_EXPECT_EQ(test, seen.err, -ESRCH);
		}
		vat_expect_unlocked(test);
	}
}

/* Contention never makes the plain form fail: it waits for the writer. */
static void vma_read_waits_for_writer(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, true, NULL);
	vat_vma_read(VAT_ADDR, &seen);
	vat_expect_waited(test, writer);
	vat_expect_vma_read(test, &seen);
}

/* The same where there is nothing: only after the writer that can be told. */
static void vma_read_waits_for_hole(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, true, NULL);
	vat_vma_read(VAT_END, &seen);
	vat_expect_waited(test, writer);
	KUNIT_EXPECT_FALSE(test, seen.found);
	KUNIT_EXPECT_EQ(test, seen.err, -ESRCH);
}

/* R9: the try form gives way to a writer at once, and holds nothing. */
/* A guard waits for no writer but one of its own VMA. */
static void vma_read_beside_writer(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	unsigned long before = jiffies, waited;
	struct vat_writer *writer;
	struct vat_seen seen = { };

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_END, false, NULL);
	form->look(VAT_ADDR, &seen);
	waited = jiffies - before;
	vat_writer_stop(test, writer);

	KUNIT_EXPECT_TRUE(test, seen.found);
	KUNIT_EXPECT_LT(test, waited, VAT_TIMEOUT / 2);
	vat_expect_unlocked(test);
}

static void vma_read_try_meets_writer(struct kunit *test)
{
	struct vat_seen seen = { }, hole = { };
	unsigned long refused = vat_refused();
	struct vat_writer *writer;

	vat_map(test, test->priv, &vat_mixed);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, false, NULL);
	vat_vma_read_try(VAT_ADDR, &seen);
	vat_vma_read_try(VAT_END, &hole);
	vat_writer_stop(test, writer);
	VAT_EXPECT_REFUSED(test, refused, 2);

	KUNIT_EXPECT_FALSE(test, seen.found);
	KUNIT_EXPECT_EQ(test, seen.err, -EAGAIN);
	KUNIT_EXPECT_FALSE(test, hole.found);
	KUNIT_EXPECT_EQ(test, hole.err, -EAGAIN);
	vat_expect_unlocked(test);
}

/*
 * A VMA may look write-locked when it is not, since the count of the writers
 * wraps: the guard finds out by the mmap lock, and does not keep that.
 */
static void vma_read_steps_down(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	struct mm_struct *mm = current->mm;
	struct vat_seen seen = { };

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map(test, test->priv, &vat_mixed);
	mmap_write_lock(mm);
	vat_look_write_locked(vma_lookup(mm, VAT_ADDR));
	mmap_write_unlock(mm);

	form->look(VAT_ADDR, &seen);
	vat_expect_vma_read(test, &seen);
	vat_expect_unlocked(test);
}

/* R9: where a VMA has no room for a reader, both forms say -EAGAIN. */
static void vma_read_without_room(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	struct vm_area_struct *vma;
	struct vat_seen seen = { };
	unsigned long refused = vat_refused();
	unsigned int readers;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map(test, test->priv, &vat_mixed);
	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, VAT_ADDR);
	mmap_read_unlock(current->mm);

	vat_set_readers(vma, VAT_READERS_MAX);
	form->look(VAT_ADDR, &seen);
	readers = vat_readers(vma);
	vat_set_readers(vma, 0);

	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, readers, VAT_READERS_MAX);
	KUNIT_EXPECT_FALSE(test, seen.found);
	KUNIT_EXPECT_EQ(test, seen.err, -EAGAIN);
	vat_expect_unlocked(test);
}

/* R2: a handle that is used after its guard is reported. */
static void vma_ref_after_guard(struct kunit *test)
	__no_context_analysis /* it is what must not be done */
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_ref *stale;
	unsigned long kept = 0;
	struct vat_writer *writer;
	bool was_quiet = false;

	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS) ||
	    !IS_ENABLED(CONFIG_LOCKDEP) || !debug_locks)
		kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS and lockdep");

	vat_map(test, test->priv, &vat_mixed);
	{
		CLASS(vma_read, guard)(user, VAT_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		kunit_warning_suppress(test) {
			was_quiet = vma && vma_ref_start(vma) == VAT_ADDR &&
				    !KUNIT_SUPPRESSED_WARNING_COUNT();
		}
		kept = (unsigned long)vma;
	}
	/* Compilers see it otherwise, and say so. */
	OPTIMIZER_HIDE_VAR(kept);
	stale = (struct vma_ref *)kept;
	KUNIT_ASSERT_TRUE(test, was_quiet);

	/*
	 * Without a writer it would be reported too, but with a dump of the VMA
	 * that cannot be suppressed.
	 */
	writer = vat_writer_start(test, current->mm, VAT_ADDR, false, NULL);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_ref_start(stale), VAT_ADDR);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
	}
	vat_writer_stop(test, writer);
}

/* ---- vma_ref ------------------------------------------------------------ */

/* Each verb says what was mapped, by either kind of handle. */
static void vma_ref_reads(struct kunit *test)
{
	struct mm_ref *ref __free(mm_ref) = mm_ref_grab_current();
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	vma_flags_t flags;

	vat_map(test, obj, &vat_mixed);

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	const struct vma_ref *constant = vma;
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	KUNIT_EXPECT_NOT_NULL(test, mixed);
	if (!mixed)
		return;
	KUNIT_EXPECT_PTR_EQ(test, vma_ref(mixed), vma);
	KUNIT_EXPECT_EQ(test, vma_ref_start(constant), VAT_ADDR);

	KUNIT_EXPECT_EQ(test, vma_ref_start(vma), VAT_ADDR);
	KUNIT_EXPECT_EQ(test, vma_ref_end(vma), VAT_END);
	KUNIT_EXPECT_EQ(test, vma_ref_pages(vma), VAT_PAGES);
	KUNIT_EXPECT_EQ(test, vma_ref_size(vma), VAT_SIZE);
	KUNIT_EXPECT_EQ(test, vma_ref_pgoff(vma), VAT_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, vma_ref_file(vma), obj->file);
	KUNIT_EXPECT_TRUE(test, mm_with_user_is(vma_ref_mm(vma), ref));
	KUNIT_EXPECT_TRUE(test, vma_ref_test(vma, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_ref_test(vma, VMA_WRITE_BIT));

	KUNIT_EXPECT_EQ(test, vma_ref_start(mixed), VAT_ADDR);
	KUNIT_EXPECT_EQ(test, vma_ref_end(mixed), VAT_END);
	KUNIT_EXPECT_EQ(test, vma_ref_pages(mixed), VAT_PAGES);
	KUNIT_EXPECT_EQ(test, vma_ref_size(mixed), VAT_SIZE);
	KUNIT_EXPECT_EQ(test, vma_ref_pgoff(mixed), VAT_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, vma_ref_file(mixed), obj->file);
	KUNIT_EXPECT_TRUE(test, mm_with_user_is(vma_ref_mm(mixed), ref));
	KUNIT_EXPECT_TRUE(test, vma_ref_test(mixed, VMA_MIXEDMAP_BIT));
	KUNIT_EXPECT_FALSE(test, vma_ref_test(mixed, VMA_PFNMAP_BIT));

	/* The flags are a copy. */
	flags = vma_ref_flags(vma);
	KUNIT_EXPECT_TRUE(test, vma_flags_test(&flags, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_flags_test(&flags, VMA_WRITE_BIT));
	vma_flags_set(&flags, VMA_WRITE_BIT);
	KUNIT_EXPECT_FALSE(test, vma_ref_test(vma, VMA_WRITE_BIT));
}

static void vma_ref_file_of_anon(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();

	vat_map_anon(test);

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	KUNIT_EXPECT_NOT_NULL(test, vma);
	if (vma)
		KUNIT_EXPECT_NULL(test, vma_ref_file(vma));
}

/* R12: after a split, the file offset still says which page of the object. */
static void vma_ref_pgoff_after_split(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_ASSERT_EQ(test, vm_munmap(VAT_ADDR, 6 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, obj->held, 2);

	CLASS(vma_read, guard)(user, VAT_AT(6));
	struct vma_ref *vma = vma_read_ref(&guard);

	KUNIT_EXPECT_NOT_NULL(test, vma);
	if (!vma)
		return;
	KUNIT_EXPECT_EQ(test, vma_ref_start(vma), VAT_AT(6));
	KUNIT_EXPECT_EQ(test, vma_ref_pgoff(vma), VAT_PGOFF + 6);
}

/* ---- zap ---------------------------------------------------------------- */

/* Map the object and insert all of its pages. */
static void vat_map_full(struct kunit *test, struct vat_object *obj)
{
	unsigned long inserted;

	vat_map(test, obj, &vat_mixed);
	KUNIT_ASSERT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, VAT_PAGES,
					       &inserted), 0);
	vat_expect_in_place(test, obj, VAT_PAGES);
}

/* A zap gives back the references of its range and leaves the neighbours. */
static void vma_ref_zap_range_exact(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map_full(test, obj);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(3), 2 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj),
			(BIT(VAT_PAGES) - 1) & ~(BIT(3) | BIT(4)));
	/* To the very end, and what is not mapped is no error. */
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(4), VAT_END - VAT_AT(4)), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(3) - 1);
	vat_expect_unlocked(test);
}

static void vma_ref_zap_all_pages(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map_full(test, obj);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/* Ranges of whole pages that no verb takes. */
static const struct vat_range {
	const char *desc;
	unsigned long addr, size;
	int err;
} vat_ranges[] = {
	{ "no size", VAT_AT(1), 0, -EINVAL },
	{ "addr not aligned", VAT_AT(1) + 1, PAGE_SIZE, -EINVAL },
	{ "addr not aligned, above", VAT_AT(2) - 1, PAGE_SIZE, -EINVAL },
	{ "page below", VAT_ADDR - PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "from below", VAT_ADDR - PAGE_SIZE, 2 * PAGE_SIZE, -EFAULT },
	{ "page at the end", VAT_END, PAGE_SIZE, -EFAULT },
	{ "page above the end", VAT_END + PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "over the end", VAT_AT(VAT_PAGES - 1), 2 * PAGE_SIZE, -EFAULT },
	{ "all and one", VAT_ADDR, VAT_SIZE + PAGE_SIZE, -EFAULT },
	{ "wraps to below", VAT_AT(1), -2 * PAGE_SIZE, -EFAULT },
	{ "wraps to itself", VAT_AT(1), -PAGE_SIZE, -EFAULT },
	{ "wraps to 0", VAT_AT(1), -VAT_AT(1), -EFAULT },
	{ "address 0", 0, PAGE_SIZE, -EFAULT },
	{ "last page of all", -PAGE_SIZE, PAGE_SIZE, -EFAULT },
};

KUNIT_ARRAY_PARAM_DESC(vat_range, vat_ranges, desc);

/* R6, R18: a bad range is refused before anything is done, silently. */
static void vma_ref_zap_range_bad(struct kunit *test)
{
	const struct vat_range *range = test->param_value;
	struct vat_object *obj = test->priv;
	unsigned long refused;

	vat_map_full(test, obj);
	refused = vat_refused();
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vat_zap(range->addr, range->size), range->err);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(VAT_PAGES) - 1);
	vat_expect_unlocked(test);
}

/* R6: nor is a part of a page zapped. */
static void vma_ref_zap_range_odd(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map_full(test, obj);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), PAGE_SIZE + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), -1UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(VAT_PAGES) - 1);
}

/*
 * R7: hugetlb mappings are not a driver's to zap. The flag is borrowed: under
 * the write lock nobody looks.
 */
static void vma_ref_zap_hugetlb(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long refused;
	int err, err_all;

	if (!IS_ENABLED(CONFIG_HUGETLB_PAGE))
		kunit_skip(test, "there is no hugetlb");

	vat_map_full(test, obj);
	mmap_write_lock(mm);
	vma = vma_lookup(mm, VAT_ADDR);
	vm_flags_set(vma, VM_HUGETLB);
	refused = vat_refused();
	err = vma_ref_zap_range(vma_ref_from_op(vma), VAT_ADDR, PAGE_SIZE);
	err_all = vma_ref_zap_all(vma_ref_from_op(vma));
	vm_flags_clear(vma, VM_HUGETLB);
	mmap_write_unlock(mm);

	KUNIT_EXPECT_EQ(test, err, -EPERM);
	KUNIT_EXPECT_EQ(test, err_all, -EPERM);
	VAT_EXPECT_REFUSED(test, refused, 2);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(VAT_PAGES) - 1);
}

/* ---- identity ----------------------------------------------------------- */

/* R3: only the type and the owner together are the identity. */
static void vma_ref_is_own(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct vat_object *other = vat_object_new(test);

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_TRUE(test, vat_is(vma_type_identity(&vat_mixed, obj)));
	KUNIT_EXPECT_FALSE(test, vat_is(vma_type_identity(&vat_mixed, other)));
	KUNIT_EXPECT_FALSE(test, vat_is(vma_type_identity(&vat_mixed, NULL)));
	KUNIT_EXPECT_FALSE(test, vat_is(vma_type_identity(&vat_mixed2, obj)));
	KUNIT_EXPECT_FALSE(test, vat_is((struct vma_identity){ .owner = obj }));
}

/* R3: what was never filled in is nobody's identity, also not anonymous memory's. */
static void vma_ref_is_nobody(struct kunit *test)
{
	unsigned long refused;

	vat_map_anon(test);
	refused = vat_refused();
	KUNIT_EXPECT_FALSE(test, vat_is((struct vma_identity){ }));
	KUNIT_EXPECT_FALSE(test, vat_is(vma_type_identity(&vat_mixed, NULL)));
	VAT_EXPECT_REFUSED(test, refused, 2);
}

/* R3: what user space puts at the address of a mapping is not that mapping. */
static void vma_ref_is_no_impostor(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct vma_identity id = vma_type_identity(&vat_mixed, obj);

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_TRUE(test, vat_is(id));
	KUNIT_EXPECT_TRUE(test, vat_is_mixedmap_of(id));

	vat_map(test, vat_object_new(test), &vat_mixed);
	KUNIT_EXPECT_FALSE(test, vat_is(id));
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(id));

	vat_map_anon(test);
	KUNIT_EXPECT_FALSE(test, vat_is(id));
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(id));
}

/* R3: the owner is told to the type's own hooks, and to no other type's. */
static void vma_ref_owner_of_type(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	void *owner = NULL, *stranger = NULL;

	vat_map(test, obj, &vat_mixed);
	{
		CLASS(vma_read, guard)(user, VAT_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma) {
			owner = vma_ref_owner(vma, &vat_mixed);
			stranger = vma_ref_owner(vma, &vat_mixed2);
		}
	}
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)obj);
	KUNIT_EXPECT_NULL(test, stranger);

	KUNIT_EXPECT_EQ(test, vm_munmap(VAT_ADDR, VAT_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, completion_done(&obj->closed));
}

/* R7: only what is VM_MIXEDMAP takes inserted pages. */
static void vma_ref_as_mixedmap_only(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct vat_object *other = vat_object_new(test);
	unsigned long refused = vat_refused();
	struct page *page = obj->pages[0];

	vat_map(test, obj, &vat_none);
	KUNIT_EXPECT_TRUE(test, vat_is(vma_type_identity(&vat_none, obj)));
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(vma_type_identity(&vat_none, obj)));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, page), VAT_NO_HANDLE);

	vat_map(test, obj, &vat_pfn);
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(vma_type_identity(&vat_pfn, obj)));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, page), VAT_NO_HANDLE);

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_TRUE(test, vat_is_mixedmap_of(vma_type_identity(&vat_mixed, obj)));
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(vma_type_identity(&vat_mixed2, obj)));
	KUNIT_EXPECT_FALSE(test, vat_is_mixedmap_of(vma_type_identity(&vat_mixed, other)));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, page), 0);
	VAT_EXPECT_REFUSED(test, refused, 6);
}

/* ---- inserting pages ---------------------------------------------------- */

/* A page that must not be inserted: its memory is the slab's. */
static struct page *vat_slab_page(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	return virt_to_head_page(slab);
}

/* R13: a mapping is one reference, for as long as it lasts. */
static void vma_mixedmap_insert_page_once(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(VAT_PAGES - 1),
					      obj->pages[VAT_PAGES - 1]), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(0) | BIT(VAT_PAGES - 1));

	KUNIT_EXPECT_EQ(test, vm_munmap(VAT_ADDR, VAT_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/* R6, R13, R18: each failure has its code, and maps and keeps nothing. */
static void vma_mixedmap_insert_page_fails(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct page *page = obj->pages[1];
	unsigned long refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1) + 1, page), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(2) - 1, page), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1), vat_slab_page(test)),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR - PAGE_SIZE, page),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_END, page), -EFAULT);
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), page), -EBUSY);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	/* What is not aligned; all else is the core's to refuse. */
	VAT_EXPECT_REFUSED(test, refused, 2);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1)), ERR_PTR(-ENOENT));
	vat_expect_unlocked(test);
}

/* What has a type is not a driver's to show: the first page of it, and a later one. */
static void vma_mixedmap_insert_typed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	unsigned long inserted;
	struct page *tail;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	vat_map(test, test->priv, &vat_mixed);
	__folio_set_offline(page_folio(page));
	for (i = 0; i < 2; i++) {
		tail = page + i;
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, tail), -EINVAL);
		KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, &tail, 1, &inserted),
				-EINVAL);
	}
	__folio_clear_offline(page_folio(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAT_ADDR, VAT_SIZE), 0);
	__free_pages(page, 1);
}

/* Any page of a compound page can be inserted; the whole is referenced. */
static void vma_mixedmap_insert_compound(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	struct page *got;

	KUNIT_ASSERT_NOT_NULL(test, page);
	vat_map(test, test->priv, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, page + 1), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	got = vat_get_page(VAT_ADDR);
	KUNIT_EXPECT_PTR_EQ(test, got, page + 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 3);
	if (!IS_ERR(got))
		put_page(got);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
}

/* R13: a batch goes over the end of a page table, and says how many. */
static void vma_mixedmap_insert_pages_all(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, VAT_PAGES,
					       &inserted), 0);
	KUNIT_EXPECT_EQ(test, inserted, VAT_PAGES);
	vat_expect_in_place(test, obj, VAT_PAGES);
}

static const struct vat_partial {
	const char *desc;
	unsigned int stop;
	bool occupied;
	int err;
} vat_partials[] = {
	{ "occupied at once", 0, true, -EBUSY },
	{ "occupied at the table's end", 3, true, -EBUSY },
	{ "occupied at the table's start", 4, true, -EBUSY },
	{ "occupied in the middle", 9, true, -EBUSY },
	{ "occupied at the last", VAT_PAGES - 1, true, -EBUSY },
	{ "bad page at once", 0, false, -EINVAL },
	{ "bad page in the middle", 9, false, -EINVAL },
	{ "bad page at the last", VAT_PAGES - 1, false, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(vat_partial, vat_partials, desc);

/* R13: stopped in the middle, exactly the pages before it are mapped. */
static void vma_mixedmap_insert_pages_partly(struct kunit *test)
{
	const struct vat_partial *param = test->param_value;
	struct vat_object *obj = test->priv;
	struct vat_object *other = vat_object_new(test);
	struct page *pages[VAT_PAGES];
	unsigned long inserted = ~0UL;

	vat_map(test, obj, &vat_mixed);
	memcpy(pages, obj->pages, sizeof(pages));
	if (param->occupied)
		KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(param->stop),
						      other->pages[0]), 0);
	else
		pages[param->stop] = vat_slab_page(test);

	KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, pages, VAT_PAGES,
					       &inserted), param->err);
	KUNIT_EXPECT_EQ(test, inserted, param->stop);
	vat_expect_in_place(test, obj, param->stop);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, other), param->occupied);

	/* The caller can take them back, or go on after the one that failed. */
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, other), 0);
}

/* R6, R13: a bad range is refused before anything is mapped, and says none. */
static void vma_mixedmap_insert_pages_bad(struct kunit *test)
{
	const struct vat_range *range = test->param_value;
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL, refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vat_insert_pages(range->addr, obj->pages,
						       range->size >> PAGE_SHIFT,
						       &inserted), range->err);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, inserted, 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
	vat_expect_unlocked(test);
}

/* R6: a number of pages whose size in bytes wraps to a good one, or to 0. */
static void vma_mixedmap_insert_pages_wraps(struct kunit *test)
{
	const unsigned long wrap = 1UL << (BITS_PER_LONG - PAGE_SHIFT);
	struct vat_object *obj = test->priv;
	unsigned long nr, inserted, refused = vat_refused();

	vat_map(test, obj, &vat_mixed);
	/* Whoever goes on after the first page finds the next one occupied. */
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(1), obj->pages[1]), 0);
	for (nr = wrap; nr <= wrap + 1; nr++) {
		inserted = ~0UL;
		KUNIT_EXPECT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, nr,
						       &inserted), -EFAULT);
		KUNIT_EXPECT_EQ(test, inserted, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 2);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(1));
}

/* ---- getting pages ------------------------------------------------------ */

/* What is mapped comes back with a reference, and nothing is changed by it. */
static void vma_mixedmap_get_page_refs(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct page *page;

	vat_map_full(test, obj);
	page = vat_get_page(VAT_AT(7));
	KUNIT_ASSERT_PTR_EQ(test, page, obj->pages[7]);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	/* It is the caller's: also when the mapping has gone. */
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(7), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	vat_expect_unlocked(test);
}

/* Nothing is faulted in; each level of the tables may be missing. */
static void vma_mixedmap_get_page_none(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_AT(0), obj->pages[0]), 0);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1)), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(4)), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(0)), ERR_PTR(-ENOENT));
	vat_expect_unlocked(test);
}

/* R6: the address is checked as that of one page. */
static void vma_mixedmap_get_page_bad(struct kunit *test)
{
	vat_map_full(test, test->priv);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_AT(1) + 1), ERR_PTR(-EINVAL));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR - PAGE_SIZE), ERR_PTR(-EFAULT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_END), ERR_PTR(-EFAULT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_END + PAGE_SIZE), ERR_PTR(-EFAULT));
}

/* A PFN without its struct page is no page, although it is mapped. */
static void vma_mixedmap_get_page_special(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	if (!IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL))
		kunit_skip(test, "a PFN that has a page is inserted as that page");

	vat_map(test, obj, &vat_mixed);
	{
		CLASS(vma_read, guard)(user, VAT_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (vma)
			ret = vmf_insert_mixed(__vma_raw(vma), VAT_ADDR,
					       page_to_pfn(obj->pages[0]));
	}
	VAT_EXPECT_FAULT(test, ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[1]), -EBUSY);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/*
 * The same for the tables above the last: a mapping of more than one entry of
 * the topmost has one page, in the first table of each level. Of the tables
 * that are not there each entry is asked for, since a walk that goes on without
 * one reads whatever memory is at 0.
 */
static void vma_mixedmap_get_page_no_table(struct kunit *test)
{
	const unsigned long sizes[] = {
		PAGE_SIZE, PMD_SIZE, PUD_SIZE, P4D_SIZE, PGDIR_SIZE,
	};
	const unsigned long size = 3 * PGDIR_SIZE;
	struct vat_object *obj = test->priv;
	unsigned long at;
	int i;

	if (size > TASK_SIZE / 2)
		kunit_skip(test, "the topmost table has too few entries");

	vat_map_size(test, obj, &vat_mixed, size);
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(VAT_ADDR), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	for (i = 1; i < ARRAY_SIZE(sizes); i++)
		for (at = sizes[i]; at <= 2 * sizes[i]; at += sizes[i - 1])
			KUNIT_ASSERT_PTR_EQ_MSG(test, vat_get_page(VAT_ADDR + at),
						ERR_PTR(-ENOENT), "at %#lx", at);
	vat_expect_unlocked(test);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* As a driver's ->huge_fault() does it. The table it goes to is there. */
static vm_fault_t vat_insert_huge(unsigned long addr, unsigned long pfn,
				  unsigned long size)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vm_fault vmf = {
		.vma = vma ? __vma_raw(vma) : NULL,
		.address = addr,
	};

	if (!vma)
		return VM_FAULT_SIGBUS;
	vmf.pud = pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr);
	pfn = ALIGN_DOWN(pfn, size >> PAGE_SHIFT);
	if (size == PMD_SIZE) {
		vmf.pmd = pmd_offset(vmf.pud, addr);
		return vmf_insert_pfn_pmd(&vmf, pfn, false);
	}
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	return vmf_insert_pfn_pud(&vmf, pfn, false);
#else
	return VM_FAULT_NOPAGE;
#endif
}

/* Larger than what a page table maps: no page either. */
static void vma_mixedmap_get_page_huge(struct kunit *test)
{
	const unsigned long pmd = ALIGN(VAT_END, PMD_SIZE);
	const unsigned long pud = ALIGN(VAT_END, PUD_SIZE);
	struct vat_object *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[0]);

	if (!IS_ENABLED(CONFIG_64BIT))
		kunit_skip(test, "there is no room for an entry of each level");

	vat_map_size(test, obj, &vat_mixed, pud + PUD_SIZE - VAT_ADDR);
	/* Makes the tables. */
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	VAT_EXPECT_FAULT(test, vat_insert_huge(pmd, pfn, PMD_SIZE), VM_FAULT_NOPAGE);
	/* Where there is no memory: who takes it for a table does not get far. */
	VAT_EXPECT_FAULT(test, vat_insert_huge(pud, SZ_256G >> PAGE_SHIFT, PUD_SIZE),
			 VM_FAULT_NOPAGE);

	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pmd), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pmd + PAGE_SIZE), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pud), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, vat_get_page(pud + PMD_SIZE), ERR_PTR(-ENOENT));
	if (IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD))
		KUNIT_EXPECT_EQ(test, vat_insert_page(pud + PMD_SIZE, obj->pages[1]),
				-ENOMEM);
	vat_expect_in_place(test, obj, 1);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
}

/* Nor has a page a place there, and that is none of the errors of a bad range. */
static void vma_mixedmap_insert_on_huge(struct kunit *test)
{
	const unsigned long pmd = ALIGN(VAT_END, PMD_SIZE);
	struct vat_object *obj = test->priv;
	unsigned long inserted = ~0UL;

	vat_map_size(test, obj, &vat_mixed, pmd + PMD_SIZE - VAT_ADDR);
	KUNIT_EXPECT_EQ(test, vat_insert_page(VAT_ADDR, obj->pages[0]), 0);
	VAT_EXPECT_FAULT(test, vat_insert_huge(pmd, page_to_pfn(obj->pages[0]),
					       PMD_SIZE), VM_FAULT_NOPAGE);

	KUNIT_EXPECT_EQ(test, vat_insert_page(pmd, obj->pages[1]), -ENOMEM);
	KUNIT_EXPECT_EQ(test, vat_insert_pages(pmd, &obj->pages[1], 2, &inserted),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, inserted, 0);
	vat_expect_in_place(test, obj, 1);
}
#else
static void vma_mixedmap_insert_on_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_mixedmap_get_page_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

static struct kunit_case vat_cases[] = {
	KUNIT_CASE(mm_ref_counts),
	KUNIT_CASE(mm_ref_free),
	KUNIT_CASE(mm_ref_of_current),
	KUNIT_CASE(mm_ref_of_user),

	KUNIT_CASE(mm_with_user_of_current),
	KUNIT_CASE_PARAM(mm_with_user_pins, vat_pin_gen_params),
	KUNIT_CASE_PARAM(mm_with_user_of_dead, vat_pin_gen_params),
	KUNIT_CASE_PARAM(mm_with_user_last_put, vat_pin_gen_params),
	KUNIT_CASE(mm_with_user_put_under_lock),
	KUNIT_CASE(mm_with_user_identity),

	KUNIT_CASE_PARAM(mmap_read_looks_up, vat_mmap_form_gen_params),
	KUNIT_CASE_PARAM(mmap_read_meets_writer, vat_mmap_form_gen_params),
	KUNIT_CASE(mmap_read_killed),

	KUNIT_CASE_PARAM(vma_read_looks_up, vat_vma_form_gen_params),
	KUNIT_CASE(vma_read_waits_for_writer),
	KUNIT_CASE(vma_read_waits_for_hole),
	KUNIT_CASE_PARAM(vma_read_beside_writer, vat_vma_form_gen_params),
	KUNIT_CASE(vma_read_try_meets_writer),
	KUNIT_CASE_PARAM(vma_read_steps_down, vat_vma_form_gen_params),
	KUNIT_CASE_PARAM(vma_read_without_room, vat_vma_form_gen_params),
	KUNIT_CASE(vma_ref_after_guard),

	KUNIT_CASE(vma_ref_reads),
	KUNIT_CASE(vma_ref_file_of_anon),
	KUNIT_CASE(vma_ref_pgoff_after_split),
	KUNIT_CASE(vma_ref_zap_range_exact),
	KUNIT_CASE(vma_ref_zap_all_pages),
	KUNIT_CASE_PARAM(vma_ref_zap_range_bad, vat_range_gen_params),
	KUNIT_CASE(vma_ref_zap_range_odd),
	KUNIT_CASE(vma_ref_zap_hugetlb),

	KUNIT_CASE(vma_ref_is_own),
	KUNIT_CASE(vma_ref_is_nobody),
	KUNIT_CASE(vma_ref_is_no_impostor),
	KUNIT_CASE(vma_ref_owner_of_type),
	KUNIT_CASE(vma_ref_as_mixedmap_only),

	KUNIT_CASE(vma_mixedmap_insert_page_once),
	KUNIT_CASE(vma_mixedmap_insert_page_fails),
	KUNIT_CASE(vma_mixedmap_insert_typed),
	KUNIT_CASE(vma_mixedmap_insert_compound),
	KUNIT_CASE(vma_mixedmap_insert_pages_all),
	KUNIT_CASE_PARAM(vma_mixedmap_insert_pages_partly, vat_partial_gen_params),
	KUNIT_CASE_PARAM(vma_mixedmap_insert_pages_bad, vat_range_gen_params),
	KUNIT_CASE(vma_mixedmap_insert_pages_wraps),

	KUNIT_CASE(vma_mixedmap_get_page_refs),
	KUNIT_CASE(vma_mixedmap_get_page_none),
	KUNIT_CASE(vma_mixedmap_get_page_bad),
	KUNIT_CASE(vma_mixedmap_get_page_special),
	KUNIT_CASE(vma_mixedmap_get_page_no_table),
	KUNIT_CASE(vma_mixedmap_get_page_huge),
	KUNIT_CASE(vma_mixedmap_insert_on_huge),
	{ }
};

static struct kunit_suite vat_suite = {
	.name = "vma_access",
	.init = vat_init,
	.test_cases = vat_cases,
};

kunit_test_suite(vat_suite);

MODULE_DESCRIPTION("KUnit tests of typed VMA access");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
