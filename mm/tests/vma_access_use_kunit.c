// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: VMAs in use,
 * page frames and pairs. See ../vma_access_test.c for how
 * these tests work, and vma_access_test_file.c for the file that they map.
 *
 * These tests do not cover: fork() and mremap(), which the selftests test;
 * errors of other architectures, such as -EACCES for a page frame; -ENOMEM for
 * lack of page tables; lockdep's reports of a wrong lock order, which can be
 * neither suppressed nor counted.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/string.h>

#include "vma_access_test_file.h"

/* ---- vma_pfnmap --------------------------------------------------------- */

/* R7: only what is VM_PFNMAP, and does not copy on write, takes page frames. */
static void vma_access_use_ref_as_pfnmap_only(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_none);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	vat_expect_unlocked(test);
}

/* R7: a raw remap_pfn_range() of a whole private mapping makes one. */
static void vma_access_use_ref_as_pfnmap_cow(struct kunit *test)
{
	struct page *pages = alloc_pages(GFP_KERNEL, order_base_2(VAU_PAGES));
	struct vau_file *obj = test->priv;
	struct page *own = obj->pages[0];

	KUNIT_ASSERT_NOT_NULL(test, pages);
	obj->pages[0] = pages;
	obj->remap = true;
	obj->type = &vau_none;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
					  MAP_PRIVATE, VAU_BASE), VAU_ADDR);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());

	/* The same remap of a shared mapping is accepted. */
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
					  MAP_SHARED, VAU_BASE), VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	obj->remap = false;
	obj->pages[0] = own;
	__free_pages(pages, order_base_2(VAU_PAGES));
}

/* A private mapping that can never be written is not copy-on-write. */
static void vma_access_use_ref_as_pfnmap_private(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->type = &vau_pfn_ro;
	KUNIT_ASSERT_EQ(test, kunit_vm_mmap(test, obj->file, VAU_ADDR, VAU_SIZE,
					    PROT_READ, MAP_PRIVATE | MAP_FIXED, 0),
			VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());
}

static const struct vau_range {
	unsigned long addr;
	int err;
} vau_bad_addrs[] = {
	{ VAU_ADDR + PAGE_SIZE + 1, -EINVAL },
	{ VAU_ADDR + 2 * PAGE_SIZE - 1, -EINVAL },
	{ VAU_ADDR - PAGE_SIZE, -EFAULT },
	{ VAU_END, -EFAULT },
	{ VAU_END + PAGE_SIZE, -EFAULT },
	{ 0, -EFAULT },
	{ -PAGE_SIZE, -EFAULT },
};

/* A page frame is mapped at its address, and the first one there stays. */
static void vma_access_use_pfnmap_insert_pfn_once(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[5]);

	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_at(VAU_ADDR, 5), pfn, VMA_PROT_OWN),
			0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), BIT(5));
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 5)), 6);
	/* What was first stays. */
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_at(VAU_ADDR, 5),
					     page_to_pfn(obj->pages[6]), VMA_PROT_OWN), 0);
	KUNIT_EXPECT_EQ(test, pte_pfn(vau_pte(current->mm, vau_at(VAU_ADDR, 5))), pfn);
	/* No reference is taken (R17). */
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[5]), 1);

	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR, page_to_pfn(obj->pages[0]),
					     VMA_PROT_OWN), 0);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_END - PAGE_SIZE,
					     page_to_pfn(obj->pages[1]),
					     VMA_PROT_OWN), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR),
			BIT(0) | BIT(5) | BIT(VAU_PAGES - 1));
	vat_expect_unlocked(test);
}

/* R6, R18: a bad address is refused silently, and nothing is mapped. */
static void vma_access_use_pfnmap_insert_pfn_bad(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[0]);
	int i;

	vau_map(test, obj, &vau_pfn);
	kunit_warning_suppress(test) {
		for (i = 0; i < ARRAY_SIZE(vau_bad_addrs); i++)
			KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_bad_addrs[i].addr, pfn,
							     VMA_PROT_OWN),
					vau_bad_addrs[i].err);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	vat_expect_unlocked(test);
}

