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
 * On a parameter: what is returned must not outlive the object this points to.
 * clang's lifetime analysis turns a violation into a diagnostic; it is nothing
 * at all for other compilers.
 */
#if defined(__clang__) && __has_attribute(lifetimebound)
# define __vma_borrows	__attribute__((lifetimebound))
#else
# define __vma_borrows
#endif

/*
 * gcc has no such analysis. Compiled with VMA_ACCESS_CHECK_SCOPES, and never run, a
 * handle is made of its owner's address, and read through where it is used: with
 * -Wdangling-pointer gcc says where that is after the owner's scope.
 */
#ifdef VMA_ACCESS_CHECK_SCOPES
# define __vma_owned(owner, handle)	((void)(handle), (void *)(owner))
static __always_inline void *__vma_used(const void *handle)
{
	(void)READ_ONCE(*(const char *)handle);
	OPTIMIZER_HIDE_VAR(handle);
	return (void *)handle;
}
#else
# define __vma_owned(owner, handle)	((void)(owner), (handle))
# define __vma_used(handle)		(handle)
#endif

/*
 * The handles. They are never completed, anywhere: there is no object of these
 * types, nothing to copy, dereference, embed or compute an address from. Each
 * is the address of the core structure under a name that says what is known.
 */
struct mm_ref;			/* the mm_struct exists (mmgrab) */
context_lock_struct(mm_with_user); /* the address space exists (mm_users) */
struct vma_ref;			/* a stable VMA, of any kind */
struct vma_mixedmap;		/* the same, and it is VM_MIXEDMAP */
struct vma_pfnmap;		/* the same, and it is VM_PFNMAP */
struct vma_write;		/* a VMA that is write-locked */
struct vma_desc;		/* in ->mmap_prepare(), no VMA yet */
struct vma_new;			/* in ->mmap(), not in the tree yet */
struct vma_new_mixedmap;	/* the same, and it is VM_MIXEDMAP */
struct vma_fault;		/* in a fault handler */
struct vma_remote;		/* in ->access() */

/*
 * For context analysis: "this task stabilises a VMA". One token rather than a
 * capability for each handle: a handle that went stale under one guard would
 * pass again under the next, which lifetime analysis sees and this does not.
 */
token_context_lock(vma_stable, __reentrant_ctx_lock);

/* Of a guard that may have been downgraded: releases either mode. */
#if defined(WARN_CONTEXT_ANALYSIS) && !defined(__CHECKER__)
# define __vma_releases_any(...) \
	__attribute__((release_generic_capability(__VA_ARGS__)))
#else
# define __vma_releases_any(...)
#endif

/* ---- mm_ref: the mm_struct exists --------------------------------------- */

/**
 * __mm_ref_raw() - The mm_struct behind a reference.
 * @ref: The reference.
 *
 * The sanctioned way out of the typed layer, for an interface that has no
 * typed form yet. What it returns is bound by no rule of this header: a
 * reviewer looks at each use.
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
 * mm_ref_grab() - Keep an mm_struct, though not its address space, in existence.
 * @mm: The mm_struct. The caller knows by other means that it exists.
 *
 * Such a reference may be kept for long: it does not keep a process's memory
 * from being torn down. Pin the users with CLASS(mm_with_user, ...) for the
 * short while in which the address space is worked on (R4).
 *
 * Context: Any.
 * Return: the reference, never NULL. Ends with mm_ref_drop() or __free(mm_ref).
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
 * @ref: The reference; not to be used afterwards.
 *
 * Context: Any in which mmdrop() is allowed; on PREEMPT_RT that is a
 * preemptible one.
 */
static inline void mm_ref_drop(struct mm_ref *ref)
{
	mmdrop(__mm_ref_raw(ref));
}

static inline void __mm_ref_free(struct mm_ref *ref)
{
	if (ref)
		mm_ref_drop(ref);
}

DEFINE_FREE(mm_ref, struct mm_ref *, __mm_ref_free(_T))

/* ---- mm_with_user: the address space exists ------------------------------ */

