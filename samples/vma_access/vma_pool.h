/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The user space interface of /dev/vma_pool; see vma_pool.c. */
#ifndef _VMA_POOL_H
#define _VMA_POOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VMA_POOL_PAGES	256

/**
 * struct vma_pool_fill - Argument of VMA_POOL_FILL.
 * @index: In: the first page of the pool to map.
 * @count: In: how many pages, not 0.
 * @value: In: each 64-bit word of a new page is @value plus the page's index. A
 *         page that the pool has already keeps its contents.
 * @made: Out, also after a failure: how many new pages were made.
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
 * @addr: In: the first address to unmap.
 * @size: In: how many bytes.
 */
struct vma_pool_zap {
	__u64 addr;
	__u64 size;
};

/**
 * struct vma_pool_info - Argument of VMA_POOL_INFO.
 * @addr: Out: where the pool is mapped, or was mapped last; 0 if it never was.
 * @mapped: Out: whether it is mapped.
 * @present: Out: how many pages it has.
 */
struct vma_pool_info {
	__u64 addr;
	__u32 mapped;
	__u32 present;
};

/*
 * Map pages. The caller may be another process than the one that is mapped
 * into.
 */
#define VMA_POOL_FILL	_IOWR('V', 0xf0, struct vma_pool_fill)
/* Unmap pages; the pool keeps them, and the next fill maps them again. */
#define VMA_POOL_ZAP	_IOW('V', 0xf1, struct vma_pool_zap)
/*
 * Free up to this many pages, as the shrinker would; returns how many were
 * freed.
 */
#define VMA_POOL_SHRINK	_IO('V', 0xf2)
#define VMA_POOL_INFO	_IOR('V', 0xf3, struct vma_pool_info)
/* Free all pages for good: each VMA_POOL_FILL after this fails with ENODEV. */
#define VMA_POOL_CLOSE	_IO('V', 0xf4)

#endif /* _VMA_POOL_H */
