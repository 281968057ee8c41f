// SPDX-License-Identifier: GPL-2.0
/* Handles: opaque, each of one type, and made by nothing but the layer. */
#include "cfail.h"

#ifdef CASE_handle_dereference
/*
 * R2: a handle is not dereferenced.
 * EXPECT-gcc: (incomplete|undefined) type
 * EXPECT-clang: incomplete definition of type
 */
unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	return ref->vm_start;
#else
	return vma_ref_start(ref);
#endif
}
#endif

#ifdef CASE_handle_copy
/*
 * R2: there is no object of a handle type, so none to copy.
 * EXPECT-gcc: incomplete type|dereferencing
 * EXPECT-clang: incomplete type
 */
unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	struct vma_ref copy = *ref;

	ref = &copy;
#endif
	return vma_ref_start(ref);
}
#endif

#ifdef CASE_handle_arithmetic
/*
 * R2: no address is computed from a handle.
 * EXPECT-gcc: (incomplete|undefined|invalid use|unknown size)
 * EXPECT-clang: arithmetic on a pointer to an incomplete type
 */
unsigned long cfail_use(struct vma_ref *ref);
unsigned long cfail_use(struct vma_ref *ref)
{
#ifdef BAD
	ref++;
#endif
	return vma_ref_start(ref);
}
#endif

#ifdef CASE_handle_as_raw
/*
 * R2: a handle does not go where a raw pointer goes.
 * EXPECT: incompatible pointer type
 */
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref);
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref)
{
	return vma_pages(BAD_OR(ref, raw));
}
#endif

#ifdef CASE_handle_by_cast
/*
 * R7: a cast makes no handle.
 * EXPECT-coccinelle: a cast makes no handle
 */
int cfail_use(struct vma_ref *vma, struct page *page) __must_hold_shared(vma_stable);
int cfail_use(struct vma_ref *vma, struct page *page)
{
#ifdef BAD
	struct vma_mixedmap *mixed = (struct vma_mixedmap *)vma;
#else
	struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);
#endif

	return mixed ? vma_mixedmap_insert_page(mixed, 0, page) : 0;
}
#endif

#ifdef CASE_handle_through_void
/*
 * R2: void * is no way around.
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#ifdef BAD
void *cfail_use(struct mm_with_user *user);
void *cfail_use(struct mm_with_user *user)
#else
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
#endif
{
	CLASS(mmap_read, guard)(user);

	return vma_ref_lookup(&guard, 0);
}
#endif

#ifdef CASE_void_as_handle
/*
 * R2: nor a way in.
 * EXPECT-coccinelle: a void pointer is no handle
 */
unsigned long cfail_use(struct vma_ref *vma, void *data) __must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, void *data)
{
#ifdef BAD
	struct vma_ref *handle = data;
#else
	struct vma_ref *handle = vma;
#endif

	return vma_ref_start(handle);
}
#endif

#ifdef CASE_void_member_as_handle
/*
 * R2: nor is what was kept there.
 * EXPECT-coccinelle: a void pointer is no handle
 */
struct keeper {
	void *data;
};

unsigned long cfail_use(struct vma_ref *vma, struct keeper *keeper)
	__must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, struct keeper *keeper)
{
#ifdef BAD
	struct vma_ref *handle = keeper->data;
#else
	struct vma_ref *handle = vma;
#endif

	return vma_ref_start(handle);
}
#endif

#ifdef CASE_raw_as_handle
/*
 * R2: a raw pointer is no handle.
 * EXPECT: incompatible pointer type
 */
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref);
unsigned long cfail_use(struct vm_area_struct *raw, struct vma_ref *ref)
{
	return vma_ref_start(BAD_OR(raw, ref));
}
#endif

#ifdef CASE_raw_desc_as_handle
/*
 * R2: the raw descriptor is no handle.
 * EXPECT-gcc: not compatible with any association
 * EXPECT-clang: not compatible with any of the associations|controlling expression type
 */
int cfail_use(struct vm_area_desc *raw, struct vma_planned *desc);
int cfail_use(struct vm_area_desc *raw, struct vma_planned *desc)
{
	return vma_new_fits(BAD_OR(raw, desc), 1);
}
#endif

#ifdef CASE_desc_as_vma
/*
 * R2: there is no way from a descriptor to a VMA.
 * EXPECT: incompatible pointer type
 */
unsigned long cfail_use(struct vma_planned *desc, struct vma_ref *vma);
unsigned long cfail_use(struct vma_planned *desc, struct vma_ref *vma)
{
	return vma_ref_start(BAD_OR(desc, vma));
}
#endif

#ifdef CASE_desc_as_new
/*
 * R7: what only ->mmap() can do is not done in ->mmap_prepare().
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_planned *desc, struct vma_new *vma, struct device *dev);
int cfail_use(struct vma_planned *desc, struct vma_new *vma, struct device *dev)
{
	return vma_new_dma_mmap(BAD_OR(desc, vma), dev, NULL, 0, 0, 0);
}
#endif
