/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: setting up a new mapping, in ->mmap_prepare() or ->mmap().
 * Included by <linux/vma_access.h>, which drivers include.
 *
 * Each function takes either handle, a struct vma_planned in ->mmap_prepare() or
 * a struct vma_new in ->mmap(), the older hook; those at the end work only in
 * ->mmap(). So a driver that moves from one hook to the other keeps its calls,
 * provided that the file keeps the mapped memory alive: see vma_new_set_type().
 */
#ifndef _LINUX_VMA_ACCESS_NEW_H
#define _LINUX_VMA_ACCESS_NEW_H

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/util_macros.h>
#include <linux/vma_access_ref.h>

struct device;

/* ---- where the handles come from ---------------------------------------- */

#ifdef CONFIG_MMU
struct vma_new * __must_check vma_new_from_mmap(__vma_borrows struct vm_area_struct *vma);
#else
/*
 * Without an MMU no hook gets a handle. The compiler drops what a hook does
 * with one, so the functions that it calls need not exist.
 */
static __always_inline struct vma_new * __must_check
vma_new_from_mmap(__vma_borrows struct vm_area_struct *vma)
{
	return NULL;
}
#endif

int __vma_new_hook_failed(struct vma_new *vma,
			  const struct vm_operations_struct *before, int err);

/**
 * vma_planned_from_desc() - Convert ->mmap_prepare()'s descriptor to a handle.
 * @desc: The argument of f_op->mmap_prepare().
 *
 * There is no VMA yet, and no way from this handle to one. The core carries out
 * what the hook asks for after the hook has returned (R2, R10). Do not change
 * the driver's own state in the hook: the mapping may still fail, or become a
 * part of another one. An owner that must know of its mappings uses
 * DEFINE_VMA_OWNER(). For example::
 *
 *	static int pool_mmap_prepare(struct vm_area_desc *desc)
 *	{
 *		struct vma_planned *vma = vma_planned_from_desc(desc);
 *
 *		return vma_new_set_type(vma, &pool_vma_type,
 *					desc->file->private_data);
 *	}
 *
 * Context: Within ->mmap_prepare(), with the mmap lock held for write.
 * Return: the handle, never NULL, which ends when ->mmap_prepare() returns.
 */
static __always_inline struct vma_planned *
vma_planned_from_desc(__vma_borrows struct vm_area_desc *desc)
{
	return (struct vma_planned *)desc;
}

/**
 * DEFINE_VMA_MMAP() - Define an ->mmap() hook, the older way.
 * @_name: The function, for struct file_operations.
 * @_file: The body's name for the struct file that is mapped.
 * @_vma: The body's name for the handle, a struct vma_new.
 *
 * ->mmap() runs after the VMA was allocated, so calls take effect immediately,
 * and a type that holds its owner holds it from vma_new_set_type() on. If the
 * body fails, the function that this defines unmaps all that the body has
 * mapped, and then calls ->close() of the type that the body has set. The core
 * would unmap only after the hook, and would not call ->close(). Hooks that a
 * subsystem or a hook above has set before stay theirs to undo.
 *
 * If the hook is called for a VMA that is in use, it returns -EINVAL, with a
 * warning: see vma_new_from_mmap(). Without an MMU it always returns -EINVAL.
 */
#define DEFINE_VMA_MMAP(_name, _file, _vma)				\
	int _name(struct file *file, struct vm_area_struct *vma);	\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_new *(_vma));	\
	int _name(struct file *file, struct vm_area_struct *vma)	\
	{								\
		const struct vm_operations_struct *before = vma->vm_ops; \
		struct vma_new *handle = vma_new_from_mmap(vma);	\
		int err = handle ? __##_name(file, handle) : -EINVAL;	\
									\
		return likely(!err) || !handle ? err :			\
		       __vma_new_hook_failed(handle, before, err);	\
	}								\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_new *(_vma))

/**
 * vma_hook_ptr() - A hook for a table of hooks, NULL without an MMU.
 * @_hook: The function.
 *
 * A driver that also builds without an MMU needs no #ifdef. A hook of
 * DEFINE_VMA_MMAP() returns -EINVAL there, and the compiler drops the rest of
 * it, with the types that it sets. Use this for a hook that takes a handle, and
 * for ->mmap_prepare(): the entry is NULL there, so the functions that the hook
 * calls need not exist. For example::
 *
 *	.map_mmap = vma_hook_ptr(ringbuf_map_mmap),
 *
 * Context: Any.
 * Return: @_hook; NULL without an MMU.
 */
