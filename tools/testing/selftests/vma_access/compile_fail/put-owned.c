// SPDX-License-Identifier: GPL-2.0
/*
 * R5: what a class puts is not put by hand.
 * EXPECT-coccinelle: not this function's own
 */
#include "cfail.h"

int cfail_use(struct mm_ref *ref);
int cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

	if (!user)
		return -ESRCH;
#ifdef BAD
	mm_with_user_put(user);
#endif
	return 0;
}
