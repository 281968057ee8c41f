// SPDX-License-Identifier: GPL-2.0
/*
 * R5: nor by the other put.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

void cfail_use(struct mm_ref *ref, struct mm_with_user *user);
void cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(mm_with_user, pin)(ref);

	mm_with_user_put_async(BAD_OR(&pin, user));
}