#define vma_hook_ptr(_hook)	PTR_IF(IS_ENABLED(CONFIG_MMU), (_hook))

/* ---- what either handle stands for -------------------------------------- */

/*
 * No lock has to be proved here: nobody else can see a VMA that is not in the
 * tree, and no lookup finds it. The mmap lock is held for write all the same.
 */
static __always_inline struct vm_area_struct *
__vma_new_raw(__vma_borrows const struct vma_new *vma)
	__no_context_analysis
{
	return __vma_raw((const struct vma_ref *)vma);
}

static __always_inline struct vm_area_desc *
__vma_planned_raw(__vma_borrows const struct vma_planned *vma)
{
	return (struct vm_area_desc *)vma;
}

/* The address of a member, which has different names in the two structures. */
#define __vma_new_member(h, of_vma, of_desc)				\
	_Generic((h),							\
		 struct vma_new * :					\
			&(*__vma_new_raw((struct vma_new *)(h))).of_vma,\
		 struct vma_planned * :					\
			&(*__vma_planned_raw((struct vma_planned *)(h))).of_desc)

#define __vma_new_flags(h)	__vma_new_member(h, flags, vma_flags)

/* Select the function for this kind of handle. */
#define __vma_new(h, verb)						\
	_Generic((h),							\
		 struct vma_new * : __vma_new_##verb,			\
		 struct vma_planned * : __vma_planned_##verb)

/**
 * vma_new_start() - The first address of a new mapping.
 * @h: A vma_planned or vma_new handle.
 *
 * Context: Within the hook.
 * Return: an address, page-aligned.
 */
#define vma_new_start(h) \
	(*(const unsigned long *)__vma_new_member(h, vm_start, start))

/**
 * vma_new_end() - The first address after a new mapping.
 * @h: A vma_planned or vma_new handle.
 *
 * Context: Within the hook.
 * Return: an address, page-aligned.
 */
#define vma_new_end(h) \
	(*(const unsigned long *)__vma_new_member(h, vm_end, end))

/**
 * vma_new_size() - The size of a new mapping in bytes.
 * @h: A vma_planned or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the number of bytes, a multiple of the page size.
 */
#define vma_new_size(h)		(vma_new_end(h) - vma_new_start(h))

/**
 * vma_new_pages() - The size of a new mapping in pages.
 * @h: A vma_planned or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the number of pages, at least 1.
 */
#define vma_new_pages(h)	(vma_new_size(h) >> PAGE_SHIFT)

/**
 * vma_new_pgoff() - The file offset that user space asked for.
 * @h: A vma_planned or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the offset in pages. It can have any value: check it with
 * vma_new_fits().
 */
#define vma_new_pgoff(h) \
	(*(const pgoff_t *)__vma_new_member(h, vm_pgoff, pgoff))

/**
 * vma_new_mm() - The address space that is being mapped into.
 * @h: A vma_planned or vma_new handle.
 *
 * This need not be the address space of the task that opened the file. Check
 * with mm_with_user_is() if the driver depends on that (R15).
 *
 * Context: Within the hook.
 * Return: the address space. It is borrowed: do not put it.
 */
#define vma_new_mm(h) \
	((struct mm_with_user *)*__vma_new_member(h, vm_mm, mm))

/* ---- is it inside the object? ------------------------------------------- */

static __always_inline int __must_check
__vma_new_check_fit(unsigned long size, pgoff_t pgoff, unsigned long pages)
{
	/*
	 * Nothing wraps: the size is compared with the pages after the offset.
	 * (R6)
	 */
	if (pgoff >= pages || size >> PAGE_SHIFT > pages - pgoff)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/**
 * vma_new_fits() - Check that a new mapping lies inside the object.
 * @h: A vma_planned or vma_new handle.
 * @nr_pages: The size of the object in pages.
 *
 * The mapping's offset must count from the object's start. If it does not, call
 * vma_new_set_pgoff() first. The result stays true for as long as the mapping
 * lives if its type is VMA_EXPAND_REFUSE (R6).
 *
 * Context: Within the hook.
 * Return: 0; -EINVAL if a part of the mapping is beyond the object, or its end
 * wraps. Return that from the hook.
 */
#define vma_new_fits(h, nr_pages) \
	__vma_new_check_fit(vma_new_size(h), vma_new_pgoff(h), nr_pages)

void __vma_new_do_set_pgoff(struct vma_new *vma, pgoff_t to);

static __always_inline void
__vma_planned_do_set_pgoff(struct vma_planned *vma, pgoff_t to)
{
	__vma_planned_raw(vma)->pgoff = to;
}

/**
 * vma_new_set_pgoff() - Replace the offset of a new mapping.
 * @h: A vma_planned or vma_new handle.
 * @to: The offset, in pages. It is not checked.
 *
 * Use this for an offset that is a cookie, or if an interface such as the DMA
 * API takes its own offset from the mapping.
 *
 * Reverse mapping finds the mapping by the new offset, and so does unmapping a
 * range of the file. If the file shows several objects, their ranges then
 * overlap: leave the offset alone if they have to be told apart.
 *
 * Context: Within the hook, before the calls that use the offset:
 * vma_new_fits() and the function that sets the type. If an owner that counts
 * its mappings has been set and checked the offset, nothing is changed, with a
 * warning; after ->mmap_prepare() mmap() fails instead (R6, R17).
 */
#define vma_new_set_pgoff(h, to)	__vma_new(h, do_set_pgoff)(h, to)

void __vma_new_replace_file(struct vma_new *vma, struct file *file);

static inline void __vma_planned_replace_file(struct vma_planned *vma,
					      struct file *file)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);

	/* The descriptor does not tell who owns the reference to vm_file. */
	if (WARN_ON_ONCE(desc->vm_file != desc->file)) {
		__vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
		return;
	}
	/* The core would call it, and lose the hooks that it sets. (R8) */
	if (WARN_ON_ONCE(file != desc->file && file->f_op->mmap)) {
		__vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
		return;
	}
	/* The core takes over a reference only if the hook changed the file. */
	if (file != desc->file)
		get_file(file);
	desc->vm_file = file;
}

