// SPDX-License-Identifier: GPL-2.0
/*
 * An importer of dma-bufs, which maps them through its own file, as GEM drivers
 * do: it sets vm_ops and vm_private_data, and then calls dma_buf_mmap().
 * Without a GPU this is the only way to give an exporter a VMA of a file that
 * may be executed, that is private, or that reaches beyond the buffer.
 */
#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "vma_import.h"

struct import {
	struct mutex lock;	/* protects the other members */
	struct dma_buf *buf;
	unsigned long at;
	bool raw;
};

/* Shared by all files: a mapping may outlive the file it was made through. */
static atomic_t import_seen, import_closes;

static void import_vma_close(struct vm_area_struct *vma)
{
	atomic_inc(&import_closes);
}

static const struct vm_operations_struct import_vm_ops = {
	.close = import_vma_close,
};

/* ---- the exporter ------------------------------------------------------- */

static struct sg_table *export_map(struct dma_buf_attachment *attach,
				   enum dma_data_direction dir)
{
	return ERR_PTR(-ENODEV);
}

static void export_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			 enum dma_data_direction dir)
{
}

static void export_release(struct dma_buf *buf)
{
	put_page(buf->priv);
}

static int export_mmap(struct dma_buf *buf, struct vm_area_struct *vma)
{
	struct page *page = buf->priv;

	if (vma->vm_ops == &import_vm_ops || vma->vm_private_data)
		atomic_inc(&import_seen);
	return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page),
			       PAGE_SIZE, vma->vm_page_prot);
}

static const struct dma_buf_ops export_ops = {
	.map_dma_buf = export_map,
	.unmap_dma_buf = export_unmap,
	.release = export_release,
	.mmap = export_mmap,
};

static const struct dma_buf_ops export_unmappable_ops = {
	.map_dma_buf = export_map,
	.unmap_dma_buf = export_unmap,
	.release = export_release,
};

static int export_fd(bool unmappable)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct dma_buf *buf;
	int fd;

	if (!page)
		return -ENOMEM;
	info.ops = unmappable ? &export_unmappable_ops : &export_ops;
	info.size = PAGE_SIZE;
	info.flags = O_RDWR | O_CLOEXEC;
	info.priv = page;
	buf = dma_buf_export(&info);
	if (IS_ERR(buf)) {
		put_page(page);
		return PTR_ERR(buf);
	}
	fd = dma_buf_fd(buf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(buf);
	return fd;
}

/* ---- the importer ------------------------------------------------------- */

static int import_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct import *import = file->private_data;

	guard(mutex)(&import->lock);
	if (!import->buf)
		return -ENODEV;
	if (import->raw) {
		vma_set_file(vma, import->buf->file);
		return import->buf->ops->mmap(import->buf, vma);
	}
	vma->vm_ops = &import_vm_ops;
	vma->vm_private_data = import;
	return dma_buf_mmap(import->buf, vma, import->at + vma->vm_pgoff);
}

static int import_set(struct import *import, int fd)
{
	struct dma_buf *buf = dma_buf_get(fd);

	if (IS_ERR(buf))
		return PTR_ERR(buf);
	swap(import->buf, buf);
	if (buf)
		dma_buf_put(buf);
	return 0;
}

static long import_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct import *import = file->private_data;

	guard(mutex)(&import->lock);
	switch (cmd) {
	case IMPORT_BUF:
		return import_set(import, arg);
	case IMPORT_EXPORT:
		return export_fd(arg);
	case IMPORT_SEEN:
		return atomic_read(&import_seen);
	case IMPORT_CLOSES:
		return atomic_read(&import_closes);
	case IMPORT_RAW:
		import->raw = true;
		return 0;
	case IMPORT_AT:
		import->at = arg;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int import_open(struct inode *inode, struct file *file)
{
	struct import *import = kzalloc_obj(*import);

	if (!import)
		return -ENOMEM;
	mutex_init(&import->lock);
	file->private_data = import;
	return 0;
}

static int import_release(struct inode *inode, struct file *file)
{
	struct import *import = file->private_data;

	if (import->buf)
		dma_buf_put(import->buf);
	kfree(import);
	return 0;
}

static const struct file_operations import_fops = {
	.owner = THIS_MODULE,
	.open = import_open,
	.release = import_release,
	.mmap = import_mmap,
	.unlocked_ioctl = import_ioctl,
};

static struct miscdevice import_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vma_import",
	.fops = &import_fops,
	.mode = 0600,
};
module_misc_device(import_misc);

MODULE_IMPORT_NS("DMA_BUF");
MODULE_DESCRIPTION("Importer of dma-bufs for the tests of typed VMA access");
MODULE_LICENSE("GPL");
