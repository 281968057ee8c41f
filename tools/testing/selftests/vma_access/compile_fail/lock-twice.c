// SPDX-License-Identifier: GPL-2.0
/*
 * R14: the mmap lock is taken once.
 * EXPECT-context: already held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, struct mm_with_user *other);
bool cfail_use(struct mm_with_user *user, struct mm_with_user *other)
{
	CLASS(mmap_read, guard)(user);
#ifdef BAD
	CLASS(mmap_read, second)(user);
#else
	CLASS(mmap_read, second)(other);
#endif

	return vma_ref_lookup(&guard, 0) && vma_ref_lookup(&second, 0);
}