/**
 * vma_new_set_file() - Make a new mapping hold another file than was mapped.
 * @h: A vma_planned or vma_new handle.
 * @file: The file. The mapping takes its own reference.
 *
 * In ->mmap_prepare(), call this once and as the last step: the core takes the
 * reference over only if the hook succeeds. @file must have no ->mmap() of its
 * own: the core would call it, and its type would be lost. For such a file, on
 * a second call, or in a hook that another file's ->mmap() runs, this changes
 * nothing and warns.
 *
 * If the mapping shows an object, @file must have the same f_mapping, or the
 * object would not find the mapping (R17). Otherwise the call in ->mmap()
 * changes nothing and warns; after ->mmap_prepare(), mmap() fails with a
 * warning.
 *
 * Context: Within the hook.
 */
#define vma_new_set_file(h, file)	__vma_new(h, replace_file)(h, file)

/* ---- flags -------------------------------------------------------------- */

static __always_inline bool __vma_new_test_flag(const vma_flags_t *flags,
						vma_flag_t bit)
{
	BUILD_BUG_ON_MSG(bit == VMA_READ_BIT || bit == VMA_WRITE_BIT ||
			 bit == VMA_EXEC_BIT,
			 "an access is asked for with vma_new_settle()");

	return vma_flags_test(flags, bit);
}

/**
 * vma_new_test() - Test whether a flag of a new mapping is set.
 * @h: A vma_planned or vma_new handle.
 * @bit: A VMA_*_BIT, by that name: a mask such as VM_IO does not build. The
 *       access flags do not build either: use vma_new_settle() (R1).
 *
 * Context: Within the hook.
 * Return: whether the flag is set.
 */
#define vma_new_test(h, bit) \
	__vma_new_test_flag(__vma_new_flags(h), __vma_bit(bit))

static __always_inline bool __must_check
__vma_new_settle_flag(vma_flags_t *flags, unsigned long start, vma_flag_t bit)
{
	bool has = vma_flags_test(flags, bit);

	BUILD_BUG_ON_MSG(bit != VMA_READ_BIT && bit != VMA_WRITE_BIT &&
			 bit != VMA_EXEC_BIT,
			 "only VMA_READ_BIT, VMA_WRITE_BIT and VMA_EXEC_BIT can be settled");

	__vma_note_settle(start, (__force unsigned int)bit, has);
	if (has)
		return true;
	if (bit == VMA_READ_BIT)
		vma_flags_clear(flags, VMA_MAYREAD_BIT);
	else if (bit == VMA_WRITE_BIT)
		vma_flags_clear(flags, VMA_MAYWRITE_BIT);
	else
		vma_flags_clear(flags, VMA_MAYEXEC_BIT);
	return false;
}

