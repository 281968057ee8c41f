// SPDX-License-Identifier: GPL-2.0
/*
 * R2: only the parameter of a hook is taken in.
 * EXPECT-coccinelle: the parameter of a hook
 */
#include "cfail.h"

struct arena {
	struct vm_area_struct *kept;
};

static __used int cfail_use(struct arena *arena, struct vm_area_struct *vma)
{
#ifdef BAD
	return vma_ref_zap_all(vma_ref_from_op(arena->kept));
#else
	return vma_ref_zap_all(vma_ref_from_op(vma));
#endif
}
