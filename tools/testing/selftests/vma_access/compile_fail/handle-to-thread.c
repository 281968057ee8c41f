// SPDX-License-Identifier: GPL-2.0
/*
 * R2: a callback that runs at once takes a handle as void *, a thread does
 * not.
 * EXPECT-coccinelle: outlives its guard in kthread_run
 */
#include "cfail.h"

#include <linux/kthread.h>

int cfail_each(int (*fn)(void *data), void *data);

static int cfail_one(void *data)
	__must_hold_shared(vma_stable)
{
	struct vma_mixedmap *mixed = data;

	return vma_mixedmap_insert_page(mixed, vma_ref_start(mixed), NULL);
}

int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	CLASS(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap_of(vma, id) : NULL;

	if (!mixed)
		return -ESRCH;
#ifdef BAD
	return PTR_ERR_OR_ZERO(kthread_run(cfail_one, mixed, "cfail"));
#else
	return cfail_each(cfail_one, mixed);
#endif
}
