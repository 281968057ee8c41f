// SPDX-License-Identifier: GPL-2.0
/*
 * R4: two VMAs are locked only where the users are pinned.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct mm_ref *ref, struct mm_with_user *user);
int cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(vma_pair, pair)(user, 0, BAD_OR(ref, user), 0);

	return vma_pair_err(&pair);
}
