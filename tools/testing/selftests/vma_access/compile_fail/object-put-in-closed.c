// SPDX-License-Identifier: GPL-2.0
/*
 * R17: there is one hook to let an object go, and it is the one that is called
 * when the object is not looked at any more.
 * EXPECT-gcc: has no member named .closed.
 * EXPECT-clang: field designator .closed. does not refer to any field
 */
#include "cfail.h"

static void cfail_put(struct vma_object *object)
{
}

extern const struct vma_object_ops cfail_ops;
#ifdef BAD
const struct vma_object_ops cfail_ops = { .closed = cfail_put };
#else
const struct vma_object_ops cfail_ops = { .put = cfail_put };
#endif
