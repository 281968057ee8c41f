// SPDX-License-Identifier: GPL-2.0
/*
 * R4: the current task's own address space is borrowed.
 * EXPECT-coccinelle: not this function's own
 */
#include "cfail.h"

int cfail_use(void);
int cfail_use(void)
{
	struct mm_with_user *user = mm_with_user_current();

	if (!user)
		return -ESRCH;
#ifdef BAD
	mm_with_user_put(user);
#endif
	return 0;
}
