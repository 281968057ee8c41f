// SPDX-License-Identifier: GPL-2.0
/*
 * R2: there is no object of a handle type, so none to copy.
 * EXPECT-gcc: incomplete type|dereferencing
 * EXPECT-clang: incomplete type
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	struct vma_ref copy = *ref;

	ref = &copy;
#endif
	return vma_ref_start(ref);
}
