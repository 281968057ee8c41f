// SPDX-License-Identifier: GPL-2.0
/*
 * User space and the verifier rely on the mappings of a BPF map: each is shared,
 * shows all of what was asked for or nothing, and never becomes writable or
 * executable later. A map is not frozen as long as any part of a mapping that can be
 * written is there. Completes mmap of tools/testing/selftests/bpf, which needs clang
 * to build. Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <linux/bpf.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

/* An errno of the kernel's own, which bpf() shows to user space. */
#define NOT_SUPPORTED	524

#define NR	6UL	/* pages of an array */
#define DATA	2UL	/* pages of a ring's data, which its file shows twice */

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

static int map_make(uint32_t type, uint32_t value_size, uint32_t nr, uint32_t flags)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = value_size ? 4 : 0,
		.value_size = value_size,
		.max_entries = nr,
		.map_flags = flags,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

/* 0, or an errno. */
static int freeze(int fd)
{
	union bpf_attr attr = { .map_fd = fd };

	return bpf(BPF_MAP_FREEZE, &attr) ? errno : 0;
}

static char *map_read(int fd, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ, MAP_SHARED, fd, offset);
}

/* The errno of a mapping that is refused; 0, and it is unmapped, if it is not. */
static int refused(int fd, size_t size, off_t offset, int prot, int flags)
{
	void *map = mmap(NULL, size, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		return errno;
	munmap(map, size);
	return 0;
}

static int protect(char *map, size_t size, int prot)
{
	return mprotect(map, size, prot) ? errno : 0;
}

static bool no_bpf(void)
{
	int fd = map_make(BPF_MAP_TYPE_ARRAY, 8, 1, BPF_F_MMAPABLE);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* ---- arrays ---------------------------------------------------------------------- */

FIXTURE(array)
{
	int fd;
	size_t page;
	size_t size;
	char *value;		/* a buffer for one element */
};

/* Element @index begins with @to. */
static int set(int fd, char *value, uint32_t index, char to)
{
	union bpf_attr attr = {
		.map_fd = fd, .key = (uintptr_t)&index, .value = (uintptr_t)value,
	};

	value[0] = to;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static int get(int fd, char *value, uint32_t index)
{
	union bpf_attr attr = {
		.map_fd = fd, .key = (uintptr_t)&index, .value = (uintptr_t)value,
	};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr) ? -1 : value[0];
}

/* Each page of the array is one element, and begins with its index and one. */
FIXTURE_SETUP(array)
{
	uint32_t i;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = NR * self->page;
	if (no_bpf())
		SKIP(return, "no bpf(): CONFIG_BPF_SYSCALL, or not root");
	self->value = calloc(1, self->page);
	ASSERT_NE(NULL, self->value);
	self->fd = map_make(BPF_MAP_TYPE_ARRAY, self->page, NR, BPF_F_MMAPABLE);
	ASSERT_LE(0, self->fd);
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, set(self->fd, self->value, i, i + 1));
}

FIXTURE_TEARDOWN(array)
{
	close(self->fd);
	free(self->value);
}

/* User space and the kernel see the same memory. */
TEST_F(array, whole)
{
	char *map, *twin;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	twin = map_read(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, twin);
	EXPECT_TRUE(shows(map, self->page, 0, NR));
	EXPECT_TRUE(shows(twin, self->page, 0, NR));
	map[3 * self->page] = 77;
	EXPECT_EQ(77, get(self->fd, self->value, 3));
	EXPECT_EQ(77, twin[3 * self->page]);
	ASSERT_EQ(0, set(self->fd, self->value, 3, 66));
	EXPECT_EQ(66, map[3 * self->page]);
}

/* The first access is a write, or one of the kernel. */
TEST_F(array, written_first)
{
	int pipes[2];
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	map[self->page] = 55;
	EXPECT_EQ(55, get(self->fd, self->value, 1));
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(1, write(pipes[1], map + 4 * self->page, 1));
	ASSERT_EQ(1, read(pipes[0], map + 5 * self->page, 1));
	EXPECT_EQ(5, get(self->fd, self->value, 5));
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(array, part)
{
	unsigned long first;
	char *map;

	for (first = 0; first < NR; first++) {
		map = buf_map(self->fd, self->page, first * self->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(map, self->page, first, 1));
		ASSERT_EQ(0, munmap(map, self->page));
	}
	map = map_read(self->fd, 3 * self->page, 3 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 3, 3));
}

TEST_F(array, outside)
{
	EXPECT_EQ(EINVAL, refused(self->fd, self->size + self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, self->size, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, 2 * self->page, self->size - self->page,
				  PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, 1L << 40, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, 1, PROT_READ, MAP_SHARED));
	/* None of those that would be writable counts. */
	EXPECT_EQ(EINVAL, refused(self->fd, self->size + self->page, 0,
				  PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, self->size,
				  PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(0, freeze(self->fd));
}

/* The last page is shown if it has one element. */
TEST_F(array, last_page)
{
	int fd = map_make(BPF_MAP_TYPE_ARRAY, 8, self->page / 8 + 1, BPF_F_MMAPABLE);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, refused(fd, 2 * self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, 3 * self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(0, refused(fd, self->page, self->page, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, self->page, 2 * self->page, PROT_READ, MAP_SHARED));
	close(fd);
	fd = map_make(BPF_MAP_TYPE_ARRAY, 8, self->page / 8, BPF_F_MMAPABLE);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, refused(fd, self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, 2 * self->page, 0, PROT_READ, MAP_SHARED));
	close(fd);
}

TEST_F(array, other_maps)
{
	int fd = map_make(BPF_MAP_TYPE_ARRAY, self->page, NR, 0);

	ASSERT_LE(0, fd);
	EXPECT_EQ(EINVAL, refused(fd, self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, self->page, 0, PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(0, freeze(fd));
	close(fd);
	fd = map_make(BPF_MAP_TYPE_HASH, 8, 1, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(NOT_SUPPORTED, refused(fd, self->page, 0, PROT_READ, MAP_SHARED));
	close(fd);
}

/* Also not one that nothing would ever be copied of. */
TEST_F(array, not_shared)
{
	int fd = map_make(BPF_MAP_TYPE_ARRAY, self->page, NR, BPF_F_MMAPABLE | BPF_F_RDONLY);

	EXPECT_EQ(EINVAL, refused(self->fd, self->size, 0, PROT_READ, MAP_PRIVATE));
	EXPECT_EQ(EINVAL, refused(self->fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	EXPECT_EQ(0, freeze(self->fd));
	ASSERT_LE(0, fd);
	EXPECT_EQ(EINVAL, refused(fd, self->size, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, self->size, 0, PROT_READ, MAP_PRIVATE));
	EXPECT_EQ(EACCES, refused(fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_SHARED));
	close(fd);
}

/* Access that was not asked for cannot be had later. */
TEST_F(array, mprotect_later)
{
	char *map;

	map = map_read(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, protect(map + self->page, self->page, PROT_WRITE));
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, protect(map, self->size, PROT_NONE));
	EXPECT_EQ(0, protect(map, self->size, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, NR));
	ASSERT_EQ(0, munmap(map, self->size));

	map = mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_WRITE));
	EXPECT_EQ(0, protect(map, self->size, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, NR));
	ASSERT_EQ(0, munmap(map, self->size));

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EPERM, refused(self->fd, self->size, 0, PROT_READ | PROT_EXEC, MAP_SHARED));
}

TEST_F(array, freeze)
{
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(map, self->size));
	/* One that was never writable does not matter. */
	map = map_read(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, freeze(self->fd));
	EXPECT_TRUE(shows(map, self->page, 0, NR));

	EXPECT_EQ(EPERM, refused(self->fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(EPERM, refused(self->fd, self->size, 0, PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->size, 0, PROT_READ, MAP_PRIVATE));
	EXPECT_EQ(0, refused(self->fd, self->size, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_READ | PROT_WRITE));
}

/* A mapping is a writer for as long as it could become writable again. */
TEST_F(array, freeze_protected)
{
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, protect(map, self->size, PROT_READ));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, protect(map + self->page, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(map + self->page, self->page));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_EQ(0, freeze(self->fd));
}

TEST_F(array, freeze_two)
{
	char *map, *twin;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	twin = buf_map(self->fd, self->page, self->page);
	ASSERT_NE(MAP_FAILED, twin);
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(twin, self->page));
	EXPECT_EQ(0, freeze(self->fd));
}

TEST_F(array, freeze_split)
{
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 2 * self->page, self->page));
	EXPECT_TRUE(shows(map, self->page, 0, 2));
	EXPECT_TRUE(shows(map + 3 * self->page, self->page, 3, NR - 3));
	EXPECT_EQ(SIGSEGV, child_reads(map + 2 * self->page));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(map, 2 * self->page));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(map + 3 * self->page, (NR - 3) * self->page));
	EXPECT_EQ(0, freeze(self->fd));
}

