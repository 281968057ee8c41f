/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: handles to VMAs in use, their identity, and the functions
 * that work on them. Included by <linux/vma_access.h>, which drivers include.
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

/**
 * vma_ref() - Convert a more specific handle to a struct vma_ref.
 * @h: A vma_mixedmap, vma_pfnmap or vma_ref handle.
 *
 * Use this to call a function that takes a struct vma_ref. A struct vma_new
 * does not compile here, because the access flags of a new mapping must not be
 * tested without settling them (R1).
 *
 * Context: Any.
 * Return: the handle as a struct vma_ref, with the lifetime of @h.
 */
#define vma_ref(h)							\
	_Generic((h),							\
		 struct vma_ref * : (struct vma_ref *)(h),		\
		 struct vma_mixedmap * : (struct vma_ref *)(h),		\
		 struct vma_pfnmap * : (struct vma_ref *)(h))

/**
 * __vma_raw() - The vm_area_struct behind a handle.
 * @vma: The handle.
 *
 * All functions that take a struct vma_ref get the raw pointer here, so
 * CONFIG_DEBUG_VMA_ACCESS asserts here that the VMA is stable. This catches a
 * handle that is used after its guard, if the task holds no other lock that
 * keeps the VMA stable (R2).
 *
 * This is also the sanctioned way out of the typed layer, for an interface that
 * has no typed form yet. No rule of this header applies to the raw pointer, so
 * reviewers should check each use.
 *
 * Context: As for the guard that @vma came from.
 * Return: the VMA, stable for as long as @vma's guard is held.
 */
static __always_inline struct vm_area_struct *
__vma_raw(__vma_borrows const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = (struct vm_area_struct *)vma;

	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		vma_assert_stabilised(raw);
	return raw;
}

/**
 * vma_ref_lookup() - The VMA at an address.
 * @guard: A mmap_read guard.
 * @addr: Any address.
 *
 * The lookup returns any mapping at @addr, also one of another driver that has
 * taken the address over. Check vma_ref_is() before you work on it (R3).
 *
 * Context: Task context, with @guard held.
 * Return: the handle, which ends with @guard's scope; NULL if nothing is
 * mapped at @addr (R2).
 */
static __always_inline struct vma_ref * __must_check
vma_ref_lookup(__vma_borrows const class_mmap_read_t *guard, unsigned long addr)
	__must_hold_shared(vma_stable)
{
	return (struct vma_ref *)vma_lookup(__mm_with_user_raw(guard->lock), addr);
}

/**
 * vma_ref_from_op() - Convert the VMA argument of a vm_ops hook to a handle.
 * @vma: The argument of a hook of struct vm_operations_struct.
 *
 * The caller of the hook holds the lock that stabilises @vma. Do not use this
 * in f_op->mmap(), where the VMA is still being set up: see DEFINE_VMA_MMAP().
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

static __always_inline bool __vma_ref_test(const struct vma_ref *vma,
					   vma_flag_t bit)
	__must_hold_shared(vma_stable)
{
	return vma_test(__vma_raw(vma), bit);
}

/**
 * vma_ref_start() - The first address of a VMA.
 * @vma: The handle.
 *
 * Context: As for the guard that @vma came from.
 * Return: an address, page-aligned.
 */
static __always_inline unsigned long vma_ref_start(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_start;
}

/**
 * vma_ref_end() - The first address after a VMA.
 * @vma: The handle.
 *
 * Context: As for the guard that @vma came from.
 * Return: an address, page-aligned.
 */
static __always_inline unsigned long vma_ref_end(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_end;
}

/**
 * vma_ref_pages() - The size of a VMA in pages.
 * @vma: The handle.
 *
 * Context: As for the guard that @vma came from.
 * Return: the number of pages, at least 1.
 */
static __always_inline unsigned long vma_ref_pages(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_pages(__vma_raw(vma));
}

/**
 * vma_ref_size() - The size of a VMA in bytes.
 * @vma: The handle.
 *
 * Context: As for the guard that @vma came from.
 * Return: the number of bytes, a multiple of the page size.
 */
static __always_inline unsigned long vma_ref_size(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_ref_pages(vma) << PAGE_SHIFT;
}

/**
 * vma_ref_pgoff() - The offset in its file at which a VMA starts.
 * @vma: The handle.
 *
 * After a split the upper part has a larger offset. So compute an offset into
 * the driver's object from this, not from vma_ref_start() alone (R12).
 *
 * Context: As for the guard that @vma came from.
 * Return: the offset in pages.
 */
