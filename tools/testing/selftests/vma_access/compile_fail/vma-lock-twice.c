// SPDX-License-Identifier: GPL-2.0
/*
 * R14: nor is a second VMA lock of the same mm, but by a pair.
 * EXPECT-context: already held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(vma_read, outer)(user, 4096);
#endif
	CLASS(vma_read, guard)(user, 0);

	return vma_read_ref(&guard);
}
