// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor in a container.
 * EXPECT-coccinelle: outlives its hook
 */
#include "cfail.h"

#include <linux/xarray.h>

static DEFINE_XARRAY(cfail_kept);

static void cfail_open(struct vm_area_struct *vma)
{
	unsigned long start = vma_ref_start(vma_ref_from_op(vma));

#ifdef BAD
	xa_store(&cfail_kept, start, vma, GFP_KERNEL);
#else
	xa_store(&cfail_kept, start, xa_mk_value(1), GFP_KERNEL);
#endif
}

const struct vm_operations_struct cfail_use;
const struct vm_operations_struct cfail_use = {
	.open = cfail_open,
};
