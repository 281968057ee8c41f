/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: in a fault handler. Included by <linux/vma_access.h>, which
 * is what drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_FAULT_H
#define _LINUX_VMA_ACCESS_FAULT_H

#include <linux/mm.h>
#include <linux/vma_access_object.h>

/**
 * vma_fault_from_vmf() - Take in a fault.
 * @vmf: The argument of ->fault(), ->huge_fault(), ->page_mkwrite() or
 *       ->pfn_mkwrite().
 *
 * The caller of the hook holds the VMA lock or the mmap lock: the VMA is stable,
 * and vma_ref() of the handle leads to it.
 *
 * Context: Within the hook.
 * Return: the handle, never NULL, which ends with the hook.
 */
static __always_inline struct vma_fault *
vma_fault_from_vmf(__vma_borrows struct vm_fault *vmf)
{
	return (struct vma_fault *)vmf;
}

static __always_inline struct vm_fault *
__vma_fault_raw(__vma_borrows const struct vma_fault *fault)
{
	return (struct vm_fault *)fault;
}

/**
 * vma_fault_addr() - The address that was accessed.
 * @fault: The handle.
 *
 * Context: Within the hook.
 * Return: an address, page-aligned, inside the VMA.
 */
static __always_inline unsigned long
vma_fault_addr(const struct vma_fault *fault)
{
	return __vma_fault_raw(fault)->address;
}

/**
 * vma_fault_is_write() - Was it a write?
 * @fault: The handle.
 *
 * Context: Within the hook.
 * Return: whether it was.
 */
static __always_inline bool vma_fault_is_write(const struct vma_fault *fault)
{
	return __vma_fault_raw(fault)->flags & FAULT_FLAG_WRITE;
}

/**
 * vma_fault_index() - Which page of the object was accessed?
 * @fault: The handle.
 * @base: The offset in the file, in pages, at which the object starts; 0 where
 *        vma_new_rebase() has taken it away already.
 * @nr_pages: The size of the object in pages.
 * @index: Set to the page's index in the object if it is one of its pages.
 *
 * Counted from the object's start, never from the VMA's: it is the same after a
 * split, a move or a partial munmap(), and is checked against the object's size
 * (R6, R12).
 *
 * Context: Within the hook.
 * Return: 0; VM_FAULT_SIGBUS, to be returned from the hook, if the page is
 * outside of the object.
 */
static __always_inline vm_fault_t __must_check
vma_fault_index(const struct vma_fault *fault, pgoff_t base,
		unsigned long nr_pages, pgoff_t *index)
{
	pgoff_t at = __vma_fault_raw(fault)->pgoff - base;

	/* One before @base wraps to a large one. */
	if (unlikely(at >= nr_pages)) {
		__vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
		return VM_FAULT_SIGBUS;
	}
	*index = at;
	return 0;
}

/**
 * vma_fault_object_index() - Which page of a vma_object was accessed?
 * @fault: The handle.
 * @object: The object that the mapping shows.
 * @index: As for vma_fault_index().
 *
 * Context: Within the hook.
 * Return: as vma_fault_index().
 */
static __always_inline vm_fault_t __must_check
vma_fault_object_index(const struct vma_fault *fault,
		       const struct vma_object *object, pgoff_t *index)
{
	return vma_fault_index(fault, object->__base, object->__pages, index);
}

/**
 * vma_fault_result() - What a fault handler returns for an insert's errno.
 * @err: What vma_mixedmap_insert_page() and the like returned.
 *
 * Context: Any.
 * Return: VM_FAULT_NOPAGE for 0, and for -EBUSY: somebody else was first, and the
 * access is tried again; VM_FAULT_OOM for -ENOMEM; VM_FAULT_HWPOISON for
 * -EHWPOISON; VM_FAULT_RETRY for nothing, for that would take the lock to have
 * been dropped; VM_FAULT_SIGBUS for the rest.
 */
static __always_inline vm_fault_t vma_fault_result(int err)
{
	return !err || err == -EBUSY ? VM_FAULT_NOPAGE : vmf_error(err);
}

vm_fault_t __must_check vma_fault_insert_page(struct vma_fault *fault,
					      struct page *page);
vm_fault_t __must_check vma_fault_insert_pfn(struct vma_fault *fault,
					     unsigned long pfn,
					     enum vma_prot prot);
vm_fault_t __must_check vma_fault_insert_mixed(struct vma_fault *fault,
					       unsigned long pfn);
vm_fault_t __must_check vma_fault_insert_huge_pfn(struct vma_fault *fault,
						  unsigned long pfn,
						  unsigned int order);
vm_fault_t __must_check vma_fault_insert_folio(struct vma_fault *fault,
					       struct folio *folio);
vm_fault_t __must_check vma_fault_return_page(struct vma_fault *fault,
					      struct page *page);

#endif /* _LINUX_VMA_ACCESS_FAULT_H */
