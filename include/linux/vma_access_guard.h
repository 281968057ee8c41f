/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: pinning an address space, and the guards that stabilise
 * VMAs. Included by <linux/vma_access.h>, which is what drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_GUARD_H
#define _LINUX_VMA_ACCESS_GUARD_H

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/vma_access_debug.h>

/*
 * __vma_borrows on a parameter says that the returned handle must not outlive
 * the object which the parameter points to. clang's lifetime analysis reports
 * a violation; for other compilers the macro is empty.
 */
#if defined(__clang__) && __has_attribute(lifetimebound)
# define __vma_borrows	__attribute__((lifetimebound))
#else
# define __vma_borrows
#endif

/*
 * The handles are pointers to structs that are declared and never defined. So
 * a handle cannot be dereferenced, copied by value, embedded, or used to
 * compute an address. Its value is the address of the core's structure; its
 * type says what is known about that structure.
 */
struct mm_ref;			/* the mm_struct exists (mmgrab) */
context_lock_struct(mm_with_user); /* the address space exists (mm_users) */
struct vma_ref;			/* a stable VMA, of any kind */
struct vma_mixedmap;		/* the same, and it is VM_MIXEDMAP */
struct vma_pfnmap;		/* the same, and it is VM_PFNMAP */
struct vma_planned;		/* in ->mmap_prepare(), no VMA yet */
struct vma_new;			/* in ->mmap(), not in the tree yet */
struct vma_fault;		/* in a fault handler */
struct vma_remote;		/* in ->access() */

/*
 * Context analysis takes this token for "this task stabilises a VMA". All
 * handles share the one token, so a stale handle passes under a later guard.
 * Lifetime analysis catches that.
 */
token_context_lock(vma_stable, __reentrant_ctx_lock);

/* ---- mm_ref: the mm_struct exists --------------------------------------- */

/**
 * __mm_ref_raw() - The mm_struct behind a reference.
 * @ref: The reference.
 *
 * This is the sanctioned way out of the typed layer, for an interface that has
 * no typed form yet. No rule of this header applies to the raw pointer, so
 * reviewers should check each use.
 *
 * Context: Any.
 * Return: the mm_struct, which exists for as long as @ref is held.
 */
static __always_inline struct mm_struct *
__mm_ref_raw(__vma_borrows const struct mm_ref *ref)
{
	return (struct mm_struct *)ref;
}

/**
 * mm_ref_grab() - Take a reference to an mm_struct, not to its address space.
 * @mm: The mm_struct. The caller has made sure that it exists.
 *
 * You may keep such a reference for long, because it does not prevent the
 * process's memory from being torn down. Pin the users with
 * CLASS(mm_with_user, ...) for the short time in which you work on the address
 * space (R4).
 *
 * Context: Any.
 * Return: the reference, never NULL. Ends with mm_ref_drop().
 */
static inline struct mm_ref * __must_check mm_ref_grab(struct mm_struct *mm)
{
	mmgrab(mm);
	return (struct mm_ref *)mm;
}

/**
 * mm_ref_grab_current() - mm_ref_grab() of the current task's mm.
 *
 * Context: Task context.
 * Return: the reference, or NULL in a kernel thread, which has no mm.
 */
static inline struct mm_ref * __must_check mm_ref_grab_current(void)
{
	return current->mm ? mm_ref_grab(current->mm) : NULL;
}

/**
 * mm_ref_drop() - End a reference taken with mm_ref_grab().
 * @ref: The reference. Do not use it afterwards.
 *
 * Context: Any in which mmdrop() is allowed; on PREEMPT_RT the context has to
 * be preemptible.
 */
static inline void mm_ref_drop(struct mm_ref *ref)
{
	mmdrop(__mm_ref_raw(ref));
}

/* ---- mm_with_user: the address space exists ------------------------------ */

/**
 * __mm_with_user_raw() - The mm_struct behind a pinned address space.
 * @user: The pinned address space.
 *
 * This is the sanctioned way out of the typed layer; see __mm_ref_raw().
 *
 * Context: Any.
 * Return: the mm_struct; its mm_users stays above zero while @user is pinned.
 */
static __always_inline struct mm_struct *
__mm_with_user_raw(__vma_borrows const struct mm_with_user *user)
{
	return (struct mm_struct *)user;
}

