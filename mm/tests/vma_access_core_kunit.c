// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: fixes of the core that
 * the layer needs. The tests call the core as a driver without the layer does.
 */
#include <linux/anon_inodes.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/pgalloc.h>
#include <linux/sched/mm.h>
#include <linux/swapops.h>

#include "vma_access_test_file.h"

/* ---- ->mmap_prepare() that replaces the file ----------------------------- */

/* The work of the hooks, and the file that a mapping has to hold. */
struct vma_access_core_file {
	struct file *other;
	bool bad_action;
};

static const struct vm_operations_struct vma_access_core_vm_ops = { };

static int vma_access_core_prepare(struct vm_area_desc *desc)
{
	struct vma_access_core_file *files = desc->file->private_data;

	desc->vm_ops = &vma_access_core_vm_ops;
	/* One page more than the mapping has. */
	if (files->bad_action)
		mmap_action_map_kernel_pages(desc, desc->start, NULL,
					     vma_desc_pages(desc) + 1);
	desc->vm_file = get_file(files->other);
	return 0;
}

/* As a stacked file does: it has ->mmap(), the file below ->mmap_prepare(). */
static int vma_access_core_stacked(struct file *file, struct vm_area_struct *vma)
{
	static const struct file_operations below = {
		.owner = THIS_MODULE,
		.mmap_prepare = vma_access_core_prepare,
	};
	struct file *lower = anon_inode_getfile("[vma_access_lower]", &below,
						file->private_data, O_RDWR);
	int err;

	if (IS_ERR(lower))
		return PTR_ERR(lower);
	err = compat_vma_mmap(lower, vma);
	fput(lower);
	return err;
}

static int vma_access_core_mmap_fails(struct file *file, struct vm_area_struct *vma)
{
	return -EXDEV;
}

static const struct file_operations vma_access_core_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = vma_access_core_prepare,
};

static const struct file_operations vma_access_core_stacked_fops = {
	.owner = THIS_MODULE,
	.mmap = vma_access_core_stacked,
};

static const struct file_operations vma_access_core_fails_fops = {
	.owner = THIS_MODULE,
	.mmap = vma_access_core_mmap_fails,
};

static const struct file_operations vma_access_core_plain_fops = {
	.owner = THIS_MODULE,
};

KUNIT_DEFINE_ACTION_WRAPPER(vma_access_core_fput, fput, struct file *);

static struct file *vma_access_core_open(struct kunit *test,
					 const struct file_operations *fops,
					 void *private)
{
	struct file *file = anon_inode_getfile("[vma_access_core]", fops, private,
					       O_RDWR);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vma_access_core_fput,
							file), 0);
	return file;
}

static unsigned long vma_access_core_map(struct kunit *test, struct file *file,
					 unsigned long nr)
{
	return kunit_vm_mmap(test, file, VAU_ADDR + nr * VAU_SIZE, VAU_SIZE,
			     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			     nr * VAU_SIZE);
}

/* A mapping that is merged with the one before it holds no reference. */
static void vma_access_core_file_merged(struct kunit *test)
{
	struct vma_access_core_file files = {
		.other = vma_access_core_open(test, &vma_access_core_plain_fops, NULL),
	};
	struct file *file = vma_access_core_open(test, &vma_access_core_prepare_fops,
						 &files);

	KUNIT_EXPECT_EQ(test, vma_access_core_map(test, file, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, file_count(files.other), 2);
	KUNIT_EXPECT_EQ(test, vma_access_core_map(test, file, 1), VAU_END);
	KUNIT_EXPECT_PTR_EQ(test, vau_vma(current->mm, VAU_ADDR),
			    vau_vma(current->mm, VAU_END));
	KUNIT_EXPECT_EQ(test, file_count(files.other), 2);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, 2 * VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, file_count(files.other), 1);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
}

