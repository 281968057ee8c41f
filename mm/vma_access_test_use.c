// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: what is done to VMAs in
 * use, in fault handlers, and with objects. The other parts are in
 * vma_access_test.c, which also says how these tests are made, and in
 * vma_access_test_new.c.
 *
 * Not reached from here: fork() and mremap(), which the selftests do; what only
 * another architecture says, as -EACCES for a page frame; -ENOMEM for want of
 * page tables; lockdep's reports of locks taken in a wrong order, which can be
 * neither suppressed nor counted.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "vma_access_test.h"

#define VAU_PAGES	16
/* Where the object starts in its file, in pages; another follows it. */
#define VAU_BASE	3
#define VAU_NEXT	(VAU_BASE + VAU_PAGES)

/* Places for mappings, far from each other, the last one for huge pages. */
#define VAU_ADDR	0x10000000UL
#define VAU_ADDR2	0x20000000UL
#define VAU_ADDR3	0x30000000UL
#define VAU_HUGE	0x40000000UL
#define VAU_SIZE	(VAU_PAGES * PAGE_SIZE)
#define VAU_END		(VAU_ADDR + VAU_SIZE)
#define VAU_ALL		(BIT(VAU_PAGES) - 1)

/* What a helper returns if there was nothing to try its verb on. */
#define VAU_NO_HANDLE	(-ENXIO)

static unsigned long vau_at(unsigned long addr, unsigned long nr)
{
	return addr + (nr << PAGE_SHIFT);
}

/* ---- the file, its types and its hooks ---------------------------------- */

struct vau_file;

typedef vm_fault_t (*vau_fault_fn)(struct vau_file *obj, struct vma_fault *fault);

/* What the test's file shows. */
struct vau_file {
	struct vma_object object, next;
	struct address_space mapping;
	struct file *file;
	struct page *pages[VAU_PAGES];
	/* For ->mmap(): the type; flags and page frames that it does not set. */
	const struct vma_type *type;
	vm_flags_t after;
	bool remap;
	/* For ->mmap_prepare(): what it changes when it has set the object. */
	struct vau_file *late_file;
	pgoff_t late_pgoff;
	/* For ->fault() and ->huge_fault(): what to do, what came out, how often. */
	vau_fault_fn fault;
	vm_fault_t (*huge)(struct vau_file *obj, struct vma_fault *fault,
			   unsigned int order);
	vm_fault_t ret, pmd_ret, pud_ret;
	unsigned int faults;
	/* What a fault handler of a test puts in, and how. */
	struct page *page;
	struct folio *folio;
	unsigned long pfn;
	enum vma_prot prot;
	unsigned int order;
	/* What it saw. */
	unsigned long addr;
	bool write;
	vm_fault_t index_ret;
	pgoff_t base, index;
	unsigned long nr;
	/* Of the object's hooks. */
	int mapped_err;
	unsigned int mapped, closed;
	unsigned long mapped_start, mapped_end, closed_start, closed_count;
	pgoff_t mapped_pgoff;
};

static vm_fault_t vau_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(fault)->private_data;

	obj->faults++;
	obj->ret = obj->fault ? obj->fault(obj, fault) : VM_FAULT_SIGBUS;
	/* There is nothing smaller to fall back to. */
	return obj->ret == VM_FAULT_FALLBACK ? VM_FAULT_SIGBUS : obj->ret;
}

static vm_fault_t vau_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(fault)->private_data;
	vm_fault_t ret;

	if (!obj->huge)
		return VM_FAULT_FALLBACK;
	ret = obj->huge(obj, fault, order);
	if (order == PMD_ORDER)
		obj->pmd_ret = ret;
	else
		obj->pud_ret = ret;
	return ret;
}

#define VAU_HOOKS	.fault = vau_fault, .huge_fault = vau_huge_fault
#define VAU_LAX		(VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY)

static DEFINE_VMA_TYPE(vau_none, VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VAU_LAX | VMA_EXPAND_ALLOW, VAU_HOOKS);
static DEFINE_VMA_TYPE(vau_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW |
		       VAU_LAX | VMA_EXPAND_ALLOW, VAU_HOOKS);
static DEFINE_VMA_TYPE(vau_pfn, VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE |
		       VAU_LAX | VMA_EXPAND_REFUSE, VAU_HOOKS);
static DEFINE_VMA_TYPE(vau_pfn_ro, VMA_MAP_PFN | VMA_DENY_WRITE | VMA_COW_REFUSE |
		       VAU_LAX | VMA_EXPAND_REFUSE, VAU_HOOKS);
static DEFINE_VMA_OBJECT_TYPE(vau_object_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
			      VMA_COW_ALLOW | VAU_LAX | VMA_EXPAND_ALLOW,
			      VAU_HOOKS);
static DEFINE_VMA_OBJECT_TYPE(vau_object_none, VMA_MAP_NONE | VMA_DENY_NONE |
			      VMA_COW_ALLOW | VAU_LAX | VMA_EXPAND_ALLOW,
			      VAU_HOOKS);

/* Which of the two objects is at an offset. */
static struct vma_object *vau_object_at(struct vau_file *obj, pgoff_t pgoff)
{
	return pgoff < VAU_NEXT ? &obj->object : &obj->next;
}

/* By either handle. */
#define vau_set_up(obj, vma)						\
	(__vma_policy_has((obj)->type->policy, VMA_TYPE_OBJECT) ?	\
	 vma_new_set_object(vma, (obj)->type,				\
			    vau_object_at(obj, vma_new_pgoff(vma))) :	\
	 vma_new_set_type(vma, (obj)->type, obj))

static int vau_mmap(struct file *file, struct vm_area_struct *raw)
{
	struct vau_file *obj = file->private_data;
	struct vma_new *vma = vma_new_from_mmap(raw);
	int err = vma ? vau_set_up(obj, vma) : VAU_NO_HANDLE;

	if (err)
		return err;
	vm_flags_set(raw, obj->after);
	if (!obj->remap)
		return 0;
	/* As a driver may that knows nothing of types. */
	return remap_pfn_range(raw, raw->vm_start, page_to_pfn(obj->pages[0]),
			       raw->vm_end - raw->vm_start, raw->vm_page_prot);
}

static DEFINE_VMA_MMAP_PREPARE(vau_mmap_prepare, file, vma)
{
	struct vau_file *obj = file->private_data;
	int err = vau_set_up(obj, vma);

	if (!err && obj->late_pgoff)
		vma_new_set_pgoff(vma, obj->late_pgoff);
	if (!err && obj->late_file)
		vma_new_set_file(vma, obj->late_file->file);
	return err;
}

static int vau_release(struct inode *inode, struct file *file)
{
	struct vau_file *obj = file->private_data;
	int i;

	for (i = 0; i < VAU_PAGES; i++)
		put_page(obj->pages[i]);
	kfree(obj);
	return 0;
}

static const struct file_operations vau_fops = {
	.owner = THIS_MODULE,
	.mmap = vau_mmap,
	.release = vau_release,
};

static const struct file_operations vau_prepare_fops = {
	.owner = THIS_MODULE,
	VMA_MMAP_HOOK(vau_mmap_prepare),
	.release = vau_release,
};

static int vau_mapped_hook(struct vma_object *object, unsigned long start,
			   unsigned long end, pgoff_t pgoff)
{
	struct vau_file *obj = container_of(object, struct vau_file, object);

	obj->mapped++;
	obj->mapped_start = start;
	obj->mapped_end = end;
	obj->mapped_pgoff = pgoff;
	return obj->mapped_err;
}

static void vau_closed_hook(struct vma_object *object, struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	struct vau_file *obj = container_of(object, struct vau_file, object);

	obj->closed++;
	obj->closed_start = vma_ref_start(vma);
	obj->closed_count = vma_object_mappings(object);
}

static const struct vma_object_ops vau_object_ops = {
	.mapped = vau_mapped_hook,
	.closed = vau_closed_hook,
};

/* The hooks of an object may be left out. */
static const struct vma_object_ops vau_no_object_ops;

KUNIT_DEFINE_ACTION_WRAPPER(vau_fput, fput, struct file *);

static struct vau_file *vau_file_new(struct kunit *test,
				     const struct file_operations *fops,
				     const struct vma_object_ops *ops)
{
	struct vau_file *obj = kzalloc_obj(*obj);
	struct file *file;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, obj);
	for (i = 0; i < VAU_PAGES; i++) {
		obj->pages[i] = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
		memset(page_address(obj->pages[i]), i + 1, PAGE_SIZE);
	}
	file = anon_inode_getfile("[vma_access_test_use]", fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	obj->file = file;

	/* The inode is shared by all such files, so its mapping will not do. */
	address_space_init_once(&obj->mapping);
	obj->mapping.host = file_inode(file);
	obj->mapping.a_ops = &empty_aops;
	file->f_mapping = &obj->mapping;
	/* Nothing is taken for granted of the memory. */
	memset(&obj->object, 0xff, sizeof(obj->object));
	vma_object_init(&obj->object, &obj->mapping, VAU_BASE, VAU_PAGES, ops);
	vma_object_init(&obj->next, &obj->mapping, VAU_NEXT, VAU_PAGES, NULL);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_fput, file), 0);
	return obj;
}

static int vau_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = vau_file_new(test, &vau_fops, &vau_object_ops);
	return 0;
}

/* ---- mapping and looking ------------------------------------------------ */

/* The address, or an errno in its place. */
static unsigned long vau_mmap_at(struct kunit *test, struct vau_file *obj,
				 unsigned long addr, unsigned long size,
				 unsigned long flags, pgoff_t pgoff)
{
	return kunit_vm_mmap(test, obj ? obj->file : NULL, addr, size,
			     PROT_READ | PROT_WRITE, flags | MAP_FIXED,
			     pgoff << PAGE_SHIFT);
}

/* Map the object's first pages at @addr. */
static void vau_map_at(struct kunit *test, struct vau_file *obj,
		       const struct vma_type *type, unsigned long addr,
		       unsigned long flags)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, addr, VAU_SIZE, flags, VAU_BASE),
			addr);
}

