/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: setting up a new mapping, in ->mmap_prepare() or ->mmap().
 * Included by <linux/vma_access.h>, which is what drivers include.
 *
 * Each verb but three, at the end, takes either handle: a struct vma_desc in
 * ->mmap_prepare(), or a struct vma_new in ->mmap(), the older hook. So a driver
 * moves from one to the other without changing what it says, if the file keeps what
 * is mapped: see vma_new_set_type(). DEFINE_VMA_MMAP_PREPARE() and DEFINE_VMA_MMAP()
 * leave one line to change.
 */
#ifndef _LINUX_VMA_ACCESS_NEW_H
#define _LINUX_VMA_ACCESS_NEW_H

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/vma_access_ref.h>

struct device;

/* ---- where the handles come from ------------------------------------------- */

struct vma_new * __must_check vma_new_from_mmap(__vma_borrows struct vm_area_struct *vma);
int __vma_new_hook_failed(struct vma_new *vma, int err);

/**
 * vma_desc_from_prepare() - Take in the descriptor of f_op->mmap_prepare().
 * @desc: The argument of f_op->mmap_prepare().
 *
 * There is no VMA yet, and no way from this handle to one: what is said here is
 * carried out by the core after the hook (R2, R10). So the hook has to leave the
 * driver's own state alone: the mapping may become a part of another, or fail.
 * What has to know of it belongs into the type's ->mapped() and ->close().
 *
 * Context: Within ->mmap_prepare(), with the mmap lock held for write.
 * Return: the handle, never NULL, which ends when ->mmap_prepare() returns.
 */
static __always_inline struct vma_desc *
vma_desc_from_prepare(__vma_borrows struct vm_area_desc *desc)
{
	return (struct vma_desc *)desc;
}

/**
 * DEFINE_VMA_MMAP_PREPARE() - Define an ->mmap_prepare() hook.
 * @_name: The hook. VMA_MMAP_HOOK(@_name) puts it into struct file_operations.
 * @_file: The body's name for the struct file that is mapped.
 * @_vma: The body's name for the handle, a struct vma_desc.
 *
 * The body follows, and returns 0 or an errno. For example::
 *
 *	static DEFINE_VMA_MMAP_PREPARE(pool_mmap, file, vma)
 *	{
 *		return vma_new_set_type(vma, &pool_vma_type, file->private_data);
 *	}
 */
#define DEFINE_VMA_MMAP_PREPARE(_name, _file, _vma)			\
	int _name(struct vm_area_desc *desc);				\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_desc *(_vma));	\
	int _name(struct vm_area_desc *desc)				\
	{								\
		return __##_name(desc->file, vma_desc_from_prepare(desc)); \
	}								\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_desc *(_vma))

/**
 * DEFINE_VMA_MMAP() - Define an ->mmap() hook, the older way.
 * @_name: The hook. VMA_MMAP_HOOK(@_name) puts it into struct file_operations.
 * @_file: The body's name for the struct file that is mapped.
 * @_vma: The body's name for the handle, a struct vma_new.
 *
 * The same body as that of DEFINE_VMA_MMAP_PREPARE() fits. It runs later: what
 * the verbs say happens at once, and what a type holds is held from then on. If the
 * body fails, all that it has mapped is unmapped, and then ->close() called of the
 * type that it has set. If somebody else calls the hook for a VMA that is in use,
 * it returns -EINVAL, with a warning: see vma_new_from_mmap().
 */
#define DEFINE_VMA_MMAP(_name, _file, _vma)				\
	int _name(struct file *file, struct vm_area_struct *vma);	\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_new *(_vma));	\
	int _name(struct file *file, struct vm_area_struct *vma)	\
	{								\
		struct vma_new *handle = vma_new_from_mmap(vma);	\
		int err = handle ? __##_name(file, handle) : -EINVAL;	\
									\
		return likely(!err) || !handle ? err :			\
		       __vma_new_hook_failed(handle, err);		\
	}								\
	static __always_inline int __##_name(struct file *(_file),	\
					     struct vma_new *(_vma))

typedef int (*__vma_mmap_prepare_fn)(struct vm_area_desc *desc);
typedef int (*__vma_mmap_fn)(struct file *file, struct vm_area_struct *vma);

/**
 * VMA_MMAP_HOOK() - The initialiser of the hook in struct file_operations.
 * @_name: What DEFINE_VMA_MMAP_PREPARE() or DEFINE_VMA_MMAP() defined.
 */
