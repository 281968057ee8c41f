// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is mapped as a whole by mmap(), with each function for that and
 * from both hooks: /dev/vma_eager has ->mmap_prepare(), /dev/vma_eager_mmap the
 * older ->mmap(). All of their files show the same memory.
 */
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "vma_eager.h"
/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

#define EAGER_SIZE	(EAGER_PAGES * PAGE_SIZE)

static void *eager_memory, *eager_area;
static struct page *eager_pages[EAGER_PAGES];

/* Memory from the DMA API, and the device it was allocated for. */
static struct platform_device *eager_device;
static void *eager_dma;
static dma_addr_t eager_dma_addr;

#define EAGER_POLICY	(VMA_DENY_EXEC | VMA_COW_REFUSE | VMA_SPLIT_ALLOW | \
			 VMA_MREMAP_ALLOW | VMA_FORK_COPY | VMA_EXPAND_REFUSE)

/* ptrace() cannot get page frames, which have no struct page. */
static DEFINE_VMA_ACCESS(eager_access, remote)
{
	pgoff_t index;
	int err = vma_remote_index(remote, EAGER_PAGES, &index);

	return err ?: vma_remote_copy_page(remote, eager_memory + index * PAGE_SIZE);
}

DEFINE_VMA_OWNER(eager_owner, struct page *);
static DEFINE_VMA_TYPE_OWNED_ACCESS(eager_pfn, VMA_MAP_PFN | EAGER_POLICY, eager_owner,
				    eager_access);
static DEFINE_VMA_TYPE(eager_mixed, VMA_MAP_MIXED | EAGER_POLICY);

/* The functions take the handle of either hook. */
#define eager_map(vma, how)						\
	((how) == EAGER_REMAP ?						\
	 vma_new_remap_pfn(vma, vma_new_start(vma),			\
			   page_to_pfn(eager_pages[0]) + vma_new_pgoff(vma), \
			   vma_new_size(vma)) :				\
	 (how) == EAGER_IOMAP ?						\
	 vma_new_iomap(vma, page_to_phys(eager_pages[0]), EAGER_SIZE) :	\
	 (how) == EAGER_MAP_PAGES ?					\
	 vma_new_map_pages_all(vma, eager_pages, EAGER_PAGES) :		\
	 (how) == EAGER_VMALLOC ?					\
	 vma_new_map_vmalloc(vma, eager_area, vma_new_pgoff(vma)) :	\
	 (how) == EAGER_NOTHING ? 0 : -EINVAL)

#define eager_set_up(vma, how)						\
	(vma_new_set_pgoff(vma, vma_new_pgoff(vma) % EAGER_PAGES),	\
	 vma_new_fits(vma, EAGER_PAGES) ?:				\
	 vma_new_set_type(vma, (how) < EAGER_MAP_PAGES ? &eager_pfn :	\
							 &eager_mixed,	\
			  eager_pages) ?:				\
	 eager_map(vma, how))

static int eager_prepare(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	enum eager_how how = vma_new_pgoff(vma) / EAGER_PAGES;

	return eager_set_up(vma, how);
}

static DEFINE_VMA_MMAP(eager_mmap, file, vma)
{
	enum eager_how how = vma_new_pgoff(vma) / EAGER_PAGES;

	if (how == EAGER_DMA) {
		vma_new_set_pgoff(vma, vma_new_pgoff(vma) % EAGER_PAGES);
		return vma_new_dma_mmap(vma, &eager_device->dev, eager_dma,
					eager_dma_addr, EAGER_SIZE, 0);
	}
	return eager_set_up(vma, how);
}

static long eager_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long refs = 0;
	int i;

	if (cmd != EAGER_REFS)
		return -ENOTTY;
	for (i = 0; i < EAGER_PAGES; i++)
		refs += page_count(eager_pages[i]) +
			page_count(vmalloc_to_page(eager_area + i * PAGE_SIZE)) - 2;
	return refs;
}

static const struct file_operations eager_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = eager_prepare,
	.unlocked_ioctl = eager_ioctl,
};

static const struct file_operations eager_mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = eager_mmap,
	.unlocked_ioctl = eager_ioctl,
};

static struct miscdevice eager_misc[] = {
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "vma_eager",
		.fops = &eager_prepare_fops,
		.mode = 0600,
	},
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "vma_eager_mmap",
		.fops = &eager_mmap_fops,
		.mode = 0600,
	},
};

static void eager_free_dma(void)
{
	if (eager_dma)
		dma_free_coherent(&eager_device->dev, EAGER_SIZE, eager_dma,
				  eager_dma_addr);
	platform_device_unregister(eager_device);
}

static int eager_alloc_dma(void)
{
	eager_device = platform_device_register_simple("vma_eager", PLATFORM_DEVID_NONE,
						       NULL, 0);
	if (IS_ERR(eager_device))
		return PTR_ERR(eager_device);
	if (dma_set_mask_and_coherent(&eager_device->dev, DMA_BIT_MASK(64)))
		goto no_memory;
	eager_dma = dma_alloc_coherent(&eager_device->dev, EAGER_SIZE, &eager_dma_addr,
				       GFP_KERNEL);
	if (!eager_dma)
		goto no_memory;
	return 0;

no_memory:
	eager_free_dma();
	return -ENOMEM;
}

static void eager_free(void)
{
	vfree(eager_area);
	if (eager_memory)
		free_pages_exact(eager_memory, EAGER_SIZE);
	eager_free_dma();
}

static int __init eager_init(void)
{
	int i, err = eager_alloc_dma();

	if (err)
		return err;
	eager_memory = alloc_pages_exact(EAGER_SIZE, GFP_KERNEL);
	eager_area = vmalloc_user(EAGER_SIZE);
	if (!eager_memory || !eager_area) {
		eager_free();
		return -ENOMEM;
	}
	for (i = 0; i < EAGER_PAGES; i++) {
		eager_pages[i] = virt_to_page(eager_memory + i * PAGE_SIZE);
		memset64(eager_memory + i * PAGE_SIZE, EAGER_GOOD(i),
			 PAGE_SIZE / sizeof(u64));
		memset64(eager_area + i * PAGE_SIZE, EAGER_GOOD(i),
			 PAGE_SIZE / sizeof(u64));
		memset64(eager_dma + i * PAGE_SIZE, EAGER_GOOD(i),
			 PAGE_SIZE / sizeof(u64));
	}

	err = misc_register(&eager_misc[0]);
	if (!err) {
		err = misc_register(&eager_misc[1]);
		if (err)
			misc_deregister(&eager_misc[0]);
	}
	if (err)
		eager_free();
	return err;
}
module_init(eager_init);

static void __exit eager_exit(void)
{
	misc_deregister(&eager_misc[1]);
	misc_deregister(&eager_misc[0]);
	eager_free();
}
module_exit(eager_exit);

MODULE_DESCRIPTION("Memory mapped at once, for the tests of typed VMA access");
MODULE_LICENSE("GPL");
