// SPDX-License-Identifier: GPL-2.0
/* Types, owners and objects: the hooks that they may have. */
#include "cfail.h"

#ifdef CASE_type_raw_open
/*
 * R8: a reference taken in ->open() alone is not balanced:
 * hooks of mappings that come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .open.
 * EXPECT-clang: field designator .open. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.open = cfail_open
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_open(struct vm_area_struct *vma)
{
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .open = cfail_open } };
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		CFAIL_HOOK);
#endif

#ifdef CASE_type_raw_close
/*
 * R8: a reference dropped in ->close() may have been taken by nobody:
 * hooks of mappings that come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .close.
 * EXPECT-clang: field designator .close. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.close = cfail_close
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_close(struct vm_area_struct *vma)
{
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .close = cfail_close } };
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		CFAIL_HOOK);
#endif

#ifdef CASE_type_raw_mapped
/*
 * R8: a reference taken in ->mapped() is not taken for the parts of a split:
 * hooks of mappings that come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .mapped.
 * EXPECT-clang: field designator .mapped. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.mapped = cfail_mapped
#else
# define CFAIL_HOOK	.name = NULL
#endif

static int cfail_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			const struct file *file, void **private)
{
	return 0;
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .mapped = cfail_mapped } };
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		CFAIL_HOOK);
#endif

#ifdef CASE_type_raw_access
/*
 * R1, R6: an ->access() that nothing bounds: DEFINE_VMA_TYPE_OWNED_ACCESS() takes one
 * that DEFINE_VMA_ACCESS() has made.
 * EXPECT-gcc: has no member named .access.
 * EXPECT-clang: field designator .access. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.access = cfail_access
#else
# define CFAIL_HOOK	.name = NULL
#endif

static int cfail_access(struct vm_area_struct *vma, unsigned long addr, void *buf,
			int len, int write)
{
	return len;
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .access = cfail_access } };
DEFINE_VMA_TYPE(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND, CFAIL_HOOK);
#endif

#ifdef CASE_access_hook_raw
/*
 * R1, R6: an ->access() that nothing was checked for, as in NVIDIA's driver.
 * EXPECT: undeclared
 */
#ifdef BAD
static int cfail_access(struct vm_area_struct *vma, unsigned long addr, void *buf,
			int len, int write)
{
	return len;
}
#else
static char cfail_page[PAGE_SIZE];

static DEFINE_VMA_ACCESS(cfail_access, remote)
{
	return vma_remote_copy_page(remote, cfail_page);
}
#endif

extern const struct vma_type cfail_type;
DEFINE_VMA_OWNER(cfail_owner, struct page);
DEFINE_VMA_TYPE_OWNED_ACCESS(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW |
			     POLICY_SPLIT | POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
			     cfail_owner, cfail_access);
#endif

#ifdef CASE_access_type_raw_close
/*
 * R8: a type with ->access() has no more hooks than others: those of mappings that
 * come and go are those of DEFINE_VMA_OWNER().
 * EXPECT-gcc: has no member named .close.
 * EXPECT-clang: field designator .close. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.close = cfail_close
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_close(struct vm_area_struct *vma)
{
}

static char cfail_page[PAGE_SIZE];

static DEFINE_VMA_ACCESS(cfail_access, remote)
{
	return vma_remote_copy_page(remote, cfail_page);
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .close = cfail_close } };
DEFINE_VMA_OWNER(cfail_owner, struct page);
DEFINE_VMA_TYPE_OWNED_ACCESS(cfail_type, POLICY_MAP | POLICY_DENY | POLICY_COW |
			     POLICY_SPLIT | POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
			     cfail_owner, cfail_access, CFAIL_HOOK);
#endif

#ifdef CASE_object_type_raw_close
/*
 * R17: an object is let go in the ->put() of its vma_object_ops, and not before it
 * was counted.
 * EXPECT-gcc: has no member named .close.
 * EXPECT-clang: field designator .close. does not refer to any field
 */
#ifdef BAD
# define CFAIL_HOOK	.close = cfail_close
#else
# define CFAIL_HOOK	.name = NULL
#endif

static void cfail_close(struct vm_area_struct *vma)
{
}

extern const struct vma_type cfail_type, cfail_hook;
const struct vma_type cfail_hook = { .vm_ops = { .close = cfail_close } };
DEFINE_VMA_OBJECT_TYPE(cfail_type,
		       POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		       POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND,
		       CFAIL_HOOK);
#endif

#ifdef CASE_object_put_in_closed
/*
 * R17: there is one hook to let an object go, and it is the one that is called
 * when the object is not looked at any more.
 * EXPECT-gcc: has no member named .closed.
 * EXPECT-clang: field designator .closed. does not refer to any field
 */
static void cfail_put(struct vma_object *object)
{
}

extern const struct vma_object_ops cfail_ops;
#ifdef BAD
const struct vma_object_ops cfail_ops = { .closed = cfail_put };
#else
const struct vma_object_ops cfail_ops = { .put = cfail_put };
#endif
#endif

#ifdef CASE_object_type_expands
/*
 * R17: a mapping of an object does not become larger than the object, where no
 * revoke would find what is put in.
 * EXPECT: a VMA type of objects needs VMA_EXPAND_REFUSE
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_OBJECT_TYPE(cfail_type,
		       POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		       POLICY_MREMAP | POLICY_FORK |
		       BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
#endif

#ifdef CASE_object_as_owner
/*
 * R17: what an object type is given is a vma_object.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_planned *vma, const struct vma_type *type,
	      struct file *file, struct vma_object *object);
int cfail_use(struct vma_planned *vma, const struct vma_type *type,
	      struct file *file, struct vma_object *object)
{
	return vma_new_set_object(vma, type, BAD_OR(file, object));
}
#endif

#ifdef CASE_owner_of_other_type
/*
 * R17: what holds and lets go is of the owner's type.
 * EXPECT: incompatible
 */
extern const struct vma_type cfail_type;

struct cfail_buf {
	int refs;
};

struct cfail_device {
	int refs;
};

static void cfail_get(struct cfail_buf *buf)
{
	buf->refs++;
}

#ifdef BAD
static void cfail_put(struct cfail_device *buf)
#else
static void cfail_put(struct cfail_buf *buf)
#endif
{
	buf->refs--;
}

DEFINE_VMA_OWNER(cfail_owner, struct cfail_buf, .get = cfail_get, .put = cfail_put);

DEFINE_VMA_TYPE_OWNED(cfail_type,
		      POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_SPLIT |
		      POLICY_MREMAP | POLICY_FORK | POLICY_EXPAND, cfail_owner);
#endif
