/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: handles to VMAs in use, their identity, and what can be done
 * to them. Included by <linux/vma_access.h>, which is what drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_REF_H
#define _LINUX_VMA_ACCESS_REF_H

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/vma_access_guard.h>
#include <linux/vma_access_type.h>

/* ---- vma_ref: a stable VMA ----------------------------------------------- */

static __always_inline struct vma_ref *
__vma_ref_self(__vma_borrows struct vma_ref *vma)
{
	return vma;
}

static __always_inline const struct vma_ref *
__vma_ref_const(__vma_borrows const struct vma_ref *vma)
{
	return vma;
}

static __always_inline struct vma_ref *
__vma_mixedmap_ref(__vma_borrows struct vma_mixedmap *vma)
{
	return (struct vma_ref *)vma;
}

static __always_inline struct vma_ref *
__vma_pfnmap_ref(__vma_borrows struct vma_pfnmap *vma)
{
	return (struct vma_ref *)vma;
}

static __always_inline struct vma_ref *
__vma_write_ref(__vma_borrows struct vma_write *vma)
{
	return (struct vma_ref *)vma;
}

/* Whoever calls a fault handler stabilises the VMA. */
static __always_inline struct vma_ref *
__vma_fault_ref(__vma_borrows struct vma_fault *fault)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_ref *)((struct vm_fault *)fault)->vma;
}

/* Internal: an access that was checked. DEFINE_VMA_ACCESS() hands it out. */
struct __vma_remote_args {
	struct vm_area_struct *vma;
	unsigned long addr;
	void *buf;
	int len;
	int write;
	int copied;
};

static __always_inline struct __vma_remote_args *
__vma_remote_args(__vma_borrows struct vma_remote *remote)
{
	return (struct __vma_remote_args *)remote;
}

/* Whoever calls ->access() holds the mmap lock. */
static __always_inline struct vma_ref *
__vma_remote_ref(__vma_borrows struct vma_remote *remote)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_ref *)__vma_remote_args(remote)->vma;
}

/**
 * vma_ref() - Any in-use handle as the least one: a stable VMA.
 * @h: A vma_ref, vma_mixedmap, vma_pfnmap, vma_write, vma_fault or vma_remote
 *     handle.
 *
 * The verbs below apply this themselves; it is needed only to call a function
 * that takes a struct vma_ref. A struct vma_new is no stable VMA to be asked
 * freely (R1) and does not compile here.
 *
 * Context: Any.
 * Return: the handle as a struct vma_ref, with the lifetime of @h.
 */
#define vma_ref(h)						\
	_Generic((typeof(h))NULL,				\
		 struct vma_ref * : __vma_ref_self,		\
		 const struct vma_ref * : __vma_ref_const,	\
		 struct vma_mixedmap * : __vma_mixedmap_ref,	\
		 struct vma_pfnmap * : __vma_pfnmap_ref,	\
		 struct vma_write * : __vma_write_ref,		\
		 struct vma_fault * : __vma_fault_ref,		\
		 struct vma_remote * : __vma_remote_ref)(h)

/**
 * __vma_raw() - The vm_area_struct behind a handle.
 * @vma: The handle.
 *
 * The one place where a handle becomes a raw pointer, so the one place where
 * CONFIG_DEBUG_VMA_ACCESS asserts that the VMA is stable: a handle kept after
 * its guard is caught here (R2).
 *
 * Also the sanctioned way out of the typed layer, for an interface that has no
 * typed form yet. What it returns is bound by no rule of this header: a
 * reviewer looks at each use.
 *
 * Context: As for the guard that @vma came from.
 * Return: the VMA, stable for as long as @vma's guard is held.
 */
static __always_inline struct vm_area_struct *
__vma_raw(__vma_borrows const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = __vma_untag(__vma_used(vma));

	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		vma_assert_stabilised(raw);
	return raw;
}

static __always_inline struct vma_ref * __must_check
__vma_ref_lookup_read(__vma_borrows const class_mmap_read_t *guard,
		      unsigned long addr)
	__must_hold_shared(vma_stable)
{
	struct mm_struct *mm = __mm_with_user_raw(guard->lock);

	return __vma_owned(guard, __vma_tag(vma_lookup(mm, addr), mm));
}