/**
 * vma_new_settle() - Test whether a new mapping has an access, for its
 * lifetime.
 * @h: A vma_planned or vma_new handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * If the mapping does not have the access, mprotect() cannot add it later, so
 * the answer stays true for the mapping's whole life. There is no function that
 * only tests the access. Such a test is how mappings that were refused writing
 * became writable in many drivers (R1).
 *
 * Context: Within the hook.
 * Return: true if the mapping has the access; false if it does not have it and
 * never will.
 */
#define vma_new_settle(h, bit) \
	__vma_new_settle_flag(__vma_new_flags(h), vma_new_start(h), __vma_bit(bit))

static __always_inline int __must_check
__vma_new_deny_flag(vma_flags_t *flags, unsigned long start, vma_flag_t bit)
{
	return __vma_new_settle_flag(flags, start, bit) ?
		__vma_refuse(VMA_REFUSED_ACCESS, -EPERM) : 0;
}

/**
 * vma_new_deny() - Refuse an access, now and later.
 * @h: A vma_planned or vma_new handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * A type does the same for each of its VMA_DENY_*. Call this for a denial that
 * depends on more than the type, and to deny reading, which no type does (R1).
 * On most architectures a writable page can be read, so denying VMA_READ_BIT
 * hides nothing unless writing is denied too.
 *
 * Context: Within the hook.
 * Return: 0 if the mapping does not have the access and never will; -EPERM,
 * with nothing changed, if user space asked for it. Return that from the hook.
 */
#define vma_new_deny(h, bit) \
	__vma_new_deny_flag(__vma_new_flags(h), vma_new_start(h), __vma_bit(bit))

static __always_inline int __must_check
__vma_new_refuse_cow(const vma_flags_t *flags)
{
	if (vma_flags_is_cow_mapping(flags))
		return __vma_refuse(VMA_REFUSED_COW, -EINVAL);
	return 0;
}

/**
 * vma_new_require_shared() - Refuse a copy-on-write mapping.
 * @h: A vma_planned or vma_new handle.
 *
 * A type that is VMA_COW_REFUSE does the same. Call this if it depends on more
 * than the type (R7). A private mapping that can never be written is not
 * copy-on-write, and passes: settle VMA_WRITE_BIT before.
 *
 * Context: Within the hook.
 * Return: 0; -EINVAL if the mapping is copy-on-write. Return that from the
 * hook.
 */
#define vma_new_require_shared(h)	__vma_new_refuse_cow(__vma_new_flags(h))

/* ---- protection --------------------------------------------------------- */

static inline void __vma_new_derive_prot(struct vma_new *vma, enum vma_prot how)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	raw->vm_page_prot = __vma_prot_derive(raw->vm_page_prot, how);
}

static inline void __vma_planned_derive_prot(struct vma_planned *vma,
					     enum vma_prot how)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);

	desc->page_prot = __vma_prot_derive(desc->page_prot, how);
	/* A remap that was asked for earlier has its own copy. */
	if (desc->action.type == MMAP_REMAP_PFN ||
	    desc->action.type == MMAP_IO_REMAP_PFN)
		desc->action.remap.pgprot = desc->page_prot;
}

/**
 * vma_new_set_prot() - Set how the mapping's memory is cached or encrypted.
 * @h: A vma_planned or vma_new handle.
 * @how: VMA_PROT_NONCACHED, VMA_PROT_WRITECOMBINE or VMA_PROT_DECRYPTED. Call
 *       this twice to combine two that do not exclude each other.
 *
 * The protection is derived from the mapping's access and cannot be passed as a
 * value. Passing it as a value is how read-only mappings got writable pages
 * (R11). In ->mmap() this has no effect on pages that are mapped already.
 *
 * After the hook the core derives the protection anew, and keeps only the bits
 * that the architecture's pgprot_modify() preserves. VMA_PROT_DECRYPTED may be
 * lost: pass it again to the functions that insert pages later.
 *
 * Context: Within the hook.
 */
#define vma_new_set_prot(h, how)	__vma_new(h, derive_prot)(h, how)

/* ---- type and owner ----------------------------------------------------- */

int __must_check __vma_new_apply_type(struct vma_new *vma,
				      const struct vma_type *type, void *owner);
