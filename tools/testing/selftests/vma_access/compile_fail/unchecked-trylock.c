// SPDX-License-Identifier: GPL-2.0
/*
 * R9: the result of a trylock is not ignored.
 * EXPECT: warn_unused_result
 */
#include "cfail.h"

int cfail_use(struct mm_with_user *user);
int cfail_use(struct mm_with_user *user)
{
#ifdef BAD
	mmap_read_acquire_try(user);
	return 0;
#else
	return mmap_read_acquire_try(user);
#endif
}