static __always_inline struct vma_ref * __must_check
__vma_ref_lookup_write(__vma_borrows const class_mmap_write_t *guard,
		       unsigned long addr)
	__must_hold_shared(vma_stable)
{
	struct mm_struct *mm = __mm_with_user_raw(guard->lock);

	return __vma_owned(guard, __vma_tag(vma_lookup(mm, addr), mm));
}

/**
 * vma_ref_lookup() - The VMA at an address.
 * @guard: Address of a CLASS(mmap_read, ...) or CLASS(mmap_write, ...) variable,
 *         or of one of their _adopt forms.
 * @addr: Any address.
 *
 * Finds whatever is mapped there, also a stranger's mapping that took the
 * address over: ask vma_ref_is() before touching it (R3).
 *
 * Context: Task context, with @guard held.
 * Return: the handle, which ends with @guard's scope; NULL if nothing is
 * mapped at @addr (R2).
 */
#define vma_ref_lookup(guard, addr)					\
	_Generic((typeof(guard))NULL,					\
		 class_mmap_read_t * : __vma_ref_lookup_read,		\
		 const class_mmap_read_t * : __vma_ref_lookup_read,	\
		 class_mmap_write_t * : __vma_ref_lookup_write,		\
		 const class_mmap_write_t * : __vma_ref_lookup_write)(guard, addr)

/**
 * vma_ref_from_op() - Take in the VMA that the kernel hands to a vm_ops hook.
 * @vma: The argument of a hook of struct vm_operations_struct.
 *
 * The caller of the hook holds the lock that stabilises @vma. Not for
 * f_op->mmap(), where the VMA is still being set up: see vma_new_from_mmap().
 *
 * Context: Within the hook.
 * Return: the handle, which ends with the hook.
 */
static __always_inline struct vma_ref *
vma_ref_from_op(__vma_borrows struct vm_area_struct *vma)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_ref *)vma;
}

static __always_inline unsigned long __vma_ref_start(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_start;
}

static __always_inline unsigned long __vma_ref_end(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_end;
}

static __always_inline unsigned long __vma_ref_pages(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_pages(__vma_raw(vma));
}

static __always_inline pgoff_t __vma_ref_pgoff(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_start_pgoff(__vma_raw(vma));
}

static __always_inline vma_flags_t __vma_ref_flags(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->flags;
}

static __always_inline bool __vma_ref_test(const struct vma_ref *vma,
					   vma_flag_t bit)
	__must_hold_shared(vma_stable)
{
	return vma_test(__vma_raw(vma), bit);
}

static __always_inline struct mm_with_user *
__vma_ref_mm(__vma_borrows const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return (struct mm_with_user *)__vma_raw(vma)->vm_mm;
}

static __always_inline struct file *
__vma_ref_file(__vma_borrows const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_file;
}

/**
 * vma_ref_start() - The first address of a VMA.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: an address, page-aligned.
 */
#define vma_ref_start(h)	__vma_ref_start(vma_ref(h))

/**
 * vma_ref_end() - The first address after a VMA.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: an address, page-aligned.
 */
#define vma_ref_end(h)		__vma_ref_end(vma_ref(h))

/**
 * vma_ref_pages() - The size of a VMA in pages.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: the number of pages, at least 1.
 */
#define vma_ref_pages(h)	__vma_ref_pages(vma_ref(h))

/**
 * vma_ref_size() - The size of a VMA in bytes.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: the number of bytes, a multiple of the page size.
 */
#define vma_ref_size(h)		(vma_ref_pages(h) << PAGE_SHIFT)

/**
 * vma_ref_pgoff() - Where in its file a VMA starts.
 * @h: A handle that vma_ref() takes.
 *
 * After a split the upper part has a larger one: an offset into the driver's
 * object is found from this, never from the distance to vma_ref_start() (R12).
 *
 * Context: As for the guard that @h came from.
 * Return: the offset in pages.
 */
#define vma_ref_pgoff(h)	__vma_ref_pgoff(vma_ref(h))

/**
 * vma_ref_flags() - A copy of a VMA's flags.
 * @h: A handle that vma_ref() takes.
 *
 * For more than one flag at a time, or to print them. To change flags is what
 * other handles are for; what is done to the copy reaches nothing (R10).
 *
 * Context: As for the guard that @h came from.
 * Return: the flags, by value.
 */
#define vma_ref_flags(h)	__vma_ref_flags(vma_ref(h))

