// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: address spaces,
 * guards, and the functions for VMAs that guards hold. The other parts are
 * tested in tests/vma_access_*_kunit.c: new mappings, inserted pages, page
 * frames, pairs and flags of VMAs in use, faults, objects, debugging.
 *
 * Each function of the header is tested for its success and for each failure
 * that it documents, on real mappings: a test thread has an mm of its own, and
 * maps the file of an anonymous inode, see tests/vma_access_test_pages.c. That
 * file shows a struct vat_object, which exists as long as the file does,
 * because the mm is torn down some time after the test, and the hooks of a
 * mapping use the object until then.
 *
 * R1 to R18 are the rules of Documentation/mm/vma_access.rst. A test that names
 * a rule fails if the check that upholds the rule is removed.
 *
 * A failed KUNIT_ASSERT ends the thread without running its cleanups. So use
 * only KUNIT_EXPECT under a guard and in a hook.
 *
 * These tests do not cover -ENOMEM for lack of page tables, nor system calls
 * that the kernel itself cannot call: mprotect(), mremap(), fork(). The
 * selftests in tools/testing/selftests/vma_access test these.
 */
#include <linux/file.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>

#include "tests/vma_access_test_pages.h"

/* For code that is promised to work under a spinlock. */
static DEFINE_SPINLOCK(vat_lock);

/* ---- types -------------------------------------------------------------- */

static DEFINE_VMA_TYPE(vat_none, VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(vat_mixed2, VMA_MAP_MIXED | VMA_DENY_NONE | VAT_ALLOW);
static DEFINE_VMA_TYPE(vat_pfn, VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY |
		       VMA_EXPAND_REFUSE);

/* ---- mapping ------------------------------------------------------------ */

/* An mm with one user and nothing mapped, in which no task ever ran. */
static struct mm_struct *vat_mm_new(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();

	KUNIT_ASSERT_NOT_NULL(test, mm);
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	return mm;
}

/* ---- one verb under a guard of its own ---------------------------------- */

static bool vat_is(struct vma_identity id)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, id);
}

static bool vat_is_mixedmap_of(struct vma_identity id)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_as_mixedmap_of(vma, id);
}

/* ---- mm_ref ------------------------------------------------------------- */

/* A reference is one mm_count, and is dropped once. */
static void vma_access_mm_ref_counts(struct kunit *test)
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

/* mm_ref_grab_current() finds a task's mm; a kernel thread has none. */
static void vma_access_mm_ref_of_current(struct kunit *test)
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

/* ---- mm_with_user ------------------------------------------------------- */

/* R4: borrowing the task's own mm takes no reference. */
static void vma_access_mm_with_user_of_current(struct kunit *test)
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

/* Each way to pin the users of an mm and to drop the pin. */
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

/* The same, but the mm's own user goes in between, so the put is the last. */
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
	/* Not the last put: it may not sleep here, and does not. */
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

/* R4: a pin is one mm_users, and is dropped once. */
static void vma_access_mm_with_user_pins(struct kunit *test)
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

/* R4, R9: an mm without users cannot be pinned, and nothing is dropped. */
static void vma_access_mm_with_user_of_dead(struct kunit *test)
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

/* R5: the last put tears down at once, the asynchronous one in a worker. */
static void vma_access_mm_with_user_last_put(struct kunit *test)
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
 * R5: the put that may sleep is reported in atomic context, even if it does not
 * sleep. That report can be neither suppressed nor counted, so the test
 * announces it on the console.
 */
static void vma_access_mm_with_user_put_under_lock(struct kunit *test)
{
	struct mm_struct *mm;
	struct mm_ref *ref;
	struct mm_with_user *user;

	if (!IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
		kunit_skip(test, "needs CONFIG_DEBUG_ATOMIC_SLEEP");

	mm = vat_mm_new(test);
	ref = mm_ref_grab(mm);
	user = mm_with_user_get(ref);
	/* The report comes at most once in a second. */
	schedule_timeout_uninterruptible(HZ + 1);
	pr_info("vma_access: expect: sleeping function called from invalid context at kernel/fork.c\n");
	scoped_guard(spinlock, &vat_lock)
		mm_with_user_put(user);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 1);
	mmput(mm);
	mm_ref_drop(ref);
}

