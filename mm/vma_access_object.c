// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: objects that know whether they are mapped and can take all
 * of their mappings back (R17).
 *
 * Why nothing is lost: whoever puts a page in holds @__live for read, and the VMA
 * is in the file's reverse mapping by then, since an object's mappings are not
 * filled before. So a revoke, which holds it for write, comes before, and then
 * the page is not put in, or after, and then it finds the VMA and takes the page
 * out. Copies that fork() and mremap() make are of what is mapped: the core orders
 * them with the walk over the reverse mapping.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/**
 * vma_object_init() - Set up an object that mappings show.
 * @object: The object.
 * @mapping: Where its mappings are found: file->f_mapping of the files that show
 *           it. With no other object in the same range of offsets: the inode of
 *           an anon_inode, for one, is shared by all. It lives until the last zap
 *           or revoke: an object that outlives the open files has an address_space
 *           of its own, or a reference to the inode. That of a device node goes
 *           with its inode, and each node of the device has one.
 * @base: The offset in the file, in pages, at which the object starts.
 * @pages: Its size in pages.
 * @ops: What to do when it is mapped, or NULL.
 *
 * A range of offsets that wraps is a mistake of the driver: it warns, and the
 * object is one of 0 pages, which nothing can map and which reaches nothing (R6).
 * An object is set up once, and again only while nothing maps it: with
 * CONFIG_DEBUG_VMA_ACCESS a mapping that is left is warned of.
 *
 * Context: Any.
 */
void vma_object_init(struct vma_object *object, struct address_space *mapping,
		     pgoff_t base, unsigned long pages,
		     const struct vma_object_ops *ops)
{
	/* A zap of a page behind the wrap would hit another object's. */
	if (WARN_ON_ONCE(pages && base > -pages)) {
		__vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
		pages = 0;
	}
	__vma_note_object(object);
	object->__mapping = mapping;
	object->__base = base;
	object->__pages = pages;
	object->__ops = ops;
	atomic_long_set(&object->__mappings, 0);
	init_rwsem(&object->__live);
	object->__revoked = false;
}
EXPORT_SYMBOL_GPL(vma_object_init);

/* ---- counting ---------------------------------------------------------------- */

/* One VMA more shows the object. */
static void vma_object_hold(struct vma_object *object)
{
	if (object->__ops && object->__ops->get)
		object->__ops->get(object);
	atomic_long_inc(&object->__mappings);
}

/* One less. The object may be gone when this returns. */
static void vma_object_release(struct vma_object *object)
{
	const struct vma_object_ops *ops = object->__ops;

	/* Whoever reads 0 may free the object: see vma_object_mappings(). */
	(void)atomic_long_dec_return_release(&object->__mappings);
	/* With a ->put() it is kept until that: by the mapping's reference. */
	if (ops && ops->put)
		ops->put(object);
}

/**
 * vma_object_vma_mapped() - ->mapped() of a type that shows an object.
 * @start: The first address of the mapping.
 * @end: The first address after it.
 * @pgoff: Its offset in the file, in pages.
 * @file: The file that it maps.
 * @private: Where its owner is: the struct vma_object.
 *
 * For DEFINE_VMA_OBJECT_TYPE(), which puts it there: called by the core after
 * ->mmap_prepare(), and by the layer in ->mmap(). Counts the mapping (R17), which
 * holds the object from now on. If it fails there is no ->close(): all of it is
 * undone here.
 *
 * Context: With the mmap lock held for write. May sleep if the object's own
 * hooks do.
 * Return: what the object's ->mapped() returned, 0 without one; -EINVAL, with a
 * warning, if the hook has changed file or offset after it had set the object (R6).
 */