/**
 * vma_ref_test() - Is this flag of a VMA set?
 * @h: A handle that vma_ref() takes.
 * @bit: A VMA_*_BIT, by that name: a mask such as VM_WRITE does not build.
 *
 * Context: As for the guard that @h came from.
 * Return: whether it is, for as long as the guard is held.
 */
#define vma_ref_test(h, bit)	__vma_ref_test(vma_ref(h), __vma_bit(bit))

/**
 * vma_ref_mm() - The address space that a VMA is part of.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: the address space, borrowed: not to be put, and no longer valid than
 * @h. In ->close() on exit it may have lost its last user: only
 * mm_with_user_is() may be asked of it there.
 */
#define vma_ref_mm(h)		__vma_ref_mm(vma_ref(h))

/**
 * vma_ref_file() - The file that a VMA maps.
 * @h: A handle that vma_ref() takes.
 *
 * Context: As for the guard that @h came from.
 * Return: the file, without a reference of the caller's own: take one with
 * get_file() to keep it longer than @h. NULL for anonymous memory.
 */
#define vma_ref_file(h)		__vma_ref_file(vma_ref(h))

/*
 * R6. Written so that nothing can wrap: @size is compared with what is left of
 * the VMA after @addr, no end is ever computed. The bounds come by their
 * address for compilers to read them no sooner than they are asked for.
 */
static __always_inline int __vma_check_range(const unsigned long *start,
					     const unsigned long *end,
					     unsigned long addr,
					     unsigned long size)
{
	/* Page table walks step by whole pages and stop at an exact end. */
	if (!size || !PAGE_ALIGNED(addr | size))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	if (addr < *start || addr >= *end || size > *end - addr)
		return __vma_refuse(VMA_REFUSED_RANGE, -EFAULT);
	return 0;
}

/* The same for so many pages, whose size in bytes may not fit. */
static __always_inline int __vma_check_pages(const unsigned long *start,
					     const unsigned long *end,
					     unsigned long addr,
					     unsigned long nr)
{
	if (!nr || !PAGE_ALIGNED(addr))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	if (addr < *start || addr >= *end || nr > (*end - addr) >> PAGE_SHIFT)
		return __vma_refuse(VMA_REFUSED_RANGE, -EFAULT);
	return 0;
}

/* Not for drivers: what the verbs that zap come to, their checks done. */
void __vma_zap(struct vma_ref *vma, unsigned long addr, unsigned long size)
	__must_hold_shared(vma_stable);

/* Of a range that is known to be the VMA's. */
static __always_inline int __must_check
__vma_zap_checked(struct vma_ref *vma, const struct vm_area_struct *raw,
		  unsigned long addr, unsigned long size)
	__must_hold_shared(vma_stable)
{
	if (is_vm_hugetlb_page(raw))
		return __vma_refuse(VMA_REFUSED_HUGETLB, -EPERM);
	__vma_note_zap(raw, addr, size);
	__vma_zap(vma, addr, size);
	return 0;
}

static __always_inline int __must_check
__vma_ref_zap_range(struct vma_ref *vma, unsigned long addr, unsigned long size)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, size);

	if (err)
		return err;
	return __vma_zap_checked(vma, raw, addr, size);
}

/**
 * vma_ref_zap_range() - Remove the mappings of a range of pages.
 * @h: A handle that vma_ref() takes. Of a VMA found by address, ask
 *     vma_ref_is() first (R3).
 * @addr: The first address, page-aligned.
 * @size: Bytes, a multiple of the page size and not 0.
 *
 * The VMA stays, its pages are gone: the next access faults. A range costs far
 * less than its pages one by one. Memory must not be given back after a zap
 * that failed: user space still has it.
 *
 * Context: Task context, may sleep.
 * Return: 0; or nothing was done and
 * -EINVAL if @addr or @size is not a multiple of the page size, or @size is 0;
 * -EFAULT if the range wraps or is not wholly inside the VMA (R6);
 * -EPERM if this is a hugetlb mapping, which is not a driver's to zap (R7):
 * the core has a BUG_ON() for a range that splits a huge page (R18).
 */
#define vma_ref_zap_range(h, addr, size) \
	__vma_ref_zap_range(vma_ref(h), addr, size)

static __always_inline int __must_check __vma_ref_zap_all(struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	return __vma_zap_checked(vma, raw, raw->vm_start,
				 raw->vm_end - raw->vm_start);
}

