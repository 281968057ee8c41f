// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of a pin is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct mm_ref *ref);
int cfail_use(struct mm_ref *ref)
{
#ifdef BAD
	mm_with_user_get(ref);
	return 0;
#else
	return !!mm_with_user_get(ref);
#endif
}
