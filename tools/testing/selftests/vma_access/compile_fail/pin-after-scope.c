// SPDX-License-Identifier: GPL-2.0
/*
 * R4: nor used after it.
 * EXPECT-scopes: dangling pointer
 * EXPECT-lifetime: does not live long enough
 */
#include "cfail.h"

bool cfail_use(struct mm_ref *ref, struct mm_ref *other);
bool cfail_use(struct mm_ref *ref, struct mm_ref *other)
{
	struct mm_with_user *user;

	{
		CLASS(mm_with_user_async, pin)(ref);

		user = mm_with_user_of(&pin);
#ifndef BAD
		return user && mm_with_user_is(user, other);
#endif
	}
#ifdef BAD
	return user && mm_with_user_is(user, other);
#endif
}
