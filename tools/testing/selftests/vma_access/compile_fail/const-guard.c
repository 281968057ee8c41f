// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a guard may be passed as const, and gives what it gives without.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

static struct vma_ref *cfail_find(const class_mmap_read_t *guard)
	__must_hold_shared(vma_stable);
static struct vma_ref *cfail_find(const class_mmap_read_t *guard)
{
#ifdef BAD
	return vma_write_lookup(guard, 0);
#else
	return vma_ref_lookup(guard, 0);
#endif
}

unsigned long cfail_use(struct mm_with_user *user);
unsigned long cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = cfail_find(&guard);

	return vma ? vma_ref_end(vma) : 0;
}