/* No reference is left either if the hook's action is refused. */
static void vma_access_core_file_refused(struct kunit *test)
{
	struct vma_access_core_file files = {
		.other = vma_access_core_open(test, &vma_access_core_plain_fops, NULL),
		.bad_action = true,
	};
	struct file *file = vma_access_core_open(test, &vma_access_core_prepare_fops,
						 &files);

	KUNIT_EXPECT_EQ(test, vma_access_core_map(test, file, 0), (unsigned long)-EFAULT);
	KUNIT_EXPECT_EQ(test, file_count(files.other), 1);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
}

/* The same if ->mmap() of a stacked file calls the hook. */
static void vma_access_core_file_refused_stacked(struct kunit *test)
{
	struct vma_access_core_file files = {
		.other = vma_access_core_open(test, &vma_access_core_plain_fops, NULL),
		.bad_action = true,
	};
	struct file *file = vma_access_core_open(test, &vma_access_core_stacked_fops,
						 &files);

	KUNIT_EXPECT_EQ(test, vma_access_core_map(test, file, 0), (unsigned long)-EFAULT);
	KUNIT_EXPECT_EQ(test, file_count(files.other), 1);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
}

/* ->mmap() of the file that the hook set may fail: the file is dropped once. */
static void vma_access_core_file_mmap_fails(struct kunit *test)
{
	struct vma_access_core_file files = {
		.other = vma_access_core_open(test, &vma_access_core_fails_fops, NULL),
	};
	struct file *file = vma_access_core_open(test, &vma_access_core_prepare_fops,
						 &files);

	/*
	 * An extra reference, so that a put too many is seen and frees nothing.
	 */
	get_file(files.other);
	KUNIT_EXPECT_EQ(test, vma_access_core_map(test, file, 0), (unsigned long)-EXDEV);
	KUNIT_EXPECT_EQ(test, file_count(files.other), 2);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
	if (file_count(files.other) == 2)
		fput(files.other);
}

/* ---- inserts while page tables come and go ------------------------------- */

/* Memory that crosses two page tables; the insert goes to the first. */
#define VMA_ACCESS_CORE_ADDR	VAU_HUGE
#define VMA_ACCESS_CORE_SPARE	(VAU_HUGE + PMD_SIZE)

struct vma_access_core_insert {
	struct vm_area_struct *vma;
	struct page *page;
	unsigned long addr, pfn;
	int (*insert)(const struct vma_access_core_insert *insert);
	struct task_struct *task;
	struct completion ready;
	bool go;
	int ret;
};

static int vma_access_core_fault_errno(vm_fault_t ret)
{
	return ret == VM_FAULT_NOPAGE ? 0 : ret & VM_FAULT_OOM ? -ENOMEM : -EIO;
}

static int vma_access_core_page(const struct vma_access_core_insert *insert)
{
	return vm_insert_page(insert->vma, insert->addr, insert->page);
}

static int vma_access_core_pages(const struct vma_access_core_insert *insert)
{
	struct page *page = insert->page;
	unsigned long nr = 1;

	return vm_insert_pages(insert->vma, insert->addr, &page, &nr);
}

static int vma_access_core_pfn(const struct vma_access_core_insert *insert)
{
	return vma_access_core_fault_errno(vmf_insert_pfn(insert->vma, insert->addr,
							  insert->pfn));
}

static int vma_access_core_mixed(const struct vma_access_core_insert *insert)
{
	return vma_access_core_fault_errno(vmf_insert_mixed(insert->vma, insert->addr,
							    insert->pfn));
}

static const struct vma_access_core_verb {
	const char *desc;
	const struct vma_type *type;
	int (*insert)(const struct vma_access_core_insert *insert);
	/* The result if there is a huge entry. */
	int huge;
} vma_access_core_verbs[] = {
	{ "vm_insert_page", &vau_mixed, vma_access_core_page, -ENOMEM },
	{ "vm_insert_pages", &vau_mixed, vma_access_core_pages, -EFAULT },
	{ "vmf_insert_pfn", &vau_pfn, vma_access_core_pfn, -ENOMEM },
	{ "vmf_insert_mixed", &vau_mixed, vma_access_core_mixed, -ENOMEM },
};

KUNIT_ARRAY_PARAM_DESC(vma_access_core_verb, vma_access_core_verbs, desc);