/* Moved before anything was accessed, and a part of it. */
TEST_F(array, freeze_moved)
{
	char *map, *to;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + 4 * self->page, 2 * self->page, 2 * self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, self->page, 4, 2));
	EXPECT_TRUE(shows(map, self->page, 0, 4));
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	ASSERT_EQ(0, munmap(to, 2 * self->page));
	EXPECT_EQ(0, freeze(self->fd));
}

/* A mapping that was never writable can be split and moved too. */
TEST_F(array, read_only_split_moved)
{
	char *map, *to;

	map = map_read(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 2 * self->page, self->page));
	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + 4 * self->page, 2 * self->page, 2 * self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, self->page, 4, 2));
	EXPECT_TRUE(shows(map, self->page, 0, 2));
	EXPECT_TRUE(shows(map + 3 * self->page, self->page, 3, 1));
	EXPECT_EQ(0, freeze(self->fd));
}

TEST_F(array, freeze_forked)
{
	int pipes[2], status;
	char *map, byte;
	pid_t pid;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, pipe(pipes));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(pipes[1]);
		if (read(pipes[0], &byte, 1))
			_exit(1);
		map[self->page] = 44;
		_exit(0);
	}
	close(pipes[0]);
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	close(pipes[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(44, get(self->fd, self->value, 1));
	EXPECT_EQ(0, freeze(self->fd));
}

/* Programs may only read the map: user space gets no mapping to write it. */
TEST_F(array, rdonly_prog)
{
	int fd = map_make(BPF_MAP_TYPE_ARRAY, self->page, NR, BPF_F_MMAPABLE | BPF_F_RDONLY_PROG);
	char *map;

	ASSERT_LE(0, fd);
	EXPECT_EQ(EACCES, refused(fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	map = map_read(fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	EXPECT_EQ(EACCES, protect(map, self->size, PROT_READ | PROT_WRITE));
	ASSERT_EQ(0, set(fd, self->value, 0, 33));
	EXPECT_EQ(33, map[0]);
	EXPECT_EQ(0, freeze(fd));
	EXPECT_EQ(EPERM, refused(fd, self->size, 0, PROT_READ | PROT_WRITE, MAP_SHARED));
	close(fd);
}

TEST_F(array, grow)
{
	char *map;

	map = buf_map(self->fd, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, NR - 1, 1));
	ASSERT_EQ(0, munmap(map, self->page));
	EXPECT_EQ(0, freeze(self->fd));
}

/* A page that was dropped is mapped again by the next access. */
TEST_F(array, dropped)
{
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	map[0] = 22;
	ASSERT_EQ(0, madvise(map, self->size, MADV_DONTNEED));
	EXPECT_EQ(22, map[0]);
	EXPECT_TRUE(shows(map + self->page, self->page, 1, NR - 1));
}

TEST_F(array, flags)
{
	char flags[256];
	char *map;
	int i;

	for (i = 0; i < 2; i++) {
		map = i ? buf_map(self->fd, self->size, 0) : map_read(self->fd, self->size, 0);
		ASSERT_NE(MAP_FAILED, map);
		map_flags(map, flags, sizeof(flags));
		if (!*flags)
			SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
		EXPECT_NE(NULL, strstr(flags, " mm "));
		EXPECT_NE(NULL, strstr(flags, " de "));
		EXPECT_NE(NULL, strstr(flags, " dd "));
		EXPECT_NE(NULL, strstr(flags, " mr "));
		EXPECT_EQ(!!i, !!strstr(flags, " mw "));
		EXPECT_EQ(NULL, strstr(flags, " me "));
		EXPECT_EQ(NULL, strstr(flags, " dc "));
		EXPECT_EQ(NULL, strstr(flags, " io "));
		EXPECT_EQ(NULL, strstr(flags, " pf "));
	}
}

/* The mapping holds the file, and the file the map. */
TEST_F(array, outlives_the_file)
{
	char *map;

	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(self->fd);
	EXPECT_TRUE(shows(map, self->page, 0, NR));
	ASSERT_EQ(0, munmap(map, self->size));
}

/* ---- rings ----------------------------------------------------------------------- */

/* The file: the consumer's position, the producer's, and the data twice. */
#define RING	(2 + 2 * DATA)

FIXTURE(ring)
{
	int fd;
	size_t page;
};

FIXTURE_VARIANT(ring)
{
	uint32_t type;
	bool of_user;		/* user space produces */
};

FIXTURE_VARIANT_ADD(ring, kernel)
{
	.type = BPF_MAP_TYPE_RINGBUF,
};

FIXTURE_VARIANT_ADD(ring, user)
{
	.type = BPF_MAP_TYPE_USER_RINGBUF,
	.of_user = true,
};

FIXTURE_SETUP(ring)
{
	self->page = sysconf(_SC_PAGESIZE);
	if (no_bpf())
		SKIP(return, "no bpf(): CONFIG_BPF_SYSCALL, or not root");
	self->fd = map_make(variant->type, 0, DATA * self->page, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(ring)
{
	close(self->fd);
}

/* User space writes those parts of a ring that the kernel only reads. */
TEST_F(ring, write)
{
	static const struct {
		unsigned long first, nr;
		bool kernel, user;
	} parts[] = {
		{ 0, 1, true, false },
		{ 0, 2, false, false },
		{ 0, RING, false, false },
		{ 1, 1, false, true },
		{ 1, RING - 1, false, true },
		{ 2, 1, false, true },
		{ 2, 2 * DATA, false, true },
		{ RING - 1, 1, false, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		bool may = variant->of_user ? parts[i].user : parts[i].kernel;
		size_t size = parts[i].nr * self->page;
		off_t offset = parts[i].first * self->page;

		EXPECT_EQ(may ? 0 : EPERM,
			  refused(self->fd, size, offset, PROT_READ | PROT_WRITE, MAP_SHARED)) {
			TH_LOG("%lu pages from %lu", parts[i].nr, parts[i].first);
		}
		EXPECT_EQ(0, refused(self->fd, size, offset, PROT_READ, MAP_SHARED));
		EXPECT_EQ(EINVAL, refused(self->fd, size, offset, PROT_READ, MAP_PRIVATE));
	}
	EXPECT_EQ(0, freeze(self->fd));
	EXPECT_EQ(EPERM, refused(self->fd, self->page, variant->of_user ? self->page : 0,
				 PROT_READ | PROT_WRITE, MAP_SHARED));
}

TEST_F(ring, outside)
{
	EXPECT_EQ(EINVAL, refused(self->fd, (RING + 1) * self->page, 0, PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, RING * self->page,
				  PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, 2 * self->page, (RING - 1) * self->page,
				  PROT_READ, MAP_SHARED));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, 1L << 40, PROT_READ, MAP_SHARED));
	/* None of these counts. */
	EXPECT_EQ(variant->of_user ? EINVAL : EPERM,
		  refused(self->fd, (RING + 1) * self->page, self->page,
			  PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(0, freeze(self->fd));
}

/* The same page is at the same offset of each mapping, and the data is there twice. */
TEST_F(ring, pages)
{
	unsigned long first = variant->of_user ? 1 : 0, nr = variant->of_user ? RING - 1 : 1, i;
	char *map, *ring;

	ring = map_read(self->fd, RING * self->page, 0);
	ASSERT_NE(MAP_FAILED, ring);
	map = buf_map(self->fd, nr * self->page, first * self->page);
	ASSERT_NE(MAP_FAILED, map);
	for (i = 0; i < nr; i++) {
		map[i * self->page + 100] = first + i + 1;
		EXPECT_EQ(first + i + 1, ring[(first + i) * self->page + 100]);
	}
	for (i = 2; variant->of_user && i < 2 + DATA; i++)
		EXPECT_EQ(ring[i * self->page + 100], ring[(i + DATA) * self->page + 100]);
	/* Only the mapped position of the consumer is not what was written above. */
	EXPECT_EQ(variant->of_user ? 0 : 1, ring[100]);
	EXPECT_EQ(variant->of_user ? 2 : 0, ring[self->page + 100]);
}

TEST_F(ring, mprotect_later)
{
	size_t size = RING * self->page;
	char *ring;

	ring = map_read(self->fd, size, 0);
	ASSERT_NE(MAP_FAILED, ring);
	EXPECT_EQ(EACCES, protect(ring, size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, protect(ring, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, protect(ring + self->page, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, protect(ring, size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EPERM, refused(self->fd, size, 0, PROT_READ | PROT_EXEC, MAP_SHARED));
	EXPECT_EQ(0, freeze(self->fd));
}

TEST_F(ring, freeze)
{
	char *map;

	map = buf_map(self->fd, self->page, variant->of_user ? self->page : 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EBUSY, freeze(self->fd));
	/* Moved. */
	map = mremap(map, self->page, self->page, MREMAP_MAYMOVE | MREMAP_FIXED,
		     mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(EBUSY, freeze(self->fd));
	/* A child has it, too, for as long as it runs. */
	EXPECT_EQ(0, child_reads(map));
	EXPECT_EQ(EBUSY, freeze(self->fd));
	/* It does not grow. */
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, munmap(map, self->page));
	EXPECT_EQ(0, freeze(self->fd));
}

/* All pages are mapped from the start: one that was dropped does not come back. */
TEST_F(ring, dropped)
{
	char *ring;

	ring = map_read(self->fd, RING * self->page, 0);
	ASSERT_NE(MAP_FAILED, ring);
	ASSERT_EQ(0, madvise(ring, self->page, MADV_DONTNEED));
	EXPECT_EQ(SIGBUS, child_reads(ring));
	EXPECT_EQ(0, child_reads(ring + self->page));
}

TEST_F(ring, flags)
{
	char *ring = map_read(self->fd, RING * self->page, 0);

	ASSERT_NE(MAP_FAILED, ring);
	if (!expect_flags(_metadata, ring, "mm de dd", "dc io pf"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

/* ---- arenas ---------------------------------------------------------------------- */

/* These have vm_ops of their own, and the rules for all maps. */
TEST(arena)
{
	size_t page = sysconf(_SC_PAGESIZE), size = 4 * page;
	char *map;
	int fd;

	if (no_bpf())
		SKIP(return, "no bpf(): CONFIG_BPF_SYSCALL, or not root");
	fd = map_make(BPF_MAP_TYPE_ARENA, 0, 4, BPF_F_MMAPABLE);
	if (fd < 0)
		SKIP(return, "no arenas: CONFIG_BPF_JIT");
	EXPECT_EQ(EINVAL, refused(fd, size, 0, PROT_READ, MAP_PRIVATE));
	map = buf_map(fd, size, 0);
	ASSERT_NE(MAP_FAILED, map);
	map[page] = 11;
	EXPECT_EQ(11, map[page]);
	EXPECT_EQ(EBUSY, freeze(fd));
	EXPECT_EQ(EACCES, protect(map, size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(SIGSEGV, child_reads(map + page));
	EXPECT_EQ(-1, munmap(map, page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, munmap(map, size));
	close(fd);

	/* One that is only read is not a writer, and does not become one. */
	fd = map_make(BPF_MAP_TYPE_ARENA, 0, 4, BPF_F_MMAPABLE);
	ASSERT_LE(0, fd);
	map = map_read(fd, size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, freeze(fd));
	EXPECT_EQ(EACCES, protect(map, size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, munmap(map, size));
	map = mmap(map, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(EPERM, errno);
	close(fd);
}

TEST_HARNESS_MAIN