static pgprot_t vau_derive(pgprot_t own, enum vma_prot how)
{
	switch (how) {
	case VMA_PROT_OWN:
		return own;
	case VMA_PROT_NONCACHED:
		return pgprot_noncached(own);
	case VMA_PROT_WRITECOMBINE:
		return pgprot_writecombine(own);
	case VMA_PROT_DECRYPTED:
		return pgprot_decrypted(own);
	}
	return own;
}

/*
 * R11: the page's protection is that of the VMA, or derived from it. It is
 * compared with the entry that the core makes, because the architecture may
 * change bits.
 */
static void vma_access_use_pfnmap_insert_pfn_prot(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_file *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[0]);
	enum vma_prot how;
	pte_t raw, typed;

	vau_map(test, obj, &vau_pfn);
	for (how = VMA_PROT_OWN; how <= VMA_PROT_DECRYPTED; how++) {
		unsigned long addr = vau_at(VAU_ADDR, 2 * how);
		vm_fault_t ret = VM_FAULT_SIGBUS;
		pgprot_t own = __pgprot(0), prot;

		KUNIT_EXPECT_EQ(test, vau_insert_pfn(addr, pfn, how), 0);
		{
			ACQUIRE(vma_read, guard)(user, VAU_ADDR);
			struct vma_ref *vma = vma_read_ref(&guard);

			if (vma) {
				own = __vma_raw(vma)->vm_page_prot;
				prot = vau_derive(own, how);
				ret = vmf_insert_pfn_prot(__vma_raw(vma),
							  addr + PAGE_SIZE, pfn,
							  prot);
			}
		}
		VAT_EXPECT_FAULT(test, ret, VM_FAULT_NOPAGE);
		typed = vau_pte(current->mm, addr);
		raw = vau_pte(current->mm, addr + PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, pte_val(typed), pte_val(raw));
		KUNIT_EXPECT_EQ(test, pgprot_val(__vma_prot_derive(own, how)),
				pgprot_val(vau_derive(own, how)));
	}
}

/* ---- the pair guard ----------------------------------------------------- */

/* The VMAs that a pair guard held, for checks after it. */
struct vau_pair {
	int err;
	bool a, b;
	unsigned long a_start, b_start;
	unsigned int a_readers, b_readers;
	enum vat_mmap_lock a_lock, b_lock;
	bool same;
};

static struct vau_pair vau_pair(struct mm_with_user *user_a, unsigned long a,
				struct mm_with_user *user_b, unsigned long b)
{
	struct vau_pair seen = { };

	ACQUIRE(vma_pair, pair)(user_a, a, user_b, b);
	struct vma_ref *ref_a = vma_pair_a(&pair), *ref_b = vma_pair_b(&pair);

	seen.err = ACQUIRE_ERR(vma_pair, &pair);
	seen.a = ref_a;
	seen.b = ref_b;
	seen.a_lock = vat_mmap_lock(__mm_with_user_raw(user_a));
	seen.b_lock = vat_mmap_lock(__mm_with_user_raw(user_b));
	if (!ref_a || !ref_b)
		return seen;
	seen.a_start = vma_ref_start(ref_a);
	seen.b_start = vma_ref_start(ref_b);
	seen.a_readers = vat_readers(__vma_raw(ref_a));
	seen.b_readers = vat_readers(__vma_raw(ref_b));
	seen.same = __vma_raw(ref_a) == __vma_raw(ref_b);
	return seen;
}

/* Both are held once; without VMA locks both mms are. */
static void vau_expect_pair(struct kunit *test, const struct vau_pair *seen,
			    unsigned long a, unsigned long b)
{
	enum vat_mmap_lock lock = IS_ENABLED(CONFIG_PER_VMA_LOCK) ? VAT_FREE : VAT_READ;

	KUNIT_EXPECT_EQ(test, seen->err, 0);
	KUNIT_EXPECT_TRUE(test, seen->a);
	KUNIT_EXPECT_TRUE(test, seen->b);
	KUNIT_EXPECT_EQ(test, seen->a_start, a);
	KUNIT_EXPECT_EQ(test, seen->b_start, b);
	KUNIT_EXPECT_EQ(test, seen->a_lock, lock);
	KUNIT_EXPECT_EQ(test, seen->b_lock, lock);
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK)) {
		KUNIT_EXPECT_EQ(test, seen->a_readers, 1);
		KUNIT_EXPECT_EQ(test, seen->b_readers, 1);
	}
}

