// SPDX-License-Identifier: GPL-2.0
/*
 * R15: an mm is told by a reference that keeps it: a bare address may be another's by now.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

bool cfail_use(struct mm_with_user *user, struct mm_struct *opened, struct mm_ref *ref);
bool cfail_use(struct mm_with_user *user, struct mm_struct *opened, struct mm_ref *ref)
{
	return mm_with_user_is(user, BAD_OR(opened, ref));
}
