/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests ask of /dev/vma_huge; see vma_huge.c.
 */
#ifndef _VMA_HUGE_H
#define _VMA_HUGE_H

#include <linux/ioctl.h>

#define HUGE_SIZE	0x40000000UL	/* of each, at a file offset of that many bytes */

/* What there is to map. */
enum huge_what {
	HUGE_PFN,	/* page frames without memory, by the largest entries there are */
	HUGE_PAGES,	/* one page, again and again */
};

#define HUGE_ENTRIES	_IO('V', 0xf0)	/* returns how many faults took one of an order */
#define HUGE_INSERT	_IO('V', 0xf1)	/* the page, at an address */
#define HUGE_INSERT_MANY _IO('V', 0xf2)	/* and more of it behind */
#define HUGE_OOMS	_IO('V', 0xf3)	/* returns how many faults ran out of memory */

#endif /* _VMA_HUGE_H */