int vma_object_vma_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			  const struct file *file, void **private)
{
	struct vma_object *object = *private;
	int err = 0;

	/* Again, for what the hook changed after it had set the object. */
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
EXPORT_SYMBOL_GPL(vma_object_vma_mapped);

/**
 * vma_object_vma_open() - ->open() of a type that shows an object.
 * @vma: The copy, made by a split, fork() or mremap().
 *
 * For DEFINE_VMA_OBJECT_TYPE(), which puts it there. Counts the mapping (R17),
 * which holds the object from now on.
 *
 * Context: With the mmap lock held for write. May sleep if the object's ->get()
 * does.
 */
void vma_object_vma_open(struct vm_area_struct *vma)
{
	vma_object_hold(vma->vm_private_data);
}
EXPORT_SYMBOL_GPL(vma_object_vma_open);

/**
 * vma_object_vma_close() - ->close() of a type that shows an object.
 * @vma: The VMA that goes; its page tables are empty by now.
 *
 * For DEFINE_VMA_OBJECT_TYPE(), which puts it there. Counts the mapping no more
 * (R17), then calls the object's ->put().
 *
 * Context: As for any ->close(). May sleep if ->put() does.
 */
void vma_object_vma_close(struct vm_area_struct *vma)
{
	vma_object_release(vma->vm_private_data);
}
EXPORT_SYMBOL_GPL(vma_object_vma_close);

/* ---- taking mappings back ------------------------------------------------------- */

/**
 * vma_object_revoke() - Take back all mappings of an object.
 * @object: The object.
 *
 * When it returns, no page of the object is mapped anywhere, in any process, and
 * none will be until vma_object_rearm(): the memory can be freed. The VMAs stay,
 * and so do the copies that a private mapping made when it was written to: they
 * are the process's own memory and not the object's. Revoking again does no harm.
 *
 * Context: Task context, may sleep. Not inside of a CLASS(vma_object_live, ...).
 */
void vma_object_revoke(struct vma_object *object)
{
	down_write(&object->__live);
	object->__revoked = true;
	__vma_note_revoke(object, 0, object->__pages);
	__vma_note_object_revoked(object);
	/* To the core 0 pages are all that follow. */
	if (object->__pages)
		unmap_mapping_pages(object->__mapping, object->__base,
				    object->__pages, false);
	up_write(&object->__live);
}
EXPORT_SYMBOL_GPL(vma_object_revoke);

/**
 * vma_object_try_revoke() - vma_object_revoke() that waits for nobody.
 * @object: The object.
 *
 * For shrinkers.
 *
 * Context: Task context, also in reclaim. It waits for no lock; taking mappings
 * out may sleep.
 * Return: 0; -EAGAIN, and nothing done, if pages are being put in, or the
 * reverse mapping is being changed.
 */
int vma_object_try_revoke(struct vma_object *object)
{
	int err = -EAGAIN;

	if (!down_write_trylock(&object->__live))
		return __vma_refuse(VMA_REFUSED_CONTENDED, err);
	if (!object->__pages ||
	    unmap_mapping_pages_trylock(object->__mapping, object->__base,
					object->__pages, false)) {
		object->__revoked = true;
		__vma_note_revoke(object, 0, object->__pages);
		__vma_note_object_revoked(object);
		err = 0;
	}
	up_write(&object->__live);
	return err ? __vma_refuse(VMA_REFUSED_CONTENDED, err) : 0;
}
EXPORT_SYMBOL_GPL(vma_object_try_revoke);

/**
 * vma_object_rearm() - Let an object be mapped again.
 * @object: The object, whose memory is there again.
 *
 * Context: Task context, may sleep.
 */
void vma_object_rearm(struct vma_object *object)
{
	down_write(&object->__live);
	object->__revoked = false;
	up_write(&object->__live);
}
EXPORT_SYMBOL_GPL(vma_object_rearm);

static int vma_object_check_range(const struct vma_object *object, pgoff_t index,
				  unsigned long nr)
{
	/* To the core 0 pages are all that follow. */
	if (!nr || index >= object->__pages || nr > object->__pages - index)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/**
 * vma_object_zap() - Take some pages of an object out of all of its mappings.
 * @object: The object.
 * @index: The first page, counted from the object's start.
 * @nr: How many pages, not 0.
 *
 * The object stays live: that a fault does not put them in again is for the
 * caller to see to, by a lock of the driver's own or by what its handler finds
 * (R17). A private mapping's own copies stay, as for vma_object_revoke().
 *
 * Context: Task context, may sleep. Not inside of a CLASS(vma_object_live, ...).
 * Return: 0; -EINVAL, and nothing done, if the range wraps or is not wholly inside
 * the object (R6).
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
 * vma_object_try_zap() - vma_object_zap() that waits for nobody.
 * @object: The object.
 * @index: The first page, counted from the object's start.
 * @nr: How many pages, not 0.
 *
 * For shrinkers.
 *
 * Context: Task context, also in reclaim. It waits for no lock; taking mappings
 * out may sleep.
 * Return: 0; or nothing was done and -EINVAL as vma_object_zap(), -EAGAIN as
 * vma_object_try_revoke().
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
