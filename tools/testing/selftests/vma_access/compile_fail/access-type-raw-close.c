// SPDX-License-Identifier: GPL-2.0
/*
 * R8: a type with ->access() has no more hooks than others: those of mappings that
 * come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .close.
 * EXPECT-clang: field designator .close. does not refer to any field
 */
#include "cfail.h"

#ifdef BAD
# define CFAIL_HOOK	.close = cfail_close
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_close(struct vm_area_struct *vma)
{
}

static DEFINE_VMA_ACCESS(cfail_access, remote)
{
	return vma_remote_copy_mapped(remote);
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .close = cfail_close } };
DEFINE_VMA_TYPE_ACCESS(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW |
		       POLICY_SPLIT | POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		       cfail_access, CFAIL_HOOK);