static void vau_expect_no_pair(struct kunit *test, const struct vau_pair *seen,
			       int err)
{
	KUNIT_EXPECT_EQ(test, seen->err, err);
	KUNIT_EXPECT_FALSE(test, seen->a);
	KUNIT_EXPECT_FALSE(test, seen->b);
	KUNIT_EXPECT_EQ(test, seen->a_lock, VAT_FREE);
	KUNIT_EXPECT_EQ(test, seen->b_lock, VAT_FREE);
	vat_expect_unlocked(test);
}

/* Two VMAs: of one mm at different addresses, or of two at the same one. */
struct vau_two {
	struct mm_with_user *user_a, *user_b;
	struct mm_struct *mm_a, *mm_b;
	unsigned long a, b;
};

static struct vau_two vau_two_map(struct kunit *test, bool two_mms)
{
	struct vau_two two = { };

	two.user_a = mm_with_user_current();
	two.user_b = two_mms ? vau_user_new(test) : two.user_a;
	two.mm_a = __mm_with_user_raw(two.user_a);
	two.mm_b = __mm_with_user_raw(two.user_b);
	two.a = VAU_ADDR;
	two.b = two_mms ? VAU_ADDR : VAU_ADDR2;
	vau_map_anon(test, two.a);
	if (two_mms)
		vau_move_to(two.mm_b);
	vau_map_anon(test, two.b);
	if (two_mms)
		vau_move_to(two.mm_a);
	return two;
}

static const struct vau_pair_case {
	const char *desc;
	bool two_mms;
	bool swap;
} vau_pair_cases[] = {
	{ "one mm", false, false },
	{ "one mm, swapped", false, true },
	{ "two mms", true, false },
	{ "two mms, swapped", true, true },
};

KUNIT_ARRAY_PARAM_DESC(vau_pair_case, vau_pair_cases, desc);

static struct vau_two vau_two_of(struct kunit *test,
				 const struct vau_pair_case *param)
{
	struct vau_two two = vau_two_map(test, param->two_mms);

	if (param->swap) {
		swap(two.user_a, two.user_b);
		swap(two.mm_a, two.mm_b);
		swap(two.a, two.b);
	}
	return two;
}

static struct vau_pair vau_two_pair(const struct vau_two *two)
{
	return vau_pair(two->user_a, two->a, two->user_b, two->b);
}

static void vau_two_unlocked(struct kunit *test, const struct vau_two *two)
{
	vat_expect_unlocked_mm(test, two->mm_a);
	vat_expect_unlocked_mm(test, two->mm_b);
}

/* R16: both VMAs are held once, and released. */
static void vma_access_use_pair_holds_both(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vau_pair seen = vau_two_pair(&two);

	vau_expect_pair(test, &seen, two.a, two.b);
	KUNIT_EXPECT_FALSE(test, seen.same);
	vau_two_unlocked(test, &two);
}

/* R16: one VMA is held once, whether its lock is available at once or not. */
static void vma_access_use_pair_of_one(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_pair seen;

	vau_map_anon(test, VAU_ADDR);
	seen = vau_pair(user, VAU_ADDR, user, VAU_END - 1);
	vau_expect_pair(test, &seen, VAU_ADDR, VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, seen.same);
	vat_expect_unlocked(test);

	vau_look_write_locked(current->mm, VAU_ADDR);
	seen = vau_pair(user, VAU_ADDR, user, VAU_END - 1);
	vau_expect_pair(test, &seen, VAU_ADDR, VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, seen.same);
	vat_expect_unlocked(test);
}