/**
 * mm_with_user_current() - Borrow the current task's own address space.
 *
 * The task's own mm has a user for as long as the task runs in it, so this
 * takes no reference. Call neither mm_with_user_put() nor
 * mm_with_user_put_async() on the result (R4).
 *
 * Context: Task context.
 * Return: the address space, valid until the task exits, execs or, for a
 * kernel thread, calls kthread_unuse_mm(); NULL if the task has none.
 */
static inline struct mm_with_user * __must_check mm_with_user_current(void)
{
	return (struct mm_with_user *)current->mm;
}

/**
 * mm_with_user_get() - Pin the users of an mm, by hand.
 * @ref: A reference to the mm.
 *
 * Use this for a pin that one function takes and another drops. Within one
 * function, use CLASS(mm_with_user, pin)(ref) or
 * CLASS(mm_with_user_async, pin)(ref): their types say how the pin is dropped
 * (R4, R5).
 *
 * Context: Any.
 * Return: the pinned address space; end it with mm_with_user_put() or
 * mm_with_user_put_async(). NULL if the last user is gone: the address space
 * is being torn down or has been torn down.
 */
static inline struct mm_with_user * __must_check
mm_with_user_get(struct mm_ref *ref)
{
	struct mm_struct *mm = __mm_ref_raw(ref);

	return mmget_not_zero(mm) ? (struct mm_with_user *)mm : NULL;
}

/**
 * mm_with_user_put() - Drop a pin; the last one tears the address space down.
 * @user: The result of mm_with_user_get(). Do not use it afterwards.
 *
 * The teardown runs ->close() and ->release() of all that is mapped. Do not
 * call this under a lock that these hooks take; use mm_with_user_put_async()
 * there (R5).
 *
 * Context: Task context, may sleep.
 */
static inline void mm_with_user_put(struct mm_with_user *user)
{
	mmput(__mm_with_user_raw(user));
}

/**
 * mm_with_user_put_async() - Drop a pin; a worker does the teardown, if any.
 * @user: The result of mm_with_user_get(). Do not use it afterwards.
 *
 * If this was the last user, a worker tears the address space down, so the
 * caller neither sleeps nor runs hooks of what is mapped (R5).
 *
 * Context: Any, also under a spinlock. Does not sleep.
 */
static inline void mm_with_user_put_async(struct mm_with_user *user)
{
#ifdef CONFIG_MMU
	mmput_async(__mm_with_user_raw(user));
#else
	BUILD_BUG_ON_MSG(1, "typed VMA access needs an MMU");
#endif
}

/**
 * mm_with_user_is() - Is this the address space that a reference names?
 * @user: The address space.
 * @ref: The reference, or NULL.
 *
 * Call this before you do work in @user that is meant for the process behind
 * @ref (R15).
 *
 * Context: Any.
 * Return: whether both are the same mm; false if @ref is NULL.
 */
static __always_inline bool mm_with_user_is(const struct mm_with_user *user,
					    const struct mm_ref *ref)
{
	return ref && __mm_with_user_raw(user) == __mm_ref_raw(ref);
}

/*
 * An owner holds one pin, or nothing if the pin failed. mm_with_user_of() is
 * the only way to the handle, and ties its lifetime to the owner's scope. The
 * two types differ in how the pin is dropped.
 */
struct mm_with_user_owner {
	struct mm_with_user *__pinned;
};

struct mm_with_user_owner_async {
	struct mm_with_user *__pinned;
};

static inline void __mm_with_user_put_pinned(struct mm_with_user *pinned)
{
	if (pinned)
		mm_with_user_put(pinned);
}

static inline void __mm_with_user_put_pinned_async(struct mm_with_user *pinned)
{
	if (pinned)
		mm_with_user_put_async(pinned);
}

/**
 * DOC: CLASS(mm_with_user, pin)(ref), CLASS(mm_with_user_async, pin)(ref)
 *
 * Both pin the users of an mm to the end of the scope. The put of the first may
 * sleep; the put of the second is allowed in any context (R5).
 * ``mm_with_user_of(&pin)`` returns the address space, or NULL if the pin
 * failed.
 */
