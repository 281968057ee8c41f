// SPDX-License-Identifier: GPL-2.0
/*
 * A framebuffer in what fb_io_mmap() takes for a device's memory, and registers
 * next to it. Neither begins or ends with a page, as on some hardware. Without a
 * display this is the only way to have one.
 */
#include <linux/fb.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>

#define SMEM_PAGES	4UL
#define SMEM_START	0x200UL
#define SMEM_LEN	((SMEM_PAGES - 1) * PAGE_SIZE - 0x100)
#define MMIO_PAGES	2UL
#define MMIO_START	0x10UL
#define MMIO_LEN	PAGE_SIZE

static char *smem, *mmio;
static struct fb_info *fb;

static int fb_check_nothing(struct fb_var_screeninfo *var, struct fb_info *info)
{
	return 0;
}

static const struct fb_ops fb_ops = {
	.owner = THIS_MODULE,
	__FB_DEFAULT_IOMEM_OPS_RDWR,
	__FB_DEFAULT_IOMEM_OPS_MMAP,
	.fb_check_var = fb_check_nothing,
};

static void fb_free(void)
{
	if (fb)
		framebuffer_release(fb);
	if (mmio)
		free_pages_exact(mmio, MMIO_PAGES * PAGE_SIZE);
	if (smem)
		free_pages_exact(smem, SMEM_PAGES * PAGE_SIZE);
}

/* Each page begins with its index and one; those of the registers are negative. */
static int __init vma_fb_init(void)
{
	unsigned long i;
	int err = -ENOMEM;

	smem = alloc_pages_exact(SMEM_PAGES * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	mmio = alloc_pages_exact(MMIO_PAGES * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	fb = framebuffer_alloc(0, NULL);
	if (!smem || !mmio || !fb)
		goto failed;

	for (i = 0; i < SMEM_PAGES; i++)
		smem[i * PAGE_SIZE] = i + 1;
	for (i = 0; i < MMIO_PAGES; i++)
		mmio[i * PAGE_SIZE] = -(i + 1);

	strscpy(fb->fix.id, "vma_fb");
	fb->fix.smem_start = virt_to_phys(smem) + SMEM_START;
	fb->fix.smem_len = SMEM_LEN;
	fb->fix.mmio_start = virt_to_phys(mmio) + MMIO_START;
	fb->fix.mmio_len = MMIO_LEN;
	fb->fix.line_length = 64;
	fb->var.xres = 64;
	fb->var.yres = 64;
	fb->var.xres_virtual = 64;
	fb->var.yres_virtual = 64;
	fb->var.bits_per_pixel = 8;
	fb->fbops = &fb_ops;
	fb->screen_base = (char __iomem *)smem + SMEM_START;
	fb->screen_size = SMEM_LEN;

	err = register_framebuffer(fb);
	if (err)
		goto failed;

	return 0;

failed:
	fb_free();
	return err;
}

static void __exit vma_fb_exit(void)
{
	unregister_framebuffer(fb);
	fb_free();
}

module_init(vma_fb_init);
module_exit(vma_fb_exit);
MODULE_DESCRIPTION("A framebuffer in memory that takes the place of a device's");
MODULE_LICENSE("GPL");