static __always_inline pgoff_t vma_ref_pgoff(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_start_pgoff(__vma_raw(vma));
}

/**
 * vma_ref_flags() - A copy of a VMA's flags.
 * @vma: The handle.
 *
 * Use this to look at several flags at once, or to print them. Changing the
 * copy does not change the VMA (R10).
 *
 * Context: As for the guard that @vma came from.
 * Return: the flags, by value.
 */
static __always_inline vma_flags_t vma_ref_flags(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->flags;
}

/**
 * vma_ref_test() - Test whether a flag of a VMA is set.
 * @vma: The handle.
 * @bit: A VMA_*_BIT, by that name: a mask such as VM_WRITE does not build.
 *
 * Context: As for the guard that @vma came from.
 * Return: whether the flag is set; valid for as long as the guard is held.
 */
#define vma_ref_test(vma, bit)	__vma_ref_test(vma, __vma_bit(bit))

/**
 * vma_ref_file() - The file that a VMA maps.
 * @vma: The handle.
 *
 * Context: As for the guard that @vma came from.
 * Return: the file, without an additional reference: take one with get_file()
 * to keep the file longer than @vma. NULL for anonymous memory.
 */
static __always_inline struct file *
vma_ref_file(__vma_borrows const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return __vma_raw(vma)->vm_file;
}

/*
 * Nothing here can wrap: @size is compared with the rest of the VMA from @addr
 * on, and no end address is computed (R6). The bounds are passed by pointer, so
 * that they are loaded only if the alignment check passes.
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

/* The same for @nr pages, whose size in bytes may not fit an unsigned long. */
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

void __vma_zap(struct vm_area_struct *vma, unsigned long addr, unsigned long size);

/**
 * vma_ref_zap_range() - Remove the mappings of a range of pages.
 * @vma: The handle. For a VMA found by address, check vma_ref_is() first (R3).
 * @addr: The first address, page-aligned.
 * @size: Bytes, a multiple of the page size and not 0.
 *
 * The VMA stays, but its entries are removed, so the next access faults. One
 * call for a range costs far less than one call for each page. Do not free the
 * memory if this fails: user space still maps it.
 *
 * Context: As for the guard that @vma came from. May sleep.
 * Return: 0; or nothing was done and
 * -EINVAL if @addr or @size is not a multiple of the page size, or @size is 0;
 * -EFAULT if the range wraps or is not wholly inside the VMA (R6);
 * -EPERM if this is a hugetlb mapping, which drivers must not zap (R7): the
 * core has a BUG_ON() for a range that splits a huge page (R18).
 */
static __always_inline int __must_check
vma_ref_zap_range(struct vma_ref *vma, unsigned long addr, unsigned long size)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma);
	int err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, size);

	if (err)
		return err;
	if (is_vm_hugetlb_page(raw))
		return __vma_refuse(VMA_REFUSED_HUGETLB, -EPERM);
	__vma_zap(raw, addr, size);
	return 0;
}

/* ---- identity: is this VMA mine? ------------------------------------------ */

/**
 * struct vma_identity - Tells one owner's mappings from all others.
 * @vm_ops: The hooks of the mapping's type. An identity with NULL, as in zeroed
 *          memory, matches no VMA.
 * @owner: The object that the mapping shows, the VMA's private data.
 *
 * A driver that works on an existing mapping looks the VMA up by address. By
 * then user space may have unmapped it and mapped something else there. Only
 * the identity shows that the VMA is still the driver's own (R3).
 */
struct vma_identity {
	const struct vm_operations_struct *vm_ops;
	const void *owner;
};

/**
 * vma_type_identity() - The identity of mappings of one type and one owner.
 * @type: The type.
 * @owner: The owner that the driver passes to vma_new_set_type().
 *
 * Context: Any.
 * Return: the identity, by value.
 */
static __always_inline struct vma_identity
vma_type_identity(const struct vma_type *type, const void *owner)
{
	return (struct vma_identity){ &type->vm_ops, owner };
}

/**
 * vma_ref_is() - Check that a VMA has this type and this owner.
 * @vma: The handle.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * Call this for each VMA that was looked up by address, before you work on it
 * (R3).
 *
 * Context: As for the guard that @vma came from.
 * Return: whether it has; valid for as long as the guard is held.
 */
