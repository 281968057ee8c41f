// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: lockdep's report of a
 * guard that is taken at the wrong place, or released by another task (R14). A
 * report turns lockdep off until the next boot, so each boot runs only the one
 * test that the module parameter selects:
 *
 *	vma_access_kunit.lock_order=vma_read	or vma_pair, vma_release,
 *	user_mmap_read, user_vma_read
 */
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vma_access_test_file.h"

static char *vao_guard = "";
module_param_named(lock_order, vao_guard, charp, 0444);
MODULE_PARM_DESC(lock_order, "What to do wrong with a guard, which turns lockdep off");

/* Maps two VMAs and announces the report that is to come. */
static void vao_begin(struct kunit *test, const char *guard, const char *report)
{
	if (!IS_ENABLED(CONFIG_PROVE_LOCKING) || !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs lockdep and VMA locks");
	if (strcmp(vao_guard, guard))
		kunit_skip(test, "turns lockdep off: needs lock_order=%s", guard);

	vau_map(test, test->priv, &vau_mixed);
	vau_map_anon(test, VAU_ADDR2);
	pr_info("vma_access: expect: %s\n", report);
}

static const char vao_circular[] = "possible circular locking dependency detected";

/* R14: a VMA lock is held already; reported even if there is no writer. */
static void vma_read_lock_order(struct kunit *test)
	__no_context_analysis
{
	struct mm_with_user *user = mm_with_user_current();

	vao_begin(test, "vma_read", vao_circular);
	ACQUIRE(vma_read, held)(user, VAU_ADDR);
	KUNIT_EXPECT_NOT_NULL(test, vma_read_ref(&held));
	ACQUIRE(vma_read, wrong)(user, VAU_ADDR2);
	KUNIT_EXPECT_NOT_NULL(test, vma_read_ref(&wrong));
}

static void vma_pair_lock_order(struct kunit *test)
	__no_context_analysis
{
	struct mm_with_user *user = mm_with_user_current();

	vao_begin(test, "vma_pair", vao_circular);
	ACQUIRE(vma_read, held)(user, VAU_ADDR);
	KUNIT_EXPECT_NOT_NULL(test, vma_read_ref(&held));
	ACQUIRE(vma_pair, wrong)(user, VAU_ADDR, user, VAU_ADDR2);
	KUNIT_EXPECT_EQ(test, ACQUIRE_ERR(vma_pair, &wrong), 0);
}

struct vao_release {
	struct work_struct work;
	struct vma_read_guard guard;
};

static void vao_release_fn(struct work_struct *work)
	__no_context_analysis
{
	__vma_read_release(container_of(work, struct vao_release, work)->guard.lock);
}

/* R14: the task that took a guard has to release it. */
static void vma_release_lock_order(struct kunit *test)
	__no_context_analysis
{
	struct vao_release release;

	vao_begin(test, "vma_release", "bad unlock balance detected");
	INIT_WORK_ONSTACK(&release.work, vao_release_fn);
	release.guard = __vma_read_acquire(mm_with_user_current(), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, ACQUIRE_ERR(vma_read, &release.guard), 0);
	schedule_work(&release.work);
	flush_work(&release.work);
	destroy_work_on_stack(&release.work);
}

/*
 * R14: an access to user memory under a guard is reported, because a fault
 * would need the mmap lock. The memory is mapped, so there is no fault here.
 */
static void vao_begin_user(struct kunit *test, const char *guard, const char *report)
{
	vao_begin(test, guard, report);
	KUNIT_ASSERT_EQ(test, vau_write(VAU_ADDR2, 1), 0);
}

static const char vao_recursive[] = "possible recursive locking detected";

static void user_mmap_read_lock_order(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();

	vao_begin_user(test, "user_mmap_read", vao_recursive);
	CLASS(mmap_read, held)(user);
	KUNIT_EXPECT_NOT_NULL(test, vma_ref_lookup(&held, VAU_ADDR));
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR2, 2), 0);
}

static void user_vma_read_lock_order(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();

	vao_begin_user(test, "user_vma_read", vao_circular);
	ACQUIRE(vma_read, held)(user, VAU_ADDR);
	KUNIT_EXPECT_NOT_NULL(test, vma_read_ref(&held));
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR2, 2), 0);
}

static struct kunit_case vao_cases[] = {
	KUNIT_CASE(vma_read_lock_order),
	KUNIT_CASE(vma_pair_lock_order),
	KUNIT_CASE(vma_release_lock_order),
	KUNIT_CASE(user_mmap_read_lock_order),
	KUNIT_CASE(user_vma_read_lock_order),
	{ }
};

static struct kunit_suite vao_suite = {
	.name = "vma_access_lock_order",
	.init = vau_init,
	.test_cases = vao_cases,
};

kunit_test_suite(vao_suite);
