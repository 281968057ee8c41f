// SPDX-License-Identifier: GPL-2.0
/*
 * The short examples of Documentation/mm/vma_access.rst, which takes them from
 * here: so they are built. Nothing calls them.
 */
#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/module.h>
/* The last: from here on VMAs are reached by typed handles only. */
#include <linux/vma_access_strict.h>

struct regs {
	phys_addr_t start;
	unsigned long size;
};

struct imported {
	struct dma_buf *dmabuf;
};

static DEFINE_VMA_MMAP_PREPARE(regs_mmap, file, vma)
{
	struct regs *regs = file->private_data;
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

static int set_dontcopy(struct mm_with_user *user, unsigned long addr,
			struct vma_identity id)
{
	CLASS(mmap_write, guard)(user);
	struct vma_write *vma = vma_write_lookup(&guard, addr);

	if (!vma || !vma_ref_is(vma, id))
		return -ESRCH;
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}

static int check_move(struct mm_with_user *user_a, unsigned long a,
		      struct mm_with_user *user_b, unsigned long b)
{
	CLASS(vma_pair, pair)(user_a, a, user_b, b);

	if (!vma_pair_a(&pair))
		return vma_pair_err(&pair);
	return vma_pair_check_move(&pair);
}

static const void *const examples[] __used = {
	regs_mmap, imported_mmap, set_dontcopy, check_move,
};

MODULE_DESCRIPTION("Examples of typed VMA access");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