int __must_check __vma_planned_apply_type(struct vma_planned *vma,
					  const struct vma_type *type, void *owner);

/**
 * vma_new_set_type() - Set the type and the owner of a new mapping.
 * @h: A vma_planned or vma_new handle.
 * @type: The struct vma_type.
 * @owner: The object that the mapping shows, not NULL. vma_ref_owner() returns
 *         it, and it is one half of the mapping's identity (R3). It must
 *         outlive the mapping: either the file or DEFINE_VMA_OWNER() keeps it.
 *         In ->mmap_prepare() the file must keep it until ->mapped() in any
 *         case.
 *
 * This applies the whole policy. An access that the type denies is refused now
 * and later (R1). A copy-on-write mapping is refused if the type does not allow
 * it (R7). Flags and hooks are set (R8). All checks are done before anything is
 * changed.
 *
 * A type of DEFINE_VMA_TYPE_OWNED() holds the owner once the mapping is there:
 * in ->mmap() from this call on, after ->mmap_prepare() when everything else is
 * done. If the mapping fails later, the owner is released again. An ->mmap()
 * hook without DEFINE_VMA_MMAP() is the exception: it must call this last.
 *
 * After ->mmap_prepare(), nothing holds the owner or its mapped memory until
 * ->mapped(), and if mmap() fails, no hook undoes what ->mmap_prepare() did. So
 * if the hook looks the owner up by a number, and another thread may drop it,
 * use ->mmap(), or let the file keep the owner until its release.
 *
 * Context: Within the hook.
 * Return: 0; or the type was not set, in ->mmap() all that the hook has mapped
 * is unmapped, and the result is
 * -EPERM if user space asked for an access that the type denies; silent, return
 * it from the hook;
 * -EINVAL if user space asked for a copy-on-write mapping and the type refuses
 * that; silent, return it from the hook;
 * -EINVAL, with a warning, if @owner is NULL, the type was made without
 * DEFINE_VMA_TYPE() and its policy is incomplete, it has a hook that
 * contradicts its policy, it is a type of objects, which vma_new_set_object()
 * sets, or the mapping is already of another map kind;
 * -EBUSY, with a warning, if the mapping has been given hooks before, or its
 * hooks were set to NULL, as by the ->mmap() of a file that this one is stacked
 * on; for a subsystem's hooks see vma_new_set_type_over();
 * -EBUSY, with a warning, if @h was kept after its hook and is in use; that VMA
 * is left alone;
 * -EOPNOTSUPP, with a warning, for a file of kernfs, such as one in sysfs,
 * because kernfs replaces the hooks after ->mmap(). Functions that map at once
 * work there without a type;
 * in ->mmap(), the error of ->mapped().
 */
#define vma_new_set_type(h, type, owner) \
	__vma_new(h, apply_type)(h, type, owner)

int __must_check __vma_new_apply_over(struct vma_new *vma,
				      const struct vma_type_over *over);
int __must_check __vma_planned_apply_over(struct vma_planned *vma,
					  const struct vma_type_over *over);

/**
 * vma_new_set_type_over() - Apply a policy over the hooks of a subsystem.
 * @h: A vma_planned or vma_new handle.
 * @over: The struct vma_type_over.
 *
 * Use this in a driver whose subsystem has set vm_ops, and perhaps an owner in
 * vm_private_data, before it calls the driver's hook. Both stay as they are and
 * are the mapping's identity: vma_new_identity() returns it, and vma_ref_is()
 * and vma_ref_private() recognise it. The policy is applied as by
 * vma_new_set_type(). No hook is called, so there is nothing to undo if the
 * driver's hook fails later. If several policies are applied, or the hooks are
 * those of another type, all restrictions hold.
 *
 * This does not work if the subsystem sets its hooks after the driver's hook:
 * the identity that was taken before then matches no VMA. rdma_user_mmap_io()
 * sets vm_private_data, so call this after it.
 *
 * Context: Within the hook.
 * Return: 0; or nothing was changed and the result is
 * -EPERM or -EINVAL if user space asked for an access or a copy-on-write
 * mapping that the policy refuses, as for vma_new_set_type();
 * -EINVAL, with a warning, if @over was made without DEFINE_VMA_TYPE_OVER() and
 * is incomplete, the mapping is already of another map kind, or no hooks are
 * set;
 * -EBUSY, with a warning, if the hooks are those of a type of objects, whose
 * own function applies its policy and counts the mapping (R17), or @h was kept
 * after its hook and is in use;
 * -EOPNOTSUPP, with a warning, for a file of kernfs: see vma_new_set_type().
 */
