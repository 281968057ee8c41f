/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests ask of /dev/vma_eager and /dev/vma_eager_mmap; see vma_eager.c.
 */
#ifndef _VMA_EAGER_H
#define _VMA_EAGER_H

#include <linux/ioctl.h>

#define EAGER_PAGES	48

/* What each 64-bit word of page @index holds. */
#define EAGER_GOOD(index)	(0xea9e000000000000ULL + (index))

/* How the memory is mapped: the file offset is this times EAGER_PAGES. */
enum eager_how {
	EAGER_REMAP,		/* page frames */
	EAGER_IOMAP,		/* page frames, as a device's */
	EAGER_MAP_PAGES,	/* pages */
	EAGER_VMALLOC,		/* pages of vmalloc() memory */
	EAGER_NOTHING,		/* not at all, to compare with */
	EAGER_DMA,		/* memory from the DMA API; ->mmap() only */
	EAGER_NR
};

/* Returns how many references there are to the memory, but for its owner's. */
#define EAGER_REFS	_IO('V', 0xe6)

#endif /* _VMA_EAGER_H */
