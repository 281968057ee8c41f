/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common parts of the KUnit suites of typed VMA access: checks of warnings,
 * refusals and locks, and a writer in another thread.
 */
#ifndef _MM_VMA_ACCESS_TEST_H
#define _MM_VMA_ACCESS_TEST_H

#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/vma_access.h>

/* ---- warnings and refusals ---------------------------------------------- */

/*
 * If the architecture implements WARN_ON_ONCE() by the bug table, a suppressed
 * one is counted each time. Otherwise it is counted only the first time, if at
 * all.
 */
#if defined(CONFIG_GENERIC_BUG) && defined(__WARN_FLAGS)
# define VAT_EXPECT_WARNED(test, nr) \
	KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, nr)
#else
# define VAT_EXPECT_WARNED(test, nr) \
	KUNIT_EXPECT_LE(test, KUNIT_SUPPRESSED_WARNING_COUNT(), nr)
#endif

/* KUnit compares integers, but to sparse the result of a fault is none. */
#define VAT_EXPECT_FAULT(test, ret, want)				\
	KUNIT_EXPECT_EQ(test, (__force unsigned int)(ret),		\
			(__force unsigned int)(want))
#define VAT_EXPECT_FAULT_MSG(test, ret, want, ...)			\
	KUNIT_EXPECT_EQ_MSG(test, (__force unsigned int)(ret),		\
			    (__force unsigned int)(want), __VA_ARGS__)

/* How much was refused so far, for any reason. */
static inline unsigned long vat_refused(void)
{
	unsigned long refused = 0;
	int why;

	for (why = 0; why < NR_VMA_REFUSALS; why++)
		refused += __vma_refusals(why);
	return refused;
}

/*
 * Expect this many refusals more than @before; without the option none count.
 */
#define VAT_EXPECT_REFUSED(test, before, nr)				\
	KUNIT_EXPECT_EQ(test, vat_refused() - (before),			\
			IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS) ? (nr) : 0)

/* ---- what was traced ---------------------------------------------------- */

/* The events of a test's task, a line each. */
struct vat_trace {
	const struct task_struct *task;
	/* From here on addresses are printed as numbers of pages. */
	unsigned long base;
	size_t len;
	char text[512];
};

static inline __printf(2, 3) void vat_traced(struct vat_trace *trace,
					     const char *fmt, ...)
{
	va_list args;

	if (current != trace->task)
		return;
	va_start(args, fmt);
	trace->len += vscnprintf(trace->text + trace->len,
				 sizeof(trace->text) - trace->len, fmt, args);
	va_end(args);
}

static inline long vat_traced_at(const struct vat_trace *trace, unsigned long addr)
{
	return (long)(addr - trace->base) >> PAGE_SHIFT;
}

static inline void vat_on_insert(void *trace, const struct vm_area_struct *vma,
				 unsigned long addr, unsigned long nr, int err)
{
	vat_traced(trace, "insert %ld+%lu %d\n", vat_traced_at(trace, addr), nr, err);
}

static inline void vat_on_zap(void *trace, const struct vm_area_struct *vma,
			      unsigned long addr, unsigned long size)
{
	vat_traced(trace, "zap %ld+%lu\n", vat_traced_at(trace, addr),
		   size >> PAGE_SHIFT);
}

static inline void vat_on_settle(void *trace, unsigned long start,
				 unsigned int bit, bool has)
{
	vat_traced(trace, "settle %ld %u %s\n", vat_traced_at(trace, start), bit,
		   has ? "has" : "never");
}

static inline void vat_on_revoke(void *trace, const void *object, pgoff_t index,
				 unsigned long nr)
{
	vat_traced(trace, "revoke %lu+%lu\n", index, nr);
}

static inline void vat_on_refuse(void *trace, const char *why, int err)
{
	vat_traced(trace, "refuse %s %d\n", why, err);
}

#if defined(CONFIG_TRACEPOINTS) && defined(CONFIG_DEBUG_VMA_ACCESS)
static const struct vat_event {
	const char *name;
	void *probe;
} vat_events[] = {
	{ "vma_access_insert", vat_on_insert },
	{ "vma_access_zap", vat_on_zap },
	{ "vma_access_settle", vat_on_settle },
	{ "vma_access_revoke", vat_on_revoke },
	{ "vma_access_refuse", vat_on_refuse },
};

/* The events by name: their symbols are not exported for tests alone. */
static inline void vat_trace_on(struct tracepoint *tp, void *trace)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vat_events); i++)
		if (!strcmp(tp->name, vat_events[i].name))
			tracepoint_probe_register(tp, vat_events[i].probe, trace);
}

static inline void vat_trace_off(struct tracepoint *tp, void *trace)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vat_events); i++)
		if (!strcmp(tp->name, vat_events[i].name))
			tracepoint_probe_unregister(tp, vat_events[i].probe, trace);
}

static inline void vat_trace_end(void *trace)
{
	for_each_kernel_tracepoint(vat_trace_off, trace);
	tracepoint_synchronize_unregister();
}

/* Trace until vat_trace_stop(), or to the end of the test. */
static inline struct vat_trace *vat_trace_start(struct kunit *test,
						unsigned long base)
{
	struct vat_trace *trace = kunit_kzalloc(test, sizeof(*trace), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, trace);
	trace->task = current;
	trace->base = base;
	for_each_kernel_tracepoint(vat_trace_on, trace);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vat_trace_end, trace), 0);
	return trace;
}

