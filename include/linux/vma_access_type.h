/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: types, which declare once what a driver's mappings are.
 * Included by <linux/vma_access.h>, which drivers include.
 */
#ifndef _LINUX_VMA_ACCESS_TYPE_H
#define _LINUX_VMA_ACCESS_TYPE_H

#include <linux/build_bug.h>
#include <linux/mm.h>

/* ---- flags by their number -------------------------------------------------- */

/*
 * A flag must be passed by its name, VMA_*_BIT. The value alone does not tell a
 * bit number from a mask: VM_WRITE and PROT_WRITE are 2, and bit 2 is
 * VMA_EXEC_BIT. So this checks the spelling. The names are enumerators, not
 * macros, so #bit gives them as they were written.
 */
#define __vma_bit_named(s)						\
	(sizeof(s) > sizeof("VMA__BIT") &&				\
	 !__builtin_strncmp(s, "VMA_", 4) &&				\
	 !__builtin_strcmp(&(s)[sizeof(s) > 5 ? sizeof(s) - 5 : 0], "_BIT"))

#ifdef __CHECKER__
#define __vma_bit(bit)	(bit)
#else
#define __vma_bit(bit)							\
	((bit) + BUILD_BUG_ON_ZERO(!__vma_bit_named(#bit),		\
				   "a VMA flag is given by its number, VMA_*_BIT"))
#endif

/* ---- types: say once what a mapping is ------------------------------------ */

/*
 * The policy of a VMA type has exactly one value of each group (for VMA_DENY_*:
 * NONE, or any of the others), and any of VMA_TYPE_*. There is no default. (R8)
 */
typedef unsigned int __bitwise vma_policy_t;

#define __VMA_POLICY(nr)	((__force vma_policy_t)(1U << (nr)))

/* Kind of page table entries. */
#define VMA_MAP_NONE		__VMA_POLICY(0)	/* by ->fault() or DMA API */
#define VMA_MAP_MIXED		__VMA_POLICY(1)	/* inserted pages: VM_MIXEDMAP */
#define VMA_MAP_PFN		__VMA_POLICY(2)	/* bare PFNs: VM_PFNMAP */
/*
 * Access that user space gets neither now nor by mprotect() later. (R1)
 * Reading follows from the file's mode: only a file that is open for reading
 * can be mapped. With VMA_DENY_EXEC, mmap() fails in a process with the
 * personality READ_IMPLIES_EXEC, which adds PROT_EXEC to each readable mapping.
 */
#define VMA_DENY_NONE		__VMA_POLICY(3)
#define VMA_DENY_WRITE		__VMA_POLICY(4)
#define VMA_DENY_EXEC		__VMA_POLICY(5)
/* Copy-on-write: a private mapping that is or can become writable. */
#define VMA_COW_ALLOW		__VMA_POLICY(6)
#define VMA_COW_REFUSE		__VMA_POLICY(7)
/* Split: a munmap(), mprotect() or the like of a part makes two VMAs of one. */
#define VMA_SPLIT_ALLOW		__VMA_POLICY(8)
#define VMA_SPLIT_REFUSE	__VMA_POLICY(9)
/*
 * Move: mremap() to another address. If it is refused, the core has already
 * called ->open() and ->close() for a copy, and with MREMAP_FIXED has unmapped
 * the target address.
 */
#define VMA_MREMAP_ALLOW	__VMA_POLICY(10)
#define VMA_MREMAP_REFUSE	__VMA_POLICY(11)
/* fork(): the child gets a copy of the mapping, or does not. */
#define VMA_FORK_COPY		__VMA_POLICY(12)
#define VMA_FORK_DROP		__VMA_POLICY(13)
/*
 * Expansion: mremap() to a larger size. If it is allowed, the mapping may grow
 * beyond the size that ->mmap() checked. VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 * or VMA_TYPE_IO: without either the core could merge the mapping with a
 * neighbour of another type or owner.
 */
#define VMA_EXPAND_ALLOW	__VMA_POLICY(14)
#define VMA_EXPAND_REFUSE	__VMA_POLICY(15)
/* Further flags of the VMA. */
#define VMA_TYPE_IO		__VMA_POLICY(16) /* VM_IO: no GUP, no dump */
#define VMA_TYPE_DONTDUMP	__VMA_POLICY(17) /* not in core dumps */
/*
 * Internal: the owner counts its mappings, and starts with a vma_counted (R17).
 * DEFINE_VMA_OBJECT_TYPE() sets it. vma_new_set_type() refuses the type:
 * vma_new_set_object() also checks the owner.
 */
#define __VMA_TYPE_COUNTED	__VMA_POLICY(18)
/* Internal: ->access() checks its arguments. Set by DEFINE_*_OWNED_ACCESS(). */
#define __VMA_TYPE_ACCESS	__VMA_POLICY(19)

/**
 * struct vma_type - Hooks and policy of a driver's mappings.
 * @vm_ops: The hooks. A VMA whose vm_ops points here is of this type (R3), so
 *          struct vm_area_struct needs no new member.
 * @policy: What user space may do with such a mapping (R8).
 *
 * Declare a type with DEFINE_VMA_TYPE(), and apply it to a new mapping with
 * vma_new_set_type().
 */
struct vma_type {
	const struct vm_operations_struct vm_ops;
	vma_policy_t policy;
};

/* Internal: the hooks that follow from a policy. */
int __vma_type_no_split(struct vm_area_struct *vma, unsigned long addr);
int __vma_type_no_mremap(struct vm_area_struct *vma);

/*
 * Internal: the first member of an owner that counts its mappings. @__mapped
 * counts a new one, or returns an errno and has undone all that it did.
 */
struct vma_counted {
	int (*__mapped)(struct vma_counted *counted, unsigned long start,
			unsigned long end, pgoff_t pgoff, const struct file *file);
};

/*
 * Internal: ->mapped() of each type that is __VMA_TYPE_COUNTED, and of no other,
 * so it also tells the VMAs of such types.
 */
int __vma_counted_vma_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			     const struct file *file, void **private);