/* R9: if one of them is missing, nothing is held. */
static void vma_access_use_pair_without_vma(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vau_pair seen;

	seen = vau_pair(two.user_a, VAU_ADDR3, two.user_b, two.b);
	vau_expect_no_pair(test, &seen, -ESRCH);
	vau_two_unlocked(test, &two);
	seen = vau_pair(two.user_a, two.a, two.user_b, VAU_ADDR3);
	vau_expect_no_pair(test, &seen, -ESRCH);
	vau_two_unlocked(test, &two);
	seen = vau_pair(two.user_a, VAU_ADDR3, two.user_b, VAU_ADDR3);
	vau_expect_no_pair(test, &seen, -ESRCH);
	vau_two_unlocked(test, &two);
}

/* As vma_access_read_steps_down() of ../vma_access_test.c: the mmap locks are not kept. */
static void vma_access_use_pair_steps_down(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vau_pair seen;
	int i;

	for (i = 1; i <= 3; i++) {
		if (i & 1)
			vau_look_write_locked(two.mm_a, two.a);
		if (i & 2)
			vau_look_write_locked(two.mm_b, two.b);
		seen = vau_two_pair(&two);
		vau_expect_pair(test, &seen, two.a, two.b);
		vau_two_unlocked(test, &two);
	}
}

/* R9: if the reader count of one of them is full, neither is held. */
static void vma_access_use_pair_without_room(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vm_area_struct *a = vau_vma(two.mm_a, two.a);
	struct vm_area_struct *b = vau_vma(two.mm_b, two.b);
	unsigned long refused = vat_refused();
	struct vau_pair seen;
	unsigned int readers;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	vat_set_readers(a, VAT_READERS_MAX);
	seen = vau_two_pair(&two);
	readers = vat_readers(a);
	vat_set_readers(a, 0);
	KUNIT_EXPECT_EQ(test, readers, VAT_READERS_MAX);
	vau_expect_no_pair(test, &seen, -EAGAIN);
	vau_two_unlocked(test, &two);

	vat_set_readers(b, VAT_READERS_MAX);
	seen = vau_two_pair(&two);
	readers = vat_readers(b);
	vat_set_readers(b, 0);
	KUNIT_EXPECT_EQ(test, readers, VAT_READERS_MAX);
	vau_expect_no_pair(test, &seen, -EAGAIN);
	vau_two_unlocked(test, &two);
	VAT_EXPECT_REFUSED(test, refused, 2);
}

/* It waits for no writer but that of one of the two. */
static void vma_access_use_pair_beside_writer(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	unsigned long before = jiffies, waited;
	struct vat_writer *writer;
	struct vau_pair seen;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "there are no VMA locks");

	writer = vat_writer_start(test, two.mm_b, VAU_HUGE, false, NULL);
	seen = vau_two_pair(&two);
	waited = jiffies - before;
	vat_writer_stop(test, writer);
	KUNIT_EXPECT_EQ(test, seen.err, 0);
	KUNIT_EXPECT_EQ(test, seen.a_start, two.a);
	KUNIT_EXPECT_EQ(test, seen.b_start, two.b);
	KUNIT_EXPECT_LT(test, waited, VAT_TIMEOUT / 2);
	vau_two_unlocked(test, &two);
}

/*
 * R16: it waits for a writer of either mm, and holds no other lock meanwhile.
 */
static void vma_access_use_pair_waits(struct kunit *test)
{
	const struct vau_pair_case *param = test->param_value;
	struct vau_two two = vau_two_of(test, param);
	struct vat_writer *writer;
	struct vau_pair seen;

	writer = vat_writer_start(test, two.mm_b, two.b, true,
				  param->two_mms ? two.mm_a : NULL);
	seen = vau_two_pair(&two);
	vat_expect_waited(test, writer);
	KUNIT_EXPECT_EQ(test, writer->idle_lock, VAT_FREE);
	vau_expect_pair(test, &seen, two.a, two.b);
	vau_two_unlocked(test, &two);

	writer = vat_writer_start(test, two.mm_a, two.a, true,
				  param->two_mms ? two.mm_b : NULL);
	seen = vau_two_pair(&two);
	vat_expect_waited(test, writer);
	KUNIT_EXPECT_EQ(test, writer->idle_lock, VAT_FREE);
	vau_expect_pair(test, &seen, two.a, two.b);
	vau_two_unlocked(test, &two);
}

