/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For spatch alone: macros that vma_access_handles.cocci has expanded before it
 * parses a file. It takes the place of spatch's own list (standard.h), as only that
 * is expanded in "static DEFINE_...(...)", and without it the body of a hook is
 * skipped without a word.
 */

/* The hooks: one function with typed parameters. */
#define DEFINE_VMA_MMAP(name, file, vma) \
	int name(struct file *file, struct vma_new *vma)
#define DEFINE_VMA_ACCESS(name, remote) \
	int name(struct vma_remote *remote)

/* A guard that may hold nothing is released as any other. */
#define ACQUIRE(name, var) CLASS(name, var)

/* A type: its hooks are in an initialiser. */
#define DEFINE_VMA_TYPE(name, policy, ...) \
	const struct vma_type name = { .vm_ops = { __VA_ARGS__ } }
#define DEFINE_VMA_OBJECT_TYPE(name, policy, ...) \
	const struct vma_type name = { .vm_ops = { __VA_ARGS__ } }
#define DEFINE_VMA_TYPE_OWNED_ACCESS(name, policy, owner, access, ...) \
	const struct vma_type name = { .vm_ops = { __VA_ARGS__ } }
#define DEFINE_VMA_TYPE_OWNED(name, policy, owner, ...) \
	const struct vma_type name = { .vm_ops = { __VA_ARGS__ } }
#define DEFINE_VMA_TYPE_OVER(name, policy) \
	const struct vma_type_over name = { }
#define DEFINE_VMA_OWNER(name, owner, ...) \
	const struct vma_owner name = { __VA_ARGS__ }

/* The annotations of context analysis, on a definition. */
#define __must_hold(...)
#define __must_hold_shared(...)
#define __must_not_hold(...)
#define __acquires(...)
#define __acquires_shared(...)
#define __releases(...)
#define __releases_shared(...)
#define __cond_acquires(...)
#define __cond_acquires_shared(...)
#define __cond_releases(...)
#define __assumes_ctx_lock(...)
#define __assumes_shared_ctx_lock(...)
#define __guarded_by(...)
#define __pt_guarded_by(...)
#define __nonnull_args(...)
#define __no_context_analysis
#define __context_unsafe(...)

/* Helpers of BPF, which stand beside what maps a BPF map. */
#define BPF_CALL_1(name, t1, a1) u64 name(t1 a1)
#define BPF_CALL_2(name, t1, a1, t2, a2) u64 name(t1 a1, t2 a2)
#define BPF_CALL_3(name, t1, a1, t2, a2, t3, a3) u64 name(t1 a1, t2 a2, t3 a3)
#define BPF_CALL_4(name, t1, a1, t2, a2, t3, a3, t4, a4) \
	u64 name(t1 a1, t2 a2, t3 a3, t4 a4)

/* From spatch's own list, as far as today's kernel has it. */
#define SYSCALL_DEFINE1(func, t1, a1) long func(t1 a1)
#define SYSCALL_DEFINE2(func, t1, a1, t2, a2) long func(t1 a1, t2 a2)
#define SYSCALL_DEFINE3(func, t1, a1, t2, a2, t3, a3) long func(t1 a1, t2 a2, t3 a3)
#define SYSCALL_DEFINE4(func, t1, a1, t2, a2, t3, a3, t4, a4) \
	long func(t1 a1, t2 a2, t3 a3, t4 a4)
#define SYSCALL_DEFINE5(func, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	long func(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define SYSCALL_DEFINE6(func, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5, t6, a6) \
	long func(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define DEFINE_PER_CPU(type, name) __typeof__(type) name
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name
#define KBUILD_MODNAME "module"
#define KERN_EMERG "0"
#define KERN_ALERT "1"
#define KERN_CRIT "2"
#define KERN_ERR "3"
#define KERN_WARNING "4"
#define KERN_NOTICE "5"
#define KERN_INFO "6"
#define KERN_DEBUG "7"
#define KERN_CONT ""
#define noinline
#define noinline_for_stack
#define noinline_for_kasan
#define notrace
#define asmlinkage
#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __user
#define __iomem
#define __force
#define __rcu
#define __percpu
#define __private
#define __bitwise
#define __nocast
#define __kernel
#define __read_mostly
#define __ro_after_init
#define __must_check
#define __always_inline
#define __always_unused
#define __maybe_unused
#define __used
#define __unused
#define __visible
#define __weak
#define __pure
#define __cold
#define __ref
#define __refdata
#define __packed
#define __noreturn
#define __deprecated
#define __sched
#define __kprobes
#define __lockfunc
#define __cpuidle
#define __net_init
#define __net_exit
#define __net_initdata
#define __no_kcsan
#define __uninitialized
#define __cacheline_aligned
#define ____cacheline_aligned
#define __cacheline_aligned_in_smp
#define ____cacheline_aligned_in_smp
#define __aligned(x)
#define __printf(a, b)
#define __section(x)
#define __vma_borrows