/**
 * __mm_with_user_raw() - The mm_struct behind a pinned address space.
 * @user: The pinned address space.
 *
 * The sanctioned way out of the typed layer; see __mm_ref_raw().
 *
 * Context: Any.
 * Return: the mm_struct; its mm_users stays above zero while @user is pinned.
 */
static __always_inline struct mm_struct *
__mm_with_user_raw(__vma_borrows const struct mm_with_user *user)
{
	return (struct mm_struct *)__vma_used(user);
}

/**
 * mm_with_user_current() - Borrow the current task's own address space.
 *
 * A task's own mm keeps its users for as long as the task runs in it, so
 * nothing is taken and nothing is to be put: neither mm_with_user_put() nor
 * mm_with_user_put_async() may be called on the result (R4).
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
 * For a pin that has to cross functions. Within one, use
 * CLASS(mm_with_user, pin)(ref) or CLASS(mm_with_user_async, pin)(ref): there
 * the way the pin is dropped is part of its type (R4, R5).
 *
 * Context: Any.
 * Return: the pinned address space; end it with mm_with_user_put() or
 * mm_with_user_put_async(). NULL if the last user is gone: the address space
 * is being, or has been, torn down.
 */
static inline struct mm_with_user * __must_check
mm_with_user_get(struct mm_ref *ref)
{
	struct mm_struct *mm = __mm_ref_raw(ref);

	return mmget_not_zero(mm) ? (struct mm_with_user *)mm : NULL;
}

/**
 * mm_with_user_put() - Drop a pin; the last one tears the address space down.
 * @user: What mm_with_user_get() returned; not to be used afterwards.
 *
 * Tearing down runs ->close() and ->release() of whatever is mapped. So this
 * must not be called under a lock that those take; mm_with_user_put_async()
 * may (R5).
 *
 * Context: Task context, may sleep.
 */
static inline void mm_with_user_put(struct mm_with_user *user)
{
	mmput(__mm_with_user_raw(user));
}

/**
 * mm_with_user_put_async() - Drop a pin; the last one has a worker tear down.
 * @user: What mm_with_user_get() returned; not to be used afterwards.
 *
 * Upholds R5.
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
 * mm_ref_grab_user() - mm_ref_grab() of an address space at hand.
 * @user: The address space.
 *
 * To remember whose mm it is for longer than it is pinned, or for as long as
 * nothing else is known to keep it: in ->mmap(), of vma_new_mm().
 *
 * Context: Any.
 * Return: the reference, never NULL. Ends with mm_ref_drop() or __free(mm_ref).
 */
static inline struct mm_ref * __must_check
mm_ref_grab_user(const struct mm_with_user *user)
{
	return mm_ref_grab(__mm_with_user_raw(user));
}

/**
 * mm_with_user_is() - Is this the address space that a reference names?
 * @user: The address space.
 * @ref: The reference, or NULL.
 *
 * To be asked before work that is meant for one process is done in the mm at
 * hand (R15).
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
 * The owner of a pin. The flag rather than a NULL pointer says whether there
 * is something to put: compilers fold it away where they know the answer.
 * A handle comes out only through mm_with_user_of(), which ties its lifetime
 * to the owner's scope.
 */
struct mm_with_user_owner {
	struct mm_with_user *__pinned;
	bool __held;
};

struct mm_with_user_owner_async {
	struct mm_with_user *__pinned;
	bool __held;
};

static __always_inline struct mm_with_user_owner
__mm_with_user_own(struct mm_ref *ref)
{
	return (struct mm_with_user_owner){
		.__pinned = (struct mm_with_user *)ref,
		.__held = mmget_not_zero(__mm_ref_raw(ref)),
	};
}

static __always_inline struct mm_with_user_owner_async
__mm_with_user_own_async(struct mm_ref *ref)
{
	return (struct mm_with_user_owner_async){
		.__pinned = (struct mm_with_user *)ref,
		.__held = mmget_not_zero(__mm_ref_raw(ref)),
	};
}

static __always_inline void
__mm_with_user_disown(const struct mm_with_user_owner *owner)
{
	if (owner->__held)
		mm_with_user_put(owner->__pinned);
}

