// SPDX-License-Identifier: GPL-2.0
/* Policies of a type: complete, without contradiction, and never merged. */
#include "cfail.h"

#ifdef CASE_policy_no_map
/*
 * R8: a type that does not say what is put into the page tables does not build.
 * EXPECT: a VMA type needs exactly one VMA_MAP_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		BAD_OR(POLICY_NOTHING, POLICY_MAP) |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_deny
/*
 * R8: a type that does not say which access is denied does not build.
 * EXPECT: a VMA type needs VMA_DENY_NONE or other
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		BAD_OR(POLICY_NOTHING, POLICY_DENY) |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_cow
/*
 * R8: a type that does not say what happens on copy-on-write does not build.
 * EXPECT: a VMA type needs exactly one VMA_COW_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		BAD_OR(POLICY_NOTHING, POLICY_COW) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_split
/*
 * R8: a type that does not say what happens on split does not build.
 * EXPECT: a VMA type needs exactly one VMA_SPLIT_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		BAD_OR(POLICY_NOTHING, POLICY_SPLIT) |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_mremap
/*
 * R8: a type that does not say what happens on mremap does not build.
 * EXPECT: a VMA type needs exactly one VMA_MREMAP_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		BAD_OR(POLICY_NOTHING, POLICY_MREMAP) |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_fork
/*
 * R8: a type that does not say what happens on fork does not build.
 * EXPECT: a VMA type needs exactly one VMA_FORK_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		BAD_OR(POLICY_NOTHING, POLICY_FORK) |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_no_expand
/*
 * R8: a type that does not say what happens on expansion does not build.
 * EXPECT: a VMA type needs exactly one VMA_EXPAND_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(POLICY_NOTHING, POLICY_EXPAND));
#endif

#ifdef CASE_policy_two_maps
/*
 * R7: a type is not VM_MIXEDMAP and VM_PFNMAP at once.
 * EXPECT: a VMA type needs exactly one VMA_MAP_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		BAD_OR(VMA_MAP_MIXED | VMA_MAP_PFN, VMA_MAP_MIXED) |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_two_cow
/*
 * R8: a type does not allow and refuse copy-on-write at once.
 * EXPECT: a VMA type needs exactly one VMA_COW_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		BAD_OR(VMA_COW_ALLOW | VMA_COW_REFUSE, POLICY_COW) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_two_split
/*
 * R8: a type does not allow and refuse split at once.
 * EXPECT: a VMA type needs exactly one VMA_SPLIT_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		BAD_OR(VMA_SPLIT_ALLOW | VMA_SPLIT_REFUSE, POLICY_SPLIT) |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_two_mremap
/*
 * R8: a type does not allow and refuse mremap at once.
 * EXPECT: a VMA type needs exactly one VMA_MREMAP_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		BAD_OR(VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE, POLICY_MREMAP) |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_two_fork
/*
 * R8: a type is not copied and dropped on fork at once.
 * EXPECT: a VMA type needs exactly one VMA_FORK_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		BAD_OR(VMA_FORK_COPY | VMA_FORK_DROP, POLICY_FORK) |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_two_expand
/*
 * R8: a type does not allow and refuse expansion at once.
 * EXPECT: a VMA type needs exactly one VMA_EXPAND_
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW | VMA_EXPAND_REFUSE, POLICY_EXPAND));
#endif

#ifdef CASE_policy_deny_none_and_write
/*
 * R8: a type does not deny nothing and something at once.
 * EXPECT: a VMA type needs VMA_DENY_NONE or other
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		BAD_OR(VMA_DENY_NONE | VMA_DENY_WRITE, VMA_DENY_WRITE) |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_deny_none_and_exec
/*
 * R8: a type does not deny nothing and executing at once.
 * EXPECT: a VMA type needs VMA_DENY_NONE or other
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		POLICY_MAP |
		BAD_OR(VMA_DENY_NONE | VMA_DENY_EXEC, VMA_DENY_EXEC) |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_pfn_cow
/*
 * R7: a PFN mapping refuses copy-on-write.
 * EXPECT: VMA_MAP_PFN needs VMA_COW_REFUSE
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_PFN |
		POLICY_DENY |
		BAD_OR(VMA_COW_ALLOW, VMA_COW_REFUSE) |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		POLICY_EXPAND);
#endif

#ifdef CASE_policy_pfn_expand
/*
 * R8: a PFN mapping is never enlarged, and cannot say that it is.
 * EXPECT: VMA_MAP_PFN needs VMA_EXPAND_REFUSE
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_PFN |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
#endif

#ifdef CASE_policy_none_expand
/*
 * R3, R8: a merge with a neighbour would change policy and owner of a type that
 * inserts nothing and may be enlarged.
 * EXPECT: VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_NONE |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		POLICY_FORK |
		BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
#endif

#ifdef CASE_policy_none_io
/*
 * R8: a merge would change it, and madvise() would take VM_DONTDUMP back: neither
 * happens to a mapping that is VM_IO.
 * EXPECT: VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 */
