/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed access to virtual memory areas (VMAs) for drivers.
 *
 * The handle you hold is the proof of the lock you hold and of the flag rules
 * that apply.
 *
 * What is guaranteed in a file that reaches VMAs only through this header:
 *
 * - A VMA is reached only through a guard that stabilises it, on an mm whose
 *   users are pinned, or as the argument of a hook. A look-up takes the guard
 *   itself. (R2, R4)
 * - A page is inserted only through a handle that proves VM_MIXEDMAP, which
 *   the core would otherwise set on a VMA in use, or BUG over. (R7, R18)
 * - A range is checked for wrapping, alignment and containment before anything
 *   happens. (R6)
 * - "Is it writable?" cannot be asked of a new mapping without settling that
 *   it can never become so later. (R1)
 * - A mapping found by address is recognised as this driver's and this
 *   owner's by one comparison, vma_ref_is(). (R3)
 * - What happens on split, mremap, fork and expansion is stated where the
 *   mapping's type is declared; a type that leaves one out does not build. (R8)
 *
 * What is not guaranteed: C lets a cast forge a handle, and the raw pointers
 * that the kernel hands to f_op and vm_ops hooks stay raw until a _from_
 * function takes them in. That a handle is not used after its guard is checked
 * by clang where the file opts in to context and lifetime analysis, and at run
 * time under CONFIG_DEBUG_VMA_ACCESS; gcc alone does not see it.
 *
 * How one handle leads to the next, what ends it, the rules R1 to R18 and
 * worked examples: Documentation/mm/vma_access.rst.
 */
#ifndef _LINUX_VMA_ACCESS_H
#define _LINUX_VMA_ACCESS_H

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

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
 * The handles. They are never completed, anywhere: there is no object of these
 * types, nothing to copy, dereference, embed or compute an address from. Each
 * is the address of the core structure under a name that says what is known.
 */
struct mm_ref;			/* the mm_struct exists (mmgrab) */
context_lock_struct(mm_with_user); /* the address space exists (mm_users) */
struct vma_ref;			/* a stable VMA, of any kind */
struct vma_mixedmap;		/* the same, and it is VM_MIXEDMAP */
struct vma_new;			/* in ->mmap(), not in the tree yet */
struct vma_new_mixedmap;	/* the same, and it is VM_MIXEDMAP */

/*
 * For context analysis: "this task stabilises a VMA". One token rather than a
 * capability for each handle: a handle that went stale under one guard would
 * pass again under the next, which lifetime analysis sees and this does not.
 */
token_context_lock(vma_stable, __reentrant_ctx_lock);

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
	return (struct mm_struct *)user;
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

/*
 * CLASS(mm_with_user, pin)(ref) pins for the rest of the scope; the put at its
 * end may sleep. CLASS(mm_with_user_async, pin)(ref) is the same with a put
 * for any context. Ask mm_with_user_of(&pin) whether it worked.
 */
DEFINE_CLASS(mm_with_user, struct mm_with_user_owner,
	     __mm_with_user_disown(&_T), __mm_with_user_own(ref),
	     struct mm_ref *ref)
DEFINE_CLASS(mm_with_user_async, struct mm_with_user_owner_async,
	     __mm_with_user_disown_async(&_T), __mm_with_user_own_async(ref),
	     struct mm_ref *ref)

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of(__vma_borrows const struct mm_with_user_owner *owner)
{
	return owner->__held ? owner->__pinned : NULL;
}

static __always_inline struct mm_with_user * __must_check
__mm_with_user_of_async(__vma_borrows const struct mm_with_user_owner_async *owner)
{
	return owner->__held ? owner->__pinned : NULL;
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
		 struct mm_with_user_owner_async * : __mm_with_user_of_async)(owner)

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

