// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: CONFIG_DEBUG_VMA_ACCESS reports a misuse of objects that
 * breaks R17 only later or elsewhere.
 */
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/pagemap.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/* Memory that was never set up is unlikely to hold this value. */
static unsigned long vma_object_magic(const struct vma_object *object)
{
	return (unsigned long)object ^ 0x6f626a63UL;
}

__no_kmsan_checks
void __vma_note_object(struct vma_object *object)
{
	/* The object must not be set up while it is mapped. */
	if (object->__magic == vma_object_magic(object))
		WARN_ON_ONCE(vma_object_mappings(object));
	object->__magic = vma_object_magic(object);
	object->__unguarded = false;
}

static bool vma_object_live_held(struct vma_object *object)
{
	return lockdep_is_held_type(&object->__live, 1) != LOCK_STATE_NOT_HELD;
}

void __vma_note_object_revoked(struct vma_object *object)
{
	/* An insert outside the live scope could have come after this revoke. */
	WARN_ON_ONCE(READ_ONCE(object->__unguarded));
}

int __vma_check_insert(const struct vm_area_struct *vma, unsigned long addr,
		       unsigned long nr)
{
	struct vma_object *object;

	/* The core refuses an address outside the VMA. */
	if (!vma_ops_counted(vma->vm_ops) || addr < vma->vm_start ||
	    addr >= vma->vm_end)
		return 0;
	object = vma->vm_private_data;
	if (WARN_ON_ONCE(vma_object_check_fit(object, linear_page_index(vma, addr),
					      nr << PAGE_SHIFT)))
		return -EFAULT;
	/* Set this before testing __revoked, so a later revoke sees it. */
	if (!vma_object_live_held(object))
		WRITE_ONCE(object->__unguarded, true);
	if (WARN_ON_ONCE(READ_ONCE(object->__revoked)))
		return __vma_refuse(VMA_REFUSED_REVOKED, -ENODEV);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_check_insert);

/*
 * Is this task inside the live scope of the object that the VMA shows? After a
 * lockdep report the state is unknown: return false, so as not to warn. (R18)
 */
bool vma_owner_locked(const struct vm_area_struct *vma)
{
	struct vma_object *object = vma->vm_private_data;

	return vma_ops_counted(vma->vm_ops) &&
	       lockdep_is_held_type(&object->__live, 1) == LOCK_STATE_HELD;
}
