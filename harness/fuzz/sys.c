// SPDX-License-Identifier: GPL-2.0
/*
 * All that a program does to the kernel goes through here: system calls, and
 * accesses to memory that may raise a signal. With a trace, each is also printed as C.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fuzz.h"

static __thread struct thread *self;
static __thread sigjmp_buf *env;

static void on_signal(int sig)
{
	if (env)
		siglongjmp(*env, sig);
	signal(sig, SIG_DFL);
}

void sys_init(void)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };
	void *map;

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	map = mmap((void *)SCRATCH, THREADS * SCRATCH_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);
	if (map == MAP_FAILED) {
		perror("scratch memory");
		exit(2);
	}
}

void trace(struct thread *t, const char *format, ...)
{
	va_list ap;

	if (!t->trace)
		return;
	va_start(ap, format);
	vfprintf(t->trace, format, ap);
	va_end(ap);
}

long put(struct thread *t, const void *from, size_t size)
{
	unsigned long to = SCRATCH + t->id * SCRATCH_SIZE + t->used, rest;
	const unsigned char *bytes = from;
	size_t i;

	t->used += (size + 15) & ~15UL;
	if (t->used > SCRATCH_SIZE)
		abort();
	memcpy((void *)to, from, size);
	if (!t->trace)
		return to;
	/* Zeroes at the end go without saying. */
	for (rest = size; rest && !bytes[rest - 1];)
		rest--;
	trace(t, "\tmemset((void *)0x%lx, 0, %zu);\n", to, size);
	if (rest)
		trace(t, "\tmemcpy((void *)0x%lx, (unsigned char []){", to);
	for (i = 0; i < rest; i++)
		trace(t, "%s0x%02x,", i % 12 ? " " : "\n\t\t", bytes[i]);
	if (rest)
		trace(t, "\n\t\t}, %lu);\n", rest);
	return to;
}

static const char *sys_name(long nr)
{
	static const struct {
		long nr;
		const char *name;
	} names[] = {
#define NAME(n)	{ __NR_##n, #n }
		NAME(mmap), NAME(munmap), NAME(mremap), NAME(mprotect), NAME(madvise),
		NAME(mlock), NAME(munlock), NAME(mlock2), NAME(msync), NAME(mincore),
		NAME(ioctl), NAME(openat), NAME(close), NAME(dup3), NAME(dup), NAME(socket),
		NAME(setsockopt), NAME(getsockopt), NAME(bpf), NAME(io_uring_setup),
		NAME(io_uring_register), NAME(userfaultfd), NAME(memfd_create),
		NAME(ftruncate), NAME(fcntl), NAME(process_vm_readv), NAME(pread64),
		NAME(pwrite64), NAME(remap_file_pages), NAME(process_vm_writev),
		NAME(bind), NAME(listen), NAME(connect), NAME(accept4), NAME(getsockname),
		NAME(sendto), NAME(recvfrom),
#undef NAME
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].nr == nr)
			return names[i].name;
	return NULL;
}

static void trace_call(struct thread *t, long nr, const long *args, unsigned int n)
{
	const char *name = sys_name(nr);
	unsigned int i;

	if (name)
		trace(t, "\tr = syscall(__NR_%s", name);
	else
		trace(t, "\tr = syscall(%ld", nr);
	for (i = 0; i < n; i++) {
		/* A descriptor that the call before has returned. */
		if (args[i] == t->last && t->last > 2 && t->last < 1024)
			trace(t, ", r");
		else if (args[i] >= 0 && args[i] < 1024)
			trace(t, ", %ldL", args[i]);
		else
			trace(t, ", 0x%lxL", args[i]);
	}
	trace(t, ");\n");
}

long sys_call(struct thread *t, long nr, const long *args, unsigned int n)
{
	long a[6] = { 0 };

	memcpy(a, args, n * sizeof(long));
	if (t->trace)
		trace_call(t, nr, args, n);
	t->last = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	return t->last;
}

int keep(struct thread *t, long fd, int as)
{
	if (fd < 0)
		return fd;
	if (sys(t, __NR_dup3, fd, as, O_CLOEXEC) < 0)
		as = -1;
	close(fd);
	return as;
}

/* An access that ends with a signal is what most programs are about. */
void peek(struct thread *t, unsigned long addr, bool write)
{
	trace(t, "\t%s(0x%lx);\n", write ? "poke" : "peek", addr);
	self = t;
	env = &t->env;
	if (!sigsetjmp(t->env, 0)) {
		if (write)
			__atomic_store_n((uint64_t *)addr, POKED + addr, __ATOMIC_RELAXED);
		else
			__atomic_load_n((uint64_t *)addr, __ATOMIC_RELAXED);
	}
	env = NULL;
}

bool word_at(unsigned long addr, uint64_t *word)
{
	static __thread sigjmp_buf here;
	bool read = false;

	env = &here;
	if (!sigsetjmp(here, 0)) {
		*word = __atomic_load_n((uint64_t *)addr, __ATOMIC_RELAXED);
		read = true;
	}
	env = NULL;
	return read;
}

/* ---- allocations that fail ---------------------------------------------------------- */

static void fail_write(struct thread *t, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (t->nth_fd < 0)
		t->nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (t->nth_fd >= 0 && pwrite(t->nth_fd, text, len, 0) != len)
		perror("fail-nth");
}

/* From now on the nth allocation of this thread fails. */
void fail_begin(struct thread *t, unsigned int nth)
{
	trace(t, "\tfail_nth(%u);\n", nth);
	fail_write(t, nth);
}

void fail_end(struct thread *t)
{
	int err = errno;

	trace(t, "\tfail_nth(0);\n");
	fail_write(t, 0);
	errno = err;
}