/**
 * vma_ref_zap_all() - Remove the mappings of all pages of a VMA.
 * @h: A handle that vma_ref() takes. Of a VMA found by address, ask
 *     vma_ref_is() first (R3).
 *
 * Context: Task context, may sleep.
 * Return: 0, or -EPERM and nothing done if this is a hugetlb mapping; see
 * vma_ref_zap_range().
 */
#define vma_ref_zap_all(h)	__vma_ref_zap_all(vma_ref(h))

/* ---- identity: is this VMA mine? ------------------------------------------ */

/**
 * struct vma_identity - What tells one owner's mappings from all others.
 * @vm_ops: The hooks of the mapping's type. NULL, as in zeroed memory, is the
 *          identity that no VMA has.
 * @owner: The object that the mapping shows, the VMA's private data.
 *
 * A driver that works on a mapping later has looked its VMA up by address, and
 * by then anything may be mapped there: user space unmaps and maps again as it
 * likes. Only the identity says that it is still the driver's own (R3).
 */
struct vma_identity {
	const struct vm_operations_struct *vm_ops;
	const void *owner;
};

/**
 * vma_type_identity() - The identity of mappings of one type and one owner.
 * @type: The type.
 * @owner: The owner that was, or will be, given to vma_new_set_type().
 *
 * Context: Any.
 * Return: the identity, by value.
 */
static __always_inline struct vma_identity
vma_type_identity(const struct vma_type *type, const void *owner)
{
	return (struct vma_identity){ &type->vm_ops, owner };
}

static __always_inline bool __vma_ref_is(const struct vma_ref *vma,
					 struct vma_identity id)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);
	/*
	 * An anonymous VMA has no vm_ops and often no private data, which is
	 * what an identity that was never filled in looks like. The test costs
	 * nothing where the identity comes from vma_type_identity().
	 */
	bool is = id.vm_ops && raw->vm_ops == id.vm_ops &&
		  raw->vm_private_data == id.owner;

	if (!is)
		__vma_refuse(VMA_REFUSED_IDENTITY, -ESRCH);
	return is;
}

/**
 * vma_ref_is() - Is this VMA of the driver's type and this owner?
 * @h: A handle that vma_ref() takes.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * Upholds R3.
 *
 * Context: As for the guard that @h came from.
 * Return: whether it is, for as long as the guard is held.
 */
#define vma_ref_is(h, id)	__vma_ref_is(vma_ref(h), id)

static __always_inline void *
__vma_ref_owner_by_ops(const struct vma_ref *vma,
		       const struct vm_operations_struct *vm_ops)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	return raw->vm_ops == vm_ops ? raw->vm_private_data : NULL;
}

static __always_inline void *__vma_ref_owner(const struct vma_ref *vma,
					     const struct vma_type *type)
	__must_hold_shared(vma_stable)
{
	return __vma_ref_owner_by_ops(vma, &type->vm_ops);
}

/**
 * vma_ref_owner() - The owner that a VMA of this type was set up with.
 * @h: A handle that vma_ref() takes.
 * @type: The type, as given to vma_new_set_type(); below a subsystem that sets the
 *        hooks, its struct vm_operations_struct, and the owner is what it put into
 *        vm_private_data.
 *
 * For vm_ops hooks, which are called with the VMA and need the object.
 *
 * Context: As for the guard that @h came from.
 * Return: the owner; NULL if the VMA is not of this type (R3).
 */
#define vma_ref_owner(h, type)						\
	(_Generic((type), default : __vma_ref_owner,			\
		  const struct vm_operations_struct * : __vma_ref_owner_by_ops) \
	 (vma_ref(h), type))

/* ---- vma_mixedmap: pages can be inserted ---------------------------------- */

static __always_inline struct vma_mixedmap * __must_check
__vma_ref_as_mixedmap(__vma_borrows struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	if (vma_test(__vma_raw(vma), VMA_MIXEDMAP_BIT))
		return (struct vma_mixedmap *)__vma_never_null(vma);
	__vma_refuse(VMA_REFUSED_KIND, -EPERM);
	return NULL;
}

/**
 * vma_ref_as_mixedmap() - A VMA as one that takes inserted pages.
 * @h: A vma_ref handle. Of a VMA found by address, use
 *     vma_ref_as_mixedmap_of(), which asks for its identity too (R3).
 *
 * Context: As for the guard that @h came from.
 * Return: the handle, with the lifetime of @h; NULL if the VMA is not
 * VM_MIXEDMAP, which the core would then set on a VMA in use (R7).
 */
