// SPDX-License-Identifier: GPL-2.0
/*
 * R2: no address is computed from a handle.
 * EXPECT-gcc: (incomplete|undefined|invalid use|unknown size)
 * EXPECT-clang: arithmetic on a pointer to an incomplete type
 */
#include "cfail.h"

unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	ref++;
#endif
	return vma_ref_start(ref);
}