static __always_inline void
__mm_with_user_disown_async(const struct mm_with_user_owner_async *owner)
{
	if (owner->__held)
		mm_with_user_put_async(owner->__pinned);
}

/**
 * DOC: CLASS(mm_with_user, pin)(ref), CLASS(mm_with_user_async, pin)(ref)
 *
 * The first pins for the rest of the scope; the put at its end may sleep. The
 * second is the same with a put for any context (R5). Ask
 * ``mm_with_user_of(&pin)`` whether it worked.
 */
DEFINE_CLASS(mm_with_user, struct mm_with_user_owner,
	     __mm_with_user_disown(&_T), __mm_with_user_own(ref),
	     struct mm_ref *ref)
DEFINE_CLASS(mm_with_user_async, struct mm_with_user_owner_async,
	     __mm_with_user_disown_async(&_T), __mm_with_user_own_async(ref),
	     struct mm_ref *ref)

/*
 * Compilers are told not to conclude from a pointer's use that it is not NULL, and
 * would test for it where the answer is known.
 */
#define __vma_never_null(ptr)					\
({								\
	typeof(ptr) __known = (ptr);				\
								\
	if (!__known)						\
		__builtin_unreachable();			\
	__known;						\
})

/* What is held had its count of users read. */
#define __mm_with_user_or_null(owner)				\
({								\
	struct mm_with_user *__one = __vma_never_null((owner)->__pinned); \
								\
	(owner)->__held ? __one : NULL;				\
})

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of(__vma_borrows const struct mm_with_user_owner *owner)
{
	return __vma_owned(owner, __mm_with_user_or_null(owner));
}

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of_async(__vma_borrows const struct mm_with_user_owner_async *owner)
{
	return __vma_owned(owner, __mm_with_user_or_null(owner));
}

/**
 * mm_with_user_of() - The address space that a pin owns.
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

static inline bool mmap_read_acquire_try(struct mm_with_user *user)
	__cond_acquires_shared(true, user)
	__cond_acquires_shared(true, vma_stable) __nonnull_args(1);
static inline int mmap_read_acquire_killable(struct mm_with_user *user)
	__cond_acquires_shared(0, user)
	__cond_acquires_shared(0, vma_stable) __nonnull_args(1);

/**
 * mmap_read_acquire_try() - Take the mmap lock for read, if free at once.
 * @user: The address space.
 *
 * On success adopt the lock at once: CLASS(mmap_read_adopt, guard)(user).
 *
 * Context: Any in which a rwsem may be tried. Does not sleep.
 * Return: whether the lock is held now; if not, nothing is (R9).
 */
static inline bool __must_check mmap_read_acquire_try(struct mm_with_user *user)
	__no_context_analysis
{
	return mmap_read_trylock(__mm_with_user_raw(user));
}

/**
 * mmap_read_acquire_killable() - Take the mmap lock for read, unless killed.
 * @user: The address space.
 *
 * On success adopt the lock at once: CLASS(mmap_read_adopt, guard)(user).
 *
 * Context: Task context, may sleep. No VMA read guard may be held: it would
 * be taken against the order of the locks (R14).
 * Return: 0 with the lock held; -EINTR, and nothing held, if a fatal signal
 * arrived first (R9).
 */
static inline int __must_check
mmap_read_acquire_killable(struct mm_with_user *user)
	__no_context_analysis
{
	return mmap_read_lock_killable(__mm_with_user_raw(user));
}

/**
 * DOC: CLASS(mmap_read, guard)(user), CLASS(mmap_read_adopt, guard)(user)
 *
 * The first is the mmap lock, held for read by this task to the end of the
 * scope. May sleep; no VMA read guard may be held (R14). Leads to handles by
 * ``vma_ref_lookup(&guard, addr)``. Prefer the VMA read guard below where one
 * VMA is enough: it does not wait for unrelated mmap() calls.
 *
 * The second is the same guard, for a lock that mmap_read_acquire_try() or
 * mmap_read_acquire_killable() took.
 *
 * user is not NULL, and is evaluated twice, as by every guard that carries
 * attributes: give it a variable. A guard is released by the task that took it
 * (R14).
 */