#define vma_ref_as_mixedmap(h)	__vma_ref_as_mixedmap(vma_ref(h))

static __always_inline struct vma_mixedmap * __must_check
__vma_ref_as_mixedmap_of(__vma_borrows struct vma_ref *vma,
			 struct vma_identity id)
	__must_hold_shared(vma_stable)
{
	return __vma_ref_is(vma, id) ? __vma_ref_as_mixedmap(vma) : NULL;
}

/**
 * vma_ref_as_mixedmap_of() - One's own VMA as one that takes inserted pages.
 * @h: A vma_ref handle.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * vma_ref_is() and vma_ref_as_mixedmap() at once (R3, R7).
 *
 * Context: As for the guard that @h came from.
 * Return: the handle, with the lifetime of @h; NULL if the VMA is a stranger's
 * or not VM_MIXEDMAP.
 */
#define vma_ref_as_mixedmap_of(h, id)	__vma_ref_as_mixedmap_of(vma_ref(h), id)

int __must_check __vma_new_insert_page(struct vma_new_mixedmap *vma,
				       unsigned long addr, struct page *page);
int __must_check __vma_new_insert_pages(struct vma_new_mixedmap *vma,
					unsigned long addr, struct page **pages,
					unsigned long nr, unsigned long *inserted);

/* The function of a handle that takes inserted pages, new or in use. */
#define __vma_insertable(h, verb)					\
	_Generic((typeof(h))NULL,					\
		 struct vma_mixedmap * : __vma_mixedmap_##verb,		\
		 struct vma_new_mixedmap * : __vma_new_##verb)

static __always_inline int __must_check
__vma_mixedmap_insert_page(struct vma_mixedmap *vma, unsigned long addr,
			   struct page *page)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err;

	if (unlikely(!PAGE_ALIGNED(addr)))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	/*
	 * vm_insert_page() checks that @addr is inside. Its own BUG_ON()s are for
	 * a VMA that is not VM_MIXEDMAP yet, which the handle excludes. (R18)
	 */
	err = __vma_check_insert(raw, addr, 1) ?: vm_insert_page(raw, addr, page);
	__vma_note_insert(raw, addr, !err, err);
	return err;
}

/**
 * vma_mixedmap_insert_page() - Map one page.
 * @h: A vma_mixedmap or vma_new_mixedmap handle.
 * @addr: Where to, page-aligned.
 * @page: The page; its own reference stays with the caller, the mapping takes
 *        one more (but for the zero page) and drops it when it goes. Any page
 *        of a compound page made with __GFP_COMP is good too.
 *
 * The page is mapped with the VMA's protection (R11). In ->mmap() a failure takes
 * back all that the hook has mapped, so that it can free the pages (R13).
 *
 * A pointer that is to no page, such as virt_to_page() of vmalloc() or vmap()
 * memory, is not told from a page in a VMA in use: the check would cost too much.
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0; or nothing was mapped and
 * -EINVAL if @addr is not page-aligned, or @page is none to be inserted
 * (anonymous, slab or other typed memory, or without a reference);
 * -EINVAL, with a warning, in ->mmap(), if @page points to no page at all;
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EBUSY if something is mapped there already;
 * -ENOMEM if there was no page table to be had, also as a huge entry is in the
 * way.
 */
#define vma_mixedmap_insert_page(h, addr, page) \
	__vma_insertable(h, insert_page)(h, addr, page)

static __always_inline int __must_check
__vma_mixedmap_insert_pages(struct vma_mixedmap *vma, unsigned long addr,
			    struct page **pages, unsigned long nr,
			    unsigned long *inserted)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	unsigned long left = nr;
	int err;

	*inserted = 0;
	err = __vma_check_pages(&raw->vm_start, &raw->vm_end, addr, nr) ?:
	      __vma_check_insert(raw, addr, nr);
	if (err)
		return err;

	err = vm_insert_pages(raw, addr, pages, &left);
	/*
	 * The range is known to be good, so this is how the core says that it
	 * has no page table to put the page into.
	 */
	if (err == -EFAULT)
		err = -ENOMEM;
	*inserted = nr - left;
	__vma_note_insert(raw, addr, *inserted, err);
	return err;
}

