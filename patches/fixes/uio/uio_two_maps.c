// SPDX-License-Identifier: GPL-2.0
/*
 * A UIO device with two maps of kernel memory, for uio_split.c: map 0 has eight
 * pages, 'a' to 'h', and map 1 has one, 'Z'. The pages behind that one, 'S', are in
 * no map. All are compound pages, so that a wrong one does not stop the kernel.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uio_driver.h>

static struct uio_info info = {
	.name = "uio_two_maps",
	.version = "1",
	.irq = UIO_IRQ_NONE,
};

static struct platform_device *pdev;
static unsigned long large, small;

static void fill(struct uio_mem *mem, const char *name, unsigned long addr, int pages)
{
	mem->name = name;
	mem->addr = addr;
	mem->size = pages * PAGE_SIZE;
	mem->memtype = UIO_MEM_LOGICAL;
}

static void free_all(void)
{
	free_pages(large, 3);
	free_pages(small, 2);
}

static int __init uio_two_maps_init(void)
{
	int i, ret;

	large = __get_free_pages(GFP_KERNEL | __GFP_COMP, 3);
	small = __get_free_pages(GFP_KERNEL | __GFP_COMP, 2);
	if (!large || !small) {
		free_all();
		return -ENOMEM;
	}
	for (i = 0; i < 8; i++)
		memset((void *)large + i * PAGE_SIZE, 'a' + i, PAGE_SIZE);
	for (i = 0; i < 4; i++)
		memset((void *)small + i * PAGE_SIZE, i ? 'S' : 'Z', PAGE_SIZE);
	fill(&info.mem[0], "large", large, 8);
	fill(&info.mem[1], "small", small, 1);

	pdev = platform_device_register_simple("uio_two_maps", -1, NULL, 0);
	if (IS_ERR(pdev)) {
		free_all();
		return PTR_ERR(pdev);
	}
	ret = uio_register_device(&pdev->dev, &info);
	if (ret) {
		platform_device_unregister(pdev);
		free_all();
	}
	return ret;
}
module_init(uio_two_maps_init);

static void __exit uio_two_maps_exit(void)
{
	uio_unregister_device(&info);
	platform_device_unregister(pdev);
	free_all();
}
module_exit(uio_two_maps_exit);

MODULE_DESCRIPTION("UIO device with two maps, to test the split of a mapping");
MODULE_LICENSE("GPL");