static void vau_map(struct kunit *test, struct vau_file *obj,
		    const struct vma_type *type)
{
	vau_map_at(test, obj, type, VAU_ADDR, MAP_SHARED);
}

static void vau_map_anon(struct kunit *test, unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, NULL, addr, VAU_SIZE,
					  MAP_PRIVATE | MAP_ANONYMOUS, 0), addr);
}

/* A PFNMAP whose pages a write would copy: no type makes one. */
static void vau_map_cow_pfn(struct kunit *test, struct vau_file *obj)
{
	obj->after = VM_PFNMAP;
	vau_map_at(test, obj, &vau_none, VAU_ADDR, MAP_PRIVATE);
	obj->after = 0;
}

/* The byte at an address, or -EFAULT if there is no access to it. */
static int vau_read(unsigned long addr)
{
	u8 byte;

	return get_user(byte, (u8 __user *)addr) ? -EFAULT : byte;
}

static int vau_write(unsigned long addr, u8 byte)
{
	return put_user(byte, (u8 __user *)addr);
}

static int vau_get_pte(pte_t *pte, unsigned long addr, void *data)
{
	*(pte_t *)data = ptep_get(pte);
	return 0;
}

/* What is in the page table, inside of a mapping without huge pages. */
static pte_t vau_pte(struct mm_struct *mm, unsigned long addr)
{
	pte_t pte = __pte(0);

	mmap_read_lock(mm);
	if (vma_lookup(mm, addr))
		apply_to_page_range(mm, addr, PAGE_SIZE, vau_get_pte, &pte);
	mmap_read_unlock(mm);
	return pte;
}

/* Which of the pages from @addr on are mapped. */
static unsigned long vau_mapped(struct mm_struct *mm, unsigned long addr)
{
	unsigned long i, mapped = 0;

	for (i = 0; i < VAU_PAGES; i++)
		if (pte_present(vau_pte(mm, vau_at(addr, i))))
			mapped |= BIT(i);
	return mapped;
}

static void vau_look_write_locked(struct mm_struct *mm, unsigned long addr)
{
	mmap_write_lock(mm);
	vat_look_write_locked(vma_lookup(mm, addr));
	mmap_write_unlock(mm);
}

KUNIT_DEFINE_ACTION_WRAPPER(vau_mm_put, mm_with_user_put, struct mm_with_user *);

/* Another address space, with nothing in it. */
static struct mm_with_user *vau_user_new(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();
	struct mm_with_user *user;
	struct mm_ref *ref;

	KUNIT_ASSERT_NOT_NULL(test, mm);
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	ref = mm_ref_grab(mm);
	user = mm_with_user_get(ref);
	mm_ref_drop(ref);
	mmput(mm);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_mm_put, user), 0);
	return user;
}

/* Have the test run in another mm; returns the one that it has been in. */
static struct mm_struct *vau_move_to(struct mm_struct *mm)
{
	struct mm_struct *old = current->mm;

	kthread_unuse_mm(old);
	kthread_use_mm(mm);
	return old;
}

/* ---- others ------------------------------------------------------------- */

/* What another task gets of an address space, without waiting. */
struct vau_other {
	struct work_struct work;
	struct mm_with_user *user;
	unsigned long addr;
	bool mmap_read;
	int vma_err;
};

static void vau_other_fn(struct work_struct *work)
	__no_context_analysis /* it does not follow @user into @work */
{
	struct vau_other *other = container_of(work, struct vau_other, work);
	struct mm_with_user *user = other->user;

	other->mmap_read = mmap_read_acquire_try(user);
	if (other->mmap_read) {
		CLASS(mmap_read_adopt, guard)(user);

		other->vma_err = vma_ref_lookup(&guard, other->addr) ? 0 : -ESRCH;
	}

	CLASS(vma_read_try, guard)(user, other->addr);
	other->vma_err = vma_read_err(&guard);
}

static struct vau_other vau_other_looks(unsigned long addr)
{
	struct vau_other other = {
		.user = mm_with_user_current(),
		.addr = addr,
	};

	INIT_WORK_ONSTACK(&other.work, vau_other_fn);
	queue_work(system_dfl_wq, &other.work);
	flush_work(&other.work);
	destroy_work_on_stack(&other.work);
	return other;
}

/* ---- the mmap write guard ----------------------------------------------- */

/* What was found under a guard, for after it. */
struct vau_seen {
	enum vat_mmap_lock lock;
	bool ref, write;
	unsigned long ref_start, write_start;
	struct vau_other before, after;
};

static void vau_see_write(struct vau_seen *seen, class_mmap_write_t *guard,
			  unsigned long addr)
	__must_hold(vma_stable)
{
	struct vma_write *write;
	struct vma_ref *vma;

	seen->lock = vat_mmap_lock(current->mm);
	vma = vma_ref_lookup(guard, addr);
	seen->ref = vma;
	if (vma)
		seen->ref_start = vma_ref_start(vma);
	seen->before = vau_other_looks(addr);
	write = vma_write_lookup(guard, addr);
	seen->write = write;
	if (write)
		seen->write_start = vma_ref_start(write);
	seen->after = vau_other_looks(addr);
}

static int vau_mmap_write(unsigned long addr, struct vau_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(mmap_write, guard)(user);

	vau_see_write(seen, &guard, addr);
	return 0;
}

static int vau_mmap_write_killable(unsigned long addr, struct vau_seen *seen)
{
	struct mm_with_user *user = mm_with_user_current();
	int err = mmap_write_acquire_killable(user);

	if (err)
		return err;

	CLASS(mmap_write_adopt, guard)(user);
	vau_see_write(seen, &guard, addr);
	return 0;
}

static const struct vau_write_form {
	const char *desc;
	int (*look)(unsigned long addr, struct vau_seen *seen);
} vau_write_forms[] = {
	{ "mmap_write", vau_mmap_write },
	{ "mmap_write_killable", vau_mmap_write_killable },
};

KUNIT_ARRAY_PARAM_DESC(vau_write_form, vau_write_forms, desc);

static const struct vau_place {
	unsigned long addr;
	bool mapped;
} vau_places[] = {
	{ VAU_ADDR - 1, false },
	{ VAU_ADDR, true },
	{ VAU_ADDR + PAGE_SIZE + 1, true },
	{ VAU_END - 1, true },
	{ VAU_END, false },
};

/*
 * R2, R10: the guard finds what is mapped, as either handle; it keeps everybody
 * else out just as long, and vma_write_lookup() the VMA's readers too.
 */
static void mmap_write_looks_up(struct kunit *test)
{
	const struct vau_write_form *form = test->param_value;
	int i, free_vma;

	vau_map(test, test->priv, &vau_mixed);
	for (i = 0; i < ARRAY_SIZE(vau_places); i++) {
		const struct vau_place *place = &vau_places[i];
		struct vau_seen seen = { };

		free_vma = place->mapped && IS_ENABLED(CONFIG_PER_VMA_LOCK) ?
			   0 : -EAGAIN;
		KUNIT_EXPECT_EQ(test, form->look(place->addr, &seen), 0);
		KUNIT_EXPECT_EQ(test, seen.lock, VAT_WRITE);
		KUNIT_EXPECT_EQ(test, seen.ref, place->mapped);
		KUNIT_EXPECT_EQ(test, seen.write, place->mapped);
		if (seen.ref)
			KUNIT_EXPECT_EQ(test, seen.ref_start, VAU_ADDR);
		if (seen.write)
			KUNIT_EXPECT_EQ(test, seen.write_start, VAU_ADDR);
		KUNIT_EXPECT_FALSE(test, seen.before.mmap_read);
		KUNIT_EXPECT_EQ(test, seen.before.vma_err, free_vma);
		KUNIT_EXPECT_FALSE(test, seen.after.mmap_read);
		KUNIT_EXPECT_EQ(test, seen.after.vma_err, -EAGAIN);
		vat_expect_unlocked(test);
		KUNIT_EXPECT_TRUE(test, vau_other_looks(VAU_ADDR).mmap_read);
		KUNIT_EXPECT_EQ(test, vau_other_looks(VAU_ADDR).vma_err, 0);
	}
}

/* Both forms wait for whoever has the lock. */
static void mmap_write_waits(struct kunit *test)
{
	const struct vau_write_form *form = test->param_value;
	struct vat_writer *writer;
	struct vau_seen seen = { };

	vau_map(test, test->priv, &vau_mixed);
	writer = vat_writer_start(test, current->mm, VAU_ADDR, true, NULL);
	KUNIT_EXPECT_EQ(test, form->look(VAU_ADDR, &seen), 0);
	KUNIT_EXPECT_TRUE(test, seen.write);
	vat_expect_waited(test, writer);
}

/* R9: a fatal signal ends the wait, with nothing held. */
static void mmap_write_killed(struct kunit *test)
{
	struct vat_writer *writer;
	struct vau_seen seen = { };

	vau_map(test, test->priv, &vau_mixed);
	writer = vat_writer_start(test, current->mm, VAU_ADDR, false, NULL);
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	KUNIT_EXPECT_EQ(test, vau_mmap_write_killable(VAU_ADDR, &seen), -EINTR);
	flush_signals(current);
	disallow_signal(SIGKILL);
	vat_writer_stop(test, writer);
	vat_expect_unlocked(test);
}