static int vma_access_core_insert_fn(void *data)
{
	struct vma_access_core_insert *insert = data;

	complete(&insert->ready);
	while (!READ_ONCE(insert->go))
		cpu_relax();
	insert->ret = insert->insert(insert);
	return 0;
}

static pud_t *vma_access_core_pud(unsigned long addr)
{
	return pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr);
}

static pmd_t *vma_access_core_pmd(unsigned long addr)
{
	return pmd_offset(vma_access_core_pud(addr), addr);
}

/* Map memory for @insert, with the page tables above the last level. */
static void vma_access_core_insert_begin(struct kunit *test,
					 struct vma_access_core_insert *insert)
{
	const struct vma_access_core_verb *verb = test->param_value;
	struct vau_file *obj = test->priv;

	obj->type = verb->type;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VMA_ACCESS_CORE_ADDR,
					  3 * PMD_SIZE, MAP_SHARED, 0),
			VMA_ACCESS_CORE_ADDR);
	*insert = (struct vma_access_core_insert){
		.vma = vau_vma(current->mm, VMA_ACCESS_CORE_ADDR),
		.page = obj->pages[0],
		.pfn = page_to_pfn(obj->pages[0]),
		.addr = VMA_ACCESS_CORE_ADDR,
		.insert = verb->insert,
	};
}

/* For the functions below. */
static void vma_access_core_needs_two(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_SMP) || num_online_cpus() < 2)
		kunit_skip(test, "needs a second processor");
#if !defined(arch_spin_is_contended) || defined(CONFIG_PREEMPT_RT)
	kunit_skip(test, "whether a lock is waited for cannot be known here");
#endif
}

/* Start a thread on another processor that inserts when it is told to. */
static void vma_access_core_insert_start(struct kunit *test,
					 struct vma_access_core_insert *insert)
{
	unsigned int cpu = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
	struct task_struct *task;

	init_completion(&insert->ready);
	task = kthread_create(vma_access_core_insert_fn, insert, "vma_access_core");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_bind(task, cpu);
	insert->task = get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&insert->ready);
}

/* With the lock held: make it insert, until it waits for the lock. */
static bool vma_access_core_insert_waits(struct vma_access_core_insert *insert,
					 spinlock_t *lock)
{
	unsigned long left;

	WRITE_ONCE(insert->go, true);
	for (left = 2000; left && !spin_is_contended(lock); left--)
		mdelay(1);
	return left;
}

static int vma_access_core_insert_end(struct vma_access_core_insert *insert)
{
	kthread_stop_put(insert->task);
	return insert->ret;
}

/*
 * If madvise(MADV_DONTNEED) reclaims a page table between its allocation and
 * its use, that is no lack of memory. The insert waits for the lock of the
 * table, which the test removes meanwhile as zap_pte_table_if_empty() does.
 */
static void vma_access_core_insert_reclaimed(struct kunit *test)
	__no_context_analysis /* locks of page tables */
{
	struct vma_access_core_insert insert;
	spinlock_t *pml, *ptl; /* tables of the levels above the last, and of the last */
	bool waits = false;
	pgtable_t table;
	pmd_t *pmd;

	vma_access_core_needs_two(test);
	vma_access_core_insert_begin(test, &insert);
	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, insert.insert(&insert), 0);
	/* The entry of the page table is empty again, and the table stays. */
	zap_special_vma_range(insert.vma, insert.addr, PAGE_SIZE);
	pmd = vma_access_core_pmd(insert.addr);

	migrate_disable();
	vma_access_core_insert_start(test, &insert);
	pml = pmd_lock(current->mm, pmd);
	ptl = pte_lockptr(current->mm, pmd);
	if (ptl != pml)
		spin_lock_nested(ptl, SINGLE_DEPTH_NESTING);
	waits = vma_access_core_insert_waits(&insert, ptl);
	table = pmd_pgtable(pmdp_get(pmd));
	pmd_clear(pmd);
	if (ptl != pml)
		spin_unlock(ptl);
	spin_unlock(pml);
	migrate_enable();

	KUNIT_EXPECT_EQ(test, vma_access_core_insert_end(&insert), 0);
	KUNIT_EXPECT_TRUE_MSG(test, waits, "the insert took no lock");
	/* Install it elsewhere, so that it is freed with the mapping. */
	pmd = vma_access_core_pmd(VMA_ACCESS_CORE_SPARE);
	pml = pmd_lock(current->mm, pmd);
	KUNIT_EXPECT_TRUE(test, pmd_none(pmdp_get(pmd)));
	pmd_populate(current->mm, pmd, table);
	spin_unlock(pml);
	mmap_read_unlock(current->mm);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, insert.addr), 1);
}