static __always_inline void __mmap_read_take(struct mm_with_user *user)
	__no_context_analysis
{
	mmap_read_lock(__mm_with_user_raw(user));
	__vma_guard_enter(__mm_with_user_raw(user));
}

static __always_inline void __mmap_read_release(struct mm_with_user *user)
	__no_context_analysis
{
	__vma_guard_leave(__mm_with_user_raw(user));
	mmap_read_unlock(__mm_with_user_raw(user));
}

DEFINE_LOCK_GUARD_1(mmap_read, struct mm_with_user,
		    __mmap_read_take(_T->lock), __mmap_read_release(_T->lock))
DECLARE_LOCK_GUARD_1_ATTRS(mmap_read,
			   __acquires_shared(_T) __acquires_shared(vma_stable),
			   __releases_shared(*(struct mm_with_user **)_T)
			   __releases_shared(vma_stable))
#define class_mmap_read_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_read, _T)

static __always_inline class_mmap_read_t
__mmap_read_adopt(struct mm_with_user *user)
{
	__vma_guard_enter(__mm_with_user_raw(user));
	return (class_mmap_read_t){ .lock = user };
}

/* The same type as the guard above: a look-up does not care who locked. */
static __always_inline class_mmap_read_t
class_mmap_read_adopt_constructor(struct mm_with_user *_T)
	__must_hold_shared(_T);
DEFINE_CLASS(mmap_read_adopt, class_mmap_read_t,
	     __mmap_read_release(_T.lock), __mmap_read_adopt(_T),
	     struct mm_with_user *_T)
static __always_inline void
__class_mmap_read_adopt_cleanup_ctx(class_mmap_read_t **_T)
	__no_context_analysis
	__releases_shared(*(struct mm_with_user **)_T)
	__releases_shared(vma_stable)
{
}

#define class_mmap_read_adopt_constructor(_T) \
	WITH_LOCK_GUARD_1_ATTRS(mmap_read_adopt, _T)

static inline int mmap_write_acquire_killable(struct mm_with_user *user)
	__cond_acquires(0, user) __cond_acquires(0, vma_stable) __nonnull_args(1);

/**
 * mmap_write_acquire_killable() - Take the mmap lock for write, unless killed.
 * @user: The address space.
 *
 * On success adopt the lock at once: CLASS(mmap_write_adopt, guard)(user).
 *
 * Context: Task context, may sleep. No VMA read guard may be held (R14).
 * Return: 0 with the lock held; -EINTR, and nothing held, if a fatal signal
 * arrived first (R9).
 */
static inline int __must_check
mmap_write_acquire_killable(struct mm_with_user *user)
	__no_context_analysis
{
	return mmap_write_lock_killable(__mm_with_user_raw(user));
}

/**
 * DOC: CLASS(mmap_write, guard)(user), CLASS(mmap_write_adopt, guard)(user)
 *
 * The first is the mmap lock, held for write by this task to the end of the
 * scope. May sleep; no VMA read guard may be held (R14). Leads to handles by
 * ``vma_write_lookup(&guard, addr)``, and to read handles by
 * ``vma_ref_lookup(&guard, addr)``. It keeps everything in the address space
 * waiting: for what changes flags, and nothing else (R10).
 *
 * The second is the same guard, for a lock that mmap_write_acquire_killable()
 * took.
 *
 * After ``mmap_write_guard_downgrade(&guard, user)`` it holds the lock for
 * read, and gives read handles only.
 */
static __always_inline void __mmap_write_take(struct mm_with_user *user)
	__no_context_analysis
{
	mmap_write_lock(__mm_with_user_raw(user));
	__vma_guard_enter(__mm_with_user_raw(user));
}

static __always_inline void __mmap_write_release(struct mm_with_user *user,
						 bool downgraded)
	__no_context_analysis
{
	__vma_guard_leave(__mm_with_user_raw(user));
	if (downgraded)
		mmap_read_unlock(__mm_with_user_raw(user));
	else
		mmap_write_unlock(__mm_with_user_raw(user));
}

