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
 * Return: the handle, never NULL, which ends with the hook, or before with
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
 * -EHWPOISON; VM_FAULT_SIGBUS for the rest; VM_FAULT_RETRY for nothing, as it takes
 * the lock to have been dropped: see vma_fault_drop_lock().
 */
static __always_inline vm_fault_t vma_fault_result(int err)
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
 * @file: Set to the file that is mapped, with a reference that the caller ends by
 *        fput(), if the lock was dropped; otherwise to NULL.
 *
 * All that needs the lock of the fault for write waits for a handler that waits:
 * mmap(), munmap() and, behind them, other faults. So a handler that has to wait
 * does so without the lock, and has the access tried again. This is the one place
 * that VM_FAULT_RETRY comes from: returned without it, the caller would believe
 * that a lock was dropped which is held until the task hangs on it.
 *
 * When the lock was dropped, the handle has ended, and its variable is NULL: the
 * VMA may be unmapped and freed, and what the driver keeps for a mapping with it.
 * Only the file stays, and what its ->release() would free, until fput(). Of
 * anything else that is needed while waiting the driver takes a reference before.
 *
 * Context: Within ->fault() or ->huge_fault(), with no lock of the driver's held
 * that is taken inside of the fault's. Does not sleep.
 * Return: VM_FAULT_RETRY with @file set: wait, then return it from the hook.
 * Otherwise the lock is still held and the handle good, and it is
 * VM_FAULT_RETRY if the one who asked does not want to wait (FOLL_NOWAIT): return
 * it from the hook at once; or
 * 0 if the lock must not be dropped, as the access was tried again before, or this
 * is a ->page_mkwrite() or ->pfn_mkwrite(): wait with the lock held, or return
 * VM_FAULT_SIGBUS. With CONFIG_DEBUG_VMA_ACCESS and lockdep it is 0, with a warning,
 * inside of CLASS(vma_object_live, ...), which would end after the object (R17).
 */
#define vma_fault_drop_lock(fault, file) \
	__vma_fault_drop_lock(__vma_fault_held(fault), file)

vm_fault_t __must_check vma_fault_insert_page(struct vma_fault *fault,
					      struct page *page);
vm_fault_t __must_check vma_fault_insert_pfn(struct vma_fault *fault,
					     unsigned long pfn,
					     enum vma_prot prot);
vm_fault_t __must_check vma_fault_insert_mixed(struct vma_fault *fault,
					       unsigned long pfn);
vm_fault_t __must_check vma_fault_insert_huge_pfn(struct vma_fault *fault,
						  unsigned long pfn,
						  unsigned long index,
						  unsigned long nr_pages,
						  unsigned int order);
vm_fault_t __must_check vma_fault_insert_huge_page(struct vma_fault *fault,
						   struct page *page,
						   unsigned int order);
vm_fault_t __must_check vma_fault_return_page(struct vma_fault *fault,
					      struct page *page);

/* ---- ->access(): another process asks -------------------------------------- */

int __vma_remote_access(struct vm_area_struct *vma, unsigned long addr,
			void *buf, int len, int write,
			int (*op)(struct vma_remote *remote));

/**
 * DEFINE_VMA_ACCESS() - Define an ->access() hook.
 * @_name: The hook, as DEFINE_VMA_TYPE_ACCESS() takes it.
 * @_remote: The body's name for the handle, a struct vma_remote.
 *
 * ptrace() and /proc/PID/mem ask it for memory that has no pages to be got hold
 * of. The core has checked nothing by then. The body runs only for an access that
 * starts inside the VMA, is cut to its end, and is one that the mapping's process
 * could make itself now: a write needs VM_WRITE, a read VM_READ. So what a type
 * denies by VMA_DENY_* is denied to others, too (R1). Not even FOLL_FORCE, which
 * debuggers use, gets more; and nothing is written through a private mapping.
 *
 * The body follows, and returns how many bytes it copied, or an errno. It runs in
 * the process that asks, with the mmap lock of the one that mapped held for read.
 * For example::
 *
 *	static DEFINE_VMA_ACCESS(regs_access, remote)
 *	{
 *		struct regs *regs = vma_ref_owner(remote, &regs_type);
 *
 *		return regs ? vma_remote_copy(remote, regs->mem, REGS_SIZE) : -EIO;
 *	}
 */
#define DEFINE_VMA_ACCESS(_name, _remote)				\
	int __vma_access_op_##_name(struct vm_area_struct *vma,		\
				    unsigned long addr, void *buf,	\
				    int len, int write);		\
	static int _name(struct vma_remote *(_remote));			\
	int __vma_access_op_##_name(struct vm_area_struct *vma,		\
				    unsigned long addr, void *buf,	\
				    int len, int write)			\
	{								\
		return __vma_remote_access(vma, addr, buf, len, write,	\
					   _name);			\
	}								\
	static int _name(struct vma_remote *(_remote))

/**
 * DEFINE_VMA_TYPE_ACCESS() - Declare a type that other processes can look into.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE().
 * @_access: The hook, from DEFINE_VMA_ACCESS().
 * @...: The other hooks, as for DEFINE_VMA_TYPE().
 *
 * The only way to an ->access(): DEFINE_VMA_TYPE() does not take one, unbounded and
 * unchecked, and with a type made without it vma_new_set_type() fails.
 */
#define DEFINE_VMA_TYPE_ACCESS(_name, _policy, _access, ...)		\
	__DEFINE_VMA_TYPE(_name, (_policy) | VMA_TYPE_ACCESS, NULL, NULL, \
			  .access = __vma_access_op_##_access,		\
			  __VA_ARGS__);					\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

/**
 * DEFINE_VMA_OBJECT_TYPE_ACCESS() - DEFINE_VMA_TYPE_ACCESS() of an object's type.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE().
 * @_access: The hook, from DEFINE_VMA_ACCESS(), which is called while the object is
 *           live, and cannot be revoked: it need not ask (R17).
 * @...: The other hooks, as for DEFINE_VMA_OBJECT_TYPE().
 */
#define DEFINE_VMA_OBJECT_TYPE_ACCESS(_name, _policy, _access, ...)	\
	__DEFINE_VMA_OBJECT_TYPE(_name, (_policy) | VMA_TYPE_ACCESS,	\
				 .access = __vma_access_op_##_access,	\
				 __VA_ARGS__);				\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

int __must_check vma_remote_copy(struct vma_remote *remote, void *object,
				 size_t size);
int __must_check vma_remote_copy_mapped(struct vma_remote *remote);

#endif /* _LINUX_VMA_ACCESS_FAULT_H */
