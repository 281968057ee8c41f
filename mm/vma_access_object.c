// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: objects that know whether they are mapped, and can unmap
 * all of their mappings (R17).
 *
 * A revoke misses no page, for this reason. Inserting a page holds @__live for
 * read. The hook does not fill an object's mapping, so by then the VMA is in
 * the file's reverse mapping. A revoke holds @__live for write. If it comes
 * first, the page is not inserted. If it comes later, it finds the VMA and
 * unmaps the page. fork() and mremap() copy only what is mapped; the core
 * orders that with the walk over the reverse mapping.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/* ---- counting ----------------------------------------------------------- */

/* One more VMA shows the object. */
static void vma_object_hold(struct vma_object *object)
{
	if (object->__ops && object->__ops->get)
		object->__ops->get(object);
	atomic_long_inc(&object->__mappings);
}

/* One VMA less shows the object, which may be freed when this returns. */
static void vma_object_release(struct vma_object *object)
{
	const struct vma_object_ops *ops = object->__ops;

	/* A reader of 0 may free the object: see vma_object_mappings(). */
	(void)atomic_long_dec_return_release(&object->__mappings);
	/* With a ->put(), the reference that this drops keeps the object. */
	if (ops && ops->put)
		ops->put(object);
}

/*
 * With another f_mapping, a revoke would silently not find the mapping. (R17)
 * If a device has several nodes, each has its own f_mapping. The driver does
 * not control who makes nodes, so do not warn. (R18)
 */
