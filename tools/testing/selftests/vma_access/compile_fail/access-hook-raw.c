// SPDX-License-Identifier: GPL-2.0
/*
 * R1, R6: an ->access() that nothing was checked for, as in NVIDIA's driver.
 * EXPECT: undeclared
 */
#include "cfail.h"

#ifdef BAD
static int cfail_access(struct vm_area_struct *vma, unsigned long addr, void *buf,
			int len, int write)
{
	return len;
}
#else
static DEFINE_VMA_ACCESS(cfail_access, remote)
{
	return vma_remote_copy_mapped(remote);
}
#endif

extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE_ACCESS(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW |
		       POLICY_SPLIT | POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		       cfail_access);
