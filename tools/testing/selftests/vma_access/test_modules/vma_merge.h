/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests ask of /dev/vma_merge; see vma_merge.c.
 */
#ifndef _VMA_MERGE_H
#define _VMA_MERGE_H

#include <linux/ioctl.h>

/* What a mapping is. */
enum merge_type {
	MERGE_UNTYPED,		/* without a type: the core merges it */
	MERGE_NONE,		/* nothing is inserted, not to be enlarged */
	MERGE_NONE_IO,		/* nothing is inserted, VM_IO */
	MERGE_NONE_NO_SPLIT,	/* the same, not to be split */
	MERGE_MIXED,
	MERGE_PFN,
	MERGE_OVER,		/* a policy over hooks that are there */
	MERGE_NR_TYPES
};

#define MERGE_SET_TYPE	_IO('V', 0xd0)	/* of mappings made from now on */

#endif /* _VMA_MERGE_H */
