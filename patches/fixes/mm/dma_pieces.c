// SPDX-License-Identifier: GPL-2.0
/*
 * A device for dma_pieces_map.c, whose memory is four pages of dma_alloc_coherent(),
 * 'a' to 'd', each allocated by itself. It maps them as comedi and hfi1 do.
 */
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#define PIECES	4

static struct platform_device *pdev;
static void *pieces[PIECES];
static dma_addr_t addrs[PIECES];

static int dma_pieces_mmap(struct file *file, struct vm_area_struct *vma)
{
	const unsigned long start = vma->vm_start, end = vma->vm_end;
	int i, ret = 0;

	if (vma->vm_pgoff || end - start != PIECES * PAGE_SIZE)
		return -EINVAL;
	for (i = 0; !ret && i < PIECES; i++) {
		vma->vm_start = start + i * PAGE_SIZE;
		vma->vm_end = vma->vm_start + PAGE_SIZE;
		ret = dma_mmap_coherent(&pdev->dev, vma, pieces[i], addrs[i], PAGE_SIZE);
	}
	vma->vm_start = start;
	vma->vm_end = end;
	return ret;
}

static const struct file_operations dma_pieces_fops = {
	.owner = THIS_MODULE,
	.mmap = dma_pieces_mmap,
};

static struct miscdevice dma_pieces_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dma_pieces",
	.fops = &dma_pieces_fops,
};

static void dma_pieces_free(void)
{
	int i;

	for (i = 0; i < PIECES; i++)
		if (pieces[i])
			dma_free_coherent(&pdev->dev, PAGE_SIZE, pieces[i], addrs[i]);
	platform_device_unregister(pdev);
}

static int __init dma_pieces_init(void)
{
	int i, ret;

	pdev = platform_device_register_simple("dma_pieces", -1, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	for (i = 0; !ret && i < PIECES; i++) {
		pieces[i] = dma_alloc_coherent(&pdev->dev, PAGE_SIZE, &addrs[i], GFP_KERNEL);
		if (pieces[i])
			memset(pieces[i], 'a' + i, PAGE_SIZE);
		else
			ret = -ENOMEM;
	}
	if (!ret)
		ret = misc_register(&dma_pieces_misc);
	if (ret)
		dma_pieces_free();
	return ret;
}
module_init(dma_pieces_init);

static void __exit dma_pieces_exit(void)
{
	misc_deregister(&dma_pieces_misc);
	dma_pieces_free();
}
module_exit(dma_pieces_exit);

MODULE_DESCRIPTION("Device with memory in pieces, to test that they can be mapped");
MODULE_LICENSE("GPL");
