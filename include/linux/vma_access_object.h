/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: objects that know whether they are mapped, and can unmap
 * all of their mappings. Included by <linux/vma_access.h>, which drivers
 * include.
 */
#ifndef _LINUX_VMA_ACCESS_OBJECT_H
#define _LINUX_VMA_ACCESS_OBJECT_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/rwsem.h>
#include <linux/vma_access_fault.h>
#include <linux/vma_access_new.h>

struct address_space;
struct vma_object;

/**
 * struct vma_object_ops - Hooks of a driver for the mappings of its object.
 * @get: Called when one more VMA shows the object: a new mapping, the new part
 *       after a split, or a copy made by fork() or mremap().
 * @put: Called when such a VMA goes, once for each @get, also if the operation
 *       that called @get fails later. It is the last step for the VMA, so it
 *       may free the object.
 * @mapped: Called when a new mapping is there, after its @get. Nothing is
 *          mapped in it yet. If this returns an error, mmap() fails with it,
 *          and @put is called.
 *
 * Take a reference for each VMA in @get, and drop it in @put. @get and @mapped
 * are called with the mmap lock held for write, @put with it held for read or
 * for write. All may sleep, and each may be left out.
 */
struct vma_object_ops {
	void (*get)(struct vma_object *object);
	void (*put)(struct vma_object *object);
	int (*mapped)(struct vma_object *object, unsigned long start,
		      unsigned long end, pgoff_t pgoff);
};

/**
 * struct vma_object - Memory that mappings show, and that can be revoked.
 *
 * Embed this in the driver's own object. It is the owner of its mappings. All
 * members are private.
 *
 * Before you free the memory, revoke or zap it, so that nothing maps it and no
 * fault can map it again (R17).
 */
struct vma_object {
	/* private: */
	struct vma_counted __counted;	/* first: the owner of a __VMA_TYPE_COUNTED */
	struct address_space *__mapping; /* where to find the mappings */
	pgoff_t __base;			/* the object's first page in there */
	unsigned long __pages;
	const struct vma_object_ops *__ops;
	atomic_long_t __mappings;	/* VMAs that show it */
	/*
	 * Held for read to insert pages, and for write to unmap all pages.
	 * Taken inside the mmap lock and VMA locks. Page tables are allocated
	 * while it is held, so reclaim may only try it.
	 */
	struct rw_semaphore __live;
	bool __revoked;			/* protected by __live */
#ifdef CONFIG_DEBUG_VMA_ACCESS
	unsigned long __magic;		/* set at init, from this address */
	bool __unguarded;		/* an insert outside the live scope */
#endif
};

static_assert(offsetof(struct vma_object, __counted) == 0);

#ifdef CONFIG_DEBUG_VMA_ACCESS
void __vma_note_revoke(const void *object, pgoff_t index, unsigned long nr);
/* Record that an object is set up or revoked. Warn if it was misused before. */
void __vma_note_object(struct vma_object *object);
void __vma_note_object_revoked(struct vma_object *object);
#else
static __always_inline void
__vma_note_revoke(const void *object, pgoff_t index, unsigned long nr)
{
}

static __always_inline void __vma_note_object(struct vma_object *object)
{
}

static __always_inline void __vma_note_object_revoked(struct vma_object *object)
{
}
#endif

void vma_object_init(struct vma_object *object, struct address_space *mapping,
		     pgoff_t base, unsigned long pages,
		     const struct vma_object_ops *ops);

/*
 * Internal: ->open() and ->close() of each type whose owners are vma_objects.
 * Its ->mapped() is __vma_counted_vma_mapped().
 */
void __vma_object_vma_open(struct vm_area_struct *vma);
void __vma_object_vma_close(struct vm_area_struct *vma);

#define __DEFINE_VMA_OBJECT_TYPE(_name, _policy, ...)			\
	__DEFINE_VMA_TYPE(_name, (_policy) | __VMA_TYPE_COUNTED,	\
			  .open = __vma_object_vma_open,		\
			  .close = __vma_object_vma_close,		\
			  .mapped = __vma_counted_vma_mapped,		\
			  __VA_ARGS__);					\
	static_assert(__vma_policy_has(_policy, VMA_EXPAND_REFUSE),	\
		      "a VMA type of objects needs VMA_EXPAND_REFUSE")

/**
 * DEFINE_VMA_OBJECT_TYPE() - Declare a type whose owners are vma_objects.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE(), with VMA_EXPAND_REFUSE.
 *           Otherwise user space could make a mapping larger than the object,
 *           and a revoke would not find the pages there (R6, R17).
 * @...: The hooks, as for DEFINE_VMA_TYPE(). For hooks that are called when a
 *       mapping comes or goes, see struct vma_object_ops.
 */