#define vma_new_set_type_over(h, over)	__vma_new(h, apply_over)(h, over)

struct vma_identity __vma_new_get_identity(const struct vma_new *vma);
struct vma_identity __vma_planned_get_identity(const struct vma_planned *vma);

/**
 * vma_new_identity() - The identity of mappings like this one.
 * @h: A vma_planned or vma_new handle, after its type or its hooks were set.
 *
 * Use this in a library that works on mappings which its user sets up: it can
 * recognise the mapping later without knowing the user's type (R3).
 *
 * Context: Within the hook.
 * Return: the identity, by value. If the mapping was given no hooks, it is one
 * that matches no VMA.
 */
#define vma_new_identity(h)	__vma_new(h, get_identity)(h)

/* ---- a hook that fails has nothing mapped ------------------------------- */

int __must_check __vma_new_take_back(struct vma_new *vma, int err);

/*
 * After a failure the driver frees its memory, but the core unmaps it only
 * after the hook. Until then another thread could reach the memory, so unmap it
 * here. (R13, R17)
 */
static __always_inline int __must_check __vma_new_undo(struct vma_new *vma, int err)
{
	return unlikely(err) ? __vma_new_take_back(vma, err) : 0;
}

/* Nothing is mapped yet in ->mmap_prepare(). */
static __always_inline int __must_check __vma_planned_undo(struct vma_planned *vma, int err)
{
	return err;
}

/* ---- mapping all of it at once ------------------------------------------ */

int __must_check __vma_new_do_remap(struct vma_new *vma, unsigned long addr,
				    unsigned long pfn, unsigned long size);
int __must_check __vma_planned_do_remap(struct vma_planned *vma, unsigned long addr,
					unsigned long pfn, unsigned long size);

/**
 * vma_new_remap_pfn() - Map a run of page frames into a part of a new mapping.
 * @h: A vma_planned or vma_new handle.
 * @addr: Where to, page-aligned.
 * @pfn: The first page frame number.
 * @size: Bytes, a multiple of the page size and not 0. Pass the size of the
 *        memory from @pfn on, not the mapping's own size, which user space
 *        chose. If it is mapped by the mapping's offset, call vma_new_fits()
 *        first.
 *
 * This makes the mapping VM_PFNMAP, VM_IO, VM_DONTEXPAND and VM_DONTDUMP, as
 * the core does, and uses the mapping's protection (R11). The memory must stay
 * for as long as the file can be mapped. If it can go earlier, map it in a
 * fault handler, and unmap it before it goes (R17).
 *
 * In ->mmap_prepare() the core maps the memory after the hook, and the hook can
 * ask for only one such action. In ->mmap() it is mapped at once, and the hook
 * can map several parts. A failure there unmaps all parts, so the hook can then
 * free the memory (R13).
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped, not even by earlier calls, and the result is
 * -EINVAL if @addr or @size is not a multiple of the page size, @size is 0, a
 * page frame cannot be mapped (see vma_pfnmap_insert_pfn()), or the mapping is
 * copy-on-write (R7);
 * -EFAULT if the range wraps or is not wholly inside the mapping (R6), which
 * the core does not check in ->mmap();
 * -EINVAL, with a warning, if the mapping is VM_MIXEDMAP (R7) or shows an
 * object (R17);
 * -EBUSY, with a warning, if something is mapped there already, which the core
 * has a BUG_ON() for (R18), or another action was asked for;
 * -EBUSY, with a warning, if @h was kept after its hook and is in use; that VMA
 * is left alone;
 * in ->mmap(), -ENOMEM if there is no memory for page tables, or -EACCES if the
 * architecture does not allow the page frame to be mapped.
 */
#define vma_new_remap_pfn(h, addr, pfn, size) \
	__vma_new(h, do_remap)(h, addr, pfn, size)

int __must_check __vma_new_do_iomap(struct vma_new *vma, phys_addr_t start,
				    unsigned long len, bool aligned);
int __must_check __vma_planned_do_iomap(struct vma_planned *vma, phys_addr_t start,
					unsigned long len, bool aligned);