#define VMA_MMAP_HOOK(_name)						\
	.mmap_prepare = _Generic(&(_name), default : NULL,		\
				 __vma_mmap_prepare_fn : (_name)),	\
	.mmap = _Generic(&(_name), default : NULL,			\
			 __vma_mmap_fn : (_name))

/* ---- what either handle stands for ------------------------------------------ */

/*
 * Nobody else can see a VMA that is not in the tree, and no look-up leads to
 * it: there is no lock to prove. The mmap lock is held for write all the same.
 */
static __always_inline struct vm_area_struct *
__vma_new_raw(__vma_borrows const struct vma_new *vma)
	__no_context_analysis
{
	return __vma_raw((const struct vma_ref *)vma);
}

static __always_inline struct vm_area_desc *
__vma_desc_raw(__vma_borrows const struct vma_desc *vma)
{
	return (struct vm_area_desc *)vma;
}

/* Where its parts are. */
static __always_inline unsigned long *
__vma_new_start(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->vm_start;
}

static __always_inline unsigned long *
__vma_desc_start(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->start;
}

static __always_inline unsigned long *
__vma_new_end(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->vm_end;
}

static __always_inline unsigned long *
__vma_desc_end(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->end;
}

static __always_inline pgoff_t *
__vma_new_pgoff(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->vm_pgoff;
}

static __always_inline pgoff_t *
__vma_desc_pgoff(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->pgoff;
}

static __always_inline vma_flags_t *
__vma_new_flags(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->flags;
}

static __always_inline vma_flags_t *
__vma_desc_flags(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->vma_flags;
}

static __always_inline struct file **
__vma_new_file(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->vm_file;
}

static __always_inline struct file **
__vma_desc_file(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->vm_file;
}

static __always_inline struct mm_struct **
__vma_new_mm(__vma_borrows struct vma_new *vma)
{
	return &__vma_new_raw(vma)->vm_mm;
}

static __always_inline struct mm_struct **
__vma_desc_mm(__vma_borrows struct vma_desc *vma)
{
	return &__vma_desc_raw(vma)->mm;
}

/* The function of the handle's kind. */
#define __vma_new(h, verb)						\
	_Generic((typeof(h))NULL,					\
		 struct vma_new * : __vma_new_##verb,			\
		 struct vma_desc * : __vma_desc_##verb)

/**
 * vma_new_start() - The first address of a new mapping.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: an address, page-aligned.
 */
#define vma_new_start(h)	(*__vma_new(h, start)(h) + 0)

/**
 * vma_new_end() - The first address after a new mapping.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: an address, page-aligned.
 */
#define vma_new_end(h)		(*__vma_new(h, end)(h) + 0)

/**
 * vma_new_size() - The size of a new mapping in bytes.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the number of bytes, a multiple of the page size.
 */
#define vma_new_size(h)		(vma_new_end(h) - vma_new_start(h))

/**
 * vma_new_pages() - The size of a new mapping in pages.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the number of pages, at least 1.
 */
#define vma_new_pages(h)	(vma_new_size(h) >> PAGE_SHIFT)

/**
 * vma_new_pgoff() - The file offset that user space asked for.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the offset in pages. Any value: see vma_new_fits().
 */
#define vma_new_pgoff(h)	(*__vma_new(h, pgoff)(h) + 0)

/**
 * vma_new_file() - The file that is being mapped.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 * Return: the file, without a reference of the caller's own.
 */
#define vma_new_file(h)		((struct file *)*__vma_new(h, file)(h))

/**
 * vma_new_mm() - The address space that is being mapped into.
 * @h: A vma_desc or vma_new handle.
 *
 * Not always that of the task which opened the file: compare with
 * mm_with_user_is() where that matters (R15).
 *
 * Context: Within the hook.
 * Return: the address space, borrowed: not to be put.
 */
#define vma_new_mm(h)		((struct mm_with_user *)*__vma_new(h, mm)(h))

/* ---- is it inside the object? ------------------------------------------------ */

static __always_inline int __must_check
__vma_new_check_fit(unsigned long size, pgoff_t pgoff, unsigned long pages)
{
	/* Compared with what is left behind the offset, so nothing wraps. (R6) */
	if (pgoff >= pages || size >> PAGE_SHIFT > pages - pgoff)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/**
 * vma_new_fits() - Does a new mapping lie inside the object?
 * @h: A vma_desc or vma_new handle.
 * @nr_pages: The size of the object in pages.
 *
 * The mapping's offset counts from the object's start: where the file shows
 * more than one object, see vma_new_rebase(). Upholds R6 and, together with a
 * type that is VMA_EXPAND_REFUSE, for as long as the mapping lives.
 *
 * Context: Within the hook.
 * Return: 0; -EINVAL if a part of it is beyond the object, or its end wraps. To
 * be returned from the hook.
 */
#define vma_new_fits(h, nr_pages) \
	__vma_new_check_fit(vma_new_size(h), vma_new_pgoff(h), nr_pages)

static __always_inline int __must_check
__vma_new_do_rebase(pgoff_t *pgoff, pgoff_t base)
{
	if (*pgoff < base)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	*pgoff -= base;
	return 0;
}

/**
 * vma_new_rebase() - Make a new mapping's offset count from the object's start.
 * @h: A vma_desc or vma_new handle.
 * @base: The offset in the file, in pages, at which the object starts.
 *
 * For a file that shows several objects, each at an offset of its own, and for
 * offsets that are a cookie. It changes by what reverse mapping finds the
 * mapping: unmapping through the file is then by the new offset too. To keep
 * those apart, leave the offset alone and give the base to vma_object_init().
 *
 * Context: Within the hook, before what looks at the offset: vma_new_fits(), the
 * type or the object.
 * Return: 0; -EINVAL, and nothing changed, if the mapping starts before @base.
 */
#define vma_new_rebase(h, base)	__vma_new_do_rebase(__vma_new(h, pgoff)(h), base)

/**
 * vma_new_set_pgoff() - Give a new mapping another offset.
 * @h: A vma_desc or vma_new handle.
 * @to: The offset, in pages.
 *
 * For an interface that takes from the mapping what is to be mapped, such as the
 * DMA API, where the offset that user space asked for is a cookie. Where it is an
 * offset in a file that shows several objects, vma_new_rebase() also checks it.
 * What is said there of reverse mapping holds here too.
 *
 * Context: Within the hook, before what looks at the offset: vma_new_fits(), the
 * type or the object.
 */
#define vma_new_set_pgoff(h, to)	((void)(*__vma_new(h, pgoff)(h) = (to)))

void __vma_new_replace_file(struct vma_new *vma, struct file *file);

static inline void __vma_desc_replace_file(struct vma_desc *vma,
					   struct file *file)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);

	/* Whose reference is it then? Nothing in the descriptor tells. */
	if (WARN_ON_ONCE(desc->vm_file != desc->file)) {
		__vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
		return;
	}
	/* The core takes a reference over only if it is to another file. */
	if (file != desc->file)
		get_file(file);
	desc->vm_file = file;
}

