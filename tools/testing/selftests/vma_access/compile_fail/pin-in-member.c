// SPDX-License-Identifier: GPL-2.0
/*
 * R4: a pin is kept by mm_with_user_get(), not by its owner's scope.
 * EXPECT-scopes: storing the address of local
 * EXPECT-coccinelle: pin outlives its owner
 */
#include "cfail.h"

struct keeper {
	struct mm_with_user *user;
};

static __used int cfail_use(struct keeper *keeper, struct mm_ref *ref)
{
#ifdef BAD
	CLASS(mm_with_user, pin)(ref);

	keeper->user = mm_with_user_of(&pin);
#else
	keeper->user = mm_with_user_get(ref);
#endif
	return keeper->user ? 0 : -ESRCH;
}
