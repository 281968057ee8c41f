// SPDX-License-Identifier: GPL-2.0
/*
 * R16: a pair is taken under no other guard.
 * EXPECT-context: while .* is held
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, outer)(user);
#endif
	CLASS(vma_pair, pair)(user, 0, user, 4096);

	return vma_pair_a(&pair);
}