/**
 * vma_new_set_file() - Have a new mapping hold another file than was mapped.
 * @h: A vma_desc or vma_new handle.
 * @file: The file; the mapping takes a reference of its own.
 *
 * The last thing that ->mmap_prepare() does, and done there once: the core takes
 * the reference over only from a hook that succeeds, and only for a mapping that
 * is not merged with its neighbour: of a type that is VMA_EXPAND_REFUSE,
 * VMA_MAP_MIXED, VMA_MAP_PFN or VMA_TYPE_IO. A second time, and in a hook that
 * another file's ->mmap() runs, nothing is done, with a warning. Nor is it after
 * vma_new_set_object(), if no revoke of that object would find @file's mappings (R17).
 *
 * Context: Within the hook.
 */
#define vma_new_set_file(h, file)	__vma_new(h, replace_file)(h, file)

/* ---- flags -------------------------------------------------------------------- */

static __always_inline bool __vma_new_test_flag(const vma_flags_t *flags,
						vma_flag_t bit)
{
	BUILD_BUG_ON_MSG(bit == VMA_READ_BIT || bit == VMA_WRITE_BIT ||
			 bit == VMA_EXEC_BIT,
			 "an access is asked for with vma_new_settle()");

	return vma_flags_test(flags, bit);
}

/**
 * vma_new_test() - Is this flag of a new mapping set?
 * @h: A vma_desc or vma_new handle.
 * @bit: A VMA_*_BIT, by that name, but none of an access: see vma_new_settle()
 *       (R1). A mask such as VM_IO does not build.
 *
 * Context: Within the hook.
 * Return: whether it is.
 */
#define vma_new_test(h, bit) \
	__vma_new_test_flag(__vma_new(h, flags)(h), __vma_bit(bit))

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
 * vma_new_settle() - Is this access wanted, now or ever?
 * @h: A vma_desc or vma_new handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * Where the mapping does not have the access, mprotect() is kept from giving it
 * later: the answer stays true for the mapping's whole life. There is no way
 * to ask and leave it open, which is how a mapping that was refused writing
 * became writable in driver after driver (R1).
 *
 * Context: Within the hook.
 * Return: true if the mapping has the access; false if it has not and never
 * will.
 */