/* R15: an mm matches its own reference, and neither another one nor NULL. */
static void vma_access_mm_with_user_identity(struct kunit *test)
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

/* The result of a lookup, kept for checks after the guard. */
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

static void vat_mmap_read(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(mmap_read, guard)(user);

	vat_see(seen, vma_ref_lookup(&guard, addr));
}

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

/*
 * R2: the guard finds the mapping, and holds the lock to the end of its scope.
 */
static void vma_access_mmap_read_looks_up(struct kunit *test)
{
	int i;

	vat_map_anon(test);
	for (i = 0; i < ARRAY_SIZE(vat_places); i++) {
		struct vat_seen seen = { };

		vat_mmap_read(vat_places[i].addr, &seen);
		KUNIT_EXPECT_EQ(test, seen.found, vat_places[i].mapped);
		if (seen.found) {
			KUNIT_EXPECT_EQ(test, seen.start, VAT_ADDR);
			KUNIT_EXPECT_EQ(test, seen.end, VAT_END);
		}
		KUNIT_EXPECT_FALSE(test, seen.mmap_lock_free);
		vat_expect_unlocked(test);
	}
}

/* The guard waits for a writer. */
static void vma_access_mmap_read_waits(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map_anon(test);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, true, NULL);
	vat_mmap_read(VAT_ADDR, &seen);
	KUNIT_EXPECT_TRUE(test, seen.found);
	vat_expect_waited(test, writer);
}

/* ---- the VMA read guard ------------------------------------------------- */

static void vat_vma_read(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, addr);

	vat_see(seen, vma_read_ref(&guard));
	seen->err = ACQUIRE_ERR(vma_read, &guard);
}

/* Under a spinlock: CONFIG_DEBUG_ATOMIC_SLEEP reports it if this sleeps. */
static void vat_vma_read_try(unsigned long addr, struct vat_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	guard(spinlock)(&vat_lock);
	ACQUIRE(vma_read_try, guard)(user, addr);
	vat_see(seen, vma_read_ref(&guard));
	seen->err = ACQUIRE_ERR(vma_read_try, &guard);
}

static const struct vat_vma_form {
	const char *desc;
	void (*look)(unsigned long addr, struct vat_seen *seen);
} vat_vma_forms[] = {
	{ "vma_read", vat_vma_read },
	{ "vma_read_try", vat_vma_read_try },
};

KUNIT_ARRAY_PARAM_DESC(vat_vma_form, vat_vma_forms, desc);

/* The one VMA is read-locked or, without VMA locks, the whole mm. */
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

/* R2, R9: the guard finds the mapping, or gives -ESRCH and holds nothing. */
static void vma_access_read_looks_up(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	int i;

	vat_map_anon(test);
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
static void vma_access_read_waits_for_writer(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map_anon(test);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, true, NULL);
	vat_vma_read(VAT_ADDR, &seen);
	vat_expect_waited(test, writer);
	vat_expect_vma_read(test, &seen);
}

/* The same for an unmapped address: that is known only after the writer. */
static void vma_access_read_waits_for_hole(struct kunit *test)
{
	struct vat_writer *writer;
	struct vat_seen seen = { };

	vat_map_anon(test);
	writer = vat_writer_start(test, current->mm, VAT_ADDR, true, NULL);
	vat_vma_read(VAT_END, &seen);
	vat_expect_waited(test, writer);
	KUNIT_EXPECT_FALSE(test, seen.found);
	KUNIT_EXPECT_EQ(test, seen.err, -ESRCH);
}

