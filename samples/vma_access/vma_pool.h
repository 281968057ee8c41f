/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What user space asks of /dev/vma_pool; see vma_pool.c.
 */
#ifndef _VMA_POOL_H
#define _VMA_POOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VMA_POOL_PAGES	256

/**
 * struct vma_pool_fill - Argument of VMA_POOL_FILL.
 * @index: In: the first page of the pool to be mapped.
 * @count: In: how many, not 0.
 * @value: In: every 64-bit word of a page that is made anew becomes @value plus
 *         the page's index. A page that the pool has keeps its content.
 * @made: Out, also after a failure: how many pages were made anew.
 * @pad: Not used.
 */
struct vma_pool_fill {
	__u32 index;
	__u32 count;
	__u64 value;
	__u32 made;
	__u32 pad;
};

/**
 * struct vma_pool_zap - Argument of VMA_POOL_ZAP.
 * @addr: In: the first address to be unmapped.
 * @size: In: how many bytes.
 */
struct vma_pool_zap {
	__u64 addr;
	__u64 size;
};

/**
 * struct vma_pool_info - Argument of VMA_POOL_INFO.
 * @addr: Out: where the pool is, or was last, mapped; 0 if it never was.
 * @mapped: Out: whether it is mapped.
 * @present: Out: how many pages it has.
 */
struct vma_pool_info {
	__u64 addr;
	__u32 mapped;
	__u32 present;
};

/* Map pages, also in another process than the caller's. */
#define VMA_POOL_FILL	_IOWR('V', 0xf0, struct vma_pool_fill)
/* Unmap pages; the pool keeps them, and the next fill maps them again. */
#define VMA_POOL_ZAP	_IOW('V', 0xf1, struct vma_pool_zap)
/* Give back so many pages, as the shrinker would; returns how many it were. */
#define VMA_POOL_SHRINK	_IO('V', 0xf2)
#define VMA_POOL_INFO	_IOR('V', 0xf3, struct vma_pool_info)

#endif /* _VMA_POOL_H */
