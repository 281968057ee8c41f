// SPDX-License-Identifier: GPL-2.0
/*
 * R9: no goto enters the scope of a guard.
 * EXPECT-scopes: jump skips
 * EXPECT-clang: cannot jump from this goto
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, bool skip);
bool cfail_use(struct mm_with_user *user, bool skip)
{
#ifdef BAD
	if (skip)
		goto out;
#else
	if (skip)
		return false;
#endif
	CLASS(mmap_read, guard)(user);

#ifdef BAD
out:
#endif
	return vma_ref_lookup(&guard, 0);
}
