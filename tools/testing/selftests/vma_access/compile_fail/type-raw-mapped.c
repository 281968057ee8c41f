// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a reference taken in ->mapped() is not taken for the parts of a split:
 * hooks of mappings that come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .mapped.
 * EXPECT-clang: field designator .mapped. does not refer to any field
 */
#include "cfail.h"

#ifdef BAD
# define CFAIL_HOOK	.mapped = cfail_mapped
#else
# define CFAIL_HOOK	.name = NULL
#endif

static int cfail_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			const struct file *file, void **private)
{
	return 0;
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .mapped = cfail_mapped } };
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		CFAIL_HOOK);