/*
 * CLASS(mmap_read, guard)(user): the mmap lock, held for read by this task to
 * the end of the scope. May sleep; no VMA read guard may be held (R14). Leads
 * to handles by vma_ref_lookup(&guard, addr). Prefer the VMA read guard below
 * where one VMA is enough: it does not wait for unrelated mmap() calls.
 *
 * CLASS(mmap_read_adopt, guard)(user): the same guard, for a lock that
 * mmap_read_acquire_try() or mmap_read_acquire_killable() took.
 *
 * user is not NULL, and is evaluated twice, as by every guard that carries
 * attributes: give it a variable. A guard is released by the task that took it
 * (R14).
 */
DEFINE_LOCK_GUARD_1(mmap_read, struct mm_with_user,
		    mmap_read_lock(__mm_with_user_raw(_T->lock)),
		    mmap_read_unlock(__mm_with_user_raw(_T->lock)))
DECLARE_LOCK_GUARD_1_ATTRS(mmap_read,
			   __acquires_shared(_T) __acquires_shared(vma_stable),
			   __releases_shared(*(struct mm_with_user **)_T)
			   __releases_shared(vma_stable))
#define class_mmap_read_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mmap_read, _T)

static __always_inline void __mmap_read_release(struct mm_with_user *user)
	__no_context_analysis
{
	mmap_read_unlock(__mm_with_user_raw(user));
}

/* The same type as the guard above: a look-up does not care who locked. */
static __always_inline class_mmap_read_t
class_mmap_read_adopt_constructor(struct mm_with_user *_T)
	__must_hold_shared(_T);
