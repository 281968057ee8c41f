// SPDX-License-Identifier: GPL-2.0
/* Flags, accesses and protections: named by number, settled before they are asked for. */
#include "cfail.h"

#ifdef CASE_deny_mask
/*
 * R1: an access is named by its number. VM_WRITE is 2, which is VMA_EXEC_BIT's.
 * EXPECT: a VMA flag is given by its number
 */
int cfail_use(struct vma_new *vma);
int cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_deny(vma, VM_WRITE);
#else
	return vma_new_deny(vma, VMA_WRITE_BIT);
#endif
}
#endif

#ifdef CASE_deny_prot
/*
 * R1: nor is PROT_WRITE, which is 2 as well and an int.
 * EXPECT: a VMA flag is given by its number
 */
int cfail_use(struct vma_planned *vma);
int cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	return vma_new_deny(vma, PROT_WRITE);
#else
	return vma_new_deny(vma, VMA_WRITE_BIT);
#endif
}
#endif

#ifdef CASE_settle_mask
/*
 * R1: what is settled is named by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
bool cfail_use(struct vma_planned *vma);
bool cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	return vma_new_settle(vma, VM_WRITE);
#else
	return vma_new_settle(vma, VMA_WRITE_BIT);
#endif
}
#endif

#ifdef CASE_settle_other_bit
/*
 * R1: only an access can be settled.
 * EXPECT: only VMA_READ_BIT, VMA_WRITE_BIT and VMA_EXEC_BIT can be settled
 */
bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_settle(vma, VMA_IO_BIT);
#else
	return vma_new_settle(vma, VMA_WRITE_BIT);
#endif
}
#endif

#ifdef CASE_new_test_mask
/*
 * R1: a flag of a new mapping is named by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_test(vma, VM_SHARED);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
#endif

#ifdef CASE_new_test_flag
/*
 * R1: a new mapping cannot be asked for a flag without settling it.
 * EXPECT: incompatible pointer type
 */
bool cfail_use(struct vma_new *vma, struct vma_ref *ref);
bool cfail_use(struct vma_new *vma, struct vma_ref *ref)
{
	return vma_ref_test(BAD_OR(vma, ref), VMA_WRITE_BIT);
}
#endif

#ifdef CASE_new_test_access
/*
 * R1: an access of a new mapping is not tested, but settled.
 * EXPECT: an access is asked for with vma_new_settle
 */
bool cfail_use(struct vma_new *vma);
bool cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_test(vma, VMA_WRITE_BIT);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
#endif

#ifdef CASE_new_test_exec
/*
 * R1: nor is executing tested, but settled; in ->mmap_prepare() as in ->mmap().
 * EXPECT: an access is asked for with vma_new_settle
 */
bool cfail_use(struct vma_planned *vma);
bool cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	return vma_new_test(vma, VMA_EXEC_BIT);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
#endif

#ifdef CASE_new_test_read
/*
 * R1: nor is reading tested, but settled; in ->mmap_prepare() as in ->mmap().
 * EXPECT: an access is asked for with vma_new_settle
 */
bool cfail_use(struct vma_planned *vma);
bool cfail_use(struct vma_planned *vma)
{
#ifdef BAD
	return vma_new_test(vma, VMA_READ_BIT);
#else
	return vma_new_test(vma, VMA_SHARED_BIT);
#endif
}
#endif

#ifdef CASE_ref_test_mask
/*
 * R10: a flag of a VMA in use is asked for by its number, no mask.
 * EXPECT: a VMA flag is given by its number
 */
bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, VM_WRITE);
#else
	return vma_ref_test(vma, VMA_WRITE_BIT);
#endif
}
#endif

#ifdef CASE_ref_test_number
/*
 * R10: nor by another constant whose name begins as theirs.
 * EXPECT: a VMA flag is given by its number
 */
bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, VMA_PROT_DECRYPTED);
#else
	return vma_ref_test(vma, VMA_SHARED_BIT);
#endif
}
#endif

#ifdef CASE_ref_test_literal
/*
 * R10: nor by a bare number.
 * EXPECT: a VMA flag is given by its number
 */
bool cfail_use(struct vma_ref *vma) __must_hold_shared(vma_stable);
bool cfail_use(struct vma_ref *vma)
{
#ifdef BAD
	return vma_ref_test(vma, 2);
#else
	return vma_ref_test(vma, VMA_EXEC_BIT);
#endif
}
#endif

#ifdef CASE_prot_as_a_value
/*
 * R11: a protection is derived, not given.
 * EXPECT: incompatible type|incompatible integer|expected .enum vma_prot
 */
void cfail_use(struct vma_planned *vma, pgprot_t prot);
void cfail_use(struct vma_planned *vma, pgprot_t prot)
{
	vma_new_set_prot(vma, BAD_OR(prot, VMA_PROT_NONCACHED));
}
#endif

#ifdef CASE_prot_as_a_value_insert
/*
 * R11: nor when a page frame is inserted.
 * EXPECT: incompatible type|incompatible integer|expected .enum vma_prot
 */
int cfail_use(struct vma_pfnmap *vma, pgprot_t prot) __must_hold_shared(vma_stable);
int cfail_use(struct vma_pfnmap *vma, pgprot_t prot)
{
	return vma_pfnmap_insert_pfn(vma, 0, 1, BAD_OR(prot, VMA_PROT_OWN));
}
#endif

#ifdef CASE_comedi_page_shared
/*
 * R11: a constant in place of the VMA's own protection, as comedi has it.
 * EXPECT: poisoned
 */
#include <linux/vma_access_strict.h>

int cfail_use(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
int cfail_use(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
#ifdef BAD
	return remap_pfn_range(vma, addr, pfn, PAGE_SIZE, PAGE_SHARED);
#else
	return vma_new_remap_pfn(vma_new_from_mmap(vma), addr, pfn, PAGE_SIZE);
#endif
}
#endif