DEFINE_CLASS(mm_with_user, struct mm_with_user_owner,
	     __mm_with_user_put_pinned(_T.__pinned),
	     (struct mm_with_user_owner){ mm_with_user_get(ref) }, struct mm_ref *ref)
DEFINE_CLASS(mm_with_user_async, struct mm_with_user_owner_async,
	     __mm_with_user_put_pinned_async(_T.__pinned),
	     (struct mm_with_user_owner_async){ mm_with_user_get(ref) },
	     struct mm_ref *ref)

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of(__vma_borrows const struct mm_with_user_owner *owner)
{
	return owner->__pinned;
}

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of_async(__vma_borrows const struct mm_with_user_owner_async *owner)
{
	return owner->__pinned;
}

/**
 * mm_with_user_of() - The address space that a CLASS() variable pins.
 * @owner: Address of a CLASS(mm_with_user, ...) or
 *         CLASS(mm_with_user_async, ...) variable.
 *
 * Context: Any.
 * Return: the pinned address space, valid to the end of @owner's scope; NULL
 * if the mm had no users left to pin (R4, R9).
 */
#define mm_with_user_of(owner)						\
	_Generic((typeof(owner))NULL,					\
		 struct mm_with_user_owner * : __mm_with_user_of,	\
		 const struct mm_with_user_owner * : __mm_with_user_of,	\
		 struct mm_with_user_owner_async * : __mm_with_user_of_async, \
		 const struct mm_with_user_owner_async * : __mm_with_user_of_async)(owner)

/* ---- guards -------------------------------------------------------------- */

/**
 * DOC: CLASS(mmap_read, guard)(user)
 *
 * This guard holds the mmap lock for read to the end of the scope. It may
 * sleep, and no VMA read guard may be held (R14). Look VMAs up with
 * ``vma_ref_lookup(&guard, addr)``. If one VMA is enough, prefer the VMA read
 * guard below: it does not wait for unrelated mmap() calls.
 *
 * user must not be NULL. It is evaluated twice, as for every guard with context
 * analysis attributes, so pass a variable. The task that took a guard releases
 * it (R14).
 */
DEFINE_LOCK_GUARD_1(mmap_read, struct mm_with_user,
		    mmap_read_lock(__mm_with_user_raw(_T->lock)),
		    mmap_read_unlock(__mm_with_user_raw(_T->lock)))

DECLARE_LOCK_GUARD_1_ATTRS(mmap_read,
			   __acquires_shared(_T) __acquires_shared(vma_stable),
			   __releases_shared(*(struct mm_with_user **)_T)
			   __releases_shared(vma_stable))
#define class_mmap_read_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_read, _T)

/**
 * DOC: ACQUIRE(vma_read, guard)(user, addr), ACQUIRE(vma_read_try, guard)(user, addr)
 *
 * Both guards keep the one VMA at addr stable to the end of the scope.
 *
 * vma_read takes the VMA lock. If a writer holds that, vma_read waits for the
 * mmap lock, takes the VMA lock under it and drops the mmap lock again. So it
 * may sleep, and does not fail because of a writer. Neither a VMA lock nor the
 * mmap lock of any mm may be held; hooks and fault handlers run under one, so
 * they cannot use it (R14). Lockdep checks this in each call, not only in those
 * that have to wait.
 *
 * vma_read_try never sleeps, and may be taken under another lock of an mm: if
 * the VMA lock is not available at once, it only tries the mmap lock. Use it in
 * shrinkers and other places that must not wait.
 *
 * Without CONFIG_PER_VMA_LOCK both hold the mmap lock for read instead, and
 * give the same handles.
 *
 * ``vma_read_ref(&guard)`` returns the handle, or NULL. For NULL,
 * ``ACQUIRE_ERR(vma_read, &guard)`` is -ESRCH if nothing is mapped at addr, or
 * -EAGAIN if the VMA could not be locked: its reader count is exhausted or, for
 * vma_read_try, a writer was in the way (R9).
 *
 * user must not be NULL. It is evaluated twice, so pass a variable. The task
 * that took a guard releases it (R14).
 */
struct vma_read_guard {
	struct vma_ref *lock;	/* or an ERR_PTR() */
};