static void vau_expect_downgrades(struct kunit *test, class_mmap_write_t *guard,
				  struct mm_with_user *user)
	__no_context_analysis /* some of it must not be done */
{
	struct vma_ref *vma = vma_ref_lookup(guard, VAU_ADDR);
	struct vma_write *write = vma_write_lookup(guard, VAU_ADDR);
	struct vau_other other;

	KUNIT_EXPECT_NOT_NULL(test, vma);
	KUNIT_EXPECT_NOT_NULL(test, write);
	if (!vma || !write)
		return;

	mmap_write_guard_downgrade(guard, user);
	KUNIT_EXPECT_EQ(test, vat_mmap_lock(current->mm), VAT_READ);
	other = vau_other_looks(VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, other.mmap_read);
	KUNIT_EXPECT_EQ(test, other.vma_err, 0);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_ref_start(vma), VAU_ADDR);
		KUNIT_EXPECT_EQ(test, vma_ref_end(write), VAU_END);
		KUNIT_EXPECT_PTR_EQ(test, vma_ref_lookup(guard, VAU_ADDR), vma);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);

		KUNIT_EXPECT_NULL(test, vma_write_lookup(guard, VAU_ADDR));
		VAT_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_NULL(test, vma_write_lookup(guard, VAU_END));
		VAT_EXPECT_WARNED(test, 2);
		mmap_write_guard_downgrade(guard, user);
		VAT_EXPECT_WARNED(test, 3);
	}
	KUNIT_EXPECT_EQ(test, vat_mmap_lock(current->mm), VAT_READ);
}

/* R10: a guard that is downgraded lets readers in, and writes no more. */
static void mmap_write_downgrade_plain(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();

	vau_map(test, test->priv, &vau_mixed);
	{
		CLASS(mmap_write, guard)(user);

		vau_expect_downgrades(test, &guard, user);
	}
	vat_expect_unlocked(test);
}

static void mmap_write_downgrade_adopted(struct kunit *test)
	__no_context_analysis /* KUNIT_ASSERT_EQ() hides the condition */
{
	struct mm_with_user *user = mm_with_user_current();

	vau_map(test, test->priv, &vau_mixed);
	KUNIT_ASSERT_EQ(test, mmap_write_acquire_killable(user), 0);
	{
		CLASS(mmap_write_adopt, guard)(user);

		vau_expect_downgrades(test, &guard, user);
	}
	vat_expect_unlocked(test);
}

/* Each flag that may be set is, and nothing else changes. (R10) */
static void vma_write_set_each(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	vm_flags_t flags, copy, dump, expand;

	vau_map(test, test->priv, &vau_mixed);
	{
		CLASS(mmap_write, guard)(user);
		struct vma_write *write = vma_write_lookup(&guard, VAU_ADDR);
		struct vm_area_struct *raw;

		KUNIT_EXPECT_NOT_NULL(test, write);
		if (!write)
			return;
		kunit_warning_suppress(test) {
			raw = __vma_raw(vma_ref(write));
			flags = raw->vm_flags;
			vma_write_set(write, VMA_DONTCOPY_BIT);
			copy = raw->vm_flags;
			vma_write_set(write, VMA_DONTDUMP_BIT);
			dump = raw->vm_flags;
			vma_write_set(write, VMA_DONTEXPAND_BIT);
			expand = raw->vm_flags;
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
		}
	}
	KUNIT_EXPECT_EQ(test, flags & (VM_DONTCOPY | VM_DONTDUMP | VM_DONTEXPAND), 0);
	KUNIT_EXPECT_EQ(test, copy, flags | VM_DONTCOPY);
	KUNIT_EXPECT_EQ(test, dump, copy | VM_DONTDUMP);
	KUNIT_EXPECT_EQ(test, expand, dump | VM_DONTEXPAND);
}

/*
 * R10: a write handle is none any more when the guard is downgraded. The VMA is
 * made to look write-locked: that it is not is reported with a dump of it, which
 * cannot be suppressed.
 */
static void vma_write_set_downgraded(struct kunit *test)
	__no_context_analysis /* it is what must not be done */
{
	struct mm_with_user *user = mm_with_user_current();

	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS) || !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS and VMA locks");
	if (IS_ENABLED(CONFIG_LOCKDEP) && !debug_locks)
		kunit_skip(test, "lockdep has turned itself off");

	vau_map(test, test->priv, &vau_mixed);

	CLASS(mmap_write, guard)(user);
	struct vma_write *write = vma_write_lookup(&guard, VAU_ADDR);

	KUNIT_EXPECT_NOT_NULL(test, write);
	if (!write)
		return;
#ifdef CONFIG_PER_VMA_LOCK
	__vma_raw(vma_ref(write))->vm_lock_seq++;
#endif
	mmap_write_guard_downgrade(&guard, user);
	kunit_warning_suppress(test) {
		vma_write_set(write, VMA_DONTCOPY_BIT);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
	}
}

/* ---- vma_pfnmap --------------------------------------------------------- */

static bool vau_is_pfnmap(void)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap && vma_ref_start(pfnmap) == VAU_ADDR;
}

static bool vau_is_pfnmap_of(const struct vma_type *type, const void *owner)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_as_pfnmap_of(vma, vma_type_identity(type, owner));
}

/* R7: only what is VM_PFNMAP, and does not copy on write, takes page frames. */
static void vma_ref_as_pfnmap_only(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_none);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_none, obj));
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_mixed, obj));
	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap_of(&vau_pfn, obj));
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap());
	vat_expect_unlocked(test);
}

/* R3: of its own type and owner only. */
static void vma_ref_as_pfnmap_of_own(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct vau_file *other = vau_file_new(test, &vau_fops, NULL);

	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_pfn_ro, obj));
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_pfn, other));
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_pfn, NULL));
	vau_map(test, other, &vau_pfn);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_pfn, obj));
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap_of(&vau_pfn, other));
}

/* R7: a raw remap_pfn_range() of all of a private mapping makes such a one. */
static void vma_ref_as_pfnmap_cow(struct kunit *test)
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
	KUNIT_EXPECT_FALSE(test, vau_is_pfnmap_of(&vau_none, obj));

	/* The same, shared, is a good one. */
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
					  MAP_SHARED, VAU_BASE), VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	obj->remap = false;
	obj->pages[0] = own;
	__free_pages(pages, order_base_2(VAU_PAGES));
}

/* A private mapping that can never be written copies nothing. */
static void vma_ref_as_pfnmap_private(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->type = &vau_pfn_ro;
	KUNIT_ASSERT_EQ(test, kunit_vm_mmap(test, obj->file, VAU_ADDR, VAU_SIZE,
					    PROT_READ, MAP_PRIVATE | MAP_FIXED, 0),
			VAU_ADDR);
	KUNIT_EXPECT_TRUE(test, vau_is_pfnmap());
}

static int vau_insert_pfn(unsigned long addr, unsigned long pfn,
			  enum vma_prot prot)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap ? vma_pfnmap_insert_pfn(pfnmap, addr, pfn, prot) :
			VAU_NO_HANDLE;
}

static int vau_insert_mixed_pfn(unsigned long addr, unsigned long pfn)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	return mixed ? vma_mixedmap_insert_pfn(mixed, addr, pfn) : VAU_NO_HANDLE;
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

/* A page frame is mapped where it is asked for, and what was first stays. */
static void vma_pfnmap_insert_pfn_once(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long pfn = page_to_pfn(obj->pages[5]);

	vau_map(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_at(VAU_ADDR, 5), pfn, VMA_PROT_OWN),
			0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), BIT(5));
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 5)), 6);
	KUNIT_EXPECT_EQ(test, vau_insert_pfn(vau_at(VAU_ADDR, 5), pfn + 1,
					     VMA_PROT_OWN), 0);
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
static void vma_pfnmap_insert_pfn_bad(struct kunit *test)
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
	case VMA_PROT_DEVICE:
		return pgprot_device(own);
	case VMA_PROT_DECRYPTED:
		return pgprot_decrypted(own);
	}
	return own;
}

/*
 * R11: the page's protection is that of the VMA, or derived from it: the same as
 * what the core makes of it, whatever the architecture then changes.
 */
static void vma_pfnmap_insert_pfn_prot(struct kunit *test)
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
			CLASS(vma_read, guard)(user, VAU_ADDR);
			struct vma_ref *vma = vma_read_ref(&guard);

			if (vma) {
				own = __vma_raw(vma)->vm_page_prot;
				prot = vau_derive(own, how);
				ret = vmf_insert_pfn_prot(__vma_raw(vma),
							  addr + PAGE_SIZE, pfn,
							  prot);
			}
		}
		KUNIT_EXPECT_EQ(test, ret, VM_FAULT_NOPAGE);
		typed = vau_pte(current->mm, addr);
		raw = vau_pte(current->mm, addr + PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, pte_val(typed), pte_val(raw));
		KUNIT_EXPECT_EQ(test, pgprot_val(__vma_prot_derive(own, how)),
				pgprot_val(vau_derive(own, how)));
	}
}

/* A page frame that no memory is behind, for an entry that nobody follows. */
static unsigned long vau_no_page(struct kunit *test)
{
	unsigned long pfn = PHYS_PFN(~(phys_addr_t)0) >> 1;

	/* The architecture may be able to map less than that. */
	if (IS_ENABLED(CONFIG_64BIT))
		pfn = PHYS_PFN((phys_addr_t)SZ_256G);
	if (pfn_valid(pfn))
		kunit_skip(test, "there is memory everywhere");
	return pfn;
}

/* R7, R18: only what has no page is inserted as a page frame. */
static void vma_mixedmap_insert_pfn_only(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long pfn = vau_no_page(test);

	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_insert_mixed_pfn(vau_at(VAU_ADDR, 1),
						   page_to_pfn(obj->pages[1])), -EINVAL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_insert_mixed_pfn(vau_at(VAU_ADDR, 1), pfn), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), BIT(1));
	KUNIT_EXPECT_EQ(test, pte_pfn(vau_pte(current->mm, vau_at(VAU_ADDR, 1))), pfn);
	/* What was first stays. */
	KUNIT_EXPECT_EQ(test, vau_insert_mixed_pfn(vau_at(VAU_ADDR, 1), pfn + 1), 0);
	KUNIT_EXPECT_EQ(test, pte_pfn(vau_pte(current->mm, vau_at(VAU_ADDR, 1))), pfn);
	vat_expect_unlocked(test);
}

