// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of 1 GiB that user space can change in every way. One is like that
 * of a driver whose device has much memory, mapped by entries as large as
 * possible. The other is like that of a driver that inserts pages by an ioctl
 * and by faults, with enough room for page tables to be reclaimed.
 */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "vma_huge.h"
/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

/* No memory is there, and reading it has no effect. */
#define HUGE_FIRST_PFN	PHYS_PFN((phys_addr_t)SZ_256G)
#define HUGE_NR_PFNS	(HUGE_SIZE >> PAGE_SHIFT)
#define HUGE_MANY	16

static atomic_t huge_entries[64];
static atomic_t huge_ooms;
static struct page *huge_page;

static vm_fault_t huge_pfn_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	pgoff_t index;
	vm_fault_t ret = vma_fault_index(fault, 0, HUGE_NR_PFNS, &index);

	if (ret)
		return ret;
	ret = vma_fault_insert_pfn(fault, HUGE_FIRST_PFN + index, VMA_PROT_OWN);
	if (ret == VM_FAULT_NOPAGE)
		atomic_inc(&huge_entries[0]);
	return ret;
}

static vm_fault_t huge_pfn_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	pgoff_t index;
	vm_fault_t ret = vma_fault_index(fault, 0, HUGE_NR_PFNS, &index);

	if (ret)
		return ret;
	ret = vma_fault_insert_huge_pfn(fault, HUGE_FIRST_PFN + index, index,
					HUGE_NR_PFNS, order);
	if (ret == VM_FAULT_NOPAGE)
		atomic_inc(&huge_entries[order]);
	return ret;
}

static vm_fault_t huge_pages_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = vma_fault_insert_page(vma_fault_from_vmf(vmf), huge_page);

	if (ret & VM_FAULT_OOM)
		atomic_inc(&huge_ooms);
	return ret;
}

#define HUGE_LAX	(VMA_DENY_EXEC | VMA_COW_REFUSE | VMA_SPLIT_ALLOW | \
			 VMA_MREMAP_ALLOW | VMA_FORK_COPY | VMA_EXPAND_REFUSE)

static DEFINE_VMA_TYPE(huge_pfn_type, VMA_MAP_PFN | HUGE_LAX,
		       .fault = huge_pfn_fault, .huge_fault = huge_pfn_huge_fault);
static DEFINE_VMA_TYPE(huge_pages_type, VMA_MAP_MIXED | HUGE_LAX,
		       .fault = huge_pages_fault);

static int huge_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	bool pages = vma_new_pgoff(vma) >= HUGE_NR_PFNS;

	if (pages)
		vma_new_set_pgoff(vma, vma_new_pgoff(vma) - HUGE_NR_PFNS);
	return vma_new_fits(vma, HUGE_NR_PFNS) ?:
	       vma_new_set_type(vma, pages ? &huge_pages_type : &huge_pfn_type,
				&huge_entries);
}

static int huge_insert(unsigned long addr, unsigned long nr)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_mixedmap *mixed;
	struct vma_ref *vma;
	struct page *pages[HUGE_MANY];
	unsigned long i;

	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	if (!vma)
		return ACQUIRE_ERR(vma_read, &guard);
	mixed = vma_ref_as_mixedmap_of(vma, vma_type_identity(&huge_pages_type,
							      &huge_entries));
	if (!mixed)
		return -ESRCH;
	if (nr == 1)
		return vma_mixedmap_insert_page(mixed, addr, huge_page);
	for (i = 0; i < nr; i++)
		pages[i] = huge_page;
	return vma_mixedmap_insert_pages(mixed, addr, pages, nr, &i);
}

static long huge_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case HUGE_ENTRIES:
		return arg < ARRAY_SIZE(huge_entries) ?
		       atomic_read(&huge_entries[arg]) : -EINVAL;
	case HUGE_INSERT:
		return huge_insert(arg, 1);
	case HUGE_INSERT_MANY:
		return huge_insert(arg, HUGE_MANY);
	case HUGE_OOMS:
		return atomic_read(&huge_ooms);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations huge_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = huge_mmap,
	.unlocked_ioctl = huge_ioctl,
};

static struct miscdevice huge_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vma_huge",
	.fops = &huge_fops,
	.mode = 0600,
};

static int __init huge_init(void)
{
	int err;

	if (!IS_ENABLED(CONFIG_64BIT) || pfn_valid(HUGE_FIRST_PFN))
		return -ENODEV;
	huge_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!huge_page)
		return -ENOMEM;
	err = misc_register(&huge_misc);
	if (err)
		put_page(huge_page);
	return err;
}

static void __exit huge_exit(void)
{
	misc_deregister(&huge_misc);
	put_page(huge_page);
}

module_init(huge_init);
module_exit(huge_exit);

MODULE_DESCRIPTION("Large mappings for the tests of typed VMA access");
MODULE_LICENSE("GPL");