#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)
/* An entry that is not and cannot become a page table ends the insert. */
static void vma_access_core_insert_migrating(struct kunit *test)
	__no_context_analysis /* locks of page tables */
{
	const struct vma_access_core_verb *verb = test->param_value;
	struct vma_access_core_insert insert;
	spinlock_t *pml; /* of the entry */
	pmd_t *pmd;

	vma_access_core_insert_begin(test, &insert);
	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, insert.insert(&insert), 0);
	pmd = vma_access_core_pmd(VMA_ACCESS_CORE_SPARE);
	pml = pmd_lock(current->mm, pmd);
	KUNIT_EXPECT_TRUE(test, pmd_none(pmdp_get(pmd)));
	/* A migration entry of a huge page, also without CONFIG_MIGRATION. */
	*pmd = __pmd(pte_val(swp_entry_to_pte(swp_entry(1, insert.pfn))));
	KUNIT_EXPECT_FALSE(test, pmd_none(pmdp_get(pmd)) || pmd_present(pmdp_get(pmd)));
	spin_unlock(pml);
	insert.addr = VMA_ACCESS_CORE_SPARE;
	KUNIT_EXPECT_EQ(test, insert.insert(&insert), verb->huge);
	pmd_clear(pmd);
	mmap_read_unlock(current->mm);
}
#else
static void vma_access_core_insert_migrating(struct kunit *test)
{
	kunit_skip(test, "the entry is made up for x86-64");
}
#endif

/* ---- entries of the level above ------------------------------------------ */

/* Parts of a huge entry to unmap. */
static const struct vma_access_core_hole {
	const char *desc;
	unsigned long offset, size;
} vma_access_core_holes[] = {
	{ "first page", 0, PAGE_SIZE },
	{ "last page", PUD_SIZE - PAGE_SIZE, PAGE_SIZE },
	{ "page", PMD_SIZE + PAGE_SIZE, PAGE_SIZE },
	{ "pmd", PMD_SIZE, PMD_SIZE },
	{ "half", 0, PUD_SIZE / 2 },
};

KUNIT_ARRAY_PARAM_DESC(vma_access_core_hole, vma_access_core_holes, desc);

#if defined(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) && \
	defined(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD)

/* An address inside the only huge entry, not at its start. */
#define VMA_ACCESS_CORE_IN_PUD	(VAU_HUGE + PMD_SIZE + PAGE_SIZE)

/* Map enough for one huge entry. */
static struct vm_area_struct *vma_access_core_map_pud(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	if (!IS_ALIGNED(VAU_HUGE, PUD_SIZE))
		kunit_skip(test, "there are no such entries here");
	obj->pfn = vau_no_page(test);
	obj->type = &vau_pfn;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PUD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	return vau_vma(current->mm, VAU_HUGE);
}

/*
 * Insert a huge entry, as a fault does. It maps the first memory of the
 * machine, which nobody uses: code that mistakes the entry for a page table
 * finds an empty one.
 */
static void vma_access_core_set_pud(struct mm_struct *mm, pud_t *pud)
{
	set_pud_at(mm, VAU_HUGE, pud, pud_mkspecial(pud_mkhuge(pfn_pud(0, PAGE_SHARED))));
}

/* Get the table of the entry. Another mapping beside keeps the table. */
static pud_t *vma_access_core_pud_begin(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vma_access_core_needs_two(test);
	vau_map(test, obj, &vau_pfn);
	KUNIT_ASSERT_EQ(test, vau_insert_pfn(VAU_ADDR, vau_no_page(test), VMA_PROT_OWN), 0);
	return vma_access_core_pud(VAU_HUGE);
}