DEFINE_CLASS(mmap_read_adopt, class_mmap_read_t,
	     __mmap_read_release(_T.lock), (class_mmap_read_t){ .lock = _T },
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

/*
 * CLASS(vma_read, guard)(user, addr): the one VMA at addr is stable to the end
 * of the scope. Takes the VMA lock; where a writer has it, waits for the mmap
 * lock and steps down from that to the VMA lock. So it never fails for
 * contention, and may sleep. Neither a VMA lock nor the mmap lock of any mm may
 * be held, so it has no place in a hook or a fault handler, which are called
 * under one (R14); lockdep sees each call, also those that find no contention.
 *
 * CLASS(vma_read_try, guard)(user, addr): the same, but never sleeps: where the
 * VMA lock cannot be had at once, the mmap lock is only tried. For shrinkers
 * and other places that must not wait.
 *
 * Without CONFIG_PER_VMA_LOCK both hold the mmap lock for read instead, and
 * give the same handles.
 *
 * Ask vma_read_ref(&guard) for the handle; a NULL is explained by
 * vma_read_err(&guard). user is not NULL, and is evaluated twice: give it a
 * variable. A guard is released by the task that took it (R14).
 */
struct vma_read_guard {
	struct vma_ref *__vma;
	int __err;
};

struct vma_read_guard __vma_read_acquire(struct mm_with_user *user,
					 unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable);
struct vma_read_guard __vma_read_acquire_try(struct mm_with_user *user,
					     unsigned long addr)
	__acquires_shared(user) __acquires_shared(vma_stable);

static __always_inline void
__vma_read_release(const struct vma_read_guard *guard)
	__no_context_analysis
{
	/* Not a conversion for a verb to use: the lock word, nothing else. */
	struct vm_area_struct *vma = (struct vm_area_struct *)guard->__vma;

	if (!vma)
		return;
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
	return guard->__vma;
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

/**
 * vma_ref() - Any in-use handle as the least one: a stable VMA.
 * @h: A vma_ref or vma_mixedmap handle.
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
		 struct vma_mixedmap * : __vma_mixedmap_ref)(h)

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
	struct vm_area_struct *raw = (struct vm_area_struct *)vma;

	if (IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		vma_assert_stabilised(raw);
	return raw;
}

static __always_inline struct vma_ref * __must_check
__vma_ref_lookup_read(__vma_borrows const class_mmap_read_t *guard,
		      unsigned long addr)
	__must_hold_shared(vma_stable)
{
	return (struct vma_ref *)vma_lookup(__mm_with_user_raw(guard->lock), addr);
}

/**
 * vma_ref_lookup() - The VMA at an address.
 * @guard: Address of a CLASS(mmap_read, ...) or CLASS(mmap_read_adopt, ...)
 *         variable.
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
		 class_mmap_read_t * : __vma_ref_lookup_read)(guard, addr)

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
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: an address, page-aligned.
 */
#define vma_ref_start(h)	__vma_ref_start(vma_ref(h))

/**
 * vma_ref_end() - The first address after a VMA.
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: an address, page-aligned.
 */
#define vma_ref_end(h)		__vma_ref_end(vma_ref(h))

/**
 * vma_ref_pages() - The size of a VMA in pages.
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: the number of pages, at least 1.
 */
#define vma_ref_pages(h)	__vma_ref_pages(vma_ref(h))

/**
 * vma_ref_size() - The size of a VMA in bytes.
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: the number of bytes, a multiple of the page size.
 */
#define vma_ref_size(h)		(vma_ref_pages(h) << PAGE_SHIFT)

/**
 * vma_ref_pgoff() - Where in its file a VMA starts.
 * @h: A vma_ref or vma_mixedmap handle.
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
 * @h: A vma_ref or vma_mixedmap handle.
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
 * @h: A vma_ref or vma_mixedmap handle.
 * @bit: A VMA_*_BIT.
 *
 * Context: As for the guard that @h came from.
 * Return: whether it is, for as long as the guard is held.
 */
#define vma_ref_test(h, bit)	__vma_ref_test(vma_ref(h), bit)

/**
 * vma_ref_mm() - The address space that a VMA is part of.
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: the address space, borrowed: not to be put, and no longer valid than
 * @h. In ->close() on exit it may have lost its last user: only
 * mm_with_user_is() may be asked of it there.
 */
#define vma_ref_mm(h)		__vma_ref_mm(vma_ref(h))

/**
 * vma_ref_file() - The file that a VMA maps.
 * @h: A vma_ref or vma_mixedmap handle.
 *
 * Context: As for the guard that @h came from.
 * Return: the file, without a reference of the caller's own: take one with
 * get_file() to keep it longer than @h. NULL for anonymous memory.
 */
#define vma_ref_file(h)		__vma_ref_file(vma_ref(h))

int __must_check __vma_ref_zap_range(struct vma_ref *vma, unsigned long addr,
				     unsigned long size)
	__must_hold_shared(vma_stable);

/**
 * vma_ref_zap_range() - Remove the mappings of a range of pages.
 * @h: A vma_ref or vma_mixedmap handle. Of a VMA found by address, ask
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

/**
 * vma_ref_zap_all() - Remove the mappings of all pages of a VMA.
 * @h: A vma_ref or vma_mixedmap handle. Of a VMA found by address, ask
 *     vma_ref_is() first (R3).
 *
 * Context: Task context, may sleep.
 * Return: 0, or -EPERM and nothing done if this is a hugetlb mapping; see
 * vma_ref_zap_range().
 */
#define vma_ref_zap_all(h)						\
({									\
	struct vma_ref *__zap = vma_ref(h);				\
									\
	__vma_ref_zap_range(__zap, vma_ref_start(__zap), vma_ref_size(__zap)); \
})

/* ---- types: say once what a mapping is ------------------------------------ */

/*
 * The policy of a VMA type: exactly one of each group (of VMA_DENY_*: NONE or
 * any of the others), and any of VMA_TYPE_*. There is no default. (R8)
 */
typedef unsigned int __bitwise vma_policy_t;

#define __VMA_POLICY(nr)	((__force vma_policy_t)(1U << (nr)))

/* What is put into the page tables. */
#define VMA_MAP_NONE		__VMA_POLICY(0)	/* only what ->fault() returns */
#define VMA_MAP_MIXED		__VMA_POLICY(1)	/* inserted pages: VM_MIXEDMAP */
#define VMA_MAP_PFN		__VMA_POLICY(2)	/* bare PFNs: VM_PFNMAP */
/*
 * Access that user space does not get, now or by mprotect() later. (R1)
 * Most architectures can read what they can write, so VMA_DENY_READ alone hides
 * nothing from a mapping that is writable. VMA_DENY_EXEC refuses processes with
 * the personality READ_IMPLIES_EXEC, whose every readable mapping wants it.
 */
#define VMA_DENY_NONE		__VMA_POLICY(3)
#define VMA_DENY_READ		__VMA_POLICY(4)
#define VMA_DENY_WRITE		__VMA_POLICY(5)
#define VMA_DENY_EXEC		__VMA_POLICY(6)
/* A private mapping whose pages a write would copy. */
#define VMA_COW_ALLOW		__VMA_POLICY(7)
#define VMA_COW_REFUSE		__VMA_POLICY(8)
/* A partial munmap(), mprotect() or the like, making two VMAs of one. */
#define VMA_SPLIT_ALLOW		__VMA_POLICY(9)
#define VMA_SPLIT_REFUSE	__VMA_POLICY(10)
/*
 * mremap() to another address. Where it is refused, ->open() and ->close() have
 * run for the copy that was made and undone, and what was mapped at the address
 * given with MREMAP_FIXED is gone.
 */
#define VMA_MREMAP_ALLOW	__VMA_POLICY(11)
#define VMA_MREMAP_REFUSE	__VMA_POLICY(12)
/* fork(): does the child get the mapping? */
#define VMA_FORK_COPY		__VMA_POLICY(13)
#define VMA_FORK_DROP		__VMA_POLICY(14)
/*
 * mremap() to a larger size, or a mapping of the same file right behind it that
 * becomes a part of it without a call of ->mmap(). Where it is allowed, a size
 * that ->mmap() checked is not the last word.
 */
#define VMA_EXPAND_ALLOW	__VMA_POLICY(15)
#define VMA_EXPAND_REFUSE	__VMA_POLICY(16)
/* More to be set. */
#define VMA_TYPE_IO		__VMA_POLICY(17) /* VM_IO: do not look at it */
#define VMA_TYPE_DONTDUMP	__VMA_POLICY(18) /* not in core dumps */

/**
 * struct vma_type - What a driver's mappings are, declared once.
 * @vm_ops: The hooks. Their address, found in a VMA, is the type's identity
 *          (R3), so the kernel's own users of vm_ops need nothing new.
 * @policy: What user space may do with such a mapping (R8).
 *
 * Declared with DEFINE_VMA_TYPE(), and applied to a new mapping as a whole by
 * vma_new_set_type().
 */
struct vma_type {
	const struct vm_operations_struct vm_ops;
	vma_policy_t policy;
};

int vma_type_no_split(struct vm_area_struct *vma, unsigned long addr);
int vma_type_no_mremap(struct vm_area_struct *vma);

#define __vma_policy_has(policy, bit) \
	(((__force unsigned int)(policy) & (__force unsigned int)(bit)) != 0)
#define __vma_policy_one(policy, a, b) \
	(__vma_policy_has(policy, a) != __vma_policy_has(policy, b))

#define __VMA_POLICY_CHECK(policy)					\
	static_assert(__vma_policy_has(policy, VMA_MAP_NONE) +		\
		      __vma_policy_has(policy, VMA_MAP_MIXED) +		\
		      __vma_policy_has(policy, VMA_MAP_PFN) == 1,	\
		      "a VMA type needs exactly one VMA_MAP_*");	\
	static_assert(__vma_policy_one(policy, VMA_DENY_NONE,		\
				       VMA_DENY_READ | VMA_DENY_WRITE |	\
				       VMA_DENY_EXEC),			\
		      "a VMA type needs VMA_DENY_NONE or other VMA_DENY_*"); \
	static_assert(__vma_policy_one(policy, VMA_COW_ALLOW, VMA_COW_REFUSE), \
		      "a VMA type needs exactly one VMA_COW_*");	\
	static_assert(__vma_policy_one(policy, VMA_SPLIT_ALLOW, VMA_SPLIT_REFUSE), \
		      "a VMA type needs exactly one VMA_SPLIT_*");	\
	static_assert(__vma_policy_one(policy, VMA_MREMAP_ALLOW, VMA_MREMAP_REFUSE), \
		      "a VMA type needs exactly one VMA_MREMAP_*");	\
	static_assert(__vma_policy_one(policy, VMA_FORK_COPY, VMA_FORK_DROP), \
		      "a VMA type needs exactly one VMA_FORK_*");	\
	static_assert(__vma_policy_one(policy, VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE), \
		      "a VMA type needs exactly one VMA_EXPAND_*");	\
	/* (R7) */							\
	static_assert(!__vma_policy_has(policy, VMA_MAP_PFN) ||		\
		      __vma_policy_has(policy, VMA_COW_REFUSE),		\
		      "VMA_MAP_PFN needs VMA_COW_REFUSE");		\
	/* mremap() never enlarges one. */				\
	static_assert(!__vma_policy_has(policy, VMA_MAP_PFN) ||		\
		      __vma_policy_has(policy, VMA_EXPAND_REFUSE),	\
		      "VMA_MAP_PFN needs VMA_EXPAND_REFUSE");		\
	/* Only a special VMA keeps them: see vma_new_set_dontcopy(). */ \
	static_assert(!__vma_policy_has(policy, VMA_FORK_DROP |		\
					VMA_TYPE_DONTDUMP) ||		\
		      __vma_policy_has(policy, VMA_MAP_MIXED | VMA_MAP_PFN | \
				       VMA_TYPE_IO | VMA_EXPAND_REFUSE), \
		      "VMA_FORK_DROP, VMA_TYPE_DONTDUMP: madvise() would undo it")

/**
 * DEFINE_VMA_TYPE() - Declare what a driver's mappings are.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, one of each group of VMA_MAP_*, VMA_DENY_*, VMA_COW_*,
 *           VMA_SPLIT_*, VMA_MREMAP_*, VMA_FORK_*, VMA_EXPAND_*. Leaving one
 *           out, giving two that exclude each other, or a promise that user
 *           space can take back with madvise() does not build (R8).
 * @...: The hooks: designated initialisers of struct vm_operations_struct.
 *       .may_split and .mremap follow from the policy; one given against a
 *       policy that refuses, and .mapped, which is for ->mmap_prepare() only,
 *       are refused by vma_new_set_type().
 *
 * For example::
 *
 *	static DEFINE_VMA_TYPE(pool_vma_type,
 *			       VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
 *			       VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
 *			       VMA_MREMAP_REFUSE | VMA_FORK_DROP |
 *			       VMA_EXPAND_REFUSE,
 *			       .close = pool_vma_close);
 */
#define DEFINE_VMA_TYPE(_name, _policy, ...)				\
	const struct vma_type _name = {					\
		.vm_ops = {						\
			.may_split =					\
				__vma_policy_has(_policy, VMA_SPLIT_REFUSE) ? \
				vma_type_no_split : NULL,		\
			.mremap =					\
				__vma_policy_has(_policy, VMA_MREMAP_REFUSE) ? \
				vma_type_no_mremap : NULL,		\
			__VA_ARGS__					\
		},							\
		.policy = (_policy),					\
	};								\
	__VMA_POLICY_CHECK(_policy)

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
	return id.vm_ops && raw->vm_ops == id.vm_ops &&
	       raw->vm_private_data == id.owner;
}

/**
 * vma_ref_is() - Is this VMA of the driver's type and this owner?
 * @h: A vma_ref or vma_mixedmap handle.
 * @id: The struct vma_identity, as from vma_type_identity().
 *
 * Upholds R3.
 *
 * Context: As for the guard that @h came from.
 * Return: whether it is, for as long as the guard is held.
 */
#define vma_ref_is(h, id)	__vma_ref_is(vma_ref(h), id)

static __always_inline void *__vma_ref_owner(const struct vma_ref *vma,
					     const struct vma_type *type)
	__must_hold_shared(vma_stable)
{
	const struct vm_area_struct *raw = __vma_raw(vma);

	return raw->vm_ops == &type->vm_ops ? raw->vm_private_data : NULL;
}

/**
 * vma_ref_owner() - The owner that a VMA of this type was set up with.
 * @h: A vma_ref or vma_mixedmap handle.
 * @type: The type, as given to vma_new_set_type().
 *
 * For vm_ops hooks, which are called with the VMA and need the object.
 *
 * Context: As for the guard that @h came from.
 * Return: the owner; NULL if the VMA is not of this type (R3).
 */
#define vma_ref_owner(h, type)	__vma_ref_owner(vma_ref(h), type)

/* ---- vma_mixedmap: pages can be inserted ---------------------------------- */

static __always_inline struct vma_mixedmap * __must_check
__vma_ref_as_mixedmap(__vma_borrows struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_test(__vma_raw(vma), VMA_MIXEDMAP_BIT) ?
		(struct vma_mixedmap *)vma : NULL;
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

static __always_inline struct vma_mixedmap *
__vma_mixedmap_self(__vma_borrows struct vma_mixedmap *vma)
{
	return vma;
}

/* Nobody else sees a VMA that is not in the tree, so it is stable. */
static __always_inline struct vma_mixedmap *
__vma_new_mixedmap(__vma_borrows struct vma_new_mixedmap *vma)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_mixedmap *)vma;
}