extern const struct vma_type cfail_type;
DEFINE_VMA_TYPE(cfail_type,
		VMA_MAP_NONE |
		POLICY_DENY |
		POLICY_COW |
		POLICY_SPLIT |
		POLICY_MREMAP |
		VMA_FORK_COPY |
		VMA_EXPAND_ALLOW | VMA_TYPE_DONTDUMP |
		BAD_OR(POLICY_NOTHING, VMA_TYPE_IO));
#endif

#ifdef CASE_over_as_type
/*
 * R8: a policy without hooks is no type: it could not keep what it says.
 * EXPECT: incompatible pointer type
 */
int cfail_use(struct vma_new *vma);

static DEFINE_VMA_TYPE_OVER(cfail_over, POLICY_MAP | POLICY_DENY | POLICY_COW |
			    POLICY_FORK | POLICY_EXPAND);

int cfail_use(struct vma_new *vma)
{
#ifdef BAD
	return vma_new_set_type(vma, &cfail_over, vma);
#else
	return vma_new_set_type_over(vma, &cfail_over);
#endif
}
#endif

#ifdef CASE_over_merged
/*
 * R3, R8: below a subsystem's hooks a mapping that would be merged does not build.
 * EXPECT: VMA_MAP_NONE needs VMA_EXPAND_REFUSE
 */
extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     VMA_MAP_NONE | POLICY_DENY | POLICY_COW | POLICY_FORK |
		     BAD_OR(VMA_EXPAND_ALLOW, VMA_EXPAND_REFUSE));
#endif

#ifdef CASE_over_mremap
/*
 * R8: below a subsystem's hooks a policy cannot promise what they decide: a move.
 * EXPECT: hooks decide
 */
extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_FORK |
		     POLICY_EXPAND | BAD_OR(VMA_MREMAP_REFUSE, POLICY_NOTHING));
#endif

#ifdef CASE_over_no_deny
/*
 * R1, R8: below a subsystem's hooks a policy says which access is denied, too.
 * EXPECT: needs VMA_DENY_NONE or other
 */
extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     POLICY_MAP | POLICY_COW | POLICY_FORK | POLICY_EXPAND |
		     BAD_OR(POLICY_NOTHING, POLICY_DENY));
#endif

#ifdef CASE_over_split
/*
 * R8: below a subsystem's hooks a policy cannot promise what they decide: a split.
 * EXPECT: hooks decide
 */
extern const struct vma_type_over cfail_over;
DEFINE_VMA_TYPE_OVER(cfail_over,
		     POLICY_MAP | POLICY_DENY | POLICY_COW | POLICY_FORK |
		     POLICY_EXPAND | BAD_OR(VMA_SPLIT_REFUSE, POLICY_NOTHING));
#endif
