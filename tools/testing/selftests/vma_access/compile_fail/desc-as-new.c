// SPDX-License-Identifier: GPL-2.0
/*
 * R7: what only ->mmap() can do is not done in ->mmap_prepare().
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct vma_desc *desc, struct vma_new *vma, struct device *dev);
int cfail_use(struct vma_desc *desc, struct vma_new *vma, struct device *dev)
{
	return vma_new_dma_mmap(BAD_OR(desc, vma), dev, NULL, 0, 0, 0);
}
