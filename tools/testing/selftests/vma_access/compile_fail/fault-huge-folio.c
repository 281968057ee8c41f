// SPDX-License-Identifier: GPL-2.0
/*
 * R12: a huge entry is made by the page of the address, which says where in its
 * folio that is.
 * EXPECT: incompatible pointer type
 */
#include "cfail.h"

vm_fault_t cfail_use(struct vma_fault *fault, struct folio *folio, struct page *page,
		     unsigned int order);
vm_fault_t cfail_use(struct vma_fault *fault, struct folio *folio, struct page *page,
		     unsigned int order)
{
	return vma_fault_insert_huge_page(fault, BAD_OR(folio, page), order);
}
