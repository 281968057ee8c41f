/* SPDX-License-Identifier: GPL-2.0 */
/* What the cases share. BAD_OR(bad, good) is what differs between the twins. */
#include <linux/vma_access.h>

#ifdef BAD
# define CFAIL_BAD	1
#else
# define CFAIL_BAD	0
#endif
#define BAD_OR(bad, good)	__builtin_choose_expr(CFAIL_BAD, bad, good)

/* A policy that is right. The cases leave out or add one word of it. */
#define POLICY_MAP	VMA_MAP_MIXED
#define POLICY_DENY	VMA_DENY_WRITE
#define POLICY_COW	VMA_COW_REFUSE
#define POLICY_SPLIT	VMA_SPLIT_REFUSE
#define POLICY_MREMAP	VMA_MREMAP_REFUSE
#define POLICY_FORK	VMA_FORK_DROP
#define POLICY_EXPAND	VMA_EXPAND_REFUSE
#define POLICY_NOTHING	((__force vma_policy_t)0)

/* On a function, in the good twin: its caller has a guard. */
#ifdef BAD
# define CALLER_HOLDS_VMA
#else
# define CALLER_HOLDS_VMA	__must_hold_shared(vma_stable)
#endif
