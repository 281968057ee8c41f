// SPDX-License-Identifier: GPL-2.0
/*
 * R17: what holds and lets go is of the owner's type.
 * EXPECT: incompatible
 */
#include "cfail.h"

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
