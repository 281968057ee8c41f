// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that the core would merge without their type: there is no ->close(),
 * and nothing is mapped. Each open file of /dev/vma_merge has mappings of one
 * type.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vma_merge.h"

static const struct vm_operations_struct merge_vm_ops = { };

/* Does the same as a subsystem before it calls its driver. */
static void merge_subsystem(struct vm_area_desc *desc)
{
	desc->vm_ops = &merge_vm_ops;
	desc->private_data = desc->file;
}

static int merge_driver(struct file *file, struct vm_area_desc *desc);

static int merge_mmap_prepare(struct vm_area_desc *desc)
{
	if (*(unsigned int *)desc->file->private_data == MERGE_OVER)
		merge_subsystem(desc);
	return merge_driver(desc->file, desc);
}

/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

#define MERGE_LAX	(VMA_DENY_NONE | VMA_COW_REFUSE | VMA_MREMAP_ALLOW | \
			 VMA_FORK_COPY)

static DEFINE_VMA_TYPE(merge_none, VMA_MAP_NONE | MERGE_LAX | VMA_SPLIT_ALLOW |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(merge_none_io, VMA_MAP_NONE | MERGE_LAX | VMA_SPLIT_ALLOW |
		       VMA_EXPAND_ALLOW | VMA_TYPE_IO);
static DEFINE_VMA_TYPE(merge_none_no_split, VMA_MAP_NONE | MERGE_LAX |
		       VMA_SPLIT_REFUSE | VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE(merge_mixed, VMA_MAP_MIXED | MERGE_LAX | VMA_SPLIT_ALLOW |
		       VMA_EXPAND_ALLOW);
static DEFINE_VMA_TYPE(merge_pfn, VMA_MAP_PFN | MERGE_LAX | VMA_SPLIT_ALLOW |
		       VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE_OVER(merge_over, VMA_MAP_NONE | VMA_DENY_NONE |
			    VMA_COW_REFUSE | VMA_FORK_COPY | VMA_EXPAND_REFUSE);

static const struct vma_type * const merge_types[MERGE_NR_TYPES] = {
	[MERGE_NONE] = &merge_none,
	[MERGE_NONE_IO] = &merge_none_io,
	[MERGE_NONE_NO_SPLIT] = &merge_none_no_split,
	[MERGE_MIXED] = &merge_mixed,
	[MERGE_PFN] = &merge_pfn,
};

static int merge_driver(struct file *file, struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	unsigned int *type = file->private_data;

	if (*type == MERGE_OVER)
		return vma_new_set_type_over(vma, &merge_over);
	return merge_types[*type] ?
	       vma_new_set_type(vma, merge_types[*type], type) : 0;
}

static long merge_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int *type = file->private_data;

	if (cmd != MERGE_SET_TYPE)
		return -ENOTTY;
	if (arg >= MERGE_NR_TYPES)
		return -EINVAL;
	*type = arg;
	return 0;
}

static int merge_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc_obj(unsigned int);
	return file->private_data ? 0 : -ENOMEM;
}

static int merge_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations merge_fops = {
	.owner = THIS_MODULE,
	.open = merge_open,
	.release = merge_release,
	.mmap_prepare = merge_mmap_prepare,
	.unlocked_ioctl = merge_ioctl,
};

static struct miscdevice merge_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vma_merge",
	.fops = &merge_fops,
	.mode = 0600,
};
module_misc_device(merge_misc);

MODULE_DESCRIPTION("Neighbours for the tests of typed VMA access");
MODULE_LICENSE("GPL");
