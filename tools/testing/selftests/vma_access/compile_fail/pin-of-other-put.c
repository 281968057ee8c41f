// SPDX-License-Identifier: GPL-2.0
/*
 * R5: nor does a pin that tears down at once pass for one that leaves it to a worker.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

static bool cfail_under_lock(struct mm_with_user_owner_async *pin)
{
	return mm_with_user_of(pin);
}

bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, now)(ref);
	CLASS(mm_with_user_async, later)(ref);

	return cfail_under_lock(BAD_OR(&now, &later));
}
