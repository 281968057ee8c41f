// SPDX-License-Identifier: GPL-2.0
/*
 * R5: a pin is put once, on each path.
 * EXPECT-coccinelle: was dropped
 */
#include "cfail.h"

int cfail_use(struct mm_ref *ref, unsigned long size);
int cfail_use(struct mm_ref *ref, unsigned long size)
{
	struct mm_with_user *user = mm_with_user_get(ref);
	int err = 0;

	if (!user)
		return -ESRCH;
	if (size < PAGE_SIZE) {
#ifdef BAD
		mm_with_user_put(user);
#endif
		err = -EINVAL;
		goto out;
	}
	err = -ENOMEM;
out:
	mm_with_user_put(user);
	/* To set it anew is no use of it. */
	user = mm_with_user_current();
	return user ? err : -ESRCH;
}
