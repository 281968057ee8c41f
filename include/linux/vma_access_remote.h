/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: ->access(), by which another process reads or writes the
 * mapped memory. Included by <linux/vma_access.h>, which drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_REMOTE_H
#define _LINUX_VMA_ACCESS_REMOTE_H

#include <linux/vma_access_ref.h>
#include <linux/vma_access_type.h>

/* Internal: a checked access, which a struct vma_remote points to. */
struct __vma_remote_args {
	struct vm_area_struct *vma;
	unsigned long addr;
	void *buf;
	int len;
	int write;
	int copied;
};

static __always_inline struct __vma_remote_args *
__vma_remote_args(__vma_borrows const struct vma_remote *remote)
{
	return (struct __vma_remote_args *)remote;
}

/**
 * vma_remote_ref() - The VMA that another process accesses.
 * @remote: The handle.
 *
 * Context: Within the hook.
 * Return: the handle of the VMA, which ends with the hook.
 */
static __always_inline struct vma_ref *
vma_remote_ref(__vma_borrows const struct vma_remote *remote)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_ref *)__vma_remote_args(remote)->vma;
}

int __vma_remote_access(struct vm_area_struct *vma, unsigned long addr,
			void *buf, int len, int write,
			int (*op)(struct vma_remote *remote));

/**
 * DEFINE_VMA_ACCESS() - Define an ->access() hook.
 * @_name: The hook, as DEFINE_VMA_TYPE_OWNED_ACCESS() takes it.
 * @_remote: The body's name for the handle, a struct vma_remote.
 *
 * ptrace() and /proc/PID/mem call ->access() for memory whose pages
 * get_user_pages_remote() cannot get. The core does not check the access before
 * it calls the hook, so DEFINE_VMA_ACCESS() does:
 *
 * - The access starts inside the VMA. vma_remote_copy_page() ends with the page.
 * - A write needs VM_WRITE, as the process's own, so VMA_DENY_WRITE also
 *   applies to other processes, even to a debugger that uses FOLL_FORCE (R1).
 *   Reading is allowed unless vma_new_deny() or vma_new_settle() has ruled it
 *   out, whatever mprotect() says now, as a debugger can read pages.
 * - A copy-on-write mapping is neither read nor written.
 *
 * The body of the hook follows the macro. It returns the result of
 * vma_remote_copy_page(), or an errno; a larger count is -EIO, with a warning.
 * It runs in the accessing process, with the mmap lock of the accessed one held
 * for read. For example::
 *
 *	static DEFINE_VMA_ACCESS(buf_access, remote)
 *	{
 *		struct buf *buf = vma_ref_owner(vma_remote_ref(remote), &buf_type);
 *		pgoff_t index;
 *		int err = buf ? vma_remote_index(remote, BUF_PAGES, &index) : -EIO;
 *
 *		return err ?: vma_remote_copy_page(remote, buf->page[index]);
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
 * DEFINE_VMA_TYPE_OWNED_ACCESS() - Declare an owned type that has ->access().
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE().
 * @_owner: The name that was given to DEFINE_VMA_OWNER().
 * @_access: The hook, from DEFINE_VMA_ACCESS().
 * @...: The other hooks, as for DEFINE_VMA_TYPE().
 *
 * DEFINE_VMA_TYPE() does not accept an ->access() hook, because the core does
 * not check its arguments. vma_new_set_type() refuses a type that has one and
 * was not declared with this macro. A type of objects has none, because the
 * memory of an object may be revoked (R17).
 */
#define DEFINE_VMA_TYPE_OWNED_ACCESS(_name, _policy, _owner, _access, ...) \
	__DEFINE_VMA_TYPE(_name, (_policy) | __VMA_TYPE_ACCESS,		\
			  .access = __vma_access_op_##_access,		\
			  .open = _owner##_open,			\
			  .close = _owner##_close,			\
			  .mapped = _owner##_mapped,			\
			  __VA_ARGS__);					\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

int __must_check vma_remote_index(const struct vma_remote *remote,
				  unsigned long nr_pages, pgoff_t *index);
int __must_check vma_remote_copy_page(struct vma_remote *remote, void *page);

#endif /* _LINUX_VMA_ACCESS_REMOTE_H */