static __always_inline bool vma_ref_is(const struct vma_ref *vma,
				       struct vma_identity id)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);
	/*
	 * An identity that was never filled in would match an anonymous VMA,
	 * which has no vm_ops and often no private data. The compiler removes
	 * this test if the identity comes from vma_type_identity().
	 */
	bool is = id.vm_ops && raw->vm_ops == id.vm_ops &&
		  raw->vm_private_data == id.owner;

	if (!is)
		__vma_refuse(VMA_REFUSED_IDENTITY, -ESRCH);
	return is;
}

/**
 * vma_ref_private() - The private data of a VMA with these hooks.
 * @vma: The handle.
 * @vm_ops: The hooks that a subsystem has set. For the hooks of a struct
 *          vma_type, use vma_ref_owner().
 *
 * Context: As for the guard that @vma came from.
 * Return: vm_private_data; NULL if the VMA has other hooks (R3).
 */
static __always_inline void *
vma_ref_private(const struct vma_ref *vma, const struct vm_operations_struct *vm_ops)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	return raw->vm_ops == vm_ops ? raw->vm_private_data : NULL;
}

/**
 * vma_ref_owner() - The owner that a VMA of this type was set up with.
 * @vma: The handle.
 * @type: The type, as given to vma_new_set_type().
 *
 * Use this in vm_ops hooks, which get the VMA and need the object.
 *
 * Context: As for the guard that @vma came from.
 * Return: the owner; NULL if the VMA is not of this type (R3).
 */
static __always_inline void *vma_ref_owner(const struct vma_ref *vma,
					   const struct vma_type *type)
	__must_hold_shared(vma_stable)
{
	return vma_ref_private(vma, &type->vm_ops);
}

/* ---- vma_mixedmap: pages can be inserted ---------------------------------- */

/**
 * vma_ref_as_mixedmap() - Get a handle for inserting pages into a VMA.
 * @vma: The handle. For a VMA found by address, use vma_ref_as_mixedmap_of(),
 *       which checks the identity too (R3).
 *
 * Context: As for the guard that @vma came from.
 * Return: the handle, with the lifetime of @vma; NULL if the VMA is not
 * VM_MIXEDMAP. vm_insert_page() would set that flag on a VMA in use (R7).
 */
static __always_inline struct vma_mixedmap * __must_check
vma_ref_as_mixedmap(__vma_borrows struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	if (vma_test(__vma_raw(vma), VMA_MIXEDMAP_BIT))
		return (struct vma_mixedmap *)vma;
	__vma_refuse(VMA_REFUSED_KIND, -EPERM);
	return NULL;
}

/**
 * vma_ref_as_mixedmap_of() - Check the identity, and get a handle for pages.
 * @vma: The handle.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * This is vma_ref_is() and vma_ref_as_mixedmap() in one call (R3, R7).
 *
 * Context: As for the guard that @vma came from.
 * Return: the handle, with the lifetime of @vma; NULL if the VMA has another
 * identity or is not VM_MIXEDMAP.
 */
static __always_inline struct vma_mixedmap * __must_check
vma_ref_as_mixedmap_of(__vma_borrows struct vma_ref *vma, struct vma_identity id)
	__must_hold_shared(vma_stable)
{
	return vma_ref_is(vma, id) ? vma_ref_as_mixedmap(vma) : NULL;
}

/**
 * vma_mixedmap_insert_page() - Map one page.
 * @vma: The handle.
 * @addr: Where to, page-aligned.
 * @page: The page. The caller keeps its own reference; the mapping takes one
 *        more, except for the zero page, and drops it when it goes. @page may
 *        be any page of a compound page made with __GFP_COMP.
 *
 * The page is mapped with the VMA's protection (R11).
 *
 * @page must point to a struct page. There is no check for a pointer that does
 * not, such as virt_to_page() of vmalloc() or vmap() memory: it would cost too
 * much.
 *
 * Context: As for the guard that @vma came from. May sleep to allocate page
 * tables, so not in reclaim.
 * Return: 0; or nothing was mapped and
 * -EINVAL if @addr is not page-aligned, or @page cannot be inserted (anonymous,
 * slab or other typed memory, without a reference, or the zero page in a shared
 * mapping that can be written);
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EBUSY if something is mapped there already;
 * -ENOMEM if there is no page table for the entry: none could be allocated, or
 * a huge entry is in the way.
 * With CONFIG_DEBUG_VMA_ACCESS also -EFAULT or -ENODEV, with a warning, if the
 * page is beyond the VMA's object or the object is revoked (R17).
 */