/*
 * Make an insert wait for the lock under which it installs a page table.
 * Install a huge entry there meanwhile and, if @zap, remove it again as soon as
 * the insert goes on. Returns the result of the insert.
 */
static int vma_access_core_insert_at_pud(struct kunit *test, pud_t *pud, bool zap)
	__no_context_analysis /* locks of page tables */
{
	struct mm_struct *mm = current->mm;
	struct vma_access_core_insert insert = {
		.vma = vma_access_core_map_pud(test),
		.insert = vma_access_core_pfn,
		.addr = VMA_ACCESS_CORE_IN_PUD,
	};
	struct vau_file *obj = test->priv;
	spinlock_t *pul; /* of the entry */
	bool waits;
	int err;

	insert.pfn = obj->pfn;
	mmap_read_lock(mm);
	migrate_disable();
	vma_access_core_insert_start(test, &insert);
	pul = pud_lock(mm, pud);
	KUNIT_EXPECT_TRUE(test, pud_none(pudp_get(pud)));
	waits = vma_access_core_insert_waits(&insert, pul);
	vma_access_core_set_pud(mm, pud);
	spin_unlock(pul);
	if (zap) {
		/* By now it has read the entry that it will check once more. */
		mdelay(2);
		scoped_guard(spinlock, pul) {
			if (pud_leaf(pudp_get(pud)))
				pud_clear(pud);
		}
	}
	migrate_enable();
	err = vma_access_core_insert_end(&insert);
	KUNIT_EXPECT_TRUE_MSG(test, waits, "the insert allocated no table");
	mmap_read_unlock(mm);
	return err;
}

/* The insert sees an entry that a fault makes while it allocates a table. */
static void vma_access_core_insert_meets_pud(struct kunit *test)
{
	pud_t *pud = vma_access_core_pud_begin(test);

	KUNIT_EXPECT_EQ(test, vma_access_core_insert_at_pud(test, pud, false), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, pud_leaf(pudp_get(pud)));
	pud_clear(pud);
}

/* An entry that is zapped after the insert has read it is no page table. */
static void vma_access_core_insert_meets_zap(struct kunit *test)
{
	pud_t *pud = vma_access_core_pud_begin(test);
	int err = vma_access_core_insert_at_pud(test, pud, true);

	KUNIT_EXPECT_TRUE(test, !err || err == -ENOMEM);
	KUNIT_EXPECT_EQ_MSG(test, pud_none(pudp_get(pud)), !!err,
			    "inserted into no page table");
}

/* Zaps the entry each time that it is told to, some steps later. */
struct vma_access_core_zapper {
	struct mm_struct *mm;
	pud_t *pud;
	unsigned int go, done;
	/* Steps that the insert is given before the zap, or after it. */
	int lead;
};

static void vma_access_core_steps(int nr)
{
	while (nr-- > 0)
		barrier();
}

static int vma_access_core_zap_fn(void *data)
	__no_context_analysis /* locks of page tables */
{
	struct vma_access_core_zapper *zapper = data;
	unsigned int seen = 0;

	while (!kthread_should_stop()) {
		if (READ_ONCE(zapper->go) == seen) {
			cpu_relax();
			cond_resched();
			continue;
		}
		seen = READ_ONCE(zapper->go);
		vma_access_core_steps(zapper->lead);
		scoped_guard(spinlock, pud_lockptr(zapper->mm, zapper->pud)) {
			if (pud_leaf(pudp_get(zapper->pud)))
				pud_clear(zapper->pud);
		}
		/* Wait for the lock under which the entry was changed. */
		WRITE_ONCE(zapper->done, seen);
	}
	return 0;
}

/* One round of an insert in parallel with a zap. */
static int vma_access_core_insert_beside_zap(const struct vma_access_core_insert *insert,
					     struct vma_access_core_zapper *zapper,
					     unsigned int round)
{
	int err;

	scoped_guard(spinlock, pud_lockptr(zapper->mm, zapper->pud))
		vma_access_core_set_pud(zapper->mm, zapper->pud);
	WRITE_ONCE(zapper->go, round);
	vma_access_core_steps(-zapper->lead);
	err = insert->insert(insert);
	while (READ_ONCE(zapper->done) != round)
		cpu_relax();
	return err;
}