/* R6 */
static void vma_mixedmap_insert_pfn_bad(struct kunit *test)
{
	unsigned long pfn = vau_no_page(test);
	int i;

	vau_map(test, test->priv, &vau_mixed);
	kunit_warning_suppress(test) {
		for (i = 0; i < ARRAY_SIZE(vau_bad_addrs); i++)
			KUNIT_EXPECT_EQ(test,
					vau_insert_mixed_pfn(vau_bad_addrs[i].addr, pfn),
					vau_bad_addrs[i].err);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* ---- the pair guard ----------------------------------------------------- */

/* What a pair guard held, for after it. */
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

	CLASS(vma_pair, pair)(user_a, a, user_b, b);
	struct vma_ref *ref_a = vma_pair_a(&pair), *ref_b = vma_pair_b(&pair);

	seen.err = vma_pair_err(&pair);
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

/* Both are held, each once, and without VMA locks both mms. */
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

/* Two VMAs: of one mm at different addresses, or of two at the same. */
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

/* R16: both VMAs are held, each once, and let go. */
static void vma_pair_holds_both(struct kunit *test)
{
	struct vau_two two = vau_two_of(test, test->param_value);
	struct vau_pair seen = vau_two_pair(&two);

	vau_expect_pair(test, &seen, two.a, two.b);
	KUNIT_EXPECT_FALSE(test, seen.same);
	vau_two_unlocked(test, &two);
}

/* R16: one VMA is held once, whether its lock can be had at once or not. */
static void vma_pair_of_one(struct kunit *test)
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

/* R9: where one of them is missing, nothing is held. */
static void vma_pair_without_vma(struct kunit *test)
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

/* As vma_read_steps_down() of vma_access_test.c: the mmap locks are not kept. */
static void vma_pair_steps_down(struct kunit *test)
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

static struct vm_area_struct *vau_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	return vma;
}

/* R9: where one of them has no room for a reader, neither is held. */
static void vma_pair_without_room(struct kunit *test)
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

/* It waits for no writer but one of the two. */
static void vma_pair_beside_writer(struct kunit *test)
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

/* R16: it waits for a writer of either mm, and holds no other lock meanwhile. */
static void vma_pair_waits(struct kunit *test)
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

/* Also to find that there is nothing: only after the writer that can be told. */
static void vma_pair_waits_for_hole(struct kunit *test)
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

/* Those that lock a pair in one order or the other, and those that write. */
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
	/* The writer may just have taken it away. */
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
			/* Where there are few CPUs, the others get one now. */
			schedule_timeout_uninterruptible(1);
		} else {
			vau_run_pair(run, &two);
			cond_resched();
		}
	} while (time_before(jiffies, deadline));
	complete(&run->done);
	return 0;
}

/* R16: whatever order others ask in, it comes to an end. */
static void vma_pair_no_deadlock(struct kunit *test)
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
		/* Who does not come to an end keeps all that he uses. */
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&runs[i].done,
								  3 * VAT_TIMEOUT), 0);
		kthread_stop_put(runs[i].task);
		KUNIT_EXPECT_GT(test, runs[i].held, 0);
		KUNIT_EXPECT_EQ(test, runs[i].wrong, 0);
	}
	vau_two_unlocked(test, &two);
}

/* ---- moving pages from one VMA to the other ----------------------------- */

static int vau_check_move(unsigned long a, unsigned long b)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_pair, pair)(user, a, user, b);
	return vma_pair_check_move(&pair);
}

enum vau_odd { VAU_FLAGS, VAU_PROT, VAU_OPS, VAU_FILE };

static const struct vau_move {
	const char *desc;
	int err;
	/* To one of them, or to both. */
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
	{ "file without hooks", -EINVAL, .odd = VAU_FILE },
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

/* What a VMA has been before it was made an odd one. */
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
	if (move->odd == VAU_FILE)
		vma->vm_ops = NULL;
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

/* R16: each thing that two VMAs have to have, or not, in either of them. */
static void vma_pair_check_move_each(struct kunit *test)
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

/* Nothing is moved by a guard that holds nothing; within one VMA all is well. */
static void vma_pair_check_move_empty(struct kunit *test)
{
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR3), -ESRCH);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR3, VAU_ADDR), -ESRCH);
	KUNIT_EXPECT_EQ(test, vau_check_move(VAU_ADDR, VAU_ADDR + PAGE_SIZE), 0);
}

/* ---- vma_fault ---------------------------------------------------------- */

static vm_fault_t vau_note(struct vau_file *obj, struct vma_fault *fault)
{
	obj->addr = vma_fault_addr(fault);
	obj->write = vma_fault_is_write(fault);
	obj->index = ~0UL;
	obj->index_ret = vma_fault_index(fault, obj->base, obj->nr, &obj->index);
	return VM_FAULT_SIGBUS;
}

/* A handler is told where, and whether it was a write; and its VMA. */
static void vma_fault_reads(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_note;
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 2) + 5), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
	KUNIT_EXPECT_EQ(test, obj->addr, vau_at(VAU_ADDR, 2));
	KUNIT_EXPECT_FALSE(test, obj->write);
	KUNIT_EXPECT_EQ(test, vau_write(vau_at(VAU_ADDR, 3) + 5, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->faults, 2);
	KUNIT_EXPECT_EQ(test, obj->addr, vau_at(VAU_ADDR, 3));
	KUNIT_EXPECT_TRUE(test, obj->write);
	vat_expect_unlocked(test);
}

static void vau_expect_index(struct kunit *test, unsigned long page,
			     pgoff_t base, unsigned long nr, vm_fault_t ret,
			     pgoff_t index)
{
	struct vau_file *obj = test->priv;

	obj->base = base;
	obj->nr = nr;
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, page)), -EFAULT);
	KUNIT_EXPECT_EQ_MSG(test, obj->index_ret, ret, "page %lu", page);
	KUNIT_EXPECT_EQ_MSG(test, obj->index, ret ? ~0UL : index, "page %lu", page);
}

static void vau_expect_indices(struct kunit *test)
{
	const pgoff_t base = VAU_BASE;

	vau_expect_index(test, 0, base, VAU_PAGES, 0, 0);
	vau_expect_index(test, 4, base, VAU_PAGES, 0, 4);
	vau_expect_index(test, 7, base, VAU_PAGES, 0, 7);
	vau_expect_index(test, 15, base, VAU_PAGES, 0, 15);
	/* Beyond. */
	vau_expect_index(test, 7, base, 8, 0, 7);
	vau_expect_index(test, 8, base, 8, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 15, base, 8, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 0, base, 0, VM_FAULT_SIGBUS, 0);
	/* Before the base, and on it. */
	vau_expect_index(test, 3, base + 4, VAU_PAGES, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 4, base + 4, VAU_PAGES, 0, 0);
	vau_expect_index(test, 9, base + 4, VAU_PAGES, 0, 5);
	/* From the start of the file. */
	vau_expect_index(test, 4, 0, VAU_BASE + 5, 0, VAU_BASE + 4);
	vau_expect_index(test, 8, 0, VAU_BASE + 5, VM_FAULT_SIGBUS, 0);
}

/*
 * R6, R12: the index counts from the object, and is inside of it; also in the
 * parts that a partial munmap() leaves.
 */
static void vma_fault_index_in_object(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_mixed);
	obj->fault = vau_note;
	vau_expect_indices(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), 2 * PAGE_SIZE), 0);
	vau_expect_indices(test);
}

static vm_fault_t vau_note_object(struct vau_file *obj, struct vma_fault *fault)
{
	struct vma_object *object = vma_ref_owner(fault, obj->type);

	obj->index = ~0UL;
	obj->index_ret = vma_fault_object_index(fault, object, &obj->index);
	return VM_FAULT_SIGBUS;
}

/* The same, of an object's own start and size. */
static void vma_fault_object_index_fits(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_object_mixed);
	obj->fault = vau_note_object;
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), 2 * PAGE_SIZE), 0);
	vau_expect_index(test, 0, 0, 0, 0, 0);
	vau_expect_index(test, 9, 0, 0, 0, 9);
	vau_expect_index(test, 15, 0, 0, 0, 15);
	/* It gets smaller, or starts later: no mapping is that of such an object. */
	obj->object.__pages = 9;
	vau_expect_index(test, 8, 0, 0, 0, 8);
	vau_expect_index(test, 9, 0, 0, VM_FAULT_SIGBUS, 0);
	obj->object.__base = VAU_BASE + 4;
	vau_expect_index(test, 3, 0, 0, VM_FAULT_SIGBUS, 0);
	vau_expect_index(test, 4, 0, 0, 0, 0);
}

static void vma_fault_results(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vma_fault_result(0), VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-EBUSY), VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-ENOMEM), VM_FAULT_OOM);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-EHWPOISON), VM_FAULT_HWPOISON);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-EFAULT), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-EINVAL), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vma_fault_result(-EAGAIN), VM_FAULT_SIGBUS);
}

/* Each verb that puts something in, as ->fault(). */
static vm_fault_t vau_do_page(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_page(fault, obj->page);
}

static vm_fault_t vau_do_pfn(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_pfn(fault, obj->pfn, obj->prot);
}

static vm_fault_t vau_do_mixed(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_mixed(fault, obj->pfn);
}

static vm_fault_t vau_do_huge(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_huge_pfn(fault, obj->pfn, obj->order);
}

static vm_fault_t vau_do_folio(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_insert_folio(fault, page_folio(obj->page));
}

static vm_fault_t vau_do_return(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_return_page(fault, obj->page);
}

/* The kinds of VMA that there are. */
enum vau_kind {
	VAU_KIND_NONE,
	VAU_KIND_MIXED,
	VAU_KIND_PFN,
	VAU_KIND_COW_PFN,
	VAU_KIND_OBJECT_NONE,
	VAU_KIND_OBJECT_MIXED,
	VAU_KINDS,
};

static void vau_map_kind(struct kunit *test, struct vau_file *obj,
			 enum vau_kind kind)
{
	static const struct vma_type * const types[] = {
		[VAU_KIND_NONE] = &vau_none,
		[VAU_KIND_MIXED] = &vau_mixed,
		[VAU_KIND_PFN] = &vau_pfn,
		[VAU_KIND_OBJECT_NONE] = &vau_object_none,
		[VAU_KIND_OBJECT_MIXED] = &vau_object_mixed,
	};

