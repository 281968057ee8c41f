/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: an object that mappings show, which knows whether it is
 * mapped and can take all of its mappings back. Included by
 * <linux/vma_access.h>, which is what drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_OBJECT_H
#define _LINUX_VMA_ACCESS_OBJECT_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/rwsem.h>
#include <linux/vma_access_new.h>

struct address_space;
struct vma_object;

/**
 * struct vma_object_ops - What a driver does when its object is mapped.
 * @get: One VMA more shows the object: a new mapping, the other part of one that
 *       was split, or a copy that fork() or mremap() makes.
 * @put: One VMA less does. Called once for each @get, also if what @get was called
 *       for fails in the end. The last thing that is done for the VMA: the object
 *       may be freed.
 * @mapped: A new mapping is there, after its @get and with nothing in it. With an
 *          error there will be none, and @put is called.
 *
 * A reference for each VMA is taken in @get and dropped in @put. @get and @mapped
 * are called with the mmap lock held for write, @put with it held, perhaps for
 * read only. All may sleep, and may be left out.
 */
struct vma_object_ops {
	void (*get)(struct vma_object *object);
	void (*put)(struct vma_object *object);
	int (*mapped)(struct vma_object *object, unsigned long start,
		      unsigned long end, pgoff_t pgoff);
};

/**
 * struct vma_object - What mappings of a type show: memory that can be revoked.
 *
 * Embedded in the driver's own object, and the owner that its mappings have.
 * All members are the layer's own.
 *
 * Memory is given back in this order, and no other (R17): revoke or zap, so that
 * nothing maps it and no fault maps it again; then free.
 */
struct vma_object {
	/* private: */
	struct address_space *__mapping; /* where the mappings are found */
	pgoff_t __base;			/* where the object starts in there */
	unsigned long __pages;
	const struct vma_object_ops *__ops;
	atomic_long_t __mappings;	/* VMAs that show it */
	/*
	 * Held for read by what puts a page in, for write by what takes all of
	 * them out. Taken inside of the mmap lock and VMA locks; page tables are
	 * allocated inside of it, so reclaim may only try it.
	 */
	struct rw_semaphore __live;
	bool __revoked;			/* by __live */
#ifdef CONFIG_DEBUG_VMA_ACCESS
	unsigned long __magic;		/* set up, at this address */
	unsigned long __seen;		/* bits, of what was done with it */
#endif
};

void vma_object_init(struct vma_object *object, struct address_space *mapping,
		     pgoff_t base, unsigned long pages,
		     const struct vma_object_ops *ops);

/* The hooks of every type that is a VMA_TYPE_OBJECT. */
void vma_object_vma_open(struct vm_area_struct *vma);
void vma_object_vma_close(struct vm_area_struct *vma);
int vma_object_vma_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			  const struct file *file, void **private);

#define __DEFINE_VMA_OBJECT_TYPE(_name, _policy, ...)			\
	__DEFINE_VMA_TYPE(_name, (_policy) | VMA_TYPE_OBJECT, NULL, NULL, \
			  .open = vma_object_vma_open,			\
			  .close = vma_object_vma_close,		\
			  .mapped = vma_object_vma_mapped,		\
			  __VA_ARGS__);					\
	static_assert(__vma_policy_has(_policy, VMA_EXPAND_REFUSE),	\
		      "a VMA type of objects needs VMA_EXPAND_REFUSE")

/**
 * DEFINE_VMA_OBJECT_TYPE() - Declare a type whose owners are vma_objects.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE(), with VMA_EXPAND_REFUSE: a
 *           mapping that user space can make larger than the object would take
 *           pages that no revoke finds (R6, R17).
 * @...: The hooks, as for DEFINE_VMA_TYPE(). What a driver does when a mapping
 *       comes or goes is in struct vma_object_ops.
 */
#define DEFINE_VMA_OBJECT_TYPE(_name, _policy, ...)			\
	__DEFINE_VMA_OBJECT_TYPE(_name, _policy, __VA_ARGS__);		\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

int __must_check __vma_new_apply_object(struct vma_new *vma,
					const struct vma_type *type,
					struct vma_object *object);
int __must_check __vma_desc_apply_object(struct vma_desc *vma,
					 const struct vma_type *type,
					 struct vma_object *object);

