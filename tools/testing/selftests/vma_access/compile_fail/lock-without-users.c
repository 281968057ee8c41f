// SPDX-License-Identifier: GPL-2.0
/*
 * R4: a lock is taken only where the users are pinned.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct mm_ref *ref, struct mm_with_user *user);
int cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(BAD_OR(ref, user));

	return 0;
}