static inline void vat_trace_stop(struct kunit *test, struct vat_trace *trace)
{
	kunit_release_action(test, vat_trace_end, trace);
}
#else
static inline struct vat_trace *vat_trace_start(struct kunit *test,
						unsigned long base)
{
	kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS and trace events");
}

static inline void vat_trace_stop(struct kunit *test, struct vat_trace *trace) { }
#endif

/* ---- locks -------------------------------------------------------------- */

#ifdef CONFIG_PER_VMA_LOCK
#define VAT_READERS_MAX	(VM_REFCNT_LIMIT - 1)

static inline unsigned int vat_readers(struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt) - 1;
}

static inline void vat_set_readers(struct vm_area_struct *vma, unsigned int nr)
{
	refcount_set(&vma->vm_refcnt, nr + 1);
}

/*
 * Called under the mmap write lock: the VMA looks write-locked also after its
 * release.
 */
static inline void vat_look_write_locked(struct vm_area_struct *vma)
{
	vma_start_write(vma);
	vma->vm_lock_seq++;
}
#else
#define VAT_READERS_MAX	0

static inline unsigned int vat_readers(struct vm_area_struct *vma)
{
	return 0;
}

static inline void vat_set_readers(struct vm_area_struct *vma, unsigned int nr)
{
}

static inline void vat_look_write_locked(struct vm_area_struct *vma)
{
}
#endif

/* How the mmap lock is held, by any task. */
enum vat_mmap_lock { VAT_FREE, VAT_READ, VAT_WRITE };

static inline enum vat_mmap_lock vat_mmap_lock(struct mm_struct *mm)
{
	if (down_write_trylock(&mm->mmap_lock)) {
		up_write(&mm->mmap_lock);
		return VAT_FREE;
	}
	if (down_read_trylock(&mm->mmap_lock)) {
		up_read(&mm->mmap_lock);
		return VAT_READ;
	}
	return VAT_WRITE;
}

/* No lock of the mm, or of a VMA in it, was left held (R9). */
static inline void vat_expect_unlocked_mm(struct kunit *test, struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	VMA_ITERATOR(vmi, mm, 0);

	if (!down_write_trylock(&mm->mmap_lock)) {
		KUNIT_FAIL(test, "the mmap lock is still held");
		return;
	}
	for_each_vma(vmi, vma)
		KUNIT_EXPECT_EQ(test, vat_readers(vma), 0);
	up_write(&mm->mmap_lock);
}

static inline void vat_expect_unlocked(struct kunit *test)
{
	vat_expect_unlocked_mm(test, current->mm);
}

/* ---- a writer in another thread ----------------------------------------- */

#define VAT_TIMEOUT	(20 * HZ)

struct vat_writer {
	struct mm_struct *mm;
	unsigned long addr;
	struct task_struct *task;
	bool until_contended;
	bool contended;
	/* Nobody may hold the lock of this mm then. */
	struct mm_struct *idle;
	enum vat_mmap_lock idle_lock;
	struct completion locked;
	struct completion unlock;
};

static inline int vat_writer_fn(void *data)
{
	struct vat_writer *writer = data;
	unsigned long deadline = jiffies + VAT_TIMEOUT;
	struct vm_area_struct *vma;

	mmap_write_lock(writer->mm);
	vma = vma_lookup(writer->mm, writer->addr);
	if (vma)
		vma_start_write(vma);
	complete(&writer->locked);

	if (!writer->until_contended)
		wait_for_completion_timeout(&writer->unlock, VAT_TIMEOUT);
	while (writer->until_contended && !writer->contended &&
	       time_before(jiffies, deadline)) {
		schedule_timeout_uninterruptible(1);
		writer->contended = mmap_lock_is_contended(writer->mm);
	}
	if (writer->idle)
		writer->idle_lock = vat_mmap_lock(writer->idle);

	mmap_write_unlock(writer->mm);
	return 0;
}

static inline void vat_kthread_stop(void *task)
{
	kthread_stop_put(task);
}

/*
 * Start a thread that write-locks an mm, and the VMA at an address, until
 * vat_writer_stop() or until some task waits for it.
 */
static inline struct vat_writer *
vat_writer_start(struct kunit *test, struct mm_struct *mm, unsigned long addr,
		 bool until_contended, struct mm_struct *idle)
{
	struct vat_writer *writer;

	writer = kunit_kzalloc(test, sizeof(*writer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, writer);
	writer->mm = mm;
	writer->addr = addr;
	writer->until_contended = until_contended;
	writer->idle = idle;
	init_completion(&writer->locked);
	init_completion(&writer->unlock);

	writer->task = kthread_create(vat_writer_fn, writer, "vat_writer");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, writer->task);
	get_task_struct(writer->task);
	wake_up_process(writer->task);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vat_kthread_stop,
							writer->task), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&writer->locked,
							  VAT_TIMEOUT), 0);
	return writer;
}

static inline void vat_writer_stop(struct kunit *test, struct vat_writer *writer)
{
	complete(&writer->unlock);
	kunit_release_action(test, vat_kthread_stop, writer->task);
}

/* Call this after something that had to wait for the writer. */
static inline void vat_expect_waited(struct kunit *test, struct vat_writer *writer)
{
	vat_writer_stop(test, writer);
	KUNIT_EXPECT_TRUE(test, writer->contended);
	vat_expect_unlocked(test);
}

static inline int vat_zap_whole(struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	return vma_ref_zap_range(vma, vma_ref_start(vma), vma_ref_size(vma));
}

#endif /* _MM_VMA_ACCESS_TEST_H */