/* An unmapped address is known only after the writer, too. */
static void vma_access_use_pair_waits_for_hole(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vat_writer *writer;
	struct vau_pair seen;

	writer = vat_writer_start(test, two.mm_b, two.b, true, NULL);
	seen = vau_pair(two.user_a, VAU_ADDR3, two.user_b, two.b);
	vat_expect_waited(test, writer);
	vau_expect_no_pair(test, &seen, -ESRCH);
	vau_two_unlocked(test, &two);
}

/* Threads that lock a pair in either order, and threads that write. */
struct vau_runner {
	const struct vau_two *two;
	bool writes;
	bool swap;
	unsigned long held, wrong;
	struct task_struct *task;
	struct completion done;
};

static void vau_run_pair(struct vau_runner *run, struct vau_two *two)
{
	struct vau_pair seen = vau_two_pair(two);

	if (!seen.err && seen.a_start == two->a && seen.b_start == two->b)
		run->held++;
	/* A writer may just have unmapped it. */
	else if (seen.err != -ESRCH)
		run->wrong++;
}

static void vau_run_writer(struct vau_runner *run, struct vau_two *two)
{
	struct vm_area_struct *vma;

	kthread_use_mm(two->mm_b);
	if (vm_mmap(NULL, two->b, VAU_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) != two->b)
		run->wrong++;
	if (vm_mmap(NULL, VAU_ADDR3, PAGE_SIZE, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) != VAU_ADDR3 ||
	    vm_munmap(VAU_ADDR3, PAGE_SIZE))
		run->wrong++;
	kthread_unuse_mm(two->mm_b);

	mmap_write_lock(two->mm_a);
	vma = vma_lookup(two->mm_a, two->a);
	if (vma)
		vma_start_write(vma);
	mmap_write_unlock(two->mm_a);
	run->held++;
}

static int vau_runner_fn(void *data)
{
	unsigned long deadline = jiffies + HZ / 2;
	struct vau_runner *run = data;
	struct vau_two two = *run->two;

	if (run->swap) {
		swap(two.user_a, two.user_b);
		swap(two.mm_a, two.mm_b);
		swap(two.a, two.b);
	}
	do {
		if (run->writes) {
			vau_run_writer(run, &two);
			/* Let the other threads run if there are few CPUs. */
			schedule_timeout_uninterruptible(1);
		} else {
			vau_run_pair(run, &two);
			cond_resched();
		}
	} while (time_before(jiffies, deadline));
	complete(&run->done);
	return 0;
}

/* R16: all threads end, in whatever order they lock. */
static void vma_access_use_pair_no_deadlock(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vau_runner *runs;
	int i;

	runs = kunit_kcalloc(test, 4, sizeof(*runs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, runs);
	for (i = 0; i < 4; i++) {
		runs[i].two = &two;
		runs[i].swap = i & 1;
		runs[i].writes = i & 2;
		init_completion(&runs[i].done);
		runs[i].task = kthread_create(vau_runner_fn, &runs[i], "vau_runner%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, runs[i].task);
		get_task_struct(runs[i].task);
	}
	for (i = 0; i < 4; i++)
		wake_up_process(runs[i].task);
	for (i = 0; i < 4; i++) {
		/* A thread that does not end keeps all that it uses. */
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&runs[i].done,
								  3 * VAT_TIMEOUT), 0);
		kthread_stop_put(runs[i].task);
		KUNIT_EXPECT_GT(test, runs[i].held, 0);
		KUNIT_EXPECT_EQ(test, runs[i].wrong, 0);
	}
	vau_two_unlocked(test, &two);
}

/* ---- moving pages from one VMA to the other ----------------------------- */

enum vau_odd { VAU_FLAGS, VAU_PROT, VAU_OPS, VAU_FILE };

