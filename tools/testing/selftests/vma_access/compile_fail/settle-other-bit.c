// SPDX-License-Identifier: GPL-2.0
/*
 * R1: only an access can be settled.
 * EXPECT: only VMA_READ_BIT, VMA_WRITE_BIT and VMA_EXEC_BIT can be settled
 */
#include "cfail.h"

bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_settle(vma, VMA_IO_BIT);
#else
	return vma_new_settle(vma, VMA_WRITE_BIT);
#endif
}
