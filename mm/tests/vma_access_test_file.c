// SPDX-License-Identifier: GPL-2.0
/*
 * The file that the KUnit tests of VMAs in use, of faults and of objects map,
 * and helpers for it.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "vma_access_test_file.h"

/* ---- the file, its types and its hooks ---------------------------------- */

static vm_fault_t vau_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;

	obj->faults++;
	obj->ret = obj->fault ? obj->fault(obj, fault) : VM_FAULT_SIGBUS;
	/* ->fault() has no smaller size to fall back to. */
	return obj->ret == VM_FAULT_FALLBACK ? VM_FAULT_SIGBUS : obj->ret;
}

static vm_fault_t vau_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;
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

DEFINE_VMA_TYPE(vau_none, VMA_MAP_NONE | VMA_DENY_NONE | VMA_COW_ALLOW |
		VAU_LAX | VMA_EXPAND_REFUSE, VAU_HOOKS);
DEFINE_VMA_TYPE(vau_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW |
		VAU_LAX | VMA_EXPAND_ALLOW, VAU_HOOKS);
DEFINE_VMA_TYPE(vau_pfn, VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE |
		VAU_LAX | VMA_EXPAND_REFUSE, VAU_HOOKS);
DEFINE_VMA_TYPE(vau_pfn_ro, VMA_MAP_PFN | VMA_DENY_WRITE | VMA_COW_REFUSE |
		VAU_LAX | VMA_EXPAND_REFUSE, VAU_HOOKS);
DEFINE_VMA_OBJECT_TYPE(vau_object_mixed, VMA_MAP_MIXED | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VAU_LAX | VMA_EXPAND_REFUSE,
		       VAU_HOOKS);
DEFINE_VMA_OBJECT_TYPE(vau_object_pfn, VMA_MAP_PFN | VMA_DENY_NONE |
		       VMA_COW_REFUSE | VAU_LAX | VMA_EXPAND_REFUSE,
		       VAU_HOOKS);
DEFINE_VMA_OBJECT_TYPE(vau_object_none, VMA_MAP_NONE | VMA_DENY_NONE |
		       VMA_COW_ALLOW | VAU_LAX | VMA_EXPAND_REFUSE,
		       VAU_HOOKS);

/* Which of the two objects is at an offset. */
static struct vma_object *vau_object_at(struct vau_file *obj, pgoff_t pgoff)
{
	return pgoff < VAU_NEXT ? &obj->object : &obj->next;
}

/* By either handle. */
#define vau_set_up(obj, vma)						\
	(vma_new_set_pgoff(vma, vma_new_pgoff(vma) - (obj)->origin),	\
	 __vma_policy_has((obj)->type->policy, __VMA_TYPE_COUNTED) ?	\
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
	/* As a driver may do that does not use types. */
	return remap_pfn_range(raw, raw->vm_start, page_to_pfn(obj->pages[0]),
			       raw->vm_end - raw->vm_start, raw->vm_page_prot);
}

static int vau_mmap_prepare(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct file *file = desc->file;
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

const struct file_operations vau_fops = {
	.owner = THIS_MODULE,
	.mmap = vau_mmap,
	.release = vau_release,
};

const struct file_operations vau_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = vau_mmap_prepare,
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

static void vau_get_hook(struct vma_object *object)
{
	container_of(object, struct vau_file, object)->gets++;
}

static void vau_put_hook(struct vma_object *object)
{
	struct vau_file *obj = container_of(object, struct vau_file, object);

	obj->puts++;
	obj->put_count = vma_object_mappings(object);
}

const struct vma_object_ops vau_object_ops = {
	.get = vau_get_hook,
	.put = vau_put_hook,
	.mapped = vau_mapped_hook,
};

/* The hooks of an object may be left out. */
const struct vma_object_ops vau_no_object_ops;

KUNIT_DEFINE_ACTION_WRAPPER(vau_fput, fput, struct file *);

struct vau_file *vau_file_new(struct kunit *test,
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
	file = anon_inode_getfile("[vma_access_test]", fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	obj->file = file;

	/* The inode is shared by all such files, so its mapping will not do. */
	address_space_init_once(&obj->mapping);
	obj->mapping.host = file_inode(file);
	obj->mapping.a_ops = &empty_aops;
	file->f_mapping = &obj->mapping;
	/* Fill it with garbage: the init must not rely on zeroed memory. */
	memset(&obj->object, 0xff, sizeof(obj->object));
	vma_object_init(&obj->object, &obj->mapping, VAU_BASE, VAU_PAGES, ops);
	vma_object_init(&obj->next, &obj->mapping, VAU_NEXT, VAU_PAGES, NULL);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vau_fput, file), 0);
	return obj;
}

int vau_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = vau_file_new(test, &vau_fops, &vau_object_ops);
	return 0;
}

/* ---- mapping and looking ------------------------------------------------ */

/* The mapping's address, or an errno as an address. */
unsigned long vau_mmap_at(struct kunit *test, struct vau_file *obj,
			  unsigned long addr, unsigned long size,
			  unsigned long flags, pgoff_t pgoff)
{
	return kunit_vm_mmap(test, obj ? obj->file : NULL, addr, size,
			     PROT_READ | PROT_WRITE, flags | MAP_FIXED,
			     pgoff << PAGE_SHIFT);
}

