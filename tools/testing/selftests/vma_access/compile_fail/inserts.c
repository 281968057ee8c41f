// SPDX-License-Identifier: GPL-2.0
/* Inserts: pages and page frames, each into a VMA of the map kind for it. */
#include "cfail.h"

#ifdef CASE_desc_insert
/*
 * R7: pages are not inserted before there is a VMA.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_planned *desc, struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_planned *desc, struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(desc, vma), 0, page);
}
#endif

#ifdef CASE_insert_any_vma
/*
 * R7: a page goes only into what is known to be VM_MIXEDMAP.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_ref *ref, struct vma_mixedmap *mixed, struct page *page);
int cfail_use(struct vma_ref *ref, struct vma_mixedmap *mixed, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(ref, mixed), 0, page);
}
#endif

#ifdef CASE_mixedmap_insert_on_pfnmap
/*
 * R7: pages are for a VMA that is VM_MIXEDMAP.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_pfnmap *pfns, struct vma_mixedmap *vma, struct page *page);
int cfail_use(struct vma_pfnmap *pfns, struct vma_mixedmap *vma, struct page *page)
{
	return vma_mixedmap_insert_page(BAD_OR(pfns, vma), 0, page);
}
#endif

#ifdef CASE_pfnmap_insert_on_mixedmap
/*
 * R7: page frames are for a VMA that is VM_PFNMAP.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_mixedmap *mixed, struct vma_pfnmap *vma);
int cfail_use(struct vma_mixedmap *mixed, struct vma_pfnmap *vma)
{
	return vma_pfnmap_insert_pfn(BAD_OR(mixed, vma), 0, 0, VMA_PROT_OWN);
}
#endif
