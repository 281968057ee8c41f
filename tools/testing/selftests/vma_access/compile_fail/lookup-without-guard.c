// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a look-up takes a guard, not an address space.
 * EXPECT: not compatible with any (generic )?association
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, class_mmap_read_t *guard);
bool cfail_use(struct mm_with_user *user, class_mmap_read_t *guard)
{
	return vma_ref_lookup(BAD_OR(user, guard), 0);
}