/* Map the object's first pages at @addr. */
void vau_map_at(struct kunit *test, struct vau_file *obj,
		const struct vma_type *type, unsigned long addr,
		unsigned long flags)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, addr, VAU_SIZE, flags, VAU_BASE),
			addr);
}

void vau_map(struct kunit *test, struct vau_file *obj,
	     const struct vma_type *type)
{
	vau_map_at(test, obj, type, VAU_ADDR, MAP_SHARED);
}

void vau_map_anon(struct kunit *test, unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, NULL, addr, VAU_SIZE,
					  MAP_PRIVATE | MAP_ANONYMOUS, 0), addr);
}

/* A VM_PFNMAP that is copy-on-write, which no type makes. */
void vau_map_cow_pfn(struct kunit *test, struct vau_file *obj)
{
	obj->after = VM_PFNMAP;
	vau_map_at(test, obj, &vau_none, VAU_ADDR, MAP_PRIVATE);
	obj->after = 0;
}

/* The byte at an address, or -EFAULT if there is no access to it. */
int vau_read(unsigned long addr)
{
	u8 byte;

	return get_user(byte, (u8 __user *)addr) ? -EFAULT : byte;
}

int vau_write(unsigned long addr, u8 byte)
{
	return put_user(byte, (u8 __user *)addr);
}

static int vau_get_pte(pte_t *pte, unsigned long addr, void *data)
{
	*(pte_t *)data = ptep_get(pte);
	return 0;
}

/* The page table entry of an address, in a mapping without huge pages. */
pte_t vau_pte(struct mm_struct *mm, unsigned long addr)
{
	pte_t pte = __pte(0);

	mmap_read_lock(mm);
	if (vma_lookup(mm, addr))
		apply_to_page_range(mm, addr, PAGE_SIZE, vau_get_pte, &pte);
	mmap_read_unlock(mm);
	return pte;
}

/* Which of the pages from @addr on are mapped. */
unsigned long vau_mapped(struct mm_struct *mm, unsigned long addr)
{
	unsigned long i, mapped = 0;

	for (i = 0; i < VAU_PAGES; i++)
		if (pte_present(vau_pte(mm, vau_at(addr, i))))
			mapped |= BIT(i);
	return mapped;
}

void vau_look_write_locked(struct mm_struct *mm, unsigned long addr)
{
	mmap_write_lock(mm);
	vat_look_write_locked(vma_lookup(mm, addr));
	mmap_write_unlock(mm);
}

KUNIT_DEFINE_ACTION_WRAPPER(vau_mm_put, mm_with_user_put, struct mm_with_user *);

/* Another address space with nothing mapped. */
struct mm_with_user *vau_user_new(struct kunit *test)
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

/* Make the test run in another mm; returns its previous one. */
struct mm_struct *vau_move_to(struct mm_struct *mm)
{
	struct mm_struct *old = current->mm;

	kthread_unuse_mm(old);
	kthread_use_mm(mm);
	return old;
}

struct vm_area_struct *vau_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	return vma;
}

/* A page frame without memory, for an entry that nobody accesses. */
unsigned long vau_no_page(struct kunit *test)
{
	unsigned long pfn = PHYS_PFN(SZ_2G);

	/* Every processor can address this one. */
	if (IS_ENABLED(CONFIG_64BIT))
		pfn = PHYS_PFN((phys_addr_t)SZ_256G);
	if (pfn_valid(pfn))
		kunit_skip(test, "there is memory everywhere");
	return pfn;
}

/* ---- others ------------------------------------------------------------- */

static void vau_other_fn(struct work_struct *work)
{
	struct vau_other *other = container_of(work, struct vau_other, work);
	struct mm_with_user *user = other->user;

	ACQUIRE(vma_read_try, guard)(user, other->addr);
	other->vma_err = ACQUIRE_ERR(vma_read_try, &guard);
}

struct vau_other vau_other_looks(unsigned long addr)
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

/* ---- one verb under a guard of its own ---------------------------------- */

bool vau_is_pfnmap(void)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap && vma_ref_start(vma_ref(pfnmap)) == VAU_ADDR;
}

bool vau_is(const struct vma_type *type, const void *owner)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, vma_type_identity(type, owner));
}

int vau_insert_pfn(unsigned long addr, unsigned long pfn,
		   enum vma_prot prot)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAU_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_pfnmap *pfnmap = vma ? vma_ref_as_pfnmap(vma) : NULL;

	return pfnmap ? vma_pfnmap_insert_pfn(pfnmap, addr, pfn, prot) :
			VAU_NO_HANDLE;
}

int vau_check_move(unsigned long a, unsigned long b)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_pair, pair)(user, a, user, b);
	return vma_pair_check_move(&pair);
}

bool vau_is_live(struct vma_object *object)
{
	CLASS(vma_object_live, live)(object);

	return vma_object_is_live(&live);
}

int vau_try_zap_all(struct vma_object *object)
{
	return vma_object_try_zap(object, 0, VAU_PAGES);
}

/* ---- in a fault handler ------------------------------------------------- */

vm_fault_t vau_note(struct vau_file *obj, struct vma_fault *fault)
{
	obj->addr = vma_fault_addr(fault);
	obj->write = vma_fault_is_write(fault);
	obj->index = ~0UL;
	obj->index_ret = vma_fault_index(fault, obj->base, obj->nr, &obj->index);
	return VM_FAULT_SIGBUS;
}

vm_fault_t vau_do_return(struct vau_file *obj, struct vma_fault *fault)
{
	return vma_fault_return_page(fault, obj->page);
}