/*
 * A huge entry that is zapped while an insert reads it must not be mistaken for
 * a page table. If the insert still sees the entry, it gets less time in the
 * next round, and if it comes after the zap it gets more, so that most rounds
 * race.
 */
static void vma_access_core_insert_races_zap(struct kunit *test)
{
	struct vma_access_core_zapper zapper = {
		.mm = current->mm,
		.pud = vma_access_core_pud_begin(test),
	};
	struct vma_access_core_insert insert = {
		.vma = vma_access_core_map_pud(test),
		.insert = vma_access_core_pfn,
		.addr = VMA_ACCESS_CORE_IN_PUD,
	};
	unsigned long end = jiffies + HZ;
	unsigned int round = 0, inserted = 0;
	struct vau_file *obj = test->priv;
	bool lost = false, was_in = false;
	struct task_struct *task;
	int step = 4;

	insert.pfn = obj->pfn;
	task = kthread_create(vma_access_core_zap_fn, &zapper, "vma_access_zap");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	migrate_disable();
	kthread_bind(task, cpumask_any_but(cpu_online_mask, smp_processor_id()));
	get_task_struct(task);
	wake_up_process(task);
	while (!lost && time_before(jiffies, end)) {
		bool in;

		mmap_read_lock(current->mm);
		in = !vma_access_core_insert_beside_zap(&insert, &zapper, ++round);
		lost = in && pud_none(pudp_get(zapper.pud));
		mmap_read_unlock(current->mm);
		/*
		 * Double the step until it goes too far, then halve it and turn
		 * back.
		 */
		step = in == was_in ? min(2 * step, 1024) : max(step / 2, 4);
		was_in = in;
		zapper.lead = clamp(zapper.lead + (in ? step : -step), -20000, 20000);
		inserted += in;
		if (in && !lost) {
			/* Removes the page table. */
			if (vm_munmap(VAU_HUGE, PUD_SIZE))
				break;
			insert.vma = vma_access_core_map_pud(test);
		}
		cond_resched();
	}
	migrate_enable();
	kthread_stop_put(task);
	kunit_info(test, "%u rounds, %u inserted, lead %d\n", round, inserted, zapper.lead);
	KUNIT_EXPECT_FALSE_MSG(test, lost, "inserted into no page table, round %u", round);
}

static vm_fault_t vma_access_core_huge(struct vau_file *obj, struct vma_fault *fault,
				       unsigned int order)
{
	unsigned long at = (vma_fault_addr(fault) % PUD_SIZE) >> PAGE_SHIFT;

	if (order != PUD_ORDER)
		return VM_FAULT_FALLBACK;
	return vma_fault_insert_huge_pfn(fault, obj->pfn + at, at, PUD_SIZE >> PAGE_SHIFT,
					 order);
}

static vm_fault_t vma_access_core_small(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_pfn(fault, obj->pfn, VMA_PROT_OWN);
}

static void vma_access_core_fault(struct kunit *test, unsigned long addr)
{
	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, fixup_user_fault(current->mm, addr, 0, NULL), 0);
	mmap_read_unlock(current->mm);
}

/* As another thread may do: the entry is there when a page is inserted. */
static vm_fault_t vma_access_core_huge_first(struct vau_file *obj,
					     struct vma_fault *fault,
					     unsigned int order)
{
	obj->index_ret = vma_access_core_huge(obj, fault, order);
	return obj->index_ret == VM_FAULT_FALLBACK ? obj->index_ret :
	       vma_fault_insert_pfn(fault, obj->pfn, VMA_PROT_OWN);
}