#define vma_new_settle(h, bit) \
	__vma_new_settle_flag(__vma_new(h, flags)(h), vma_new_start(h), __vma_bit(bit))

static __always_inline int __must_check
__vma_new_deny_flag(vma_flags_t *flags, unsigned long start, vma_flag_t bit)
{
	return __vma_new_settle_flag(flags, start, bit) ?
		__vma_refuse(VMA_REFUSED_ACCESS, -EPERM) : 0;
}

/**
 * vma_new_deny() - Refuse an access, now and for ever.
 * @h: A vma_desc or vma_new handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * What a type does for each of its VMA_DENY_*; by itself for a denial that
 * depends on more than the type. Upholds R1.
 *
 * Context: Within the hook.
 * Return: 0 if the mapping has not the access, and never will; -EPERM, and
 * nothing changed, if it was asked for: to be returned from the hook.
 */
#define vma_new_deny(h, bit) \
	__vma_new_deny_flag(__vma_new(h, flags)(h), vma_new_start(h), __vma_bit(bit))

static __always_inline int __must_check
__vma_new_refuse_cow(const vma_flags_t *flags)
{
	if (vma_flags_is_cow_mapping(flags))
		return __vma_refuse(VMA_REFUSED_COW, -EINVAL);
	return 0;
}

/**
 * vma_new_require_shared() - Refuse a mapping whose pages a write would copy.
 * @h: A vma_desc or vma_new handle.
 *
 * What a type does that is VMA_COW_REFUSE; by itself where that depends on more
 * than the type. A private mapping that can never be written has no pages to
 * copy and is let through: settle VMA_WRITE_BIT before. Upholds R7.
 *
 * Context: Within the hook.
 * Return: 0; -EINVAL if it is such a mapping: to be returned from the hook.
 */
#define vma_new_require_shared(h)	__vma_new_refuse_cow(__vma_new(h, flags)(h))

/**
 * vma_new_set_io() - Set VM_IO.
 * @h: A vma_desc or vma_new handle.
 *
 * The memory is a device's, looking at it may have side effects: it is not
 * dumped, and get_user_pages() leaves it alone.
 *
 * Context: Within the hook.
 */
#define vma_new_set_io(h)	vma_flags_set(__vma_new(h, flags)(h), VMA_IO_BIT)

/**
 * vma_new_set_dontexpand() - Set VM_DONTEXPAND: mremap() cannot enlarge it.
 * @h: A vma_desc or vma_new handle.
 *
 * Context: Within the hook.
 */
#define vma_new_set_dontexpand(h) \
	vma_flags_set(__vma_new(h, flags)(h), VMA_DONTEXPAND_BIT)

/* ---- protection ----------------------------------------------------------------- */

static inline void __vma_new_derive_prot(struct vma_new *vma, enum vma_prot how)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	raw->vm_page_prot = __vma_prot_derive(raw->vm_page_prot, how);
}

static inline void __vma_desc_derive_prot(struct vma_desc *vma,
					  enum vma_prot how)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);

	desc->page_prot = __vma_prot_derive(desc->page_prot, how);
	/* A remap that was asked for before has its own copy. */
	if (desc->action.type == MMAP_REMAP_PFN ||
	    desc->action.type == MMAP_IO_REMAP_PFN)
		desc->action.remap.pgprot = desc->page_prot;
}

/**
 * vma_new_set_prot() - How the mapping's memory is cached or encrypted.
 * @h: A vma_desc or vma_new handle.
 * @how: VMA_PROT_NONCACHED, VMA_PROT_WRITECOMBINE, VMA_PROT_DEVICE or
 *       VMA_PROT_DECRYPTED. Two that do not exclude each other add up.
 *
 * Derived from the protection that follows from the mapping's access: there is
 * no way to give one as a value, which has been how a read-only mapping got
 * writable pages (R11). In ->mmap() it has no effect on what is mapped already.
 *
 * After the hook the core derives the protection anew and keeps of this what
 * pgprot_modify() of the architecture keeps. That need not include
 * VMA_PROT_DECRYPTED: where pages are put in later, say so again there.
 *
 * Context: Within the hook.
 */
#define vma_new_set_prot(h, how)	__vma_new(h, derive_prot)(h, how)

/* ---- type and owner ---------------------------------------------------------------- */

int __must_check __vma_new_apply_type(struct vma_new *vma,
				      const struct vma_type *type, void *owner);
int __must_check __vma_desc_apply_type(struct vma_desc *vma,
				       const struct vma_type *type, void *owner);