static const struct vau_move {
	const char *desc;
	int err;
	/* Make the change to one of the VMAs, or to both. */
	bool both;
	vm_flags_t set, clear;
	enum vau_odd odd;
} vau_moves[] = {
	{ "nothing", 0 },
	{ "shared", -EINVAL, .set = VM_SHARED },
	{ "shared, not writable", -EINVAL, .set = VM_MAYSHARE },
	{ "both shared", -EINVAL, true, VM_SHARED | VM_MAYSHARE },
	{ "huge", -EINVAL, .set = VM_HUGETLB },
	{ "both huge", -EINVAL, true, VM_HUGETLB },
	{ "io", -EINVAL, .set = VM_IO },
	{ "pfnmap", -EINVAL, .set = VM_PFNMAP },
	{ "mixedmap", -EINVAL, .set = VM_MIXEDMAP },
	{ "dontexpand", -EINVAL, .set = VM_DONTEXPAND },
	{ "shadow stack", -EINVAL, .set = VM_SHADOW_STACK },
	{ "hooks", -EINVAL, .odd = VAU_OPS },
	{ "file made anonymous", 0, .odd = VAU_FILE },
	{ "the same, mixedmap", -EINVAL, .set = VM_MIXEDMAP, .odd = VAU_FILE },
	{ "no read", -EACCES, .clear = VM_READ },
	{ "no write", -EACCES, .clear = VM_WRITE },
	{ "exec", -EACCES, .set = VM_EXEC },
	{ "both exec", 0, true, VM_EXEC },
	{ "both without write", -EACCES, true, .clear = VM_WRITE },
	{ "page protection", -EACCES, .odd = VAU_PROT },
	{ "both page protection", 0, true, .odd = VAU_PROT },
	{ "locked", -EPERM, .set = VM_LOCKED },
	{ "both locked", 0, true, VM_LOCKED },
};

KUNIT_ARRAY_PARAM_DESC(vau_move, vau_moves, desc);

/* The original state of a VMA that was changed by hand. */
struct vau_was {
	vm_flags_t flags;
	pgprot_t prot;
	const struct vm_operations_struct *vm_ops;
};

/* By hand: nobody looks while the write lock is held, nor after, but the test. */
static struct vau_was vau_make_odd(unsigned long addr, const struct vau_move *move)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	struct vau_was was;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	vma_start_write(vma);
	was = (struct vau_was){ vma->vm_flags, vma->vm_page_prot, vma->vm_ops };
	vm_flags_set(vma, move->set);
	vm_flags_clear(vma, move->clear);
	if (move->odd == VAU_PROT)
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	if (move->odd == VAU_OPS)
		vma->vm_ops = &vau_none.vm_ops;
	if (move->odd == VAU_FILE) {
		/* Only the file tells it from anonymous memory, as /dev/zero. */
		vma->vm_ops = NULL;
		vm_flags_clear(vma, VM_SPECIAL & ~move->set);
	}
	mmap_write_unlock(mm);
	return was;
}

static void vau_make_even(unsigned long addr, const struct vau_was *was)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	vma_start_write(vma);
	vm_flags_reset(vma, was->flags);
	vma->vm_page_prot = was->prot;
	vma->vm_ops = was->vm_ops;
	mmap_write_unlock(mm);
}

/* R16: each property that a move requires or forbids, in either VMA. */
static void vma_access_use_pair_check_move_each(struct kunit *test)
{
	const struct vau_move *move = test->param_value;
	struct vau_was a = { }, b = { };
	unsigned long refused;
	int err, swapped;
	pgprot_t prot;

	if (move->err && !move->set && !move->clear && move->odd == VAU_FLAGS)
		kunit_skip(test, "there is no such flag");
	prot = vm_get_page_prot(VM_READ);
	if (move->odd == VAU_PROT &&
	    pgprot_val(pgprot_noncached(prot)) == pgprot_val(prot))
		kunit_skip(test, "there is no other protection");

	vau_map_anon(test, VAU_ADDR);
	if (move->odd == VAU_FILE)
		vau_map_at(test, test->priv, &vau_none, VAU_ADDR, MAP_PRIVATE);
	vau_map_anon(test, VAU_ADDR2);
	a = vau_make_odd(VAU_ADDR, move);
	if (move->both)
		b = vau_make_odd(VAU_ADDR2, move);

	refused = vat_refused();
	kunit_warning_suppress(test) {
		err = vau_check_move(VAU_ADDR, VAU_ADDR2);
		swapped = vau_check_move(VAU_ADDR2, VAU_ADDR);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, move->err ? 2 : 0);
	vau_make_even(VAU_ADDR, &a);
	if (move->both)
		vau_make_even(VAU_ADDR2, &b);
	KUNIT_EXPECT_EQ(test, err, move->err);
	KUNIT_EXPECT_EQ(test, swapped, move->err);
	vat_expect_unlocked(test);
}

