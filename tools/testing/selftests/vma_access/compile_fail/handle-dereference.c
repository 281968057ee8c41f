// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a handle is not dereferenced.
 * EXPECT-gcc: (incomplete|undefined) type
 * EXPECT-clang: incomplete definition of type
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	return ref->vm_start;
#else
	return vma_ref_start(ref);
#endif
}
