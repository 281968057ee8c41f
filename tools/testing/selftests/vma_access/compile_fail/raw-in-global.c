// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor is it kept in a variable of the file.
 * EXPECT-coccinelle: outlives its hook
 */
#include "cfail.h"

static unsigned long cfail_start;
static const void *cfail_vma __maybe_unused;

static void cfail_open(struct vm_area_struct *vma)
{
	cfail_start = vma_ref_start(vma_ref_from_op(vma));
#ifdef BAD
	cfail_vma = vma;
#endif
}

const struct vm_operations_struct cfail_use;
const struct vm_operations_struct cfail_use = {
	.open = cfail_open,
};