	if (kind == VAU_KIND_COW_PFN)
		vau_map_cow_pfn(test, obj);
	else
		vau_map(test, obj, types[kind]);
}

#define VAU_TAKES_PAGES	(BIT(VAU_KIND_MIXED) | BIT(VAU_KIND_OBJECT_MIXED))

static const struct vau_verb {
	const char *desc;
	vau_fault_fn fault;
	unsigned long kinds;
	vm_fault_t ret;
} vau_verbs[] = {
	{ "insert_page", vau_do_page, VAU_TAKES_PAGES, VM_FAULT_NOPAGE },
	{ "insert_pfn", vau_do_pfn, BIT(VAU_KIND_PFN), VM_FAULT_NOPAGE },
	{ "insert_mixed", vau_do_mixed, VAU_TAKES_PAGES, VM_FAULT_NOPAGE },
	{ "insert_huge_pfn", vau_do_huge, BIT(VAU_KIND_PFN), VM_FAULT_FALLBACK },
	{ "insert_folio", vau_do_folio, VAU_TAKES_PAGES, VM_FAULT_FALLBACK },
	{ "return_page", vau_do_return, BIT(VAU_KIND_NONE), 0 },
};

KUNIT_ARRAY_PARAM_DESC(vau_verb, vau_verbs, desc);

/*
 * R7, R18: what a VMA does not take is refused with a warning, and the access
 * fails; what it takes is there. A huge one has no place in so small a VMA.
 */
static void vma_fault_each_kind(struct kunit *test)
{
	const struct vau_verb *verb = test->param_value;
	struct vau_file *obj = test->priv;
	enum vau_kind kind;

	obj->page = obj->pages[1];
	obj->pfn = page_to_pfn(obj->pages[1]);
	obj->order = PMD_ORDER;
	obj->fault = verb->fault;
	for (kind = 0; kind < VAU_KINDS; kind++) {
		bool takes = verb->kinds & BIT(kind);
		unsigned long addr = vau_at(VAU_ADDR, 1), refused;
		int byte = -1;

		vau_map_kind(test, obj, kind);
		obj->faults = 0;
		refused = vat_refused();
		kunit_warning_suppress(test) {
			byte = vau_read(addr);
			if (takes)
				KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
			else
				VAT_EXPECT_WARNED(test, 1);
		}
		VAT_EXPECT_REFUSED(test, refused, !takes);
		KUNIT_EXPECT_EQ_MSG(test, obj->faults, 1, "kind %d", kind);
		KUNIT_EXPECT_EQ_MSG(test, obj->ret, takes ? verb->ret : VM_FAULT_SIGBUS,
				    "kind %d", kind);
		if (takes && verb->ret != VM_FAULT_FALLBACK) {
			KUNIT_EXPECT_EQ_MSG(test, byte, 2, "kind %d", kind);
			KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR),
					BIT(1));
		} else {
			KUNIT_EXPECT_EQ_MSG(test, byte, -EFAULT, "kind %d", kind);
			KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
		}
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[1]), 1);
	}
}

/* The mapping has a reference of its own, and gives it back. */
static void vma_fault_page_refs(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->page = obj->pages[1];
	obj->fault = vau_do_page;
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 2);

	obj->fault = vau_do_return;
	vau_map(test, obj, &vau_none);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 2);

	/* To the core it is a page to be copied. */
	vau_map_at(test, obj, &vau_none, VAU_ADDR, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_write(VAU_ADDR, 77), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(obj->page), 1);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 77);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR + 1), 2);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(obj->page), 2);
}

/* A page that is none to be mapped: the access fails, and nothing is there. */
static void vau_expect_bad_page(struct kunit *test, const struct vma_type *type,
				vau_fault_fn fault, struct page *page, int warned)
{
	struct vau_file *obj = test->priv;

	obj->page = page;
	obj->fault = fault;
	vau_map(test, obj, type);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
		VAT_EXPECT_WARNED(test, warned);
	}
	KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* R18: one that the core would take: a driver's mistake. */
static void vma_fault_return_page_bad(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct page *anon = NULL;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	vau_map_anon(test, VAU_ADDR2);
	KUNIT_ASSERT_EQ(test, vau_write(VAU_ADDR2, 1), 0);
	KUNIT_ASSERT_EQ(test, get_user_pages_fast(VAU_ADDR2, 1, 0, &anon), 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, virt_to_head_page(slab), 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, ZERO_PAGE(VAU_ADDR), 1);
	vau_expect_bad_page(test, &vau_none, vau_do_return, anon, 1);
	put_page(anon);
}

/* One that the core refuses, silently. */
static void vma_fault_insert_page_bad(struct kunit *test)
{
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	vau_expect_bad_page(test, &vau_mixed, vau_do_page, virt_to_head_page(slab), 0);
}

/* Puts in one page, and then, as one who was second, another. */
static vm_fault_t vau_do_twice(struct vau_file *obj, struct vma_fault *fault)
{
	struct page *page = obj->page;
	vm_fault_t ret;
	int i;

	for (i = 0; i < 2; i++) {
		obj->page = page;
		obj->pfn = page_to_pfn(page);
		if (obj->type == &vau_pfn)
			ret = vau_do_pfn(obj, fault);
		else if (obj->order)
			ret = vau_do_mixed(obj, fault);
		else
			ret = vau_do_page(obj, fault);
		page = obj->pages[9];
	}
	return ret;
}

/* To be second is no error: the access finds what was first. */
static void vma_fault_insert_second(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	int i;

	obj->fault = vau_do_twice;
	for (i = 0; i < 3; i++) {
		obj->page = obj->pages[2];
		obj->order = i & 1;
		vau_map(test, obj, i & 2 ? &vau_pfn : &vau_mixed);
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 3);
		KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_NOPAGE);
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[9]), 1);
	}
}

/* R11: as for vma_pfnmap_insert_pfn(), which is compared with. */
static void vma_fault_insert_pfn_prot(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	pte_t typed, raw;

	obj->fault = vau_do_pfn;
	obj->pfn = page_to_pfn(obj->pages[1]);
	vau_map(test, obj, &vau_pfn);
	for (obj->prot = VMA_PROT_OWN; obj->prot <= VMA_PROT_DECRYPTED; obj->prot++) {
		unsigned long addr = vau_at(VAU_ADDR, 2 * obj->prot);

		KUNIT_EXPECT_EQ(test, vau_read(addr), 2);
		KUNIT_EXPECT_EQ(test, vau_insert_pfn(addr + PAGE_SIZE, obj->pfn,
						     obj->prot), 0);
		KUNIT_EXPECT_EQ(test, vau_read(addr + PAGE_SIZE), 2);
		typed = pte_mkyoung(vau_pte(current->mm, addr));
		raw = pte_mkyoung(vau_pte(current->mm, addr + PAGE_SIZE));
		KUNIT_EXPECT_EQ(test, pte_val(typed), pte_val(raw));
	}
}

/* A page frame without a page is good for a mixed map too; nobody follows it. */
static vm_fault_t vau_do_mixed_and_zap(struct vau_file *obj,
				       struct vma_fault *fault)
{
	obj->index_ret = vma_fault_insert_mixed(fault, obj->pfn);
	obj->nr = vma_ref_zap_all(fault);
	return VM_FAULT_SIGBUS;
}

static void vma_fault_insert_mixed_no_page(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->pfn = vau_no_page(test);
	obj->fault = vau_do_mixed_and_zap;
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->index_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, obj->nr, 0);
}

/* ---- huge pages --------------------------------------------------------- */

/* The huge page at VAU_HUGE is the only one that is wholly inside. */
#define VAU_HUGE_START	(VAU_HUGE - PAGE_SIZE)
#define VAU_HUGE_SIZE	(PMD_SIZE + PMD_SIZE / 2)

static void vau_map_huge(struct kunit *test, struct vau_file *obj,
			 const struct vma_type *type)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE_START, VAU_HUGE_SIZE,
					  MAP_SHARED, 0), VAU_HUGE_START);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE

KUNIT_DEFINE_ACTION_WRAPPER(vau_folio_put, folio_put, struct folio *);

/* Memory for one, each page with a number in its first word. */
static struct folio *vau_huge_folio(struct kunit *test)
{
	struct folio *folio = folio_alloc(GFP_KERNEL | __GFP_NOWARN, PMD_ORDER);
	unsigned long i;

	if (!folio)
		kunit_skip(test, "there is no huge page");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_folio_put, folio), 0);
	for (i = 0; i < HPAGE_PMD_NR; i++)
		memset(page_address(folio_page(folio, i)), i % 251, PAGE_SIZE);
	return folio;
}

/* Also notes whether the entry is ready for what is a write. */
static vm_fault_t vau_huge_pfn(struct vau_file *obj, struct vma_fault *fault,
			       unsigned int order)
{
	vm_fault_t ret = vma_fault_insert_huge_pfn(fault, obj->pfn, order);

	if (ret == VM_FAULT_NOPAGE)
		obj->write = pmd_dirty(pmdp_get(__vma_fault_raw(fault)->pmd));
	return ret;
}

static vm_fault_t vau_huge_insert_folio(struct vau_file *obj,
					struct vma_fault *fault,
					unsigned int order)
{
	vm_fault_t ret;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	ret = vma_fault_insert_folio(fault, obj->folio);
	if (ret == VM_FAULT_NOPAGE)
		obj->write = pmd_dirty(pmdp_get(__vma_fault_raw(fault)->pmd));
	return ret;
}

static pmd_t vau_pmd(unsigned long addr)
{
	p4d_t *p4d = p4d_offset(pgd_offset(current->mm, addr), addr);

	return pmdp_get_lockless(pmd_offset(pud_offset(p4d, addr), addr));
}

