// SPDX-License-Identifier: GPL-2.0
/*
 * Converted drivers refuse this since they have a VMA type, or count it since they
 * have an owner. On a kernel without the conversion these fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/trace_mmap.h>

#include "kselftest_harness.h"
#include "user_mode.h"

/* The signal that ends a child which stores to @p, or 0. */
static int store_signal(unsigned char *p)
{
	pid_t child = fork();
	int status;

	if (!child) {
		__atomic_store_n(p, 1, __ATOMIC_RELAXED);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* ---- the ring buffer of tracing ------------------------------------------------ */

FIXTURE(ring_buffer)
{
	size_t page;
	int fd;
	int snapshot;		/* or -1 */
	unsigned char *map;	/* the meta page */
};

/* In a tracefs of its own: one that is mounted noexec denies PROT_EXEC itself. */
FIXTURE_SETUP(ring_buffer)
{
	char dir[] = "/tmp/tracefs.XXXXXX", path[80];

	self->page = sysconf(_SC_PAGESIZE);
	self->fd = -1;
	self->snapshot = -1;
	self->map = MAP_FAILED;
	ASSERT_NE(mkdtemp(dir), NULL);
	if (mount("tracefs", dir, "tracefs", 0, ""))
		SKIP(return, "no tracefs: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/per_cpu/cpu0/trace_pipe_raw", dir);
	/* For writing: without that the core denies PROT_WRITE. */
	self->fd = open(path, O_RDWR | O_NONBLOCK);
	snprintf(path, sizeof(path), "%s/snapshot", dir);
	self->snapshot = open(path, O_WRONLY);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	ASSERT_GE(self->fd, 0);
	self->map = mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(self->map, MAP_FAILED);
}

FIXTURE_TEARDOWN(ring_buffer)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, self->page);
	if (self->snapshot >= 0)
		close(self->snapshot);
	if (self->fd >= 0)
		close(self->fd);
}

/* Not writable, not executable, not private; not by mprotect() either. */
TEST_F(ring_buffer, access)
{
	static const int denied[] = { PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		EXPECT_EQ(mmap(NULL, self->page, denied[i], MAP_SHARED, self->fd, 0), MAP_FAILED);
		EXPECT_EQ(errno, EPERM);
		EXPECT_EQ(mprotect(self->map, self->page, denied[i]), -1);
		EXPECT_EQ(errno, EACCES);
	}
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ, MAP_PRIVATE, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EPERM);
	EXPECT_EQ(mprotect(self->map, self->page, PROT_NONE), 0);
	EXPECT_EQ(mprotect(self->map, self->page, PROT_READ), 0);
}

/* Pages that a debugger reads as any others. */
TEST_F(ring_buffer, pages)
{
	struct trace_buffer_meta meta;
	struct iovec here = { &meta, sizeof(meta) }, there = { self->map, sizeof(meta) };

	EXPECT_EQ(process_vm_readv(getpid(), &here, 1, &there, 1, 0), sizeof(meta));
	EXPECT_EQ(meta.meta_page_size % self->page, 0);
}