/**
 * vma_new_set_object() - Make a new mapping one that shows an object.
 * @h: A vma_desc or vma_new handle.
 * @type: The struct vma_type, from DEFINE_VMA_OBJECT_TYPE().
 * @object: The struct vma_object, which outlives its mappings: the file keeps it,
 *          or its ->get() and ->put() do; in ->mmap_prepare() the file until
 *          ->mapped() in any case: see vma_new_set_type().
 *
 * vma_new_fits() of the object, and vma_new_set_type(). From then on the mapping
 * is counted. It starts empty and is filled by faults, or through handles to the
 * VMA in use, while the object is live: a mapping that is filled by its hook
 * could not be told from one that a revoke has missed (R17).
 *
 * Context: Within the hook; in ->mmap(), the last thing that it does.
 * Return: 0; or nothing was changed and
 * -EINVAL if a part of the mapping is beyond the object (R6), or the file's
 * f_mapping is not what vma_object_init() was given: see there;
 * -EINVAL, with a warning, if @type is no VMA_TYPE_OBJECT, or pages were mapped by
 * the hook;
 * what vma_new_set_type() and the object's ->mapped() return.
 * After ->mmap_prepare() mmap() fails with -EINVAL and a warning if the hook
 * went on to change the file or the offset to what would have been refused.
 */
#define vma_new_set_object(h, type, object) \
	__vma_new(h, apply_object)(h, type, object)

static __always_inline struct vma_object *
__vma_ref_object(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	/* No other type has this hook: vma_new_set_type() sees to it. (R3) */
	if (raw->vm_ops && raw->vm_ops->mapped == vma_object_vma_mapped)
		return raw->vm_private_data;
	return NULL;
}

/**
 * vma_ref_object() - The object that a VMA shows.
 * @h: A handle that vma_ref() takes: in a fault handler, the vma_fault.
 *
 * For hooks that serve several types, which vma_ref_owner() would have to be
 * asked for one by one.
 *
 * Context: As for the guard that @h came from.
 * Return: the object; NULL if the VMA shows none (R3).
 */
#define vma_ref_object(h)	__vma_ref_object(vma_ref(h))

/**
 * vma_object_mappings() - How many VMAs show this object?
 * @object: The object.
 *
 * Two after a split or a fork, one less after each munmap(). A snapshot, but for
 * who keeps new ones from being made: 0 stays 0 while nobody can call mmap() on
 * the file.
 *
 * Context: Any.
 * Return: their number.
 */
static inline unsigned long vma_object_mappings(const struct vma_object *object)
{
	/* With 0 all that the hooks have done is to be seen. */
	return atomic_long_read_acquire(&object->__mappings);
}

/* ---- is it live? ------------------------------------------------------------ */

/**
 * DOC: CLASS(vma_object_live, live)(object)
 *
 * To the end of the scope the object is not revoked, if
 * ``vma_object_is_live(&live)`` says that it is not now. Pages are
 * put into its mappings inside of such a scope only: so a revoke has either
 * happened before, or takes them out again (R17). May sleep. Taken inside of
 * the lock that stabilises the VMA.
 */
DEFINE_LOCK_GUARD_1(vma_object_live, struct vma_object,
		    down_read(&_T->lock->__live), up_read(&_T->lock->__live))

/**
 * vma_object_is_live() - May pages be put into the object's mappings?
 * @live: A CLASS(vma_object_live, ...) variable.
 *
 * Context: Any.
 * Return: whether they may, to the end of @live's scope. If not, a fault handler
 * returns VM_FAULT_SIGBUS.
 */
static inline bool __must_check
vma_object_is_live(const class_vma_object_live_t *live)
{
	if (likely(!live->lock->__revoked))
		return true;
	__vma_refuse(VMA_REFUSED_REVOKED, -ENODEV);
	return false;
}

/* ---- taking mappings back ----------------------------------------------------- */

void vma_object_revoke(struct vma_object *object);
int __must_check vma_object_try_revoke(struct vma_object *object);
void vma_object_rearm(struct vma_object *object);
int __must_check vma_object_zap(struct vma_object *object, pgoff_t index,
				unsigned long nr);
int __must_check vma_object_try_zap(struct vma_object *object, pgoff_t index,
				    unsigned long nr);

#endif /* _LINUX_VMA_ACCESS_OBJECT_H */