static __always_inline int __must_check
vma_mixedmap_insert_page(struct vma_mixedmap *vma, unsigned long addr,
			 struct page *page)
	__must_hold_shared(vma_stable)
{
	struct vm_area_struct *raw = __vma_raw(vma_ref(vma));
	int err;

	if (unlikely(!PAGE_ALIGNED(addr)))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	/*
	 * vm_insert_page() checks that @addr is inside. Its BUG_ON()s are for a
	 * VMA that is not VM_MIXEDMAP yet, which the handle excludes. (R18)
	 */
	err = __vma_check_insert(raw, addr, 1) ?: vm_insert_page(raw, addr, page);
	__vma_note_insert(raw, addr, !err, err);
	return err;
}

/**
 * vma_mixedmap_insert_pages() - Map many pages in one call.
 * @vma: The handle.
 * @addr: Where the first page goes, page-aligned; the others follow.
 * @pages: The pages. The caller keeps its own references; each mapping takes
 *         one more and drops it when it goes.
 * @nr: How many pages, not 0.
 * @inserted: Always set to how many of @pages were mapped: the leading ones,
 *            from @addr on without a gap (R13).
 *
 * After a failure the first @inserted pages stay mapped. The caller can go on
 * after the page that failed, or remove the others with vma_ref_zap_range().
 *
 * Context: As for the guard that @vma came from. May sleep to allocate page
 * tables, so not in reclaim.
 * Return: 0 if all were mapped. Otherwise
 * -EINVAL if @addr is not page-aligned, @nr is 0, or the page that failed
 * cannot be inserted (see vma_mixedmap_insert_page());
 * -EFAULT if the range wraps or is not wholly inside the VMA; then none were
 * mapped (R6);
 * -EBUSY if something is mapped already where the page that failed was to go;
 * -ENOMEM if there is no page table for it (see vma_mixedmap_insert_page()).
 */
static __always_inline int __must_check
vma_mixedmap_insert_pages(struct vma_mixedmap *vma, unsigned long addr,
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
	 * The range was checked above, so -EFAULT means here that the core has
	 * no page table for the page.
	 */
	if (err == -EFAULT)
		err = -ENOMEM;
	*inserted = nr - left;
	__vma_note_insert(raw, addr, *inserted, err);
	return err;
}

struct page * __must_check
vma_mixedmap_get_page(struct vma_mixedmap *vma, unsigned long addr)
	__must_hold_shared(vma_stable);

/* ---- page protection -------------------------------------------------------- */

/**
 * enum vma_prot - How memory is cached or encrypted.
 * @VMA_PROT_OWN: The VMA's own protection, unchanged.
 * @VMA_PROT_NONCACHED: pgprot_noncached() of that.
 * @VMA_PROT_WRITECOMBINE: pgprot_writecombine() of that.
 * @VMA_PROT_DECRYPTED: pgprot_decrypted() of that: shared with a hypervisor or a
 *                      device.
 *
 * A protection is derived from the VMA's own and cannot be passed as a value,
 * so the access that user space gets follows from the VMA alone (R11).
 */
enum vma_prot {
	VMA_PROT_OWN,
	VMA_PROT_NONCACHED,
	VMA_PROT_WRITECOMBINE,
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
	case VMA_PROT_DECRYPTED:
		return pgprot_decrypted(own);
	}
	return own;
}

/* ---- vma_pfnmap: page frames can be mapped ---------------------------------- */

/**
 * vma_ref_as_pfnmap() - Get a handle for inserting page frames into a VMA.
 * @vma: The handle. For a VMA found by address, check vma_ref_is() first (R3).
 *
 * Context: As for the guard that @vma came from.
 * Return: the handle, with the lifetime of @vma; NULL if the VMA is not
 * VM_PFNMAP, or is copy-on-write. vmf_insert_pfn_prot() has BUG_ON()s for such
 * VMAs (R7, R18).
 */
static __always_inline struct vma_pfnmap * __must_check
vma_ref_as_pfnmap(__vma_borrows struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	/* A raw remap_pfn_range() can make a copy-on-write VM_PFNMAP. (R7) */
	if (vma_test(raw, VMA_PFNMAP_BIT) && !vma_is_cow_mapping(raw))
		return (struct vma_pfnmap *)vma;
	__vma_refuse(VMA_REFUSED_KIND, -EPERM);
	return NULL;
}

int __must_check
vma_pfnmap_insert_pfn(struct vma_pfnmap *vma, unsigned long addr,
		      unsigned long pfn, enum vma_prot prot)
	__must_hold_shared(vma_stable);

#endif /* _LINUX_VMA_ACCESS_REF_H */