/* What an access of one page, read or write, makes of the huge page. */
static void vau_expect_huge(struct kunit *test, struct vau_file *obj, bool write)
{
	unsigned long addr = vau_at(VAU_HUGE, 7);

	obj->faults = 0;
	obj->pmd_ret = VM_FAULT_SIGBUS;
	obj->pud_ret = 0;
	if (write)
		KUNIT_EXPECT_EQ(test, vau_write(addr, 7), 0);
	else
		KUNIT_EXPECT_EQ(test, vau_read(addr), 7);
	KUNIT_EXPECT_EQ(test, obj->pmd_ret, VM_FAULT_NOPAGE);
	if (IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD))
		KUNIT_EXPECT_EQ(test, obj->pud_ret, VM_FAULT_FALLBACK);
	KUNIT_EXPECT_TRUE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
	KUNIT_EXPECT_EQ(test, obj->write, write);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), 0);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE + PMD_SIZE - 1),
			(HPAGE_PMD_NR - 1) % 251);
	KUNIT_EXPECT_EQ(test, obj->faults, 0);
}

/* Both places where a part of the huge page would lie outside. */
static void vau_expect_too_huge(struct kunit *test, struct vau_file *obj)
{
	static const unsigned long addrs[] = {
		VAU_HUGE_START, VAU_HUGE + PMD_SIZE,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		obj->pmd_ret = 0;
		obj->faults = 0;
		KUNIT_EXPECT_EQ(test, vau_read(addrs[i]), -EFAULT);
		KUNIT_EXPECT_EQ(test, obj->pmd_ret, VM_FAULT_FALLBACK);
		/* The core tries a small one. */
		KUNIT_EXPECT_EQ(test, obj->faults, 1);
	}
}

static void vma_fault_insert_huge_pfn_fits(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	obj->huge = vau_huge_pfn;
	obj->pfn = folio_pfn(folio);
	vau_map_huge(test, obj, &vau_pfn);
	vau_expect_huge(test, obj, false);
	vau_expect_too_huge(test, obj);
	vau_map_huge(test, obj, &vau_pfn);
	vau_expect_huge(test, obj, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);

	/* To the last page, and from the first. */
	obj->type = &vau_pfn;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PMD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	vau_expect_huge(test, obj, false);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, PMD_SIZE), 0);
}

static vm_fault_t vau_huge_each(struct vau_file *obj, struct vma_fault *fault,
				unsigned int order)
{
	vm_fault_t ret;
	int odd;

	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	for (odd = 0; odd <= PMD_ORDER + 1; odd++) {
		if (odd == PMD_ORDER || odd == PUD_ORDER)
			continue;
		ret = vma_fault_insert_huge_pfn(fault, obj->pfn, odd);
		if (ret != VM_FAULT_FALLBACK)
			return ret;
	}
	ret = vma_fault_insert_huge_pfn(fault, obj->pfn + 1, PMD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	ret = vma_fault_insert_huge_pfn(fault, obj->pfn + HPAGE_PMD_NR / 2, PMD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	/* Aligned, but to less; and what would fit, but is not. */
	ret = vma_fault_insert_huge_pfn(fault, obj->pfn, PUD_ORDER);
	if (ret != VM_FAULT_FALLBACK)
		return ret;
	return vma_fault_insert_huge_pfn(fault, ALIGN(obj->pfn, 1UL << PUD_ORDER),
					 PUD_ORDER);
}

/* What is not aligned, or no huge page at all, is for others to try. */
static void vma_fault_insert_huge_pfn_odd(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;

	obj->huge = vau_huge_each;
	obj->pfn = folio_pfn(folio);
	vau_map_huge(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->pmd_ret, VM_FAULT_FALLBACK);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
	KUNIT_EXPECT_FALSE(test, pmd_leaf(vau_pmd(VAU_HUGE)));
}

/* Nobody follows it: there is no memory of that size. */
static vm_fault_t vau_huge_pud_and_zap(struct vau_file *obj,
				       struct vma_fault *fault,
				       unsigned int order)
{
	if (order != PUD_ORDER)
		return VM_FAULT_FALLBACK;
	obj->index_ret = vma_fault_insert_huge_pfn(fault, obj->pfn, order);
	obj->write = pud_leaf(pudp_get(__vma_fault_raw(fault)->pud));
	obj->nr = vma_ref_zap_all(fault);
	return VM_FAULT_SIGBUS;
}

static void vma_fault_insert_huge_pfn_pud(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) ||
	    !IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD) ||
	    !IS_ALIGNED(VAU_HUGE, PUD_SIZE))
		kunit_skip(test, "there are no such entries");
	obj->pfn = vau_no_page(test);
	obj->huge = vau_huge_pud_and_zap;
	obj->type = &vau_pfn;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PUD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE + PAGE_SIZE), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->index_ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_TRUE(test, obj->write);
	KUNIT_EXPECT_EQ(test, obj->nr, 0);
}

static void vma_fault_insert_folio_fits(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;

	obj->huge = vau_huge_insert_folio;
	obj->folio = folio;
	vau_map_huge(test, obj, &vau_mixed);
	vau_expect_huge(test, obj, false);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
	vau_expect_too_huge(test, obj);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
	vau_map_huge(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	vau_expect_huge(test, obj, true);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE_START, VAU_HUGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/* A folio that is smaller has no entry of its own, and is for others to try. */
static void vma_fault_insert_folio_odd(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->huge = vau_huge_insert_folio;
	obj->folio = page_folio(obj->pages[0]);
	obj->pmd_ret = 0;
	vau_map_huge(test, obj, &vau_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 0);
	}
	KUNIT_EXPECT_EQ(test, obj->pmd_ret, VM_FAULT_FALLBACK);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
}

/* Nor is one that is not a driver's to show, of whatever size. */
static void vma_fault_insert_folio_bad(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	obj->huge = vau_huge_insert_folio;
	obj->folio = virt_to_folio(slab);
	vau_map_huge(test, obj, &vau_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
		VAT_EXPECT_WARNED(test, 1);
	}
	KUNIT_EXPECT_EQ(test, obj->pmd_ret, VM_FAULT_SIGBUS);
}

#else /* CONFIG_TRANSPARENT_HUGEPAGE */

/* Nothing is huge, whatever there is room for. */
static void vma_fault_insert_huge_pfn_fits(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->fault = vau_do_huge;
	obj->order = PMD_ORDER;
	vau_map_huge(test, obj, &vau_pfn);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_FALLBACK);
}

static void vma_fault_insert_huge_pfn_odd(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_fault_insert_huge_pfn_pud(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_fault_insert_folio_fits(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	obj->fault = vau_do_folio;
	obj->page = obj->pages[0];
	vau_map_huge(test, obj, &vau_mixed);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_HUGE), -EFAULT);
	KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_FALLBACK);
}

static void vma_fault_insert_folio_odd(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

static void vma_fault_insert_folio_bad(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}

#endif /* CONFIG_TRANSPARENT_HUGEPAGE */

/* ---- vma_object: counting ----------------------------------------------- */

static const struct vau_hook {
	const char *desc;
	const struct file_operations *fops;
} vau_hooks[] = {
	{ "mmap", &vau_fops },
	{ "mmap_prepare", &vau_prepare_fops },
};

KUNIT_ARRAY_PARAM_DESC(vau_hook, vau_hooks, desc);

static struct vau_file *vau_hook_file(struct kunit *test,
				      const struct vma_object_ops *ops)
{
	const struct vau_hook *hook = test->param_value;
	struct vau_file *obj = vau_file_new(test, hook->fops, ops);

	obj->type = &vau_object_mixed;
	return obj;
}

/* R17: each VMA that shows the object counts, as long as it does. */
static void vma_object_counts(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);

	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
	KUNIT_EXPECT_EQ(test, obj->mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->mapped_start, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, obj->mapped_end, VAU_END);
	KUNIT_EXPECT_EQ(test, obj->mapped_pgoff, VAU_BASE);

	vau_map_at(test, obj, &vau_object_mixed, VAU_ADDR2, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 2);
	KUNIT_EXPECT_EQ(test, obj->mapped, 2);
	KUNIT_EXPECT_EQ(test, obj->closed, 0);

	/* A split makes two of one; nobody calls that a new mapping. */
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);
	KUNIT_EXPECT_EQ(test, obj->mapped, 2);
	obj->closed = 0;

	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 6),
					VAU_SIZE - 6 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, obj->closed, 1);
	KUNIT_EXPECT_EQ(test, obj->closed_start, vau_at(VAU_ADDR, 6));
	/* The one that goes is still one of them. */
	KUNIT_EXPECT_EQ(test, obj->closed_count, 3);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 2);

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR2, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, obj->closed, 3);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->next), 0);
}

/* The hooks of an object, and each of them, may be left out. */
static void vma_object_without_ops(struct kunit *test)
{
	static const struct vma_object_ops * const ops[] = {
		NULL, &vau_no_object_ops,
	};
	struct vau_file *obj;
	int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		obj = vau_hook_file(test, ops[i]);
		vau_map(test, obj, &vau_object_mixed);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	}
}

/* R17: mappings that a revoke would not find do not come into being. */
static void vma_object_other_mapping(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);
	unsigned long refused;

	obj->file->f_mapping = file_inode(obj->file)->i_mapping;
	refused = vat_refused();
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
						  MAP_SHARED, VAU_BASE),
				(unsigned long)-EINVAL);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	obj->file->f_mapping = &obj->mapping;
	/* Before there is a mapping that would have to go again. */
	KUNIT_EXPECT_EQ(test, obj->mapped, 0);
	KUNIT_EXPECT_EQ(test, obj->closed, 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
}

/* The same, where the hook changes what was checked after it was checked. */
static void vma_object_changed_late(struct kunit *test)
{
	struct vau_file *obj = vau_file_new(test, &vau_prepare_fops, &vau_object_ops);
	struct vau_file *other = vau_file_new(test, &vau_prepare_fops, NULL);
	int i;

	obj->type = &vau_object_mixed;
	for (i = 0; i < 4; i++) {
		/* Before the object's start, beyond its end by a page, and its last. */
		static const pgoff_t late[] = { VAU_BASE - 1, VAU_BASE + 1, VAU_BASE };

		obj->late_pgoff = i < 3 ? late[i] : 0;
		obj->late_file = i < 3 ? NULL : other;
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
							  MAP_SHARED, VAU_BASE),
					i == 2 ? VAU_ADDR : (unsigned long)-EINVAL);
			VAT_EXPECT_WARNED(test, i != 2);
		}
		KUNIT_EXPECT_EQ(test, obj->mapped, i >= 2);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	}
	KUNIT_EXPECT_EQ(test, file_count(other->file), 1);
}