/* A guard waits for no writer but one of its own VMA. */
static void vma_access_read_beside_writer(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	unsigned long before = jiffies, waited;
	struct vat_writer *writer;
	struct vat_seen seen = { };

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map_anon(test);
	writer = vat_writer_start(test, current->mm, VAT_END, false, NULL);
	form->look(VAT_ADDR, &seen);
	waited = jiffies - before;
	vat_writer_stop(test, writer);

	KUNIT_EXPECT_TRUE(test, seen.found);
	KUNIT_EXPECT_LT(test, waited, VAT_TIMEOUT / 2);
	vat_expect_unlocked(test);
}

/* R9: with a writer the try form fails at once, and holds nothing. */
static void vma_access_read_try_meets_writer(struct kunit *test)
{
	struct vat_seen seen = { }, hole = { };
	unsigned long refused = vat_refused();
	struct vat_writer *writer;

	vat_map_anon(test);
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
 * The sequence count of the writers can wrap, so a VMA may look write-locked
 * when it is not. The guard then takes the mmap lock, finds the VMA, and drops
 * the mmap lock again.
 */
static void vma_access_read_steps_down(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	struct mm_struct *mm = current->mm;
	struct vat_seen seen = { };

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map_anon(test);
	mmap_write_lock(mm);
	vat_look_write_locked(vma_lookup(mm, VAT_ADDR));
	mmap_write_unlock(mm);

	form->look(VAT_ADDR, &seen);
	vat_expect_vma_read(test, &seen);
	vat_expect_unlocked(test);
}

/* R9: if the reader count of a VMA is full, both forms return -EAGAIN. */
static void vma_access_read_without_room(struct kunit *test)
{
	const struct vat_vma_form *form = test->param_value;
	struct vm_area_struct *vma;
	struct vat_seen seen = { };
	unsigned long refused = vat_refused();
	unsigned int readers;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_map_anon(test);
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
static void vma_access_ref_after_guard(struct kunit *test)
	__no_context_analysis /* this is the mistake */
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_ref *stale;
	unsigned long kept = 0;
	struct vat_writer *writer;
	bool was_quiet = false;

	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS) || !debug_locks)
		kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS and lockdep");

	vat_map_anon(test);
	{
		ACQUIRE(vma_read, guard)(user, VAT_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		kunit_warning_suppress(test) {
			was_quiet = vma && vma_ref_start(vma) == VAT_ADDR &&
				    !KUNIT_SUPPRESSED_WARNING_COUNT();
		}
		kept = (unsigned long)vma;
	}
	/* Compilers would diagnose it otherwise. */
	OPTIMIZER_HIDE_VAR(kept);
	stale = (struct vma_ref *)kept;
	KUNIT_ASSERT_TRUE(test, was_quiet);

	/*
	 * Without a writer it would be reported too, but with a dump of the
	 * VMA, which cannot be suppressed.
	 */
	writer = vat_writer_start(test, current->mm, VAT_ADDR, false, NULL);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_ref_start(stale), VAT_ADDR);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
	}
	vat_writer_stop(test, writer);
}

/* ---- vma_ref ------------------------------------------------------------ */

