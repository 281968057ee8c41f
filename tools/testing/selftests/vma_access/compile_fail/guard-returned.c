// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a guard is not returned: it was left by then.
 * EXPECT-coccinelle: returns a guard
 */
#include "cfail.h"

#ifdef BAD
class_mmap_read_t cfail_use(struct mm_with_user *user);
class_mmap_read_t cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return guard;
}
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif
