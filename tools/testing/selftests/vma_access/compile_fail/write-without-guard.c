// SPDX-License-Identifier: GPL-2.0
/*
 * R10: flags are changed under a write guard.
 * EXPECT-context: requires holding.* exclusively
 */
#include "cfail.h"

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