static struct vma_object *vau_object_found_at(unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();

	CLASS(vma_read, guard)(user, addr);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_object(vma) : ERR_PTR(-ESRCH);
}

/* R3: of a mapping of an object, which; of others, none. */
static void vma_ref_object_of(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_PTR_EQ(test, vau_object_found_at(VAU_ADDR), &obj->object);
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_NULL(test, vau_object_found_at(VAU_ADDR));
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_NULL(test, vau_object_found_at(VAU_ADDR));
}

/* A mapping that the driver refuses goes again, and is not counted. */
static void vma_object_mapped_fails(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);

	obj->mapped_err = -EPROTO;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE, MAP_SHARED,
					  VAU_BASE), (unsigned long)-EPROTO);
	KUNIT_EXPECT_EQ(test, obj->mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->closed, 1);
	KUNIT_EXPECT_EQ(test, obj->closed_count, 1);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
	vat_expect_unlocked(test);

	obj->mapped_err = 0;
	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
}

/* ---- vma_object: taking mappings back ----------------------------------- */

/* As a driver's handler does it. */
static vm_fault_t vau_fill(struct vau_file *obj, struct vma_fault *fault)
{
	struct vma_object *object = vma_ref_owner(fault, obj->type);
	vm_fault_t ret;
	pgoff_t index;

	if (!object)
		return VM_FAULT_SIGBUS;
	CLASS(vma_object_live, live)(object);
	if (!vma_object_is_live(&live))
		return VM_FAULT_SIGBUS;
	ret = vma_fault_object_index(fault, object, &index);
	if (ret)
		return ret;
	return vma_fault_insert_page(fault, obj->pages[index]);
}

/* Access all pages: which of them are the object's? */
static unsigned long vau_access(unsigned long addr)
{
	unsigned long i, good = 0;

	for (i = 0; i < VAU_PAGES; i++)
		if (vau_read(vau_at(addr, i)) == i + 1)
			good |= BIT(i);
	return good;
}

static void vau_map_full(struct kunit *test, struct vau_file *obj,
			 unsigned long addr, unsigned long flags)
{
	obj->fault = vau_fill;
	vau_map_at(test, obj, &vau_object_mixed, addr, flags);
	KUNIT_EXPECT_EQ(test, vau_access(addr), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, addr), VAU_ALL);
}

/* The other object of the file, behind it. */
static void vau_map_next(struct kunit *test, struct vau_file *obj,
			 unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, addr, VAU_SIZE, MAP_SHARED,
					  VAU_NEXT), addr);
	KUNIT_EXPECT_EQ(test, vau_access(addr), VAU_ALL);
}

static bool vau_is_live(struct vma_object *object)
{
	CLASS(vma_object_live, live)(object);

	return vma_object_is_live(&live);
}

static int vau_revoke(struct vma_object *object)
{
	vma_object_revoke(object);
	return 0;
}

static int vau_zap_all(struct vma_object *object)
{
	return vma_object_zap(object, 0, VAU_PAGES);
}

static int vau_try_zap_all(struct vma_object *object)
{
	return vma_object_try_zap(object, 0, VAU_PAGES);
}

static const struct vau_take {
	const char *desc;
	int (*take)(struct vma_object *object);
	bool tries, revokes;
} vau_takes[] = {
	{ "revoke", vau_revoke, false, true },
	{ "try_revoke", vma_object_try_revoke, true, true },
	{ "zap", vau_zap_all, false, false },
	{ "try_zap", vau_try_zap_all, true, false },
};

KUNIT_ARRAY_PARAM_DESC(vau_take, vau_takes, desc);

/* Those that try. */
static const void *vau_try_gen_params(struct kunit *test, const void *prev,
				      char *desc)
{
	const struct vau_take *take = vau_take_gen_params(test, prev, desc);

	while (take && !take->tries)
		take = vau_take_gen_params(test, take, desc);
	return take;
}

/* The lock that says whether the object is live was not left held. */
static bool vau_live_lock_free(struct vma_object *object)
{
	if (!down_write_trylock(&object->__live))
		return false;
	up_write(&object->__live);
	return true;
}

/*
 * R17: all mappings of the object are taken back, in all address spaces, and
 * copies that were made of its pages; the object's neighbour has its own.
 */
static void vma_object_takes_all(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct mm_with_user *user = vau_user_new(test);
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct mm_struct *own = current->mm;
	unsigned long again = param->revokes ? 0 : VAU_ALL;
	int i;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_full(test, obj, VAU_ADDR2, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, vau_write(vau_at(VAU_ADDR2, 4) + 1, 99), 0);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR2, 4) + 1), 99);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 4) + 1), 5);
	vau_map_next(test, obj, VAU_ADDR3);
	vau_move_to(mm);
	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_move_to(own);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);

	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR2), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR3), VAU_ALL);
	for (i = 0; i < VAU_PAGES; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[i]), 2);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), !param->revokes);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->next));
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));

	/* A fault puts them in again, or does not. */
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), again);
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR2), again);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), again);
	if (param->revokes)
		KUNIT_EXPECT_EQ(test, obj->ret, VM_FAULT_SIGBUS);

	/* Once more does no harm. */
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), !param->revokes);

	vma_object_rearm(&obj->object);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), VAU_ALL);
	vau_move_to(mm);
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), VAU_ALL);
	/* Before the file goes, with its hooks. */
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	vau_move_to(own);
	vat_expect_unlocked(test);
}

/* The neighbour is taken back alone, too: the ranges are exact at both ends. */
static void vma_object_takes_own_range(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vma_object *empty = kunit_kzalloc(test, sizeof(*empty), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, empty);
	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_next(test, obj, VAU_ADDR2);
	/* To the core 0 pages would be all that follow. */
	vma_object_init(empty, &obj->mapping, VAU_BASE, 0, NULL);
	KUNIT_EXPECT_EQ(test, param->take(empty), param->revokes ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_NE(test, vau_mapped(current->mm, VAU_ADDR2), 0);
	KUNIT_EXPECT_EQ(test, param->take(&obj->next), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR2), 0);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->next), !param->revokes);
}

/* A mapping of a part, in the middle of the object. */
static void vma_object_takes_part(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	unsigned long i;

	obj->fault = vau_fill;
	obj->type = &vau_object_mixed;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, 4 * PAGE_SIZE,
					  MAP_SHARED, VAU_BASE + 6), VAU_ADDR);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, i)), i + 7);
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, pte_present(vau_pte(current->mm,
							     vau_at(VAU_ADDR, i))));
}

/* Many put pages in at a time: faults of one object do not wait for each other. */
static void vma_object_live_shared(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	bool shared;

	{
		CLASS(vma_object_live, live)(&obj->object);

		KUNIT_EXPECT_TRUE(test, vma_object_is_live(&live));
		shared = down_read_trylock(&obj->object.__live);
		if (shared)
			up_read(&obj->object.__live);
	}
	KUNIT_EXPECT_TRUE(test, shared);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

/*
 * The forms that try give way to who puts pages in, and to who changes the
 * reverse mapping; then nothing is done, and no lock is held.
 */
static void vma_object_try_contended(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	int err;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	{
		CLASS(vma_object_live, live)(&obj->object);

		err = param->take(&obj->object);
		KUNIT_EXPECT_TRUE(test, vma_object_is_live(&live));
	}
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);

	i_mmap_lock_write(&obj->mapping);
	err = param->take(&obj->object);
	i_mmap_unlock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);

	/* The next one is none the worse for it. */
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

static int vau_rearm(struct vma_object *object)
{
	vma_object_rearm(object);
	return 0;
}

static const struct vau_wait {
	const char *desc;
	int (*take)(struct vma_object *object);
} vau_waits[] = {
	{ "revoke", vau_revoke },
	{ "zap", vau_zap_all },
	{ "rearm", vau_rearm },
};

KUNIT_ARRAY_PARAM_DESC(vau_wait, vau_waits, desc);

struct vau_taker {
	struct work_struct work;
	struct vma_object *object;
	int (*take)(struct vma_object *object);
	struct completion started;
	bool done;
	int err;
};

static void vau_taker_fn(struct work_struct *work)
{
	struct vau_taker *taker = container_of(work, struct vau_taker, work);

	complete(&taker->started);
	taker->err = taker->take(taker->object);
	WRITE_ONCE(taker->done, true);
}

/* R17: the others wait for who puts pages in, before they do anything. */
static void vma_object_waits(struct kunit *test)
{
	const struct vau_wait *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vau_taker taker = { .object = &obj->object, .take = param->take };
	bool done, live_before, live_after;
	int refs;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	if (param->take == vau_rearm)
		vma_object_revoke(&obj->object);
	refs = page_ref_count(obj->pages[0]);
	init_completion(&taker.started);
	INIT_WORK_ONSTACK(&taker.work, vau_taker_fn);
	{
		CLASS(vma_object_live, live)(&obj->object);

		live_before = vma_object_is_live(&live);
		queue_work(system_dfl_wq, &taker.work);
		wait_for_completion(&taker.started);
		schedule_timeout_uninterruptible(HZ / 20 + 1);
		done = READ_ONCE(taker.done);
		live_after = vma_object_is_live(&live);
		/* The page tables themselves are behind the mmap lock. */
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[0]), refs);
	}
	flush_work(&taker.work);
	destroy_work_on_stack(&taker.work);
	KUNIT_EXPECT_FALSE(test, done);
	KUNIT_EXPECT_EQ(test, live_after, live_before);
	KUNIT_EXPECT_TRUE(test, taker.done);
	KUNIT_EXPECT_EQ(test, taker.err, 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), param->take != vau_revoke);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