/* Internal: the constructors and the destructor of both classes. */
struct vma_ref *__vma_read_lock(struct mm_with_user *user, unsigned long addr);
struct vma_ref *__vma_read_step_down(struct mm_with_user *user, unsigned long addr);
struct vma_ref *__vma_read_try(struct mm_with_user *user, unsigned long addr);

static __always_inline struct vma_read_guard
__vma_read_acquire(struct mm_with_user *user, unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable)
	__no_context_analysis
{
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct vma_ref *ref;

	/* Report a call under another lock even if it need not wait. (R14) */
	might_lock_read(&mm->mmap_lock);
	ref = __vma_read_lock(user, addr);
	if (unlikely(!ref)) {
		/*
		 * Either nothing is mapped there or a writer holds the VMA
		 * lock. Only a lookup under the mmap lock tells.
		 */
		mmap_read_lock(mm);
		ref = __vma_read_step_down(user, addr);
	}
	return (struct vma_read_guard){ ref };
}

static __always_inline struct vma_read_guard
__vma_read_acquire_try(struct mm_with_user *user, unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable)
	__no_context_analysis
{
	struct vma_ref *ref = __vma_read_lock(user, addr);

	if (unlikely(!ref))
		ref = __vma_read_try(user, addr);
	return (struct vma_read_guard){ ref };
}

static __always_inline void __vma_read_release(struct vma_ref *ref)
	__no_context_analysis
{
	struct vm_area_struct *vma = (struct vm_area_struct *)ref;

	if (IS_ERR(ref))
		return;
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
		vma_end_read(vma);
	else
		mmap_read_unlock(vma->vm_mm);
}

static inline struct vma_read_guard
class_vma_read_constructor(struct mm_with_user *_T, unsigned long addr)
	__acquires_shared(_T) __acquires_shared(vma_stable);
DEFINE_CLASS(vma_read, struct vma_read_guard, __vma_read_release(_T.lock),
	     __vma_read_acquire(_T, addr),
	     struct mm_with_user *_T, unsigned long addr)

static inline struct vma_read_guard
class_vma_read_try_constructor(struct mm_with_user *_T, unsigned long addr)
	__acquires_shared(_T) __acquires_shared(vma_stable);
DEFINE_CLASS(vma_read_try, struct vma_read_guard, __vma_read_release(_T.lock),
	     __vma_read_acquire_try(_T, addr),
	     struct mm_with_user *_T, unsigned long addr)

__DEFINE_CLASS_IS_CONDITIONAL(vma_read, true);
__DEFINE_GUARD_LOCK_PTR(vma_read, &_T->lock)
__DEFINE_CLASS_IS_CONDITIONAL(vma_read_try, true);
__DEFINE_GUARD_LOCK_PTR(vma_read_try, &_T->lock)

/*
 * Context analysis assumes that the lock is held even if it was not acquired.
 * That is safe: vma_read_ref() returns no handle then. The second variable
 * carries the release, as in WITH_LOCK_GUARD_1_ATTRS().
 */
static __always_inline void
__class_vma_read_cleanup_ctx(struct vma_read_guard **_T)
	__no_context_analysis
	__releases_shared(*(struct mm_with_user **)_T)
	__releases_shared(vma_stable)
{
}

#define __VMA_READ_WITH_ATTRS(_name, _user, _addr)			\
	class_##_name##_constructor(_user, _addr),			\
	*__UNIQUE_ID(unlock) __cleanup(__class_vma_read_cleanup_ctx) =	\
		(struct vma_read_guard *)(unsigned long)(_user)
#define class_vma_read_constructor(_user, _addr) \
	__VMA_READ_WITH_ATTRS(vma_read, _user, _addr)
#define class_vma_read_try_constructor(_user, _addr) \
	__VMA_READ_WITH_ATTRS(vma_read_try, _user, _addr)

/**
 * vma_read_ref() - The VMA that a VMA read guard stabilises.
 * @guard: A vma_read or vma_read_try guard.
 *
 * Context: Any.
 * Return: the handle, which ends with @guard's scope; NULL if nothing was
 * acquired, and ACQUIRE_ERR() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_read_ref(__vma_borrows const struct vma_read_guard *guard)
{
	return IS_ERR(guard->lock) ? NULL : guard->lock;
}

#endif /* _LINUX_VMA_ACCESS_GUARD_H */
