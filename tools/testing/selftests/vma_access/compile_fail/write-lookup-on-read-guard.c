// SPDX-License-Identifier: GPL-2.0
/*
 * R10: a guard that holds the lock for read gives no write handle.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

bool cfail_use(const class_mmap_read_t *read, const class_mmap_write_t *write);
bool cfail_use(const class_mmap_read_t *read, const class_mmap_write_t *write)
{
	return vma_write_lookup(BAD_OR(read, write), 0);
}