static const struct vau_zap {
	const char *desc;
	pgoff_t index;
	unsigned long nr;
	int err;
	unsigned long gone;
} vau_zaps[] = {
	{ "first", 0, 1, 0, BIT(0) },
	{ "middle", 3, 2, 0, BIT(3) | BIT(4) },
	{ "last", VAU_PAGES - 1, 1, 0, BIT(VAU_PAGES - 1) },
	{ "all", 0, VAU_PAGES, 0, VAU_ALL },
	{ "none", 0, 0, -EINVAL },
	{ "none in the middle", 3, 0, -EINVAL },
	{ "none at the end", VAU_PAGES, 0, -EINVAL },
	{ "behind the last", VAU_PAGES, 1, -EINVAL },
	{ "far behind", 5 * VAU_PAGES, 1, -EINVAL },
	{ "over the end", VAU_PAGES - 1, 2, -EINVAL },
	{ "all and one", 0, VAU_PAGES + 1, -EINVAL },
	{ "wraps to itself", 3, -1UL, -EINVAL },
	{ "wraps to 0", 3, -3UL, -EINVAL },
	{ "everything", 0, -1UL, -EINVAL },
	{ "before the start", -1UL, 1, -EINVAL },
	{ "from before the start", -1UL, 2, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(vau_zap, vau_zaps, desc);

/* R6: exactly these pages, or an error and none. */
static void vma_object_zap_range(struct kunit *test)
{
	const struct vau_zap *zap = test->param_value;
	struct vau_file *obj = test->priv;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_next(test, obj, VAU_ADDR2);
	KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, zap->index, zap->nr),
			zap->err);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL & ~zap->gone);

	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, zap->index, zap->nr),
			zap->err);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL & ~zap->gone);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR2), VAU_ALL);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

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
};

static_assert(ARRAY_SIZE(vau_refusals) == NR_VMA_REFUSALS);

struct vau_counts {
	long nr[NR_VMA_REFUSALS];
};

KUNIT_DEFINE_ACTION_WRAPPER(vau_kern_unmount, kern_unmount, struct vfsmount *);

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
	{ "move", VMA_REFUSED_MOVE, vau_refuse_move },
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

/* ---- what was traced ---------------------------------------------------- */

static void vma_traced_mixedmap(struct kunit *test)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vau_file *obj = test->priv;
	unsigned long inserted;
	struct vat_trace *trace;

	vau_map(test, obj, &vau_mixed);
	trace = vat_trace_start(test, VAU_ADDR);
	{
		CLASS(vma_read, guard)(user, VAU_ADDR);
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
		KUNIT_EXPECT_EQ(test, vma_ref_zap_all(vma), 0);
		KUNIT_EXPECT_EQ(test, vma_ref_zap_range(vma, VAU_END, PAGE_SIZE), -EFAULT);
	}
	KUNIT_EXPECT_EQ(test, vau_insert_mixed_pfn(vau_at(VAU_ADDR, 5),
						   vau_no_page(test)), 0);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text,
			   "insert 2+1 0\ninsert 2+0 -16\ninsert 4+3 0\n"
			   "insert 0+2 -16\nzap 1+2\nzap 0+16\nrefuse range -14\n"
			   "insert 5+1 0\n");
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
}

static void vma_traced_pfnmap(struct kunit *test)
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

static const struct vau_traced_fault {
	const char *desc;
	const struct vma_type *type;
	vau_fault_fn fault;
} vau_traced_faults[] = {
	{ "page", &vau_mixed, vau_do_page },
	{ "mixed", &vau_mixed, vau_do_mixed },
	{ "pfn", &vau_pfn, vau_do_pfn },
};

KUNIT_ARRAY_PARAM_DESC(vau_traced_fault, vau_traced_faults, desc);

static void vma_traced_fault(struct kunit *test)
{
	const struct vau_traced_fault *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;

	obj->page = obj->pages[0];
	obj->pfn = page_to_pfn(obj->page);
	obj->fault = param->fault;
	vau_map(test, obj, param->type);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 6)), 1);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 6+1 0\n");
}

/* An insert that fails is traced too, with nothing put in. */
static void vma_traced_fault_fails(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct vat_trace *trace;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	obj->page = virt_to_head_page(slab);
	obj->fault = vau_do_page;
	vau_map(test, obj, &vau_mixed);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 6)), -EFAULT);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, "insert 6+0 -22\n");
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static void vma_traced_huge(struct kunit *test)
{
	struct folio *folio = vau_huge_folio(test);
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;
	char want[32];

	snprintf(want, sizeof(want), "insert 0+%lu 0\n", (unsigned long)HPAGE_PMD_NR);
	obj->folio = folio;
	obj->huge = vau_huge_insert_folio;
	vau_map_huge(test, obj, &vau_mixed);
	trace = vat_trace_start(test, VAU_HUGE);
	vau_expect_huge(test, obj, false);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, want);

	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		return;
	obj->pfn = folio_pfn(folio);
	obj->huge = vau_huge_pfn;
	vau_map_huge(test, obj, &vau_pfn);
	trace = vat_trace_start(test, VAU_HUGE);
	vau_expect_huge(test, obj, false);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text, want);
}
#else
static void vma_traced_huge(struct kunit *test)
{
	kunit_skip(test, "there are no huge entries");
}
#endif

static void vma_traced_object(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, 3, 2), 0);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, 7, 1), 0);
	vma_object_revoke(&obj->object);
	KUNIT_EXPECT_EQ(test, vma_object_try_revoke(&obj->object), 0);
	i_mmap_lock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, vma_object_try_revoke(&obj->object), -EAGAIN);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, 7, 1), -EAGAIN);
	i_mmap_unlock_write(&obj->mapping);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text,
			   "revoke 3+2\nrevoke 7+1\nrevoke 0+16\nrevoke 0+16\n"
			   "refuse contended -11\nrefuse contended -11\n");
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
	KUNIT_CASE_PARAM(mmap_write_looks_up, vau_write_form_gen_params),
	KUNIT_CASE_PARAM(mmap_write_waits, vau_write_form_gen_params),
	KUNIT_CASE(mmap_write_killed),
	KUNIT_CASE(mmap_write_downgrade_plain),
	KUNIT_CASE(mmap_write_downgrade_adopted),
	KUNIT_CASE(vma_write_set_each),
	KUNIT_CASE(vma_write_set_downgraded),

	KUNIT_CASE(vma_ref_as_pfnmap_only),
	KUNIT_CASE(vma_ref_as_pfnmap_of_own),
	KUNIT_CASE(vma_ref_as_pfnmap_cow),
	KUNIT_CASE(vma_ref_as_pfnmap_private),
	KUNIT_CASE(vma_pfnmap_insert_pfn_once),
	KUNIT_CASE(vma_pfnmap_insert_pfn_bad),
	KUNIT_CASE(vma_pfnmap_insert_pfn_prot),
	KUNIT_CASE(vma_mixedmap_insert_pfn_only),
	KUNIT_CASE(vma_mixedmap_insert_pfn_bad),

	KUNIT_CASE_PARAM(vma_pair_holds_both, vau_pair_case_gen_params),
	KUNIT_CASE(vma_pair_of_one),
	KUNIT_CASE_PARAM(vma_pair_without_vma, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_steps_down, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_without_room, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_beside_writer, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_waits, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_waits_for_hole, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_no_deadlock, vau_pair_case_gen_params),
	KUNIT_CASE_PARAM(vma_pair_check_move_each, vau_move_gen_params),
	KUNIT_CASE(vma_pair_check_move_empty),

	KUNIT_CASE(vma_fault_reads),
	KUNIT_CASE(vma_fault_index_in_object),
	KUNIT_CASE(vma_fault_object_index_fits),
	KUNIT_CASE(vma_fault_results),
	KUNIT_CASE_PARAM(vma_fault_each_kind, vau_verb_gen_params),
	KUNIT_CASE(vma_fault_page_refs),
	KUNIT_CASE(vma_fault_insert_page_bad),
	KUNIT_CASE(vma_fault_return_page_bad),
	KUNIT_CASE(vma_fault_insert_second),
	KUNIT_CASE(vma_fault_insert_pfn_prot),
	KUNIT_CASE(vma_fault_insert_mixed_no_page),
	KUNIT_CASE(vma_fault_insert_huge_pfn_fits),
	KUNIT_CASE(vma_fault_insert_huge_pfn_odd),
	KUNIT_CASE(vma_fault_insert_huge_pfn_pud),
	KUNIT_CASE(vma_fault_insert_folio_fits),
	KUNIT_CASE(vma_fault_insert_folio_odd),
	KUNIT_CASE(vma_fault_insert_folio_bad),

	KUNIT_CASE_PARAM(vma_object_counts, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_object_without_ops, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_object_mapped_fails, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_object_other_mapping, vau_hook_gen_params),
	KUNIT_CASE(vma_object_changed_late),
	KUNIT_CASE(vma_ref_object_of),
	KUNIT_CASE_PARAM(vma_object_takes_all, vau_take_gen_params),
	KUNIT_CASE_PARAM(vma_object_takes_own_range, vau_take_gen_params),
	KUNIT_CASE_PARAM(vma_object_takes_part, vau_take_gen_params),
	KUNIT_CASE(vma_object_live_shared),
	KUNIT_CASE_PARAM(vma_object_try_contended, vau_try_gen_params),
	KUNIT_CASE_PARAM(vma_object_waits, vau_wait_gen_params),
	KUNIT_CASE_PARAM(vma_object_zap_range, vau_zap_gen_params),

	KUNIT_CASE_PARAM(vma_refused_counts, vau_refuse_gen_params),

	KUNIT_CASE(vma_traced_mixedmap),
	KUNIT_CASE(vma_traced_pfnmap),
	KUNIT_CASE_PARAM(vma_traced_fault, vau_traced_fault_gen_params),
	KUNIT_CASE(vma_traced_fault_fails),
	KUNIT_CASE(vma_traced_huge),
	KUNIT_CASE(vma_traced_object),

	KUNIT_CASE(vma_tag_after_guard),
	KUNIT_CASE(vma_tag_of_each_guard),
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
	.name = "vma_access_use",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);

MODULE_DESCRIPTION("KUnit tests of typed VMA access: VMAs in use, faults, objects");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
