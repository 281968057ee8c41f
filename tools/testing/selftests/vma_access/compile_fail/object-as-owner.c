// SPDX-License-Identifier: GPL-2.0
/*
 * R17: what an object type is given is a vma_object.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

int cfail_use(struct vma_desc *vma, const struct vma_type *type,
	      struct file *file, struct vma_object *object);
int cfail_use(struct vma_desc *vma, const struct vma_type *type,
	      struct file *file, struct vma_object *object)
{
	return vma_new_set_object(vma, type, BAD_OR(file, object));
}