/**
 * vma_new_set_type() - Make a new mapping one of a type.
 * @h: A vma_desc or vma_new handle.
 * @type: The struct vma_type.
 * @owner: The object that the mapping shows, not NULL. It is found again by
 *         vma_ref_owner(), and is one half of the mapping's identity (R3). It
 *         outlives the mapping: the file keeps it, or DEFINE_VMA_OWNER() does,
 *         and in ->mmap_prepare() the file in any case until ->mapped().
 *
 * Applies the whole policy: access that is denied is refused now and for ever
 * (R1), a copy-on-write mapping is refused if the type does not allow it (R7),
 * flags and hooks are set (R8). All of it is checked before any of it is done.
 *
 * A type of DEFINE_VMA_TYPE_OWNED() holds the owner from when the mapping is there:
 * after ->mmap_prepare() when all else is done, and in ->mmap() from this verb on. A
 * mapping that fails is either not held yet or let go again, but for an ->mmap()
 * hook without DEFINE_VMA_MMAP(): there this is the last thing that the hook does.
 * In ->mmap_prepare() nothing holds the owner, or what is mapped of it, between the
 * hook and ->mapped(), and nothing that the hook takes is undone if mmap() fails. So
 * an owner that the hook has looked up by a number, and that another thread may
 * drop, is mapped by ->mmap(), or kept by the file until its release.
 *
 * Context: Within the hook.
 * Return: 0; or nothing was changed and
 * -EPERM if user space asked for an access that the type denies;
 * -EINVAL if it asked for a private mapping whose pages would be copied, and
 * the type refuses that; both are silent, and to be returned from the hook;
 * -EINVAL, with a warning, if @owner is NULL, the type was made without
 * DEFINE_VMA_TYPE() and leaves out a part of the policy, it has a hook against
 * its own policy or is a VMA_TYPE_OBJECT (see vma_new_set_object()), or the
 * mapping is already of another map kind;
 * -EBUSY, with a warning, if the mapping has been given hooks before, also none
 * at all, as by the ->mmap() of a file that this one is stacked on, or @h was kept
 * after its hook and is in use; see vma_new_set_type_over() for a subsystem's;
 * -EOPNOTSUPP, with a warning, for a file of kernfs, such as one in sysfs, which
 * replaces the hooks after ->mmap(); what maps at once works there without a type;
 * in ->mmap(), what ->mapped() returned.
 */
#define vma_new_set_type(h, type, owner) \
	__vma_new(h, apply_type)(h, type, owner)

int __must_check __vma_new_apply_over(struct vma_new *vma,
				      const struct vma_type_over *over);
int __must_check __vma_desc_apply_over(struct vma_desc *vma,
				       const struct vma_type_over *over);

/**
 * vma_new_set_type_over() - Apply a policy over the hooks of a subsystem.
 * @h: A vma_desc or vma_new handle.
 * @over: The struct vma_type_over.
 *
 * For a driver whose subsystem has set vm_ops, and vm_private_data if it has an
 * owner, before it called the driver's hook. They stay as they are and are the
 * mapping's identity: vma_new_identity() returns it, vma_ref_is() and
 * vma_ref_owner() recognise it. The policy is applied as by vma_new_set_type();
 * no hook is called, so there is nothing to undo if the driver's hook fails
 * later. Where it is applied more than once, or over hooks that are another
 * type's, all restrictions hold.
 *
 * A subsystem that sets its hooks after the driver's hook cannot be helped: an
 * identity taken before is that of no VMA. rdma_user_mmap_io() sets
 * vm_private_data, so this comes after it.
 *
 * Context: Within the hook.
 * Return: 0; or nothing was changed and
 * -EPERM, -EINVAL if user space asked for an access or a copy-on-write mapping
 * that the policy refuses, as for vma_new_set_type();
 * -EINVAL, with a warning, if @over was made without DEFINE_VMA_TYPE_OVER() and is
 * not complete, the mapping is already of another map kind, or nobody has set
 * hooks;
 * -EBUSY, with a warning, if the hooks are those of a vma_object's type, which only
 * vma_new_set_object() can set (R17), or @h was kept after its hook and is in use;
 * -EOPNOTSUPP, with a warning, for a file of kernfs: see vma_new_set_type().
 */
#define vma_new_set_type_over(h, over)	__vma_new(h, apply_over)(h, over)

struct vma_identity __vma_new_get_identity(const struct vma_new *vma);
struct vma_identity __vma_desc_get_identity(const struct vma_desc *vma);

/**
 * vma_new_identity() - What tells mappings like this one from all others.
 * @h: A vma_desc or vma_new handle, after its type or its hooks were set.
 *
 * For a library that works on mappings which its user sets up: it need not
 * know the user's type to recognise the mapping later (R3).
 *
 * Context: Within the hook.
 * Return: the identity, by value; the one that no VMA has if the mapping was
 * given no hooks.
 */
