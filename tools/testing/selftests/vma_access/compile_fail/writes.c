// SPDX-License-Identifier: GPL-2.0
/* Write handles: of a guard that writes, and for the flags that a driver may set. */
#include "cfail.h"

#ifdef CASE_write_lookup_on_read_guard
/*
 * R10: a guard that holds the lock for read gives no write handle.
 * EXPECT: incompatible pointer type
 */
bool cfail_use(const class_mmap_read_t *read, const class_mmap_write_t *write);
bool cfail_use(const class_mmap_read_t *read, const class_mmap_write_t *write)
{
	return vma_write_lookup(BAD_OR(read, write), 0);
}
#endif

#ifdef CASE_write_set_on_read_handle
/*
 * R10: flags are not changed through a handle that proves a read lock.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_ref *ref, struct vma_write *vma);
int cfail_use(struct vma_ref *ref, struct vma_write *vma)
{
	return vma_write_set(BAD_OR(ref, vma), VMA_DONTCOPY_BIT);
}
#endif

#ifdef CASE_write_set_mask
/*
 * R10: a flag is set by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
int cfail_use(struct vma_write *vma) __must_hold(vma_stable);
int cfail_use(struct vma_write *vma)
{
#ifdef BAD
	return vma_write_set(vma, VM_DONTCOPY);
#else
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
#endif
}
#endif

#ifdef CASE_write_set_other_flag
/*
 * R10: only some flags of a VMA in use are for a driver to set.
 * EXPECT: not a driver.s to set
 */
int cfail_use(struct vma_write *vma);
int cfail_use(struct vma_write *vma)
{
#ifdef BAD
	return vma_write_set(vma, VMA_DONTEXPAND_BIT);
#else
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
#endif
}
#endif

#ifdef CASE_write_under_read_guard
/*
 * R10: a write handle is none under a guard that reads.
 * EXPECT-context: requires holding.* exclusively
 */
int cfail_use(struct mm_with_user *user, struct vma_write *vma);
int cfail_use(struct mm_with_user *user, struct vma_write *vma)
{
#ifdef BAD
	CLASS(mmap_read, guard)(user);
#else
	CLASS(mmap_write, guard)(user);
#endif

	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}
#endif

#ifdef CASE_write_without_guard
/*
 * R10: flags are changed under a write guard.
 * EXPECT-context: requires holding.* exclusively
 */
#ifdef BAD
# define HELD
#else
# define HELD	__must_hold(vma_stable)
#endif
int cfail_use(struct vma_write *vma) HELD;
int cfail_use(struct vma_write *vma)
{
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}
#endif

#ifdef CASE_write_after_guard
/*
 * R10: what was found to be written to ends with its guard.
 * EXPECT-context: requires holding.* exclusively
 * EXPECT-lifetime: does not live long enough
 */
int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
	struct vma_write *vma;
#ifdef BAD
	{
		CLASS(mmap_write, guard)(user);

		vma = vma_write_lookup(&guard, 0);
		if (!vma)
			return 0;
	}
#else
	CLASS(mmap_write, guard)(user);

	vma = vma_write_lookup(&guard, 0);
	if (!vma)
		return 0;
#endif
	return vma_write_set(vma, VMA_DONTCOPY_BIT);
}
#endif