/* What takes inserted pages, new or in use, for the verbs that insert. */
#define __vma_insertable(h)						\
	_Generic((typeof(h))NULL,					\
		 struct vma_mixedmap * : __vma_mixedmap_self,		\
		 struct vma_new_mixedmap * : __vma_new_mixedmap)(h)

static __always_inline int __must_check
__vma_mixedmap_insert_page(struct vma_mixedmap *vma, unsigned long addr,
			   struct page *page)
	__must_hold_shared(vma_stable)
{
	if (unlikely(!PAGE_ALIGNED(addr)))
		return -EINVAL;
	/*
	 * vm_insert_page() checks that @addr is inside. Its own BUG_ON()s are for
	 * a VMA that is not VM_MIXEDMAP yet, which the handle excludes. (R18)
	 */
	return vm_insert_page(__vma_raw(vma_ref(vma)), addr, page);
}

/**
 * vma_mixedmap_insert_page() - Map one page.
 * @h: A vma_mixedmap or vma_new_mixedmap handle.
 * @addr: Where to, page-aligned.
 * @page: The page; its own reference stays with the caller, the mapping takes
 *        one more (but for the zero page) and drops it when it goes. Any page
 *        of a compound page made with __GFP_COMP is good too.
 *
 * The page is mapped with the VMA's protection (R11).
 *
 * Context: Task context, may sleep to allocate page tables.
 * Return: 0; or nothing was mapped and
 * -EINVAL if @addr is not page-aligned, or @page is none to be inserted
 * (anonymous, slab or other typed memory, or without a reference);
 * -EFAULT if @addr is not inside the VMA (R6);
 * -EBUSY if something is mapped there already;
 * -ENOMEM if there was no page table to be had. A huge entry in the way, which
 * only raw vmf_insert_pfn_pmd() and the like make, counts as that, and as a bug
 * under CONFIG_DEBUG_VM: do not mix the two in one VMA.
 */