#define vma_new_identity(h)	__vma_new(h, get_identity)(h)

/* ---- a hook that fails has nothing mapped --------------------------------------------- */

int __must_check __vma_new_take_back(struct vma_new *vma, int err);

/*
 * The driver frees its memory when a verb has failed, and the core takes the
 * mapping back only after the hook: another thread could reach the memory until
 * then. (R13, R17)
 */
static __always_inline int __must_check __vma_new_undo(struct vma_new *vma, int err)
{
	return unlikely(err) ? __vma_new_take_back(vma, err) : 0;
}

/* In ->mmap_prepare() nothing is mapped yet. */
static __always_inline int __must_check __vma_desc_undo(struct vma_desc *vma, int err)
{
	return err;
}

/* ---- mapping all of it at once ------------------------------------------------------ */

int __must_check __vma_new_do_remap(struct vma_new *vma, unsigned long addr,
				    unsigned long pfn, unsigned long size, bool io);
int __must_check __vma_desc_do_remap(struct vma_desc *vma, unsigned long addr,
				     unsigned long pfn, unsigned long size,
				     bool io);

/**
 * vma_new_remap_pfn() - Map a run of page frames into a part of a new mapping.
 * @h: A vma_desc or vma_new handle.
 * @addr: Where to, page-aligned.
 * @pfn: The first page frame number.
 * @size: Bytes, a multiple of the page size and not 0. It says how much memory
 *        there is from @pfn on: the mapping's own size, which user space gave,
 *        says nothing of that. For memory of a known size, mapped by the mapping's
 *        offset, see vma_new_remap_pfn_all().
 *
 * Makes the mapping VM_PFNMAP, VM_IO, VM_DONTEXPAND and VM_DONTDUMP, as the core
 * does, and maps with the mapping's protection (R11). The memory must stay for
 * as long as the file can be mapped (R17): what can go earlier is mapped by a
 * fault handler of a vma_object.
 *
 * In ->mmap_prepare() the core does it after the hook, and only one such action
 * can be asked for; in ->mmap() it is done at once, part after part, and a failure
 * takes back all parts, so that the hook can free the memory (R13).
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped, also by earlier calls, and
 * -EINVAL if @addr or @size is not a multiple of the page size, @size is 0, a page
 * frame cannot be mapped (see vma_pfnmap_insert_pfn()), or the mapping would copy
 * on write (R7);
 * -EFAULT if the range wraps or is not wholly inside the mapping (R6), which in
 * ->mmap() the core does not check;
 * -EINVAL, with a warning, if the mapping is VM_MIXEDMAP (R7) or shows a
 * vma_object;
 * -EBUSY, with a warning, if something is mapped there already, which the core
 * has a BUG_ON() for (R18), another action was asked for, or @h was kept after its
 * hook and is in use, which is then left alone;
 * in ->mmap(), -ENOMEM for want of page tables, -EACCES for a page frame that
 * the architecture does not let be mapped.
 */
#define vma_new_remap_pfn(h, addr, pfn, size) \
	__vma_new(h, do_remap)(h, addr, pfn, size, false)

int __must_check __vma_new_do_remap_all(struct vma_new *vma, unsigned long pfn,
					unsigned long nr);
int __must_check __vma_desc_do_remap_all(struct vma_desc *vma, unsigned long pfn,
					 unsigned long nr);

/**
 * vma_new_remap_pfn_all() - Map memory's page frames as the mapping's offset says.
 * @h: A vma_desc or vma_new handle.
 * @pfn: The page frame number of the memory's first page.
 * @nr: How many pages the memory has.
 *
 * As vma_new_map_pages_all(), by page frame: see vma_new_remap_pfn(). For memory
 * of a device, see vma_new_iomap().
 *
 * Context: Within the hook. May sleep.
 * Return: as vma_new_fits() of @nr and vma_new_remap_pfn().
 */
#define vma_new_remap_pfn_all(h, pfn, nr) \
	__vma_new(h, do_remap_all)(h, pfn, nr)

/**
 * vma_new_remap_io() - Map a run of a device's page frames into a part.
 * @h: A vma_desc or vma_new handle.
 * @addr: Where to, page-aligned.
 * @pfn: The first page frame number.
 * @size: Bytes, as for vma_new_remap_pfn().
 *
 * As vma_new_remap_pfn(), for memory of a device: never encrypted.
 *
 * Context: Within the hook. May sleep.
 * Return: as vma_new_remap_pfn().
 */
