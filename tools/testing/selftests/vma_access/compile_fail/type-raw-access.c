// SPDX-License-Identifier: GPL-2.0
/*
 * R1, R6: an ->access() that nothing bounds: DEFINE_VMA_TYPE_ACCESS() takes one that
 * DEFINE_VMA_ACCESS() has made.
 * EXPECT-gcc: has no member named .access.
 * EXPECT-clang: field designator .access. does not refer to any field
 */
#include "cfail.h"

#ifdef BAD
# define CFAIL_HOOK	.access = cfail_access
#else
# define CFAIL_HOOK	.name = NULL
#endif

static int cfail_access(struct vm_area_struct *vma, unsigned long addr, void *buf,
			int len, int write)
{
	return len;
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .access = cfail_access } };
DEFINE_VMA_TYPE(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND, CFAIL_HOOK);