/* In a fault a huge pud in the way is not reported as lack of memory. */
static void vma_access_core_fault_on_pud(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vma_access_core_map_pud(test);
	obj->huge = vma_access_core_huge_first;
	vma_access_core_fault(test, VAU_HUGE);
	VAT_EXPECT_FAULT(test, obj->index_ret, VM_FAULT_NOPAGE);
	VAT_EXPECT_FAULT(test, obj->pud_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_TRUE(test, pud_leaf(pudp_get(vma_access_core_pud(VAU_HUGE))));
}

/* A VMA with a huge pud can be split at any page. */
static void vma_access_core_split_pud(struct kunit *test)
{
	const struct vma_access_core_hole *hole = test->param_value;
	struct vau_file *obj = test->priv;
	unsigned long addr;

	vma_access_core_map_pud(test);
	obj->huge = vma_access_core_huge;
	obj->fault = vma_access_core_small;
	vma_access_core_fault(test, VAU_HUGE);
	KUNIT_ASSERT_TRUE(test, pud_leaf(pudp_get(vma_access_core_pud(VAU_HUGE))));

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE + hole->offset, hole->size), 0);
	KUNIT_EXPECT_TRUE(test, pud_none(pudp_get(vma_access_core_pud(VAU_HUGE))));
	/* The rest is faulted in again, with smaller entries. */
	for (addr = VAU_HUGE; addr < VAU_HUGE + PUD_SIZE; addr += PUD_SIZE - PAGE_SIZE) {
		if (!vau_vma(current->mm, addr))
			continue;
		obj->faults = 0;
		vma_access_core_fault(test, addr);
		KUNIT_EXPECT_EQ(test, obj->faults, 1);
		KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, addr) & 1, 1);
	}
}

#else

static void vma_access_core_insert_meets_pud(struct kunit *test)
{
	kunit_skip(test, "there are no such entries");
}

static void vma_access_core_insert_meets_zap(struct kunit *test)
{
	kunit_skip(test, "there are no such entries");
}

static void vma_access_core_insert_races_zap(struct kunit *test)
{
	kunit_skip(test, "there are no such entries");
}

static void vma_access_core_fault_on_pud(struct kunit *test)
{
	kunit_skip(test, "there are no such entries");
}

static void vma_access_core_split_pud(struct kunit *test)
{
	kunit_skip(test, "there are no such entries");
}

#endif

/* ---- memory that nobody holds a reference to ----------------------------- */

/* A fault that inserts such memory fails with a warning, and takes nothing. */
static void vma_access_core_expect_no_ref(struct kunit *test, unsigned long addr,
					  struct page *page, int warned)
{
	unsigned long refused = vat_refused();

	KUNIT_ASSERT_TRUE(test, page_ref_freeze(page, 1));
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(addr), -EFAULT);
		VAT_EXPECT_WARNED(test, warned);
	}
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
	VAT_EXPECT_REFUSED(test, refused, warned);
	/* So many references that the count overflowed. */
	set_page_count(page, INT_MIN);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(addr), -EFAULT);
		VAT_EXPECT_WARNED(test, warned);
	}
	KUNIT_EXPECT_EQ(test, page_count(page), INT_MIN);
	set_page_count(page, 1);
}

/* vma_fault_return_page() */
static void vma_access_core_return_no_ref(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[0];
	obj->fault = vau_do_return;
	vau_map(test, obj, &vau_none);
	vma_access_core_expect_no_ref(test, VAU_ADDR, obj->page, 1);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

static vm_fault_t vma_access_core_do_page(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_page(fault, obj->page);
}

/* vma_fault_insert_page(): the core refuses it silently. */
static void vma_access_core_insert_no_ref(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[0];
	obj->fault = vma_access_core_do_page;
	vau_map(test, obj, &vau_mixed);
	KUNIT_ASSERT_TRUE(test, page_ref_freeze(obj->page, 1));
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	KUNIT_EXPECT_EQ(test, page_count(obj->page), 0);
	set_page_count(obj->page, INT_MIN);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	KUNIT_EXPECT_EQ(test, page_count(obj->page), INT_MIN);
	set_page_count(obj->page, 1);
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* ---- the zero page -------------------------------------------------------- */

static int vma_access_core_insert_zero(void)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	return mixed ? vma_mixedmap_insert_page(mixed, VAU_ADDR, ZERO_PAGE(VAU_ADDR)) :
		       VAU_NO_HANDLE;
}

/* Refused if a write would go to the page, copied if it would not. */
static void vma_access_core_zero_page(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	int refs = page_ref_count(ZERO_PAGE(VAU_ADDR));

	obj->page = ZERO_PAGE(VAU_ADDR);
	obj->fault = vma_access_core_do_page;
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vma_access_core_insert_zero(), -EINVAL);
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);

	vau_map_at(test, obj, &vau_mixed, VAU_ADDR, MAP_PRIVATE);
	if (mm_forbids_zeropage(current->mm))
		kunit_skip(test, "there is no zero page for this process");
	KUNIT_EXPECT_EQ(test, vma_access_core_insert_zero(), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 0);
	KUNIT_EXPECT_FALSE(test, pte_write(vau_pte(current->mm, VAU_ADDR)));
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 1), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 1);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(ZERO_PAGE(VAU_ADDR)), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(ZERO_PAGE(VAU_ADDR)), refs);
}