#define vma_new_remap_io(h, addr, pfn, size) \
	__vma_new(h, do_remap)(h, addr, pfn, size, true)

int __must_check __vma_new_do_iomap(struct vma_new *vma, phys_addr_t start,
				    unsigned long len, bool aligned);
int __must_check __vma_desc_do_iomap(struct vma_desc *vma, phys_addr_t start,
				     unsigned long len, bool aligned);

/**
 * vma_new_iomap() - Map a device's memory, as the mapping's offset says.
 * @h: A vma_desc or vma_new handle.
 * @start: The physical address of the memory, page-aligned.
 * @len: Its size in bytes, a multiple of the page size.
 *
 * Checks the mapping's offset and size against the memory's, and maps the part
 * that was asked for: all that most drivers of a device's registers need. The
 * rest is as for vma_new_remap_io().
 *
 * User space gets whole pages. Registers that are smaller, as many are where pages
 * have 64 KiB, share theirs with others: see vma_new_iomap_unaligned().
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped and
 * -EINVAL if @start or @len is not a multiple of the page size, the memory wraps,
 * is smaller than what was asked for (R6), or cannot be mapped (see
 * vma_pfnmap_insert_pfn()), or the mapping would copy on write (R7);
 * the warnings and the rest as for vma_new_remap_pfn().
 */
#define vma_new_iomap(h, start, len)	__vma_new(h, do_iomap)(h, start, len, true)

/**
 * vma_new_iomap_unaligned() - Map a device's memory and what shares its pages.
 * @h: A vma_desc or vma_new handle.
 * @start: The physical address of the memory.
 * @len: Its size in bytes.
 *
 * As vma_new_iomap(), for memory that does not start or end with a page: user space
 * also gets all else that lies in its first and last page. The driver says by
 * this name that it may: nothing there belongs to another device or another user.
 *
 * Context: Within the hook. May sleep.
 * Return: as vma_new_iomap(), whatever the alignment.
 */
#define vma_new_iomap_unaligned(h, start, len) \
	__vma_new(h, do_iomap)(h, start, len, false)

int __must_check __vma_new_do_map_pages(struct vma_new *vma, unsigned long addr,
					struct page **pages, unsigned long nr);
int __must_check __vma_desc_do_map_pages(struct vma_desc *vma, unsigned long addr,
					 struct page **pages, unsigned long nr);

/**
 * vma_new_map_pages() - Map an array of pages into a part of a new mapping.
 * @h: A vma_desc or vma_new handle.
 * @addr: Where the first one goes, page-aligned; the others follow.
 * @pages: The pages. In ->mmap_prepare() the core reads the array after the
 *         hook: it has to stay until ->mapped(), or for as long as the file.
 * @nr: How many pages, not 0.
 *
 * Makes the mapping VM_MIXEDMAP. Each page gets a reference of the mapping's
 * own. A failure in ->mmap() takes back all that the hook has mapped (R13).
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or nothing is mapped, also by earlier calls, and
 * -EINVAL if @addr is not page-aligned, @nr is 0, or, in ->mmap(), a page is
 * none to be inserted (see vma_mixedmap_insert_page());
 * -EINVAL, with a warning, if a pointer is to no page at all, as virt_to_page() of
 * vmap() memory is;
 * -EFAULT if the range wraps or is not wholly inside the mapping (R6);
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP (R7) or shows a
 * vma_object;
 * -EBUSY if, in ->mmap(), something is mapped there, or, with a warning, another
 * action was asked for or @h was kept after its hook and is in use;
 * -ENOMEM, in ->mmap(), for want of page tables. After ->mmap_prepare() mmap()
 * fails as the core has it: with -EFAULT or -ENOMEM for want of page tables.
 */
#define vma_new_map_pages(h, addr, pages, nr) \
	__vma_new(h, do_map_pages)(h, addr, pages, nr)