#define vma_mixedmap_insert_page(h, addr, page) \
	__vma_mixedmap_insert_page(__vma_insertable(h), addr, page)

int __must_check
__vma_mixedmap_insert_pages(struct vma_mixedmap *vma, unsigned long addr,
			    struct page **pages, unsigned long nr,
			    unsigned long *inserted)
	__must_hold_shared(vma_stable);

/**
 * vma_mixedmap_insert_pages() - Map many pages under one look at the locks.
 * @h: A vma_mixedmap or vma_new_mixedmap handle.
 * @addr: Where the first one goes, page-aligned; the others follow.
 * @pages: The pages; their own references stay with the caller, each mapping
 *         takes one more and drops it when it goes.
 * @nr: How many pages, not 0.
 * @inserted: Set, in every case, to how many were mapped: the first so many of
 *            @pages, from @addr on without a gap (R13).
 *
 * After a failure in the middle the pages before it stay mapped. The caller
 * knows which from @inserted, and can go on after the one that failed or take
 * them back with vma_ref_zap_range().
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
	__vma_mixedmap_insert_pages(__vma_insertable(h), addr, pages, nr, inserted)

struct page * __must_check
vma_mixedmap_get_page(struct vma_mixedmap *vma, unsigned long addr)
	__must_hold_shared(vma_stable);

/* ---- vma_new: in ->mmap(), not in the tree yet ----------------------------- */