/**
 * vma_mixedmap_insert_pages() - Map many pages under one look at the locks.
 * @h: A vma_mixedmap or vma_new_mixedmap handle.
 * @addr: Where the first one goes, page-aligned; the others follow.
 * @pages: The pages; their own references stay with the caller, each mapping
 *         takes one more and drops it when it goes.
 * @nr: How many pages, not 0.
 * @inserted: Set, in every case, to how many of @pages are mapped: the first ones,
 *            from @addr on without a gap (R13).
 *
 * In a VMA in use, after a failure in the middle, the pages before it stay mapped.
 * The caller knows which from @inserted, and can go on after the one that failed or
 * take them back with vma_ref_zap_range(). In ->mmap() a failure takes back all that
 * the hook has mapped, so that it can free the pages, and @inserted is 0.
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0 if all were mapped. Otherwise
 * -EINVAL if @addr is not page-aligned, @nr is 0, or the next page is none to
 * be inserted (see vma_mixedmap_insert_page());
 * -EFAULT if the range wraps or is not wholly inside the VMA; then none were
 * mapped (R6);
 * -EBUSY if something is mapped already where the next page was to go;
 * -ENOMEM if there was no page table to be had; see there too.
 */
#define vma_mixedmap_insert_pages(h, addr, pages, nr, inserted) \
	__vma_insertable(h, insert_pages)(h, addr, pages, nr, inserted)

struct page * __must_check
vma_mixedmap_get_page(struct vma_mixedmap *vma, unsigned long addr)
	__must_hold_shared(vma_stable);

int __must_check
vma_mixedmap_insert_pfn(struct vma_mixedmap *vma, unsigned long addr,
			unsigned long pfn)
	__must_hold_shared(vma_stable);

/* ---- page protection -------------------------------------------------------- */

/**
 * enum vma_prot - How memory is cached or encrypted.
 * @VMA_PROT_OWN: As the VMA's own protection has it.
 * @VMA_PROT_NONCACHED: pgprot_noncached() of that.
 * @VMA_PROT_WRITECOMBINE: pgprot_writecombine() of that.
 * @VMA_PROT_DEVICE: pgprot_device() of that.
 * @VMA_PROT_DECRYPTED: pgprot_decrypted() of that: shared with a hypervisor or a
 *                      device.
 *
 * A protection is derived from the VMA's own, and never given as a value: what
 * user space may do with the page follows from the VMA alone (R11).
 */
enum vma_prot {
	VMA_PROT_OWN,
	VMA_PROT_NONCACHED,
	VMA_PROT_WRITECOMBINE,
	VMA_PROT_DEVICE,
	VMA_PROT_DECRYPTED,
};

static __always_inline pgprot_t __vma_prot_derive(pgprot_t own, enum vma_prot how)
{
	switch (how) {
	case VMA_PROT_OWN:
		break;
	case VMA_PROT_NONCACHED:
		return pgprot_noncached(own);
	case VMA_PROT_WRITECOMBINE:
		return pgprot_writecombine(own);
	case VMA_PROT_DEVICE:
		return pgprot_device(own);
	case VMA_PROT_DECRYPTED:
		return pgprot_decrypted(own);
	}
	return own;
}

/* ---- vma_pfnmap: page frames can be mapped ---------------------------------- */

static __always_inline struct vma_pfnmap * __must_check
__vma_ref_as_pfnmap(__vma_borrows struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	/* A raw remap_pfn_range() of the whole makes a copy-on-write one. (R7) */
	if (vma_test(raw, VMA_PFNMAP_BIT) && !vma_is_cow_mapping(raw))
		return (struct vma_pfnmap *)__vma_never_null(vma);
	__vma_refuse(VMA_REFUSED_KIND, -EPERM);
	return NULL;
}

/**
 * vma_ref_as_pfnmap() - A VMA as one that takes page frames.
 * @h: A vma_ref handle. Of a VMA found by address, use vma_ref_as_pfnmap_of(),
 *     which asks for its identity too (R3).
 *
 * Context: As for the guard that @h came from.
 * Return: the handle, with the lifetime of @h; NULL if the VMA is not VM_PFNMAP
 * or copies on write, which the core has a BUG_ON() for (R7, R18).
 */
#define vma_ref_as_pfnmap(h)	__vma_ref_as_pfnmap(vma_ref(h))

