// SPDX-License-Identifier: GPL-2.0
/*
 * R4: __free() drops what is returned, but for no_free_ptr().
 * EXPECT-coccinelle: dropped by __free
 */
#include "cfail.h"

struct mm_ref *cfail_use(void);
struct mm_ref *cfail_use(void)
{
	struct mm_ref *ref __free(mm_ref) = mm_ref_grab_current();

#ifdef BAD
	return ref;
#else
	return no_free_ptr(ref);
#endif
}