#define DEFINE_VMA_OBJECT_TYPE(_name, _policy, ...)			\
	__DEFINE_VMA_OBJECT_TYPE(_name, _policy, __VA_ARGS__);		\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

int __must_check __vma_new_apply_object(struct vma_new *vma,
					const struct vma_type *type,
					struct vma_object *object);
int __must_check __vma_planned_apply_object(struct vma_planned *vma,
					    const struct vma_type *type,
					    struct vma_object *object);

/**
 * vma_new_set_object() - Make a new mapping show an object.
 * @h: A vma_planned or vma_new handle.
 * @type: The struct vma_type, from DEFINE_VMA_OBJECT_TYPE().
 * @object: The struct vma_object. It must outlive its mappings: either the file
 *          or its ->get() and ->put() keep it. In ->mmap_prepare() the file
 *          must keep it until ->mapped() in any case: see vma_new_set_type().
 *
 * This is vma_new_fits() for the object and vma_new_set_type() in one call. The
 * object then counts the mapping. The mapping starts empty and is filled while
 * the object is live: by faults, or through handles to the VMA in use. The hook
 * must not fill it, because a revoke that runs at the same time would not find
 * it (R17).
 *
 * Context: Within the hook; in ->mmap(), the last call that it makes.
 * Return: 0; or the mapping shows no object, in ->mmap() all that the hook has
 * mapped is unmapped, and the result is
 * -EINVAL if a part of the mapping is beyond the object (R6), or the file's
 * f_mapping is not the one that was given to vma_object_init();
 * -EINVAL, with a warning, if @type was not made with DEFINE_VMA_OBJECT_TYPE(),
 * or the hook has mapped pages;
 * the errors of vma_new_set_type() and of the object's ->mapped().
 * After ->mmap_prepare(), mmap() fails with -EINVAL and a warning if the hook
 * has changed the file or the offset after this call, so that the mapping does
 * not fit any more.
 */
#define vma_new_set_object(h, type, object) \
	__vma_new(h, apply_object)(h, type, object)

/**
 * vma_ref_object() - The object that a VMA shows.
 * @vma: The handle.
 *
 * Use this in hooks that serve several types. vma_ref_owner() would need one
 * call for each type.
 *
 * Context: As for the guard that @vma came from.
 * Return: the object; NULL if the VMA shows none (R3).
 */
static __always_inline struct vma_object *vma_ref_object(const struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	/* Only vma_new_set_object() sets a type that has this hook. (R3) */
	if (raw->vm_ops && raw->vm_ops->mapped == __vma_counted_vma_mapped)
		return raw->vm_private_data;
	return NULL;
}

/**
 * vma_object_mappings() - The number of VMAs that show an object.
 * @object: The object.
 *
 * A split or a fork adds one, each munmap() of a whole VMA removes one. The
 * number may change at any time. But 0 stays 0 while nobody can call mmap() on
 * the file.
 *
 * Context: Any.
 * Return: the number.
 */
static inline unsigned long vma_object_mappings(const struct vma_object *object)
{
	/* If this reads 0, everything that the hooks did is visible. */
	return atomic_long_read_acquire(&object->__mappings);
}

/**
 * vma_fault_object_index() - vma_fault_index() for a vma_object.
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

/* ---- is it live? -------------------------------------------------------- */

/**
 * DOC: CLASS(vma_object_live, live)(object)
 *
 * If ``vma_object_is_live(&live)`` returns true, the object is not revoked
 * before the end of the scope. Insert pages into its mappings only inside such
 * a scope. Then a revoke either has happened before, or waits and unmaps the
 * pages afterwards (R17).
 *
 * Taking it may sleep. Take it inside the lock that stabilises the VMA.
 */
DEFINE_LOCK_GUARD_1(vma_object_live, struct vma_object,
		    down_read(&_T->lock->__live), up_read(&_T->lock->__live))

/**
 * vma_object_is_live() - Check that pages may be inserted for an object.
 * @live: A CLASS(vma_object_live, ...) variable.
 *
 * Context: Any.
 * Return: true if they may, to the end of @live's scope. If it is false, a
 * fault handler returns VM_FAULT_SIGBUS.
 */
static inline bool __must_check
vma_object_is_live(const class_vma_object_live_t *live)
{
	if (likely(!live->lock->__revoked))
		return true;
	__vma_refuse(VMA_REFUSED_REVOKED, -ENODEV);
	return false;
}

/* ---- taking mappings back ----------------------------------------------- */

void vma_object_revoke(struct vma_object *object);
int __must_check vma_object_zap(struct vma_object *object, pgoff_t index,
				unsigned long nr);
int __must_check vma_object_try_zap(struct vma_object *object, pgoff_t index,
				    unsigned long nr);

#endif /* _LINUX_VMA_ACCESS_OBJECT_H */
