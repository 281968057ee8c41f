// SPDX-License-Identifier: GPL-2.0
/*
 * R9: there may have been no users left to pin.
 * EXPECT-coccinelle: may be NULL
 */
#include "cfail.h"

bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

#ifndef BAD
	if (!user)
		return false;
#endif
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
