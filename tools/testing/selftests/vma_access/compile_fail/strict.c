// SPDX-License-Identifier: GPL-2.0
/* Strict files: names of mm that they cannot use. */
#include "cfail.h"

#ifdef CASE_strict_raw_call
/*
 * R2: a file that is strict finds no VMA without a guard.
 * EXPECT: poisoned
 */
#include <linux/vma_access_strict.h>

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	return vma_lookup(__mm_with_user_raw(user), 0);
#else
	return vma_ref_lookup(&guard, 0);
#endif
}
#endif

#ifdef CASE_strict_raw_start
/*
 * R2: nor does it ask a raw VMA where it starts.
 * EXPECT-coccinelle: vm_start of a raw VMA
 */
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct vm_area_struct *vma);
unsigned long cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	return vma->vm_start;
#else
	return vma_ref_start(vma_ref_from_op(vma));
#endif
}
#endif

#ifdef CASE_strict_raw_flags
/*
 * R7: nor does it make a VMA of another kind.
 * EXPECT: poisoned
 */
#include <linux/vma_access_strict.h>

void cfail_use(struct vm_area_struct *vma);
void cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	vma_set_flags(vma, VMA_IO_BIT);
#else
	struct vma_new *new = vma_new_from_mmap(vma);

	if (new)
		vma_new_set_prot(new, VMA_PROT_NONCACHED);
#endif
}
#endif

#ifdef CASE_strict_raw_insert
/*
 * R7: nor does it map a page but by a handle.
 * EXPECT: poisoned
 */
#include <linux/vma_access_strict.h>

int cfail_use(struct vma_mixedmap *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
#ifdef BAD
	return vm_insert_page(__vma_raw(vma_ref(vma)), 0, page);
#else
	return vma_mixedmap_insert_page(vma, 0, page);
#endif
}
#endif

#ifdef CASE_strict_raw_member
/*
 * R10: nor does it change the flags of a VMA that a hook is called with.
 * EXPECT: poisoned
 * EXPECT-coccinelle: vm_page_prot of a raw VMA
 */
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct vm_area_struct *vma);
unsigned long cfail_use(struct vm_area_struct *vma)
{
#ifdef BAD
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
#endif
	return vma_ref_start(vma_ref_from_op(vma));
}
#endif

#ifdef CASE_strict_raw_test
/*
 * R1: a file that is strict settles, and does not only look.
 * EXPECT: poisoned
 */
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct file *file, struct vm_area_struct *vma);
int cfail_use(struct file *file, struct vm_area_struct *vma)
{
	struct vma_new *handle = vma_new_from_mmap(vma);

	if (!handle)
		return -EINVAL;
#ifdef BAD
	return vma_test(vma, VMA_WRITE_BIT) ? -EPERM : 0;
#else
	return vma_new_settle(handle, VMA_WRITE_BIT) ? -EPERM : 0;
#endif
}
#endif

#ifdef CASE_strict_raw_desc_test
/*
 * R1: nor in ->mmap_prepare().
 * EXPECT: poisoned
 */
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct vm_area_desc *desc);
int cfail_use(struct vm_area_desc *desc)
{
#ifdef BAD
	if (vma_desc_test(desc, VMA_WRITE_BIT))
		return -EPERM;
#endif
	return vma_new_deny(vma_planned_from_desc(desc), VMA_EXEC_BIT);
}
#endif

#ifdef CASE_strict_raw_desc_flags
/*
 * R1: nor does it give back an access in ->mmap_prepare().
 * EXPECT: poisoned
 */
#include <linux/vma_access_strict.h>

bool cfail_use(struct vm_area_desc *desc);
bool cfail_use(struct vm_area_desc *desc)
{
#ifdef BAD
	vma_desc_set_flags(desc, VMA_MAYWRITE_BIT);
#endif
	return vma_new_settle(vma_planned_from_desc(desc), VMA_WRITE_BIT);
}
#endif

#ifdef CASE_strict_raw_ops
/*
 * R8: the ops of others may be named, those of a VMA may not.
 * EXPECT-coccinelle: vm_ops of a raw VMA
 */
#include <linux/mm.h>
#include <linux/vma_access_strict.h>

struct cfail_other {
	const struct vm_operations_struct *vm_ops;
};

static __used bool cfail_use(struct vm_area_struct *vma, struct cfail_other *other)
{
#ifdef BAD
	return vma->vm_ops == other->vm_ops;
#else
	return vma_ref_from_op(vma) && other->vm_ops;
#endif
}
#endif

#ifdef CASE_strict_raw_index
/*
 * R12: a page's index is not computed from the VMA's start.
 * EXPECT: poisoned
 */
#include <linux/pagemap.h>
#include <linux/vma_access_strict.h>

vm_fault_t cfail_use(struct vm_fault *vmf, struct page **pages, unsigned long nr);
vm_fault_t cfail_use(struct vm_fault *vmf, struct page **pages, unsigned long nr)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	pgoff_t index;
#ifdef BAD
	index = linear_page_delta(vmf->vma, vmf->address);
	if (index >= nr)
		return VM_FAULT_SIGBUS;
#else
	vm_fault_t ret = vma_fault_index(fault, 0, nr, &index);

	if (ret)
		return ret;
#endif
	return vma_fault_insert_page(fault, pages[index]);
}
#endif

#ifdef CASE_strict_page_walk
/*
 * R2: the page walker is not another way to a VMA.
 * EXPECT: poisoned
 */
#include <linux/pagewalk.h>
#include <linux/vma_access_strict.h>

int cfail_use(struct mm_with_user *user, const struct mm_walk_ops *ops);
int cfail_use(struct mm_with_user *user, const struct mm_walk_ops *ops)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	return walk_page_range(__mm_with_user_raw(user), 0, PAGE_SIZE, ops, NULL);
#else
	return vma_ref_lookup(&guard, 0) ? 0 : -ESRCH;
#endif
}
#endif

#ifdef CASE_strict_rmap
/*
 * R2: nor is the file's list of its mappings.
 * EXPECT: poisoned
 */
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct address_space *mapping, struct vma_object *object);
unsigned long cfail_use(struct address_space *mapping, struct vma_object *object)
{
#ifdef BAD
	struct vm_area_struct *vma;
	unsigned long nr = 0;

	mapping_rmap_tree_foreach(vma, mapping, 0, ULONG_MAX)
		nr++;
	return nr;
#else
	return vma_object_mappings(object);
#endif
}
#endif

#ifdef CASE_strict_remote_pages
/*
 * R4: memory of another process is not reached past a pin.
 * EXPECT: poisoned
 */
#include <linux/mm.h>
#include <linux/vma_access_strict.h>

long cfail_use(struct mm_struct *mm, struct mm_with_user *user, struct page **page);
long cfail_use(struct mm_struct *mm, struct mm_with_user *user, struct page **page)
{
#ifdef BAD
	return pin_user_pages_remote(mm, 0, 1, FOLL_WRITE, page, NULL);
#else
	ACQUIRE(vma_read, guard)(user, 0);

	return ACQUIRE_ERR(vma_read, &guard);
#endif
}
#endif

#ifdef CASE_strict_task_mm
/*
 * R5: a raw mm is not put, as nothing says whether that may sleep.
 * EXPECT: poisoned
 */
#include <linux/sched/mm.h>
#include <linux/vma_access_strict.h>

void cfail_use(struct mm_struct *mm, struct mm_with_user *user);
void cfail_use(struct mm_struct *mm, struct mm_with_user *user)
{
#ifdef BAD
	mmput(mm);
#else
	mm_with_user_put_async(user);
#endif
}
#endif