struct vma_new * __must_check vma_new_from_mmap(__vma_borrows struct vm_area_struct *vma);
int __must_check vma_new_set_type(struct vma_new *vma,
				  const struct vma_type *type, void *owner);
struct vma_new_mixedmap * __must_check
vma_new_set_mixedmap(__vma_borrows struct vma_new *vma);
struct vma_identity vma_new_identity(const struct vma_new *vma);

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

/**
 * vma_new_start() - The first address of a new mapping.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: an address, page-aligned.
 */
static __always_inline unsigned long vma_new_start(const struct vma_new *vma)
{
	return __vma_new_raw(vma)->vm_start;
}

/**
 * vma_new_end() - The first address after a new mapping.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: an address, page-aligned.
 */
static __always_inline unsigned long vma_new_end(const struct vma_new *vma)
{
	return __vma_new_raw(vma)->vm_end;
}

/**
 * vma_new_pages() - The size of a new mapping in pages.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: the number of pages, at least 1.
 */
static __always_inline unsigned long vma_new_pages(const struct vma_new *vma)
{
	return vma_pages(__vma_new_raw(vma));
}

/**
 * vma_new_size() - The size of a new mapping in bytes.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: the number of bytes, a multiple of the page size.
 */
static __always_inline unsigned long vma_new_size(const struct vma_new *vma)
{
	return vma_new_pages(vma) << PAGE_SHIFT;
}