/**
 * vma_new_map_pages_all() - Map an object's pages as the mapping's offset says.
 * @h: A vma_desc or vma_new handle.
 * @pages: All pages of the object; see vma_new_map_pages().
 * @nr: How many they are.
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
int __must_check __vma_desc_do_map_vmalloc(struct vma_desc *vma, void *memory,
					   unsigned long pgoff);

/**
 * vma_new_map_vmalloc() - Map vmalloc() memory as the whole new mapping.
 * @h: A vma_desc or vma_new handle.
 * @memory: From vmalloc_user() or the like. In ->mmap_prepare() the core reads
 *          the array of its pages after the hook: it has to stay until
 *          ->mapped(), or for as long as the file.
 * @pgoff: How many of its pages to leave out at its start: vma_new_pgoff(), as a
 *         rule.
 *
 * Makes the mapping VM_MIXEDMAP, VM_DONTEXPAND and VM_DONTDUMP. Each page gets a
 * reference of the mapping's own.
 *
 * Context: Within the hook. May sleep.
 * Return: 0; or
 * -EINVAL if the memory is not for user space to see, or is smaller than what was
 * asked for (R6);
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP (R7) or shows a
 * vma_object (R17);
 * -EBUSY, with a warning, if something is mapped there already, another action was
 * asked for, or @h was kept after its hook and is in use;
 * in ->mmap(), -ENOMEM for want of page tables. After ->mmap_prepare() mmap()
 * fails as for vma_new_map_pages(). A failure in ->mmap() takes back all that the
 * hook has mapped (R13).
 */
#define vma_new_map_vmalloc(h, memory, pgoff) \
	__vma_new(h, do_map_vmalloc)(h, memory, pgoff)

/* ---- handing it on --------------------------------------------------------------- */

/* The hooks that another one finds, and is to leave if they are a type's. */
struct __vma_hooks {
	const struct vm_operations_struct *vm_ops;
	void *private_data;
};

static __always_inline struct __vma_hooks __vma_new_hooks(const struct vma_new *vma)
{
	const struct vm_area_struct *raw = __vma_new_raw(vma);

	return (struct __vma_hooks){ raw->vm_ops, raw->vm_private_data };
}

static __always_inline struct __vma_hooks __vma_desc_hooks(const struct vma_desc *vma)
{
	const struct vm_area_desc *desc = __vma_desc_raw(vma);

	return (struct __vma_hooks){ desc->vm_ops, desc->private_data };
}

int __must_check __vma_new_handed_on(struct vma_new *vma, struct __vma_hooks before,
				     int err);
int __must_check __vma_desc_handed_on(struct vma_desc *vma, struct __vma_hooks before,
				      int err);

/* No compiler asks for the use of what a block in parentheses comes to. */
static __always_inline int __must_check __vma_hand_on_result(int err)
{
	return err;
}

/**
 * vma_new_hand_on() - Have another subsystem set up a new mapping.
 * @h: A vma_desc or vma_new handle.
 * @hook: What does it: a function that takes the raw VMA or descriptor as its
 *        second argument, as dma_buf_mmap(), vfs_mmap() and vb2_mmap() do, or a
 *        hook of an object.
 * @first: Its first argument. Those after its second one follow.
 *
 * For what has no typed form: the driver needs no raw pointer, and a reviewer
 * sees where the mapping leaves the layer, which vouches for nothing that @hook
 * does to it. What is to be refused is settled before (R1, R6, R7), and no type
 * is set if @hook sets hooks of its own (R8). A function of the driver's own takes
 * the handle instead: coccicheck tells. If @hook fails, the mapping is as it was,
 * with the type that was set before; in ->mmap() all that it or the driver has
 * mapped is taken back.
 *
 * Context: Within the hook. May sleep if @hook does.
 * Return: what @hook returned, to be returned from the hook; -EINVAL, with a
 * warning, if a type was set and @hook has replaced its hooks or its owner.
 */
#define vma_new_hand_on(h, hook, first, ...) __vma_hand_on_result(({	\
	const struct __vma_hooks __before = __vma_new(h, hooks)(h);	\
									\
	__vma_new(h, handed_on)(h, __before,				\
		(hook)(first, __vma_new(h, raw)(h), ##__VA_ARGS__));	\
}))

/**
 * vma_desc_hand_on() - vma_new_hand_on() to what takes a descriptor alone.
 * @h: A vma_desc handle.
 * @hook: The function, such as generic_file_mmap_prepare().
 *
 * Context: Within ->mmap_prepare().
 * Return: as for vma_new_hand_on().
 */
#define vma_desc_hand_on(h, hook) __vma_hand_on_result(({		\
	const struct __vma_hooks __before = __vma_desc_hooks(h);	\
									\
	__vma_desc_handed_on(h, __before, (hook)(__vma_desc_raw(h)));	\
}))

/* ---- what only ->mmap() can do ---------------------------------------------------- */

struct vma_new_mixedmap * __must_check
vma_new_set_mixedmap(__vma_borrows struct vma_new *vma);
int __must_check vma_new_dma_mmap(struct vma_new *vma, struct device *dev,
				  void *cpu_addr, dma_addr_t dma_addr,
				  size_t size, unsigned long attrs);

#endif /* _LINUX_VMA_ACCESS_NEW_H */