/* Compilers fold the flag away where nothing downgrades. */
DEFINE_LOCK_GUARD_1(mmap_write, struct mm_with_user,
		    __mmap_write_take(_T->lock),
		    __mmap_write_release(_T->lock, _T->__downgraded),
		    bool __downgraded)
DECLARE_LOCK_GUARD_1_ATTRS(mmap_write,
			   __acquires(_T) __acquires(vma_stable),
			   __vma_releases_any(*(struct mm_with_user **)_T)
			   __vma_releases_any(vma_stable))
#define class_mmap_write_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_write, _T)

static __always_inline class_mmap_write_t
__mmap_write_adopt(struct mm_with_user *user)
{
	__vma_guard_enter(__mm_with_user_raw(user));
	return (class_mmap_write_t){ .lock = user };
}

static __always_inline class_mmap_write_t
class_mmap_write_adopt_constructor(struct mm_with_user *_T)
	__must_hold(_T);
DEFINE_CLASS(mmap_write_adopt, class_mmap_write_t,
	     __mmap_write_release(_T.lock, _T.__downgraded),
	     __mmap_write_adopt(_T), struct mm_with_user *_T)
static __always_inline void
__class_mmap_write_adopt_cleanup_ctx(class_mmap_write_t **_T)
	__no_context_analysis
	__vma_releases_any(*(struct mm_with_user **)_T)
	__vma_releases_any(vma_stable)
{
}

#define class_mmap_write_adopt_constructor(_T) \
	WITH_LOCK_GUARD_1_ATTRS(mmap_write_adopt, _T)

static __always_inline void
mmap_write_guard_downgrade(class_mmap_write_t *guard, struct mm_with_user *user)
	__releases(user) __releases(vma_stable)
	__acquires_shared(user) __acquires_shared(vma_stable);

/**
 * mmap_write_guard_downgrade() - Let readers in again.
 * @guard: A CLASS(mmap_write, ...) or CLASS(mmap_write_adopt, ...) variable.
 * @user: The address space that it was taken on.
 *
 * What was looked up stays stable: nobody can write in between. A struct
 * vma_write from before is no longer one; as a vma_ref it goes on (R10).
 * Downgrading twice does nothing, with a warning.
 *
 * Context: Task context, with @guard held. Does not sleep.
 */
static __always_inline void
mmap_write_guard_downgrade(class_mmap_write_t *guard, struct mm_with_user *user)
	__no_context_analysis
{
	if (WARN_ON_ONCE(guard->__downgraded)) {
		__vma_refuse(VMA_REFUSED_GUARD, -EPERM);
		return;
	}
	mmap_write_downgrade(__mm_with_user_raw(guard->lock));
	guard->__downgraded = true;
}

/**
 * DOC: CLASS(vma_read, guard)(user, addr), CLASS(vma_read_try, guard)(user, addr)
 *
 * The one VMA at addr is stable to the end of the scope. The first takes the
 * VMA lock; where a writer has it, waits for the mmap lock and steps down from
 * that to the VMA lock. So it never fails for contention, and may sleep.
 * Neither a VMA lock nor the mmap lock of any mm may be held, so it has no
 * place in a hook or a fault handler, which are called under one (R14); lockdep
 * sees each call, also those that find no contention.
 *
 * The second is the same, but never sleeps: where the VMA lock cannot be had at
 * once, the mmap lock is only tried. For shrinkers and other places that must
 * not wait.
 *
 * Without CONFIG_PER_VMA_LOCK both hold the mmap lock for read instead, and
 * give the same handles.
 *
 * Ask ``vma_read_ref(&guard)`` for the handle; a NULL is explained by
 * ``vma_read_err(&guard)``. user is not NULL, and is evaluated twice: give it a
 * variable. A guard is released by the task that took it (R14).
 */
struct vma_read_guard {
	struct vma_ref *__vma;
	int __err;
};