static __always_inline struct vma_pfnmap * __must_check
__vma_ref_as_pfnmap_of(__vma_borrows struct vma_ref *vma, struct vma_identity id)
	__must_hold_shared(vma_stable)
{
	return __vma_ref_is(vma, id) ? __vma_ref_as_pfnmap(vma) : NULL;
}

/**
 * vma_ref_as_pfnmap_of() - One's own VMA as one that takes page frames.
 * @h: A vma_ref handle.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * vma_ref_is() and vma_ref_as_pfnmap() at once (R3, R7).
 *
 * Context: As for the guard that @h came from.
 * Return: the handle, with the lifetime of @h; NULL if the VMA is a stranger's,
 * not VM_PFNMAP, or copies on write.
 */
#define vma_ref_as_pfnmap_of(h, id)	__vma_ref_as_pfnmap_of(vma_ref(h), id)

int __must_check
vma_pfnmap_insert_pfn(struct vma_pfnmap *vma, unsigned long addr,
		      unsigned long pfn, enum vma_prot prot)
	__must_hold_shared(vma_stable);

/* ---- vma_write: flags can be changed ---------------------------------------- */

static __always_inline struct vm_area_struct *
__vma_write_raw(__vma_borrows struct vma_write *vma)
	__must_hold(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));

	/* Also says that the guard was downgraded since. (R10) */
	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		vma_assert_can_modify(raw);
	return raw;
}

/**
 * vma_write_lookup() - The VMA at an address, write-locked.
 * @guard: Address of a CLASS(mmap_write, ...) or CLASS(mmap_write_adopt, ...)
 *         variable.
 * @addr: Any address.
 *
 * Finds whatever is mapped there: ask vma_ref_is() before touching it (R3).
 *
 * Context: Task context, may sleep: waits for readers of this VMA.
 * Return: the handle, which ends with @guard's scope or when it is downgraded;
 * NULL if nothing is mapped at @addr; NULL, with a warning, if @guard has been
 * downgraded (R2, R10).
 */
static __always_inline struct vma_write * __must_check
vma_write_lookup(__vma_borrows const class_mmap_write_t *guard,
		 unsigned long addr)
	__must_hold(vma_stable)
{
	struct mm_struct *mm = __mm_with_user_raw(guard->lock);
	struct vm_area_struct *vma;

	if (WARN_ON_ONCE(guard->__downgraded)) {
		__vma_refuse(VMA_REFUSED_GUARD, -EPERM);
		return NULL;
	}
	vma = vma_lookup(mm, addr);
	if (vma)
		vma_start_write(vma);
	return __vma_owned(guard, __vma_tag(vma, mm));
}

static __always_inline int __must_check
__vma_write_set(struct vma_write *vma, vma_flag_t bit)
	__must_hold(vma_stable)
{
	struct vm_area_struct *raw = __vma_write_raw(vma);

	BUILD_BUG_ON_MSG(bit != VMA_DONTCOPY_BIT && bit != VMA_DONTDUMP_BIT,
			 "this flag of a VMA in use is not a driver's to set");

	if (!(raw->vm_flags & VM_SPECIAL))
		return __vma_refuse(VMA_REFUSED_KIND, -EPERM);
	vma_flags_set(&raw->flags, bit);
	return 0;
}

/**
 * vma_write_set() - Set a flag of a VMA in use.
 * @vma: The handle.
 * @bit: VMA_DONTCOPY_BIT or VMA_DONTDUMP_BIT, by that name.
 *
 * These, and no others: each takes something from user space and nothing else
 * in the kernel relies on its being clear. VM_DONTEXPAND is for new mappings: on
 * one that is mlock()ed already the core could not undo that any more. There is
 * no way to clear one, which would undo the policy of the mapping's type (R8,
 * R10).
 *
 * Context: With the guard that @vma came from held, not downgraded.
 * Return: 0; -EPERM, and nothing changed, if the mapping is none of VM_IO,
 * VM_DONTEXPAND, VM_MIXEDMAP and VM_PFNMAP: madvise() of user space could clear the
 * flag again.
 */
#define vma_write_set(vma, bit)	__vma_write_set(vma, __vma_bit(bit))

/* ---- two VMAs ---------------------------------------------------------------- */

int __must_check vma_pair_check_move(const struct vma_pair_guard *pair)
	__must_hold_shared(vma_stable);

#endif /* _LINUX_VMA_ACCESS_REF_H */
