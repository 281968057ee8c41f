// SPDX-License-Identifier: GPL-2.0
/*
 * R8: the ops of others may be named, those of a VMA may not.
 * EXPECT-coccinelle: vm_ops of a raw VMA
 */
#include "cfail.h"
#include <linux/mm.h>
#include <linux/vma_access_strict.h>

struct cfail_other {
	const struct vm_operations_struct *vm_ops;
};

static __used bool cfail_use(struct vm_area_struct *vma, struct cfail_other *other)
{
#ifdef BAD
	return vma->vm_ops == other->vm_ops;
#else
	return vma_ref_from_op(vma) && other->vm_ops;
#endif
}
