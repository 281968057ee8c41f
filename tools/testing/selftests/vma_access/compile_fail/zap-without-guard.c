// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a zap needs a guard.
 * EXPECT-context: requires holding
 */
#include "cfail.h"

int cfail_use(struct vma_ref *vma) CALLER_HOLDS_VMA;
int cfail_use(struct vma_ref *vma)
{
	return vma_ref_zap_all(vma);
}