#define __vma_policy_has(policy, bit) \
	(((__force unsigned int)(policy) & (__force unsigned int)(bit)) != 0)
#define __vma_policy_one(policy, a, b) \
	(__vma_policy_has(policy, a) != __vma_policy_has(policy, b))
#define __vma_policy_one_of_3(policy, a, b, c)				\
	(__vma_policy_has(policy, a) + __vma_policy_has(policy, b) +	\
	 __vma_policy_has(policy, c) == 1)

/*
 * Each of these policies sets a flag of VM_SPECIAL. The core does not merge a
 * special VMA, so it keeps its hooks and owner, and madvise() cannot clear its
 * VM_DONTCOPY or VM_DONTDUMP. VMA_MAP_PFN is not listed because it needs
 * VMA_EXPAND_REFUSE anyway.
 */
#define __vma_policy_special(policy)					\
	__vma_policy_has(policy, VMA_MAP_MIXED | VMA_TYPE_IO |		\
			 VMA_EXPAND_REFUSE)

#define __VMA_POLICY_CHECK(policy)					\
	static_assert(__vma_policy_one_of_3(policy, VMA_MAP_NONE,	\
					    VMA_MAP_MIXED, VMA_MAP_PFN), \
		      "a VMA type needs exactly one VMA_MAP_*");	\
	static_assert(__vma_policy_one(policy, VMA_DENY_NONE,		\
				       VMA_DENY_WRITE | VMA_DENY_EXEC), \
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
	static_assert(__vma_policy_special(policy),			\
		      "VMA_MAP_NONE needs VMA_EXPAND_REFUSE or VMA_TYPE_IO: it would be merged")

/*
 * A type's declaration accepts these hooks and no others. ->open(), ->close()
 * and ->mapped() are missing because it is hard to balance them by hand: use
 * DEFINE_VMA_OWNER(). ->access() is missing because the core passes it
 * unchecked arguments.
 */
struct __vma_type_hooks {
	typeof_member(const struct vm_operations_struct, mprotect) mprotect;
	typeof_member(const struct vm_operations_struct, fault) fault;
	typeof_member(const struct vm_operations_struct, huge_fault) huge_fault;
	typeof_member(const struct vm_operations_struct, map_pages) map_pages;
	typeof_member(const struct vm_operations_struct, pagesize) pagesize;
	typeof_member(const struct vm_operations_struct, page_mkwrite) page_mkwrite;
	typeof_member(const struct vm_operations_struct, pfn_mkwrite) pfn_mkwrite;
	typeof_member(const struct vm_operations_struct, name) name;
};

#define __vma_type_hooks_fit(...) \
	(sizeof((struct __vma_type_hooks){ __VA_ARGS__ }) != 0)

#define __DEFINE_VMA_TYPE(_name, _policy, ...)				\
	const struct vma_type _name = {					\
		.vm_ops = {						\
			.may_split =					\
				__vma_policy_has(_policy, VMA_SPLIT_REFUSE) ? \
				__vma_type_no_split : NULL,		\
			.mremap =					\
				__vma_policy_has(_policy, VMA_MREMAP_REFUSE) ? \
				__vma_type_no_mremap : NULL,		\
			__VA_ARGS__					\
		},							\
		.policy = (_policy),					\
	};								\
	__VMA_POLICY_CHECK(_policy)

/**
 * DEFINE_VMA_TYPE() - Declare the hooks and policy of a driver's mappings.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, one of each group of VMA_MAP_*, VMA_DENY_* (or both),
 *           VMA_COW_*, VMA_SPLIT_*, VMA_MREMAP_*, VMA_FORK_*, VMA_EXPAND_*, and
 *           any VMA_TYPE_*. A policy that leaves a group out, contradicts
 *           itself, or lets the core merge the mapping with a neighbour does
 *           not build (R8).
 * @...: The hooks, as designated initialisers of struct vm_operations_struct.
 *       Do not give .may_split and .mremap, which follow from the policy. These
 *       do not build either: .open, .close and .mapped, for which there is
 *       DEFINE_VMA_TYPE_OWNED(), and .access.
 *
 * A hook that calls vma_ref_owner() needs the type, and the type names the
 * hook. Declare the type before the hook, as static const struct vma_type.
 *
 * For example::
 *
 *	static DEFINE_VMA_TYPE(pool_vma_type,
 *			       VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
 *			       VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
 *			       VMA_MREMAP_REFUSE | VMA_FORK_DROP |
 *			       VMA_EXPAND_REFUSE,
 *			       .fault = pool_vma_fault);
 */
#define DEFINE_VMA_TYPE(_name, _policy, ...)				\
	__DEFINE_VMA_TYPE(_name, _policy, __VA_ARGS__);			\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

/**
 * DEFINE_VMA_OWNER() - Define how mappings hold their owner.
 * @_name: A prefix for the names of the static functions that this defines.
 *         Pass it to DEFINE_VMA_TYPE_OWNED().
 * @_owner: The owner's type, such as struct buf.
 * @...: Any of these hooks, as designated initialisers:
 *       .get = void (*)(_owner *owner), called when one more VMA shows the
 *       owner: a new mapping, the new part after a split, or a copy made by
 *       fork() or mremap();
 *       .put = void (*)(_owner *owner), called when such a VMA goes, once for
 *       each .get, as the last step, so it may free the owner;
 *       .closing = void (*)(_owner *owner, struct vma_ref *vma), called before
 *       .put, while the owner is still held, for cleanup that needs the VMA.
 *
 * For example::
 *
 *	DEFINE_VMA_OWNER(buf_owner, struct buf, .get = buf_get, .put = buf_put);
 *
 * .get is called with the mmap lock held for write. .put and .closing are
 * called with it held for read or for write. All may sleep.
 */
#define DEFINE_VMA_OWNER(_name, _owner, ...)				\
	static const struct {						\
		void (*get)(typeof(_owner) *owner);			\
		void (*put)(typeof(_owner) *owner);			\
		void (*closing)(typeof(_owner) *owner,			\
				struct vma_ref *vma);			\
	} _name##_hooks = { __VA_ARGS__ };				\
									\
	static void _name##_open(struct vm_area_struct *vma)		\
	{								\
		if (_name##_hooks.get)					\
			_name##_hooks.get(vma->vm_private_data);	\
	}								\
									\
	static void _name##_close(struct vm_area_struct *vma)		\
	{								\
		typeof(_owner) *owner = vma->vm_private_data;		\
									\
		if (_name##_hooks.closing)				\
			_name##_hooks.closing(owner, vma_ref_from_op(vma)); \
		if (_name##_hooks.put)					\
			_name##_hooks.put(owner);			\
	}								\
									\
	static int _name##_mapped(unsigned long start, unsigned long end, \
				  pgoff_t pgoff, const struct file *file, \
				  void **private)			\
	{								\
		if (_name##_hooks.get)					\
			_name##_hooks.get(*private);			\
		return 0;						\
	}								\
	static_assert(sizeof(typeof(_owner) *) != 0)

/**
 * DEFINE_VMA_TYPE_OWNED() - Declare a type whose mappings hold their owner.
 * @_name: The variable, a const struct vma_type.
 * @_policy: The policy, as for DEFINE_VMA_TYPE().
 * @_owner: The name that was given to DEFINE_VMA_OWNER().
 * @...: The other hooks, as for DEFINE_VMA_TYPE().
 */
#define DEFINE_VMA_TYPE_OWNED(_name, _policy, _owner, ...)		\
	__DEFINE_VMA_TYPE(_name, _policy,				\
			  .open = _owner##_open,			\
			  .close = _owner##_close,			\
			  .mapped = _owner##_mapped,			\
			  __VA_ARGS__);					\
	static_assert(__vma_type_hooks_fit(__VA_ARGS__))

/* ---- over the hooks of a subsystem ------------------------------------------ */

/* The groups of a policy that need hooks of the type. */
#define __VMA_POLICY_OF_HOOKS						\
	(VMA_SPLIT_ALLOW | VMA_SPLIT_REFUSE |				\
	 VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE | __VMA_TYPE_COUNTED)

/**
 * struct vma_type_over - A policy for mappings whose hooks are a subsystem's.
 * @policy: What user space may do with such a mapping (R8).
 *
 * Some subsystems, such as DRM GEM, ALSA PCM, RDMA and BPF, set vm_ops and
 * vm_private_data before they call the driver's hook. A driver below one of
 * these declares its policy with DEFINE_VMA_TYPE_OVER(), and applies it with
 * vma_new_set_type_over().
 */
struct vma_type_over {
	vma_policy_t policy;
};

/**
 * DEFINE_VMA_TYPE_OVER() - Declare a policy over the hooks of a subsystem.
 * @_name: The variable, a const struct vma_type_over.
 * @_policy: The policy, one of each group of VMA_MAP_*, VMA_DENY_*, VMA_COW_*,
 *           VMA_FORK_*, VMA_EXPAND_*. VMA_SPLIT_* and VMA_MREMAP_* do not build:
 *           ->may_split() and ->mremap() are the subsystem's (R8).
 *
 * For example::
 *
 *	static DEFINE_VMA_TYPE_OVER(shmem_vma_type,
 *				    VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE |
 *				    VMA_FORK_COPY | VMA_EXPAND_REFUSE |
 *				    VMA_TYPE_DONTDUMP);
 */
#define DEFINE_VMA_TYPE_OVER(_name, _policy)				\
	const struct vma_type_over _name = { .policy = (_policy) };	\
	static_assert(!__vma_policy_has(_policy, __VMA_POLICY_OF_HOOKS), \
		      "VMA_SPLIT_*, VMA_MREMAP_*: the subsystem's hooks decide"); \
	__VMA_POLICY_CHECK((_policy) | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW)

#endif /* _LINUX_VMA_ACCESS_TYPE_H */
