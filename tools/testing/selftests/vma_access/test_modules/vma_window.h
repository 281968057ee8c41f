/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests ask of /dev/vma_window; see vma_window.c.
 */
#ifndef _VMA_WINDOW_H
#define _VMA_WINDOW_H

#include <linux/ioctl.h>

#define WINDOW_PAGES	64
/* The file offset, in pages, at which the window starts. */
#define WINDOW_BASE	16

/* What each 64-bit word of page @index holds: in use, and after it was freed. */
#define WINDOW_GOOD(index)	(0x600d000000000000ULL + (index))
#define WINDOW_FREED		0xdeaddeaddeaddeadULL

/* What user space may do with a mapping. */
enum window_type {
	WINDOW_PFN,		/* page frames; all but growing */
	WINDOW_PFN_NO_SPLIT,
	WINDOW_PFN_NO_MREMAP,
	WINDOW_PFN_NO_FORK,
	WINDOW_MIXED,		/* pages; all but growing, also private mappings */
	WINDOW_NR_TYPES
};

#define WINDOW_SET_TYPE	_IO('V', 0xe0)	/* of mappings made from now on */
#define WINDOW_REVOKE	_IO('V', 0xe1)	/* and free the memory */
#define WINDOW_TRY_ZAP	_IO('V', 0xe2)	/* as WINDOW_ZAP, if no lock has to be waited for */
#define WINDOW_REARM	_IO('V', 0xe3)	/* with memory that is good again */
#define WINDOW_ZAP	_IO('V', 0xe4)	/* index << 16 | number of pages */
#define WINDOW_INSERT	_IO('V', 0xe7)	/* what belongs at an address, page frames */
#define WINDOW_FAULT_OOMS _IO('V', 0xe9) /* returns how many inserts ran out of memory */
#define WINDOW_MAPPINGS	_IO('V', 0xe5)	/* returns how many there are */
#define WINDOW_HELD	_IO('V', 0xea)	/* returns how many hold the window */
#define WINDOW_REVOKE_COPIES _IO('V', 0xeb) /* revoke while a mapping is copied */

#endif /* _VMA_WINDOW_H */