/**
 * vma_new_pgoff() - The file offset that user space asked for.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: the offset in pages. Any value: check it against the object.
 */
static __always_inline pgoff_t vma_new_pgoff(const struct vma_new *vma)
{
	return vma_start_pgoff(__vma_new_raw(vma));
}

/**
 * vma_new_file() - The file that is being mapped.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 * Return: the file, without a reference of the caller's own.
 */
static __always_inline struct file *
vma_new_file(__vma_borrows const struct vma_new *vma)
{
	return __vma_new_raw(vma)->vm_file;
}

/**
 * vma_new_mm() - The address space that is being mapped into.
 * @vma: The handle.
 *
 * Not always that of the task which opened the file: compare with
 * mm_with_user_is() where that matters (R15).
 *
 * Context: Within ->mmap().
 * Return: the address space, borrowed: not to be put.
 */
static __always_inline struct mm_with_user *
vma_new_mm(__vma_borrows const struct vma_new *vma)
{
	return (struct mm_with_user *)__vma_new_raw(vma)->vm_mm;
}

/**
 * vma_new_test() - Is this flag of a new mapping set?
 * @vma: The handle.
 * @bit: A VMA_*_BIT, as a constant, but none of an access: see
 *       vma_new_settle() (R1).
 *
 * Context: Within ->mmap().
 * Return: whether it is.
 */
static __always_inline bool vma_new_test(const struct vma_new *vma,
					 vma_flag_t bit)
{
	BUILD_BUG_ON_MSG(bit == VMA_READ_BIT || bit == VMA_WRITE_BIT ||
			 bit == VMA_EXEC_BIT,
			 "an access is asked for with vma_new_settle()");

	return vma_test(__vma_new_raw(vma), bit);
}

