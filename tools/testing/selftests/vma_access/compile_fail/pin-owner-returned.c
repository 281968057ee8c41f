// SPDX-License-Identifier: GPL-2.0
/*
 * R4: the owner of a pin is not returned: the pin was dropped by then.
 * EXPECT-coccinelle: returns a guard
 */
#include "cfail.h"

#ifdef BAD
struct mm_with_user_owner cfail_use(struct mm_ref *ref);
struct mm_with_user_owner cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return pin;
}
#else
bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return mm_with_user_of(&pin);
}
#endif