/* Each function returns what was mapped, for each kind of handle. */
static void vma_access_ref_reads(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	vma_flags_t flags;

	vat_map(test, obj, &vat_mixed);

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
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
	KUNIT_EXPECT_TRUE(test, vma_ref_test(vma, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_ref_test(vma, VMA_WRITE_BIT));

	KUNIT_EXPECT_EQ(test, vma_ref_start(vma_ref(mixed)), VAT_ADDR);
	KUNIT_EXPECT_EQ(test, vma_ref_end(vma_ref(mixed)), VAT_END);
	KUNIT_EXPECT_EQ(test, vma_ref_pages(vma_ref(mixed)), VAT_PAGES);
	KUNIT_EXPECT_EQ(test, vma_ref_size(vma_ref(mixed)), VAT_SIZE);
	KUNIT_EXPECT_EQ(test, vma_ref_pgoff(vma_ref(mixed)), VAT_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, vma_ref_file(vma_ref(mixed)), obj->file);
	KUNIT_EXPECT_TRUE(test, vma_ref_test(vma_ref(mixed), VMA_MIXEDMAP_BIT));
	KUNIT_EXPECT_FALSE(test, vma_ref_test(vma_ref(mixed), VMA_PFNMAP_BIT));

	/* The flags are a copy. */
	flags = vma_ref_flags(vma);
	KUNIT_EXPECT_TRUE(test, vma_flags_test(&flags, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_flags_test(&flags, VMA_WRITE_BIT));
	vma_flags_set(&flags, VMA_WRITE_BIT);
	KUNIT_EXPECT_FALSE(test, vma_ref_test(vma, VMA_WRITE_BIT));
}

static void vma_access_ref_file_of_anon(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();

	vat_map_anon(test);

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	KUNIT_EXPECT_NOT_NULL(test, vma);
	if (vma)
		KUNIT_EXPECT_NULL(test, vma_ref_file(vma));
}

/* R12: after a split, the file offset still gives the page of the object. */
static void vma_access_ref_pgoff_after_split(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;

	vat_map(test, obj, &vat_mixed);
	KUNIT_ASSERT_EQ(test, vm_munmap(VAT_ADDR, 6 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, obj->held, 2);

	ACQUIRE(vma_read, guard)(user, VAT_AT(6));
	struct vma_ref *vma = vma_read_ref(&guard);

	KUNIT_EXPECT_NOT_NULL(test, vma);
	if (!vma)
		return;
	KUNIT_EXPECT_EQ(test, vma_ref_start(vma), VAT_AT(6));
	KUNIT_EXPECT_EQ(test, vma_ref_pgoff(vma), VAT_PGOFF + 6);
}

/* ---- zap ---------------------------------------------------------------- */

/* A zap drops the references of its range and leaves the neighbours. */
static void vma_access_ref_zap_range_exact(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map_full(test, obj);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(3), 2 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj),
			(BIT(VAT_PAGES) - 1) & ~(BIT(3) | BIT(4)));
	/* Zap to the very end, and all; pages that are not mapped are no error. */
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(4), VAT_END - VAT_AT(4)), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(3) - 1);
	KUNIT_EXPECT_EQ(test, vat_zap_all(), 0);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), 0);
	vat_expect_unlocked(test);
}

KUNIT_ARRAY_PARAM_DESC(vat_range, vat_ranges, desc);

/* R6, R18: a bad range is refused before anything is done, silently. */
static void vma_access_ref_zap_range_bad(struct kunit *test)
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

/* R6: a part of a page is not zapped either. */
static void vma_access_ref_zap_range_odd(struct kunit *test)
{
	struct vat_object *obj = test->priv;

	vat_map_full(test, obj);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), PAGE_SIZE + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_zap(VAT_AT(1), -1UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(VAT_PAGES) - 1);
}

/*
 * R7: drivers must not zap hugetlb mappings. The test sets the flag on another
 * mapping, under the write lock, where nobody else sees it.
 */
static void vma_access_ref_zap_hugetlb(struct kunit *test)
{
	struct vat_object *obj = test->priv;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long refused;
	int err;

	if (!IS_ENABLED(CONFIG_HUGETLB_PAGE))
		kunit_skip(test, "there is no hugetlb");

	vat_map_full(test, obj);
	mmap_write_lock(mm);
	vma = vma_lookup(mm, VAT_ADDR);
	vm_flags_set(vma, VM_HUGETLB);
	refused = vat_refused();
	err = vma_ref_zap_range(vma_ref_from_op(vma), VAT_ADDR, PAGE_SIZE);
	vm_flags_clear(vma, VM_HUGETLB);
	mmap_write_unlock(mm);

	KUNIT_EXPECT_EQ(test, err, -EPERM);
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(VAT_PAGES) - 1);
}

