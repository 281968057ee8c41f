// SPDX-License-Identifier: GPL-2.0
/* Pins and references of an address space: got, used and put once. */
#include "cfail.h"

#ifdef CASE_pin_returned
/*
 * R4: a pinned address space is not returned from its scope.
 * EXPECT-clang: address of stack memory
 * EXPECT-lifetime: is returned
 */
#ifdef BAD
struct mm_with_user *cfail_use(struct mm_ref *ref);
struct mm_with_user *cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return mm_with_user_of(&pin);
}
#else
struct mm_with_user *cfail_use(struct mm_ref *ref);
struct mm_with_user *cfail_use(struct mm_ref *ref)
{
	return mm_with_user_get(ref);
}
#endif
#endif

#ifdef CASE_pin_after_scope
/*
 * R4: nor used after it.
 * EXPECT-lifetime: does not live long enough
 */
bool cfail_use(struct mm_ref *ref, struct mm_ref *other);
bool cfail_use(struct mm_ref *ref, struct mm_ref *other)
{
	struct mm_with_user *user;

	{
		CLASS(mm_with_user_async, pin)(ref);

		user = mm_with_user_of(&pin);
#ifndef BAD
		return user && mm_with_user_is(user, other);
#endif
	}
#ifdef BAD
	return user && mm_with_user_is(user, other);
#endif
}
#endif

#ifdef CASE_pin_owner_returned
/*
 * R4: the owner of a pin is not returned: the pin was dropped by then.
 * EXPECT-coccinelle: returns a guard
 */
#ifdef BAD
struct mm_with_user_owner cfail_use(struct mm_ref *ref);
struct mm_with_user_owner cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return pin;
}
#else
bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return mm_with_user_of(&pin);
}
#endif
#endif

#ifdef CASE_pin_in_member
/*
 * R4: a pin is kept by mm_with_user_get(), not by its owner's scope.
 * EXPECT-coccinelle: pin outlives its owner
 */
struct keeper {
	struct mm_with_user *user;
};

static __used int cfail_use(struct keeper *keeper, struct mm_ref *ref)
{
#ifdef BAD
	CLASS(mm_with_user, pin)(ref);

	keeper->user = mm_with_user_of(&pin);
#else
	keeper->user = mm_with_user_get(ref);
#endif
	return keeper->user ? 0 : -ESRCH;
}
#endif

#ifdef CASE_put_borrowed_owner
/*
 * R5: a scoped pin is not put by hand through its owner.
 * EXPECT: incompatible pointer type
 */
void cfail_use(struct mm_ref *ref, struct mm_with_user *user);
void cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(mm_with_user, pin)(ref);

	mm_with_user_put(BAD_OR(&pin, user));
}
#endif

#ifdef CASE_put_async_borrowed_owner
/*
 * R5: nor by the other put.
 * EXPECT: incompatible pointer type
 */
void cfail_use(struct mm_ref *ref, struct mm_with_user *user);
void cfail_use(struct mm_ref *ref, struct mm_with_user *user)
{
	CLASS(mm_with_user, pin)(ref);

	mm_with_user_put_async(BAD_OR(&pin, user));
}
#endif

#ifdef CASE_pin_of_other_put
/*
 * R5: nor does a pin that tears down at once pass for one that leaves it to a worker.
 * EXPECT: incompatible pointer type
 */
static bool cfail_under_lock(struct mm_with_user_owner_async *pin)
{
	return mm_with_user_of(pin);
}

bool cfail_use(struct mm_ref *ref);
bool cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, now)(ref);
	CLASS(mm_with_user_async, later)(ref);

	return cfail_under_lock(BAD_OR(&now, &later));
}
#endif

#ifdef CASE_put_borrowed_current
/*
 * R4: the current task's own address space is borrowed.
 * EXPECT-coccinelle: not this function's own
 */
int cfail_use(void);
int cfail_use(void)
{
	struct mm_with_user *user = mm_with_user_current();

	if (!user)
		return -ESRCH;
#ifdef BAD
	mm_with_user_put(user);
#endif
	return 0;
}
#endif

#ifdef CASE_put_owned
/*
 * R5: what a class puts is not put by hand.
 * EXPECT-coccinelle: not this function's own
 */
int cfail_use(struct mm_ref *ref);
int cfail_use(struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);
	struct mm_with_user *user = mm_with_user_of(&pin);

	if (!user)
		return -ESRCH;
#ifdef BAD
	mm_with_user_put(user);
#endif
	return 0;
}
#endif

#ifdef CASE_put_twice
/*
 * R5: a pin is put once, on each path.
 * EXPECT-coccinelle: was dropped
 */
int cfail_use(struct mm_ref *ref, unsigned long size);
int cfail_use(struct mm_ref *ref, unsigned long size)
{
	struct mm_with_user *user = mm_with_user_get(ref);
	int err = 0;

	if (!user)
		return -ESRCH;
	if (size < PAGE_SIZE) {
#ifdef BAD
		mm_with_user_put(user);
#endif
		err = -EINVAL;
		goto out;
	}
	err = -ENOMEM;
out:
	mm_with_user_put(user);
	/* To set it anew is no use of it. */
	user = mm_with_user_current();
	return user ? err : -ESRCH;
}
#endif

#ifdef CASE_ref_after_drop
/*
 * R4: a reference is not used after it was dropped.
 * EXPECT-coccinelle: was dropped
 */
int cfail_use(void);
int cfail_use(void)
{
	struct mm_ref *ref = mm_ref_grab_current();
	int err = -ESRCH;

	if (!ref)
		return err;
#ifdef BAD
	mm_ref_drop(ref);
#endif
	{
		CLASS(mm_with_user, pin)(ref);
		struct mm_with_user *user = mm_with_user_of(&pin);

		if (user)
			err = 0;
	}
#ifndef BAD
	mm_ref_drop(ref);
#endif
	return err;
}
#endif

#ifdef CASE_mm_by_address
/*
 * R15: an mm is told by a reference that keeps it: a bare address may be another's by now.
 * EXPECT: incompatible pointer type
 */
bool cfail_use(struct mm_with_user *user, struct mm_struct *opened, struct mm_ref *ref);
bool cfail_use(struct mm_with_user *user, struct mm_struct *opened, struct mm_ref *ref)
{
	return mm_with_user_is(user, BAD_OR(opened, ref));
}
#endif

#ifdef CASE_mm_not_pinned
/*
 * R15: a guard is taken on an address space that is known to be there, not on any mm.
 * EXPECT: incompatible pointer type
 */
unsigned long cfail_use(struct mm_struct *opened, struct mm_with_user *user);
unsigned long cfail_use(struct mm_struct *opened, struct mm_with_user *user)
{
#ifdef BAD
	CLASS(mmap_read, guard)(opened);
#else
	CLASS(mmap_read, guard)(user);
#endif
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	return vma ? vma_ref_end(vma) : 0;
}
#endif