/* All of it or nothing; it does not grow, and a child has a hole. */
TEST_F(ring_buffer, change)
{
	const size_t two = 2 * self->page;
	unsigned char vec, *map;
	pid_t child;
	int status;

	map = mmap(NULL, two, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(map, MAP_FAILED);
	EXPECT_EQ(munmap(map, self->page), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mprotect(map + self->page, self->page, PROT_NONE), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mremap(map, two, 2 * two, MREMAP_MAYMOVE), MAP_FAILED);
	EXPECT_EQ(errno, EFAULT);
	EXPECT_NE(madvise(map, two, MADV_DOFORK), 0);
	EXPECT_NE(madvise(map, two, MADV_DODUMP), 0);
	child = fork();
	ASSERT_GE(child, 0);
	if (!child)
		_exit(mincore(map, self->page, &vec) && errno == ENOMEM ? 0 : 1);
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(status, 0);
	EXPECT_EQ(munmap(map, two), 0);
}

/* From beyond the buffer nothing is mapped, and a refusal leaves no count. */
TEST_F(ring_buffer, bounds)
{
	const struct trace_buffer_meta *meta = (void *)self->map;
	const size_t size = meta->meta_page_size + (size_t)meta->nr_subbufs * meta->subbuf_size;
	const size_t huge = 1UL << 30;
	unsigned char *all;
	size_t at;

	all = mmap(NULL, size, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(all, MAP_FAILED);
	for (at = 0; at < size; at += self->page)
		__atomic_load_n(all + at, __ATOMIC_RELAXED);
	munmap(all, size);
	EXPECT_EQ(mmap(NULL, size + self->page, PROT_READ, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, size), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mmap(NULL, huge, PROT_READ, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, huge), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	if (self->snapshot < 0)
		return;
	EXPECT_EQ(write(self->snapshot, "1", 1), -1);
	EXPECT_EQ(errno, EBUSY);
	ASSERT_EQ(munmap(self->map, self->page), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(mmap(NULL, huge, PROT_READ, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ, MAP_PRIVATE, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ | PROT_EXEC, MAP_SHARED, self->fd, 0),
		  MAP_FAILED);
	EXPECT_EQ(write(self->snapshot, "1", 1), 1);
	EXPECT_EQ(write(self->snapshot, "0", 1), 1);
}

/* A mapping that mremap() moves stays counted, and the log stays clean. */
TEST_F(ring_buffer, moved)
{
	unsigned char *to;

	if (self->snapshot < 0)
		SKIP(return, "no snapshot");
	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(to, MAP_FAILED);
	ASSERT_EQ(mremap(self->map, self->page, self->page, MREMAP_MAYMOVE | MREMAP_FIXED, to),
		  to);
	self->map = to;
	EXPECT_EQ(write(self->snapshot, "1", 1), -1);
	EXPECT_EQ(errno, EBUSY);
	ASSERT_EQ(munmap(to, self->page), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(write(self->snapshot, "1", 1), 1);
	EXPECT_EQ(write(self->snapshot, "0", 1), 1);
}

/* ---- comedi --------------------------------------------------------------------- */

FIXTURE(comedi)
{
	size_t page;
	int fd;
	unsigned char *map;	/* for reading */
};

FIXTURE_SETUP(comedi)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->map = MAP_FAILED;
	self->fd = open("/dev/comedi0", O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no /dev/comedi0");
	self->map = mmap(NULL, 4 * self->page, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(self->map, MAP_FAILED);
}

FIXTURE_TEARDOWN(comedi)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, 4 * self->page);
	if (self->fd >= 0)
		close(self->fd);
}

/* The buffer of the input cannot be written by a mapping of it. */
TEST_F(comedi, read_only)
{
	unsigned char buf[8];
	int mem;

	EXPECT_EQ(store_signal(self->map), SIGSEGV);
	EXPECT_EQ(mprotect(self->map, 4 * self->page, PROT_READ | PROT_WRITE), -1);
	EXPECT_EQ(errno, EACCES);
	mem = open("/proc/self/mem", O_RDWR);
	ASSERT_GE(mem, 0);
	if (!user_mode_linux())
		EXPECT_EQ(pread(mem, buf, sizeof(buf), (uintptr_t)self->map), sizeof(buf));
	EXPECT_EQ(pwrite(mem, buf, sizeof(buf), (uintptr_t)self->map), -1);
	close(mem);
	/* As before. */
	EXPECT_EQ(mprotect(self->map, 4 * self->page, PROT_READ | PROT_EXEC), 0);
}

/* A write to a private mapping would copy page frames: refused for any size. */
TEST_F(comedi, private_writable)
{
	EXPECT_EQ(mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0),
		  MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
}

TEST_HARNESS_MAIN