/**
 * vma_new_iomap() - Map a device's memory by the mapping's offset.
 * @h: A vma_planned or vma_new handle.
 * @start: The physical address of the memory, page-aligned.
 * @len: Its size in bytes, a multiple of the page size.
 *
 * This checks the mapping's offset and size against the memory's, and maps the
 * part that was asked for. Most drivers need nothing else to map a device's
 * registers. See also vma_new_remap_pfn().
 *
 * User space gets whole pages. Registers that are smaller than a page share it
 * with others, which is common with 64 KiB pages: see
 * vma_new_iomap_unaligned().
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped and the result is
 * -EINVAL if @start or @len is not a multiple of the page size, the memory
 * wraps, is smaller than what was asked for (R6), or cannot be mapped (see
 * vma_pfnmap_insert_pfn()), or the mapping is copy-on-write (R7);
 * the warnings and the rest as for vma_new_remap_pfn().
 */
#define vma_new_iomap(h, start, len)	__vma_new(h, do_iomap)(h, start, len, true)

/**
 * vma_new_iomap_unaligned() - Map a device's memory and what shares its pages.
 * @h: A vma_planned or vma_new handle.
 * @start: The physical address of the memory.
 * @len: Its size in bytes.
 *
 * This is vma_new_iomap() for memory that does not start or end at a page
 * boundary. User space also gets everything else in the first and the last
 * page. Use it only if nothing there belongs to another device or another user.
 *
 * Context: Within the hook. May sleep.
 * Return: as vma_new_iomap(), whatever the alignment.
 */
#define vma_new_iomap_unaligned(h, start, len) \
	__vma_new(h, do_iomap)(h, start, len, false)

int __must_check __vma_new_do_map_pages(struct vma_new *vma, unsigned long addr,
					struct page **pages, unsigned long nr);
int __must_check __vma_planned_do_map_pages(struct vma_planned *vma, unsigned long addr,
					    struct page **pages, unsigned long nr);

/**
 * vma_new_map_pages() - Map an array of pages into a part of a new mapping.
 * @h: A vma_planned or vma_new handle.
 * @addr: Where the first page goes, page-aligned; the others follow.
 * @pages: The pages. After ->mmap_prepare() the core reads the array, so keep
 *         it until ->mapped(), or for as long as the file.
 * @nr: How many pages, not 0.
 *
 * This makes the mapping VM_MIXEDMAP. The mapping takes its own reference to
 * each page. A failure in ->mmap() unmaps all that the hook has mapped (R13).
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped, not even by earlier calls, and the result is
 * -EINVAL if @addr is not page-aligned or @nr is 0;
 * -EINVAL, in ->mmap(), if a page cannot be inserted (see
 * vma_mixedmap_insert_page());
 * -EINVAL, with a warning, if a pointer does not point to a page, such as
 * virt_to_page() of vmap() memory (not seen with SPARSEMEM without VMEMMAP);
 * -EFAULT if the range wraps or is not wholly inside the mapping (R6);
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP (R7) or shows an object
 * (R17);
 * -EBUSY, in ->mmap(), if something is mapped there already;
 * -EBUSY, with a warning, if another action was asked for, or @h was kept after
 * its hook and is in use;
 * -ENOMEM, in ->mmap(), if there is no memory for page tables. After
 * ->mmap_prepare(), mmap() fails with -EFAULT, -ENOMEM or -EINVAL (bad page).
 */
#define vma_new_map_pages(h, addr, pages, nr) \
	__vma_new(h, do_map_pages)(h, addr, pages, nr)

/**
 * vma_new_map_pages_all() - Map an object's pages by the mapping's offset.
 * @h: A vma_planned or vma_new handle.
 * @pages: All pages of the object; see vma_new_map_pages().
 * @nr: How many pages the object has.
 *
 * Context: Within the hook. May sleep.
 * Return: as vma_new_fits() of @nr and vma_new_map_pages().
 */
#define vma_new_map_pages_all(h, pages, nr)				\
	(__vma_new(h, undo)(h, vma_new_fits(h, nr)) ?:			\
	 vma_new_map_pages(h, vma_new_start(h),				\
			   (pages) + vma_new_pgoff(h), vma_new_pages(h)))

int __must_check __vma_new_do_map_vmalloc(struct vma_new *vma, void *memory,
					  unsigned long pgoff);
int __must_check __vma_planned_do_map_vmalloc(struct vma_planned *vma, void *memory,
					      unsigned long pgoff);

