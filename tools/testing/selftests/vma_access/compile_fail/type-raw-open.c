// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a reference taken in ->open() alone is not balanced:
 * hooks of mappings that come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .open.
 * EXPECT-clang: field designator .open. does not refer to any field
 */
#include "cfail.h"

#ifdef BAD
# define CFAIL_HOOK	.open = cfail_open
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_open(struct vm_area_struct *vma)
{
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .open = cfail_open } };
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		CFAIL_HOOK);
