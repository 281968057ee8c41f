// SPDX-License-Identifier: GPL-2.0
/*
 * Short examples of hooks and helpers, to check that they build. Nothing calls
 * them.
 */
#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/module.h>
/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

struct regs {
	phys_addr_t start;
	unsigned long size;
};

struct imported {
	struct dma_buf *dmabuf;
};

static int regs_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct regs *regs = desc->file->private_data;
	int err = vma_new_deny(vma, VMA_EXEC_BIT);

	if (err)
		return err;
	vma_new_set_prot(vma, VMA_PROT_NONCACHED);
	return vma_new_iomap(vma, regs->start, regs->size);
}

static DEFINE_VMA_MMAP(imported_mmap, file, vma)
{
	struct imported *imported = file->private_data;

	return vma_new_hand_on(vma, dma_buf_mmap, imported->dmabuf, 0);
}

static int check_move(struct mm_with_user *user_a, unsigned long a,
		      struct mm_with_user *user_b, unsigned long b)
{
	ACQUIRE(vma_pair, pair)(user_a, a, user_b, b);

	if (!vma_pair_a(&pair))
		return ACQUIRE_ERR(vma_pair, &pair);
	return vma_pair_check_move(&pair);
}

static const void *const examples[] __used = {
	regs_mmap, imported_mmap, check_move,
};

MODULE_DESCRIPTION("Examples of typed VMA access");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
