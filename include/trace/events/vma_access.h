/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vma_access

#if !defined(_TRACE_VMA_ACCESS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_VMA_ACCESS_H

#include <linux/mm_types.h>
#include <linux/tracepoint.h>

/* Pages or page frames were put into a VMA, or, with an error, fewer than asked. */
TRACE_EVENT(vma_access_insert,

	TP_PROTO(const struct vm_area_struct *vma, unsigned long addr,
		 unsigned long nr, int err),

	TP_ARGS(vma, addr, nr, err),

	TP_STRUCT__entry(
		__field(const void *, mm)
		__field(unsigned long, addr)
		__field(unsigned long, nr)
		__field(int, err)
	),

	TP_fast_assign(
		__entry->mm = vma->vm_mm;
		__entry->addr = addr;
		__entry->nr = nr;
		__entry->err = err;
	),

	TP_printk("mm=%p addr=0x%lx nr=%lu err=%d", __entry->mm, __entry->addr,
		  __entry->nr, __entry->err)
);

/* The mappings of a range are taken out of a VMA. */
TRACE_EVENT(vma_access_zap,

	TP_PROTO(const struct vm_area_struct *vma, unsigned long addr,
		 unsigned long size),

	TP_ARGS(vma, addr, size),

	TP_STRUCT__entry(
		__field(const void *, mm)
		__field(unsigned long, addr)
		__field(unsigned long, size)
	),

	TP_fast_assign(
		__entry->mm = vma->vm_mm;
		__entry->addr = addr;
		__entry->size = size;
	),

	TP_printk("mm=%p addr=0x%lx size=0x%lx", __entry->mm, __entry->addr,
		  __entry->size)
);

/* It was settled that a new mapping has an access, or never will. */
TRACE_EVENT(vma_access_settle,

	TP_PROTO(unsigned long start, unsigned int bit, bool has),

	TP_ARGS(start, bit, has),

	TP_STRUCT__entry(
		__field(unsigned long, start)
		__field(unsigned int, bit)
		__field(bool, has)
	),

	TP_fast_assign(
		__entry->start = start;
		__entry->bit = bit;
		__entry->has = has;
	),

	TP_printk("start=0x%lx bit=%u %s", __entry->start, __entry->bit,
		  __entry->has ? "has" : "never")
);

/* Pages of an object are taken out of all of its mappings. */
TRACE_EVENT(vma_access_revoke,

	TP_PROTO(const void *object, pgoff_t index, unsigned long nr),

	TP_ARGS(object, index, nr),

	TP_STRUCT__entry(
		__field(const void *, object)
		__field(pgoff_t, index)
		__field(unsigned long, nr)
	),

	TP_fast_assign(
		__entry->object = object;
		__entry->index = index;
		__entry->nr = nr;
	),

	TP_printk("object=%p index=%lu nr=%lu", __entry->object, __entry->index,
		  __entry->nr)
);

/* The layer refused something. */
TRACE_EVENT(vma_access_refuse,

	TP_PROTO(const char *why, int err),

	TP_ARGS(why, err),

	TP_STRUCT__entry(
		__string(why, why)
		__field(int, err)
	),

	TP_fast_assign(
		__assign_str(why);
		__entry->err = err;
	),

	TP_printk("why=%s err=%d", __get_str(why), __entry->err)
);

#endif /* _TRACE_VMA_ACCESS_H */

#include <trace/define_trace.h>