/* ---- what the core copies for another process ----------------------------- */

/*
 * If another process, such as a debugger, writes to page frames in a private
 * mapping, the core copies what that process's own address space has at the
 * address. If nothing is mapped there, the copy has zeroes, and the core warns.
 */
static void vma_access_core_copy_for_other(struct kunit *test)
{
	struct mm_struct *other = __mm_with_user_raw(vau_user_new(test));
	struct vau_file *obj = test->priv;
	struct mm_struct *mm = current->mm;
	struct vma_access_core_insert insert = { .addr = VAU_ADDR };
	struct page *page = NULL;
	long got = 0;
	int err;

	vau_map_at(test, obj, &vau_mixed, VAU_ADDR, MAP_PRIVATE);
	insert.pfn = vau_no_page(test);
	mmap_read_lock(mm);
	insert.vma = vma_lookup(mm, VAU_ADDR);
	err = vma_access_core_pfn(&insert);
	mmap_read_unlock(mm);
	KUNIT_ASSERT_EQ(test, err, 0);
	vau_move_to(other);
	kunit_warning_suppress(test) {
		mmap_read_lock(mm);
		got = get_user_pages_remote(mm, VAU_ADDR, 1, FOLL_WRITE, &page, NULL);
		mmap_read_unlock(mm);
		VAT_EXPECT_WARNED(test, 1);
	}
	vau_move_to(mm);
	KUNIT_ASSERT_EQ(test, got, 1);
	KUNIT_EXPECT_TRUE(test, PageAnon(page));
	put_page(page);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR + PAGE_SIZE - 1), 0);
}

static struct kunit_case vma_access_core_cases[] = {
	KUNIT_CASE(vma_access_core_file_merged),
	KUNIT_CASE(vma_access_core_file_refused),
	KUNIT_CASE(vma_access_core_file_refused_stacked),
	KUNIT_CASE(vma_access_core_file_mmap_fails),
	KUNIT_CASE_PARAM(vma_access_core_insert_reclaimed, vma_access_core_verb_gen_params),
	KUNIT_CASE_PARAM(vma_access_core_insert_migrating, vma_access_core_verb_gen_params),
	KUNIT_CASE(vma_access_core_insert_meets_pud),
	KUNIT_CASE(vma_access_core_insert_meets_zap),
	KUNIT_CASE(vma_access_core_insert_races_zap),
	KUNIT_CASE(vma_access_core_fault_on_pud),
	KUNIT_CASE_PARAM(vma_access_core_split_pud, vma_access_core_hole_gen_params),
	KUNIT_CASE(vma_access_core_return_no_ref),
	KUNIT_CASE(vma_access_core_insert_no_ref),
	KUNIT_CASE(vma_access_core_zero_page),
	KUNIT_CASE(vma_access_core_copy_for_other),
	{ }
};

static struct kunit_suite vma_access_core_suite = {
	.name = "vma_access_core",
	.init = vau_init,
	.test_cases = vma_access_core_cases,
};

kunit_test_suite(vma_access_core_suite);