/* Not for drivers: what the classes are made of. */
struct vma_ref *__vma_read_lock(struct mm_with_user *user, unsigned long addr)
	__no_context_analysis;
struct vma_ref *__vma_read_step_down(struct mm_with_user *user,
				     unsigned long addr)
	__no_context_analysis;

static __always_inline struct vma_read_guard __vma_read_hold(struct vma_ref *vma)
{
	__vma_guard_enter(vma);
	return (struct vma_read_guard){ vma, 0 };
}

/* What __vma_read_step_down() says, or why it was not asked. */
static __always_inline struct vma_read_guard
__vma_read_hold_if(struct vma_ref *vma)
{
	if (IS_ERR(__vma_never_null(vma)))
		return (struct vma_read_guard){ NULL, PTR_ERR(vma) };
	return __vma_read_hold(vma);
}

static __always_inline struct vma_read_guard
__vma_read_acquire(struct mm_with_user *user, unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable)
	__no_context_analysis
{
	struct vma_ref *vma;

	/* A call at the wrong place is reported also when it need not wait (R14). */
	might_lock_read(&__mm_with_user_raw(user)->mmap_lock);

	vma = __vma_read_lock(user, addr);
	if (likely(vma))
		return __vma_read_hold(vma);
	/*
	 * There was no VMA lock to be had: nothing is there, or a writer is at work.
	 * Only the mmap lock tells.
	 */
	mmap_read_lock(__mm_with_user_raw(user));
	return __vma_read_hold_if(__vma_read_step_down(user, addr));
}

static __always_inline struct vma_read_guard
__vma_read_acquire_try(struct mm_with_user *user, unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable)
	__no_context_analysis
{
	struct vma_ref *vma = __vma_read_lock(user, addr);

	if (likely(vma))
		return __vma_read_hold(vma);
	if (mmap_read_trylock(__mm_with_user_raw(user)))
		vma = __vma_read_step_down(user, addr);
	else
		vma = ERR_PTR(__vma_refuse(VMA_REFUSED_CONTENDED, -EAGAIN));
	return __vma_read_hold_if(vma);
}

static __always_inline void
__vma_read_release(const struct vma_read_guard *guard)
	__no_context_analysis
{
	/* Not a conversion for a verb to use: the lock word, nothing else. */
	struct vm_area_struct *vma = (struct vm_area_struct *)guard->__vma;

	if (!vma)
		return;
	__vma_guard_leave(vma);
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
		vma_end_read(vma);
	else
		mmap_read_unlock(vma->vm_mm);
}

static inline struct vma_read_guard
class_vma_read_constructor(struct mm_with_user *_T, unsigned long addr)
	__acquires_shared(_T) __acquires_shared(vma_stable);
DEFINE_CLASS(vma_read, struct vma_read_guard, __vma_read_release(&_T),
	     __vma_read_acquire(_T, addr),
	     struct mm_with_user *_T, unsigned long addr)

static inline struct vma_read_guard
class_vma_read_try_constructor(struct mm_with_user *_T, unsigned long addr)
	__acquires_shared(_T) __acquires_shared(vma_stable);
DEFINE_CLASS(vma_read_try, struct vma_read_guard, __vma_read_release(&_T),
	     __vma_read_acquire_try(_T, addr),
	     struct mm_with_user *_T, unsigned long addr)

/*
 * To the analysis the scope holds the lock also where the acquisition failed;
 * what makes that safe is that vma_read_ref() gives no handle then. The second
 * variable carries the release, as WITH_LOCK_GUARD_1_ATTRS() does it.
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
 * @guard: A CLASS(vma_read, ...) or CLASS(vma_read_try, ...) variable.
 *
 * Context: Any.
 * Return: the handle, which ends with @guard's scope; NULL if nothing was
 * acquired, and vma_read_err() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_read_ref(__vma_borrows const struct vma_read_guard *guard)
{
	return __vma_owned(guard, __vma_tag(guard->__vma, guard->__vma));
}

/**
 * vma_read_err() - Why a VMA read guard holds nothing.
 * @guard: A CLASS(vma_read, ...) or CLASS(vma_read_try, ...) variable.
 *
 * Context: Any.
 * Return: 0 if the guard holds a VMA; -ESRCH if there is none at the address;
 * -EAGAIN if there may be one, but it could not be had: for the try form since
 * a writer was in the way, for both when the VMA's reader count is exhausted.
 */