/* A guard that holds nothing fails the check; within one VMA it succeeds. */
static void vma_access_use_pair_check_move_empty(struct kunit *test)
{
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR3), -ESRCH);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR3, VAU_ADDR), -ESRCH);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR + PAGE_SIZE), 0);
}

/* ---- what was traced ---------------------------------------------------- */

static void vma_access_use_traced_mixedmap(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_file *obj = test->priv;
	unsigned long inserted;
	struct vat_trace *trace;

	vau_map(test, obj, &vau_mixed);
	trace = vat_trace_start(test, VAU_ADDR);
	{
		ACQUIRE(vma_read, guard)(user, VAU_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);
		struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);

		KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_page(mixed, vau_at(VAU_ADDR, 2),
							       obj->pages[2]), 0);
		KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_page(mixed, vau_at(VAU_ADDR, 2),
							       obj->pages[2]), -EBUSY);
		KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_pages(mixed, vau_at(VAU_ADDR, 4),
								&obj->pages[4], 3,
								&inserted), 0);
		KUNIT_EXPECT_EQ(test, vma_mixedmap_insert_pages(mixed, VAU_ADDR,
								obj->pages, 4,
								&inserted), -EBUSY);
		KUNIT_EXPECT_EQ(test, vma_ref_zap_range(vma, vau_at(VAU_ADDR, 1),
							2 * PAGE_SIZE), 0);
		KUNIT_EXPECT_EQ(test, vat_zap_whole(vma), 0);
		KUNIT_EXPECT_EQ(test, vma_ref_zap_range(vma, VAU_END, PAGE_SIZE), -EFAULT);
	}
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text,
			   "insert 2+1 0\ninsert 2+0 -16\ninsert 4+3 0\n"
			   "insert 0+2 -16\nzap 1+2\nzap 0+16\nrefuse range -14\n");
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
}

static void vma_access_use_traced_pfnmap(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;

	vau_map(test, obj, &vau_pfn);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_at(VAU_ADDR, 3),
					     page_to_pfn(obj->pages[0]),
					     VMA_PROT_OWN), 0);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 3+1 0\n");
}

static struct kunit_case vau_cases[] = {
	KUNIT_CASE(vma_access_use_ref_as_pfnmap_only),
	KUNIT_CASE(vma_access_use_ref_as_pfnmap_cow),
	KUNIT_CASE(vma_access_use_ref_as_pfnmap_private),
	KUNIT_CASE(vma_access_use_pfnmap_insert_pfn_once),
	KUNIT_CASE(vma_access_use_pfnmap_insert_pfn_bad),
	KUNIT_CASE(vma_access_use_pfnmap_insert_pfn_prot),

	KUNIT_CASE_PARAM(vma_access_use_pair_holds_both, vau_pair_case_gen_params),
	KUNIT_CASE(vma_access_use_pair_of_one),
	KUNIT_CASE_PARAM(vma_access_use_pair_without_vma, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_steps_down, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_without_room, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_beside_writer, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_waits, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_waits_for_hole, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_no_deadlock, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_access_use_pair_check_move_each, vau_move_gen_params),
	KUNIT_CASE(vma_access_use_pair_check_move_empty),

	KUNIT_CASE(vma_access_use_traced_mixedmap),
	KUNIT_CASE(vma_access_use_traced_pfnmap),
	{ }
};

static struct kunit_suite vau_suite = {
	.name = "vma_access_use",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);
