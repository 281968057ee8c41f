// SPDX-License-Identifier: GPL-2.0
/*
 * R7: nor does it map a page but by a handle.
 * EXPECT: poisoned
 */
#include "cfail.h"
#include <linux/vma_access_strict.h>

int cfail_use(struct vma_mixedmap *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_mixedmap *vma, struct page *page)
{
#ifdef BAD
	return vm_insert_page(__vma_raw(vma_ref(vma)), 0, page);
#else
	return vma_mixedmap_insert_page(vma, 0, page);
#endif
}