static __always_inline int
vma_read_err(const struct vma_read_guard *guard)
{
	return guard->__err;
}

/**
 * DOC: CLASS(vma_pair, pair)(user_a, a, user_b, b)
 *
 * The VMA at a in one address space and the VMA at b in the same or another are
 * stable to the end of the scope (R16). May sleep, and cannot deadlock,
 * whatever order others ask in: while it waits for one lock it holds no other.
 * Neither a VMA lock nor the mmap lock of any mm may be held (R14). a and b may
 * lie in the same VMA.
 *
 * Ask ``vma_pair_a(&pair)`` and ``vma_pair_b(&pair)`` for the handles;
 * vma_pair_err() explains a NULL. It has both or none.
 */
struct vma_pair_guard {
	struct vma_ref *__a;
	struct vma_ref *__b;
	int __err;
};

struct vma_pair_guard __vma_pair_acquire(struct mm_with_user *user_a,
					 unsigned long a,
					 struct mm_with_user *user_b,
					 unsigned long b)
	__must_not_hold(user_a) __must_not_hold(user_b)
	__acquires_shared(vma_stable);
/* Not the guard: a class's destructor has a copy, which would be made for it. */
void __vma_pair_release(struct vma_ref *a, struct vma_ref *b)
	__no_context_analysis;

static inline struct vma_pair_guard
class_vma_pair_constructor(struct mm_with_user *user_a, unsigned long a,
			   struct mm_with_user *user_b, unsigned long b)
	__must_not_hold(user_a) __must_not_hold(user_b)
	__acquires_shared(vma_stable);
DEFINE_CLASS(vma_pair, struct vma_pair_guard, __vma_pair_release(_T.__a, _T.__b),
	     __vma_pair_acquire(user_a, a, user_b, b),
	     struct mm_with_user *user_a, unsigned long a,
	     struct mm_with_user *user_b, unsigned long b)

static __always_inline void
__class_vma_pair_cleanup_ctx(struct vma_pair_guard **_T)
	__no_context_analysis
	__releases_shared(vma_stable)
{
}

#define class_vma_pair_constructor(_user_a, _a, _user_b, _b)		\
	class_vma_pair_constructor(_user_a, _a, _user_b, _b),		\
	*__UNIQUE_ID(unlock) __cleanup(__class_vma_pair_cleanup_ctx) = NULL

/**
 * vma_pair_a() - The first VMA of a pair.
 * @pair: A CLASS(vma_pair, ...) variable.
 *
 * Context: Any.
 * Return: the handle, which ends with @pair's scope; NULL if nothing was
 * acquired, and vma_pair_err() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_pair_a(__vma_borrows const struct vma_pair_guard *pair)
{
	return __vma_owned(pair, __vma_tag(pair->__a, pair->__a));
}

/**
 * vma_pair_b() - The second VMA of a pair.
 * @pair: A CLASS(vma_pair, ...) variable.
 *
 * Context: Any.
 * Return: the handle, which ends with @pair's scope; NULL if nothing was
 * acquired, and vma_pair_err() says why (R2, R9).
 */
static __always_inline struct vma_ref * __must_check
vma_pair_b(__vma_borrows const struct vma_pair_guard *pair)
{
	return __vma_owned(pair, __vma_tag(pair->__b, pair->__b));
}

/**
 * vma_pair_err() - Why a pair guard holds nothing.
 * @pair: A CLASS(vma_pair, ...) variable.
 *
 * Context: Any.
 * Return: 0 if it holds both; -ESRCH if one of the addresses has no VMA;
 * -EAGAIN if a VMA has as many readers as can be counted.
 */
static __always_inline int
vma_pair_err(const struct vma_pair_guard *pair)
{
	return pair->__err;
}

#endif /* _LINUX_VMA_ACCESS_GUARD_H */