/* ---- identity ----------------------------------------------------------- */

/* R3: only the type and the owner together are the identity. */
static void vma_access_ref_is_own(struct kunit *test)
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

/* R3: an empty identity matches no VMA, not even anonymous memory. */
static void vma_access_ref_is_nobody(struct kunit *test)
{
	unsigned long refused;

	vat_map_anon(test);
	refused = vat_refused();
	KUNIT_EXPECT_FALSE(test, vat_is((struct vma_identity){ }));
	KUNIT_EXPECT_FALSE(test, vat_is(vma_type_identity(&vat_mixed, NULL)));
	VAT_EXPECT_REFUSED(test, refused, 2);
}

/* R3: another mapping at the address of a former one is not that mapping. */
static void vma_access_ref_is_no_impostor(struct kunit *test)
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

/* R3: vma_ref_owner() returns the owner for its own type only. */
static void vma_access_ref_owner_of_type(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vat_object *obj = test->priv;
	void *owner = NULL, *stranger = NULL;

	vat_map(test, obj, &vat_mixed);
	{
		ACQUIRE(vma_read, guard)(user, VAT_ADDR);
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

/* R7: only a VM_MIXEDMAP takes inserted pages. */
static void vma_access_ref_as_mixedmap_only(struct kunit *test)
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

static struct kunit_case vat_cases[] = {
	KUNIT_CASE(vma_access_mm_ref_counts),
	KUNIT_CASE(vma_access_mm_ref_of_current),

	KUNIT_CASE(vma_access_mm_with_user_of_current),
	KUNIT_CASE_PARAM(vma_access_mm_with_user_pins, vat_pin_gen_params),
	KUNIT_CASE_PARAM(vma_access_mm_with_user_of_dead, vat_pin_gen_params),
	KUNIT_CASE_PARAM(vma_access_mm_with_user_last_put, vat_pin_gen_params),
	KUNIT_CASE(vma_access_mm_with_user_put_under_lock),
	KUNIT_CASE(vma_access_mm_with_user_identity),

	KUNIT_CASE(vma_access_mmap_read_looks_up),
	KUNIT_CASE(vma_access_mmap_read_waits),

	KUNIT_CASE_PARAM(vma_access_read_looks_up, vat_vma_form_gen_params),
	KUNIT_CASE(vma_access_read_waits_for_writer),
	KUNIT_CASE(vma_access_read_waits_for_hole),
	KUNIT_CASE_PARAM(vma_access_read_beside_writer, vat_vma_form_gen_params),
	KUNIT_CASE(vma_access_read_try_meets_writer),
	KUNIT_CASE_PARAM(vma_access_read_steps_down, vat_vma_form_gen_params),
	KUNIT_CASE_PARAM(vma_access_read_without_room, vat_vma_form_gen_params),
	KUNIT_CASE(vma_access_ref_after_guard),

	KUNIT_CASE(vma_access_ref_reads),
	KUNIT_CASE(vma_access_ref_file_of_anon),
	KUNIT_CASE(vma_access_ref_pgoff_after_split),
	KUNIT_CASE(vma_access_ref_zap_range_exact),
	KUNIT_CASE_PARAM(vma_access_ref_zap_range_bad, vat_range_gen_params),
	KUNIT_CASE(vma_access_ref_zap_range_odd),
	KUNIT_CASE(vma_access_ref_zap_hugetlb),

	KUNIT_CASE(vma_access_ref_is_own),
	KUNIT_CASE(vma_access_ref_is_nobody),
	KUNIT_CASE(vma_access_ref_is_no_impostor),
	KUNIT_CASE(vma_access_ref_owner_of_type),
	KUNIT_CASE(vma_access_ref_as_mixedmap_only),
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