/**
 * vma_new_map_vmalloc() - Map vmalloc() memory as the whole new mapping.
 * @h: A vma_planned or vma_new handle.
 * @memory: The result of vmalloc_user() or the like. After ->mmap_prepare() the
 *          core reads the array of its pages, so keep the memory until
 *          ->mapped(), or for as long as the file.
 * @pgoff: How many of its pages to leave out at its start, usually
 *         vma_new_pgoff().
 *
 * This makes the mapping VM_MIXEDMAP, VM_DONTEXPAND and VM_DONTDUMP. The
 * mapping takes its own reference to each page. A failure in ->mmap() unmaps
 * all that the hook has mapped (R13).
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped and the result is
 * -EINVAL if @memory is not the start of memory for user space, or is smaller
 * than what was asked for (R6), or, in ->mmap_prepare(), is memory from vmap();
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP (R7) or shows an object
 * (R17);
 * -EBUSY, with a warning, if something is mapped there already, another action
 * was asked for, or @h was kept after its hook and is in use;
 * in ->mmap(), -ENOMEM if there is no memory for page tables. After
 * ->mmap_prepare(), mmap() fails as for vma_new_map_pages().
 */
#define vma_new_map_vmalloc(h, memory, pgoff) \
	__vma_new(h, do_map_vmalloc)(h, memory, pgoff)

/* ---- what only ->mmap() can do ------------------------------------------ */

/*
 * The state that a called function finds. It must keep the hooks if they are a
 * type's, and all of it is restored if it fails.
 */
struct __vma_hooks {
	const struct vm_operations_struct *vm_ops;
	void *private_data;
	struct file *file;
	pgoff_t pgoff;
	vma_flags_t flags;
	pgprot_t page_prot;
};

void __vma_new_hooks(const struct vma_new *vma, struct __vma_hooks *hooks);
int __must_check __vma_new_handed_on(struct vma_new *vma,
				     const struct __vma_hooks *before, int err);

/*
 * Compilers do not warn if a statement expression's value is unused, so return
 * it.
 */
static __always_inline int __must_check __vma_hand_on_result(int err)
{
	return err;
}

/**
 * vma_new_hand_on() - Let another subsystem set up a new mapping.
 * @vma: The handle.
 * @hook: The function to call. It takes the raw VMA as its second argument, as
 *        dma_buf_mmap(), vfs_mmap() and vb2_mmap() do. It can also be a hook of
 *        an object.
 * @first: Its first argument. Any arguments after the second one follow.
 *
 * Use this for a subsystem that has no typed interface. The driver needs no raw
 * pointer, and a reviewer sees where the mapping leaves the layer. The layer
 * does not check what @hook does to the mapping. So deny accesses, refuse
 * copy-on-write and check the size before (R1, R6, R7), and do not set a type
 * if @hook sets its own hooks (R8). Do not use this for the driver's own
 * functions, which can take the handle instead: coccicheck reports that.
 *
 * If @hook fails, the mapping has the hooks, the type, the flags, the
 * protection, the offset and the file that were set before, and all that @hook
 * and the driver have mapped is unmapped. So the driver may set it up in another
 * way.
 *
 * There is no such function for ->mmap_prepare(), because another file's hook
 * would take desc->file, which stays this file, for its own. Another file's
 * ->mmap_prepare() is run from ->mmap(), by vfs_mmap().
 *
 * Context: Within ->mmap(). May sleep if @hook does.
 * Return: the result of @hook, to be returned from the driver's hook; -EINVAL,
 * with a warning, if a type was set and @hook has replaced its hooks or its
 * owner.
 */
#define vma_new_hand_on(vma, hook, first, ...) __vma_hand_on_result(({	\
	struct vma_new *__handed = (vma);				\
	struct __vma_hooks __before;					\
									\
	__vma_new_hooks(__handed, &__before);				\
	__vma_new_handed_on(__handed, &__before,			\
		(hook)(first, __vma_new_raw(__handed), ##__VA_ARGS__));	\
}))

int __must_check vma_new_dma_mmap(struct vma_new *vma, struct device *dev,
				  void *cpu_addr, dma_addr_t dma_addr,
				  size_t size, unsigned long attrs);
int __must_check vma_new_dma_mmap_at(struct vma_new *vma, unsigned long addr,
				     struct device *dev, void *cpu_addr,
				     dma_addr_t dma_addr, size_t size,
				     unsigned long attrs);

#endif /* _LINUX_VMA_ACCESS_NEW_H */