static int vma_object_check_file(const struct vma_object *object,
				 const struct file *file)
{
	if (file->f_mapping != object->__mapping)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/*
 * A new mapping is there. Count it (R17). It holds the object from now on. This
 * fails with -EINVAL and a warning if the hook has changed the file or the
 * offset after vma_new_set_object() (R6), or with the error of the object's
 * ->mapped().
 */
static int vma_object_mapped(struct vma_counted *counted, unsigned long start,
			     unsigned long end, pgoff_t pgoff, const struct file *file)
{
	struct vma_object *object = container_of(counted, struct vma_object, __counted);
	int err = 0;

	/* The hook may have changed these after vma_new_set_object(). */
	if (WARN_ON_ONCE(vma_object_check_file(object, file)) ||
	    WARN_ON_ONCE(vma_object_check_fit(object, pgoff, end - start)))
		return -EINVAL;
	vma_object_hold(object);
	if (object->__ops && object->__ops->mapped)
		err = object->__ops->mapped(object, start, end, pgoff);
	if (err)
		vma_object_release(object);
	return err;
}

/**
 * vma_object_init() - Set up an object that mappings show.
 * @object: The object.
 * @mapping: Where to find its mappings: the file->f_mapping of the files that
 *           show it. No other object may use the same range of offsets in it.
 *           All anon_inode files share one inode, for example, so they need
 *           another f_mapping. @mapping must live until the last zap or revoke.
 *           An object that outlives the open files needs its own address_space,
 *           or a reference to the inode. The f_mapping of a device node goes
 *           with its inode, and each node of a device has its own.
 * @base: The offset in the file, in pages, at which the object starts.
 * @pages: Its size in pages.
 * @ops: The hooks for its mappings, or NULL.
 *
 * If the range of offsets wraps, which is a bug of the driver, this warns and
 * gives the object 0 pages. Nothing can map it then, and zap and revoke unmap
 * nothing (R6).
 *
 * Set an object up again only while nothing maps it. CONFIG_DEBUG_VMA_ACCESS
 * warns if a mapping is left.
 *
 * Context: Any.
 */
void vma_object_init(struct vma_object *object, struct address_space *mapping,
		     pgoff_t base, unsigned long pages,
		     const struct vma_object_ops *ops)
{
	/* A zap of a page after the wrap would hit another object. */
	if (WARN_ON_ONCE(pages && base > -pages)) {
		__vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
		pages = 0;
	}
	__vma_note_object(object);
	object->__counted.__mapped = vma_object_mapped;
	object->__mapping = mapping;
	object->__base = base;
	object->__pages = pages;
	object->__ops = ops;
	atomic_long_set(&object->__mappings, 0);
	init_rwsem(&object->__live);
	object->__revoked = false;
}
EXPORT_SYMBOL_GPL(vma_object_init);

/*
 * ->open() of a type that shows an object: a split, fork() or mremap() has made
 * a copy, which holds the object from now on. (R17)
 */
void __vma_object_vma_open(struct vm_area_struct *vma)
{
	vma_object_hold(vma->vm_private_data);
}
EXPORT_SYMBOL_GPL(__vma_object_vma_open);

/* ->close() of such a type. The page tables of the VMA are empty by now. (R17) */
void __vma_object_vma_close(struct vm_area_struct *vma)
{
	vma_object_release(vma->vm_private_data);
}
EXPORT_SYMBOL_GPL(__vma_object_vma_close);

/* ---- setting up a mapping ----------------------------------------------- */

/*
 * A type must use all three counting hooks, and must not outgrow the object.
 * (R17)
 */
static bool vma_type_object_fits(const struct vma_type *type)
{
	return __vma_policy_has(type->policy, VMA_EXPAND_REFUSE) &&
	       type->vm_ops.open == __vma_object_vma_open &&
	       type->vm_ops.close == __vma_object_vma_close;
}

/* vma_new_apply() checks the third hook. */
static int vma_type_check_object(const struct vma_type *type)
{
	if (WARN_ON_ONCE(!__vma_policy_has(type->policy, __VMA_TYPE_COUNTED)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_object_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	return 0;
}

/* vma_new_set_object() in ->mmap(). */
int __vma_new_apply_object(struct vma_new *vma, const struct vma_type *type,
			   struct vma_object *object)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	unsigned long size = vma_new_size(vma);
	int err;

	err = vma_type_check_object(type) ?:
	      vma_object_check_file(object, raw->vm_file) ?:
	      vma_object_check_fit(object, vma_new_pgoff(vma), size);
	/*
	 * A revoke that runs now would not find these: see
	 * vma_new_set_object().
	 */
	if (!err && WARN_ON_ONCE(vma_check_empty(raw, raw->vm_start, size)))
		err = __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return __vma_new_undo(vma, err ?: vma_new_apply(vma, type, object));
}
EXPORT_SYMBOL_GPL(__vma_new_apply_object);

/* vma_new_set_object() in ->mmap_prepare(). */
int __vma_planned_apply_object(struct vma_planned *vma, const struct vma_type *type,
			       struct vma_object *object)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	int err;

	err = vma_type_check_object(type) ?:
	      vma_object_check_file(object, desc->vm_file) ?:
	      vma_object_check_fit(object, desc->pgoff, vma_new_size(vma));
	if (err)
		return err;
	if (WARN_ON_ONCE(desc->action.type != MMAP_NOTHING))
		return __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return vma_planned_apply(vma, type, object);
}
EXPORT_SYMBOL_GPL(__vma_planned_apply_object);

/* ---- taking mappings back ----------------------------------------------- */

/**
 * vma_object_revoke() - Unmap an object everywhere, and keep it unmapped.
 * @object: The object.
 *
 * When this returns, no page of the object is mapped in any process, and
 * inserts that check vma_object_is_live() map none again, so the memory can be
 * freed. The VMAs stay. The copies that a private mapping made on write stay
 * too: they are the process's own memory, not the object's. Revoking a revoked
 * object is allowed.
 *
 * Context: Task context, may sleep. Not in reclaim, and not inside a
 * CLASS(vma_object_live, ...).
 */
void vma_object_revoke(struct vma_object *object)
{
	down_write(&object->__live);
	object->__revoked = true;
	__vma_note_revoke(object, 0, object->__pages);
	__vma_note_object_revoked(object);
	/* unmap_mapping_pages() treats 0 pages as "to the end of the file". */
	if (object->__pages)
		unmap_mapping_pages(object->__mapping, object->__base,
				    object->__pages, false);
	up_write(&object->__live);
}
EXPORT_SYMBOL_GPL(vma_object_revoke);

static int vma_object_check_range(const struct vma_object *object, pgoff_t index,
				  unsigned long nr)
{
	/* unmap_mapping_pages() treats 0 pages as "to the end of the file". */
	if (!nr || index >= object->__pages || nr > object->__pages - index)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/**
 * vma_object_zap() - Unmap some pages of an object in all of its mappings.
 * @object: The object.
 * @index: The first page, counted from the object's start.
 * @nr: How many pages, not 0.
 *
 * The object stays live, so a fault could map the pages again at once. The
 * caller must prevent that, by the driver's own lock or by what its fault
 * handler checks (R17). The copies that a private mapping made stay, as for
 * vma_object_revoke().
 *
 * Context: Task context, may sleep. Not in reclaim, and not inside a
 * CLASS(vma_object_live, ...).
 * Return: 0; -EINVAL, with nothing done, if @nr is 0, or the range wraps or is
 * not wholly inside the object (R6).
 */
int vma_object_zap(struct vma_object *object, pgoff_t index, unsigned long nr)
{
	int err = vma_object_check_range(object, index, nr);

	if (err)
		return err;
	__vma_note_revoke(object, index, nr);
	down_write(&object->__live);
	unmap_mapping_pages(object->__mapping, object->__base + index, nr, false);
	up_write(&object->__live);
	return 0;
}
EXPORT_SYMBOL_GPL(vma_object_zap);

/**
 * vma_object_try_zap() - Unmap some pages without waiting for a lock.
 * @object: The object.
 * @index: The first page, counted from the object's start.
 * @nr: How many pages, not 0.
 *
 * Use this in shrinkers: see vma_object_zap().
 *
 * Context: Task context, also in reclaim. It waits for no lock, but unmapping
 * may sleep.
 * Return: 0; or nothing was done and the result is -EINVAL as for
 * vma_object_zap(), or -EAGAIN if pages are being inserted, or the reverse
 * mapping is being changed.
 */
int vma_object_try_zap(struct vma_object *object, pgoff_t index,
		       unsigned long nr)
{
	int err = vma_object_check_range(object, index, nr);

	if (err)
		return err;
	err = -EAGAIN;
	if (!down_write_trylock(&object->__live))
		return __vma_refuse(VMA_REFUSED_CONTENDED, err);
	if (unmap_mapping_pages_trylock(object->__mapping, object->__base + index,
					nr, false)) {
		__vma_note_revoke(object, index, nr);
		err = 0;
	}
	up_write(&object->__live);
	return err ? __vma_refuse(VMA_REFUSED_CONTENDED, err) : 0;
}
EXPORT_SYMBOL_GPL(vma_object_try_zap);
