// SPDX-License-Identifier: GPL-2.0
/*
 * R2: nor is the file's list of its mappings.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

unsigned long cfail_use(struct address_space *mapping, struct vma_object *object);
unsigned long cfail_use(struct address_space *mapping, struct vma_object *object)
{
#ifdef BAD
	struct vm_area_struct *vma;
	unsigned long nr = 0;

	mapping_rmap_tree_foreach(vma, mapping, 0, ULONG_MAX)
		nr++;
	return nr;
#else
	return vma_object_mappings(object);
#endif
}
