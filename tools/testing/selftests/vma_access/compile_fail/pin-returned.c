// SPDX-License-Identifier: GPL-2.0
/*
 * R4: a pinned address space is not returned from its scope.
 * EXPECT-scopes: function may return address of local
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#include "cfail.h"

#ifdef BAD
struct mm_with_user *cfail_use(struct mm_ref *ref);
struct mm_with_user *cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return mm_with_user_of(&pin);
}
#else
struct mm_with_user *cfail_use(struct mm_ref *ref);
struct mm_with_user *cfail_use(struct mm_ref *ref)
{
	return mm_with_user_get(ref);
}
#endif
