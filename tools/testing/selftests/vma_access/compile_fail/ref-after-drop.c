// SPDX-License-Identifier: GPL-2.0
/*
 * R4: a reference is not used after it was dropped.
 * EXPECT-coccinelle: was dropped
 */
#include "cfail.h"

int cfail_use(void);
int cfail_use(void)
{
	struct mm_ref *ref = mm_ref_grab_current();
	int err = -ESRCH;

	if (!ref)
		return err;
#ifdef BAD
	mm_ref_drop(ref);
#endif
	{
		CLASS(mm_with_user, pin)(ref);
		struct mm_with_user *user = mm_with_user_of(&pin);

		if (user)
			err = 0;
	}
#ifndef BAD
	mm_ref_drop(ref);
#endif
	return err;
}
