/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: fault handlers. Included by <linux/vma_access.h>, which
 * drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_FAULT_H
#define _LINUX_VMA_ACCESS_FAULT_H

#include <linux/mm.h>
#include <linux/vma_access_ref.h>

/**
 * vma_fault_from_vmf() - Convert the argument of a fault hook to a handle.
 * @vmf: The argument of ->fault(), ->huge_fault(), ->page_mkwrite() or
 *       ->pfn_mkwrite().
 *
 * The caller of the hook holds the VMA lock or the mmap lock, so the VMA is
 * stable. vma_fault_ref() returns its handle.
 *
 * Context: Within the hook.
 * Return: the handle, never NULL. It ends with the hook, or earlier in
 * vma_fault_drop_lock().
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
 * vma_fault_ref() - The VMA that a fault is in.
 * @fault: The handle.
 *
 * Context: Within the hook.
 * Return: the handle of the VMA, which ends when @fault does.
 */
static __always_inline struct vma_ref *
vma_fault_ref(__vma_borrows const struct vma_fault *fault)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_ref *)__vma_fault_raw(fault)->vma;
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
 * vma_fault_is_write() - Test whether the access was a write.
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
 * vma_fault_index() - Get the index of the page that was accessed.
 * @fault: The handle.
 * @base: The offset in the file, in pages, at which the object starts; 0 if
 *        vma_new_set_pgoff() has made the offset count from there.
 * @nr_pages: The size of the object in pages.
 * @index: Set to the page's index in the object, if the object has that page.
 *
 * The index counts from the start of the object, not of the VMA. So it is the
 * same after a split, a move or a partial munmap() (R12). It is checked against
 * the object's size (R6).
 *
 * Context: Within the hook.
 * Return: 0; VM_FAULT_SIGBUS if the page is outside the object. Return that
 * from the hook.
 */
static __always_inline vm_fault_t __must_check
vma_fault_index(const struct vma_fault *fault, pgoff_t base,
		unsigned long nr_pages, pgoff_t *index)
{
	pgoff_t at = __vma_fault_raw(fault)->pgoff - base;

	/* A page before @base wraps to a large index. */
	if (unlikely(at >= nr_pages)) {
		__vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
		return VM_FAULT_SIGBUS;
	}
	*index = at;
	return 0;
}

/*
 * Internal: convert an insert's errno to a fault handler's result. With -EBUSY
 * another thread was first, and the access is tried again.
 */
static __always_inline vm_fault_t __vma_fault_result(int err)
{
	return !err || err == -EBUSY ? VM_FAULT_NOPAGE : vmf_error(err);
}

vm_fault_t __must_check __vma_fault_drop_lock(struct vma_fault **fault,
					      struct file **file)
	__releases_shared(vma_stable);

static __always_inline struct vma_fault ** __must_check
__vma_fault_held(struct vma_fault **fault)
	__assumes_shared_ctx_lock(vma_stable)
{
	return fault;
}

/**
 * vma_fault_drop_lock() - Drop the lock of a fault, to wait without it.
 * @fault: Address of the variable that holds the handle.
 * @file: If the lock was dropped, set to the file that is mapped, with a
 *        reference: drop it with fput(). Otherwise set to NULL.
 *
 * A fault handler that waits with the lock held makes all others wait that need
 * the lock for write: mmap(), munmap() and, behind them, other faults. So drop
 * the lock before waiting, and let the core try the access again. Return
 * VM_FAULT_RETRY only if this function returned it. Otherwise the core would
 * believe that the lock was dropped, and the task would hang on it later.
 *
 * Once the lock was dropped, the handle has ended, and the variable is NULL.
 * The VMA may then be unmapped and freed, together with what the driver keeps
 * for each mapping. Until fput(), only the file stays, and what its ->release()
 * would free. Take a reference to anything else that you need while waiting
 * before you call this.
 *
 * Context: Within ->fault() or ->huge_fault(). The driver holds no lock that it
 * takes inside the lock of the fault. Does not sleep.
 * Return:
 * VM_FAULT_RETRY with @file set: the lock was dropped. Wait, then return it
 * from the hook.
 * VM_FAULT_RETRY with @file NULL: the lock is still held, and the caller of the
 * core does not want to wait (FOLL_NOWAIT). Return it from the hook at once.
 * 0: the lock is still held and must not be dropped, because the access was
 * tried again before, the VMA has no file, or this is a ->page_mkwrite() or
 * ->pfn_mkwrite(). Wait with the lock held, or return VM_FAULT_SIGBUS.
 * With CONFIG_DEBUG_VMA_ACCESS it is also 0, with a warning, inside a
 * CLASS(vma_object_live, ...) of the VMA's object: the object may be freed
 * before that scope ends (R17).
 */
#define vma_fault_drop_lock(fault, file) \
	__vma_fault_drop_lock(__vma_fault_held(fault), file)

vm_fault_t __must_check vma_fault_insert_page(struct vma_fault *fault,
					      struct page *page);
vm_fault_t __must_check vma_fault_insert_pfn(struct vma_fault *fault,
					     unsigned long pfn,
					     enum vma_prot prot);
vm_fault_t __must_check vma_fault_insert_page_pfns(struct vma_fault *fault,
						   struct page **pages,
						   unsigned long index,
						   unsigned long nr_pages);
vm_fault_t __must_check vma_fault_insert_huge_pfn(struct vma_fault *fault,
						  unsigned long pfn,
						  unsigned long index,
						  unsigned long nr_pages,
						  unsigned int order);
vm_fault_t __must_check vma_fault_return_page(struct vma_fault *fault,
					      struct page *page);

#endif /* _LINUX_VMA_ACCESS_FAULT_H */