/**
 * vma_new_settle() - Is this access wanted, now or ever?
 * @vma: The handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * Where the mapping does not have the access, mprotect() is kept from giving it
 * later: the answer stays true for the mapping's whole life. There is no way
 * to ask and leave it open, which is how a mapping that was refused writing
 * became writable in driver after driver (R1).
 *
 * Context: Within ->mmap().
 * Return: true if the mapping has the access; false if it has not and never
 * will.
 */
static __always_inline bool __must_check
vma_new_settle(struct vma_new *vma, vma_flag_t bit)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	BUILD_BUG_ON_MSG(bit != VMA_READ_BIT && bit != VMA_WRITE_BIT &&
			 bit != VMA_EXEC_BIT,
			 "only VMA_READ_BIT, VMA_WRITE_BIT and VMA_EXEC_BIT can be settled");

	if (vma_test(raw, bit))
		return true;
	if (bit == VMA_READ_BIT)
		vma_clear_flags(raw, VMA_MAYREAD_BIT);
	else if (bit == VMA_WRITE_BIT)
		vma_clear_flags(raw, VMA_MAYWRITE_BIT);
	else
		vma_clear_flags(raw, VMA_MAYEXEC_BIT);
	return false;
}

/**
 * vma_new_deny() - Refuse an access, now and for ever.
 * @vma: The handle.
 * @bit: VMA_READ_BIT, VMA_WRITE_BIT or VMA_EXEC_BIT, as a constant.
 *
 * What a type does for each of its VMA_DENY_*; by itself for a denial that
 * depends on more than the type. Upholds R1.
 *
 * Context: Within ->mmap().
 * Return: 0 if the mapping has not the access, and never will; -EPERM, and
 * nothing changed, if it was asked for: to be returned from ->mmap().
 */
static __always_inline int __must_check
vma_new_deny(struct vma_new *vma, vma_flag_t bit)
{
	return vma_new_settle(vma, bit) ? -EPERM : 0;
}

/**
 * vma_new_set_io() - Set VM_IO.
 * @vma: The handle.
 *
 * The memory is a device's, looking at it may have side effects: it is not
 * dumped, and get_user_pages() leaves it alone.
 *
 * Context: Within ->mmap().
 */
static __always_inline void vma_new_set_io(struct vma_new *vma)
{
	vma_set_flags(__vma_new_raw(vma), VMA_IO_BIT);
}

/**
 * vma_new_set_dontexpand() - Set VM_DONTEXPAND: mremap() cannot enlarge it.
 * @vma: The handle.
 *
 * Context: Within ->mmap().
 */
static __always_inline void vma_new_set_dontexpand(struct vma_new *vma)
{
	vma_set_flags(__vma_new_raw(vma), VMA_DONTEXPAND_BIT);
}

/**
 * vma_new_set_dontcopy() - Set VM_DONTCOPY: a forked child does not get it.
 * @vma: The handle.
 *
 * User space takes it back with madvise(MADV_DOFORK) unless the mapping is
 * also VM_IO, VM_DONTEXPAND, VM_MIXEDMAP or VM_PFNMAP.
 *
 * Context: Within ->mmap().
 */
static __always_inline void vma_new_set_dontcopy(struct vma_new *vma)
{
	vma_set_flags(__vma_new_raw(vma), VMA_DONTCOPY_BIT);
}

/**
 * vma_new_set_dontdump() - Set VM_DONTDUMP: core dumps leave it out.
 * @vma: The handle.
 *
 * User space takes it back with madvise(MADV_DODUMP) unless the mapping is
 * also VM_IO, VM_DONTEXPAND, VM_MIXEDMAP or VM_PFNMAP.
 *
 * Context: Within ->mmap().
 */
static __always_inline void vma_new_set_dontdump(struct vma_new *vma)
{
	vma_set_flags(__vma_new_raw(vma), VMA_DONTDUMP_BIT);
}

#endif /* _LINUX_VMA_ACCESS_H */
