/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cases that all buffers pass. Each page of a buffer begins with its index and one,
 * so that an address tells which page it shows.
 */
#ifndef _BUFFER_TEST_H
#define _BUFFER_TEST_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "map_flags.h"

struct buffer {
	int fd;			/* what is mapped */
	off_t offset;		/* where the buffer is there */
	size_t page;
	size_t size;
	char *mem;		/* the memory itself, or a mapping of all of it */
};

static inline char *buf_map(int buf, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buf, offset);
}

/* Do @nr pages at @map show the buffer from page @first on? */
static inline bool shows(const char *map, size_t page, unsigned long first,
			 unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (map[i * page] != (char)(first + i + 1))
			return false;
	return true;
}

/* In a child: the signal that a read of @at raises, 0 for none. */
static inline int child_reads(const char *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		asm volatile("" : : "r" (*at));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static inline char *buffer_map_whole(const struct buffer *buf)
{
	return buf_map(buf->fd, buf->size, buf->offset);
}

static inline void buffer_whole(struct __test_metadata *_metadata, const struct buffer *buf)
{
	char *map = buffer_map_whole(buf);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, buf->page, 0, buf->size / buf->page));
	/* An entry for reading becomes one for writing. */
	map[3 * buf->page] = 77;
	EXPECT_EQ(77, buf->mem[3 * buf->page]);
}

/*
 * Split before anything is accessed, so that each part has faults of its own.
 */
static inline void buffer_split(struct __test_metadata *_metadata, const struct buffer *buf)
{
	unsigned long pages = buf->size / buf->page;
	char *map = buffer_map_whole(buf);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * buf->page, buf->page));
	EXPECT_TRUE(shows(map + 5 * buf->page, buf->page, 5, pages - 5));
	EXPECT_TRUE(shows(map, buf->page, 0, 4));
	EXPECT_EQ(SIGSEGV, child_reads(map + 4 * buf->page));
	ASSERT_EQ(0, mprotect(map + 8 * buf->page, buf->page, PROT_READ));
	EXPECT_TRUE(shows(map + 5 * buf->page, buf->page, 5, pages - 5));
}

/* Four pages from @first on are moved away, before anything is accessed. */
static inline void buffer_moved(struct __test_metadata *_metadata, const struct buffer *buf,
				unsigned long first)
{
	unsigned long pages = buf->size / buf->page, last = first + 4;
	char *map = buffer_map_whole(buf), *to;

	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, buf->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + first * buf->page, 4 * buf->page, 4 * buf->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, buf->page, first, 4));
	EXPECT_TRUE(shows(map, buf->page, 0, first));
	EXPECT_TRUE(shows(map + last * buf->page, buf->page, last, pages - last));
}

/* A child and its parent see the same pages from @first on, whoever reads first. */
static inline void buffer_forked(struct __test_metadata *_metadata, const struct buffer *buf,
				 unsigned long first)
{
	char *map = buf_map(buf->fd, 4 * buf->page, buf->offset + first * buf->page);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map));
	EXPECT_TRUE(shows(map, buf->page, first, 4));
	EXPECT_EQ(0, child_reads(map + 3 * buf->page));
}

/* mprotect() can add the reads and writes that mmap() did not ask for. */
static inline char *buffer_mprotect_later(struct __test_metadata *_metadata,
					  const struct buffer *buf)
{
	char *map = mmap(NULL, buf->size, PROT_NONE, MAP_SHARED, buf->fd, buf->offset);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, buf->size, PROT_READ));
	EXPECT_TRUE(shows(map, buf->page, 0, buf->size / buf->page));
	ASSERT_EQ(0, mprotect(map, buf->size, PROT_READ | PROT_WRITE));
	map[buf->page] = 66;
	EXPECT_EQ(66, buf->mem[buf->page]);
	return map;
}

/* Refused: a mapping that a write would copy, and one not wholly in the buffer. */
static inline void buffer_refused(struct __test_metadata *_metadata, const struct buffer *buf)
{
	char *map;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, buf->size, PROT_READ, MAP_PRIVATE, buf->fd, buf->offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(buf->fd, buf->size + buf->page, buf->offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(buf->fd, buf->page, buf->offset + buf->size));
	EXPECT_EQ(EINVAL, errno);
	/* Refused: what would make it larger than the buffer. */
	map = buf_map(buf->fd, buf->page, buf->offset + buf->size - buf->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, buf->page, 2 * buf->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, buf->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, buf->page, buf->size / buf->page - 1, 1));
	/* Page frames are the driver's to take away. */
	EXPECT_EQ(-1, madvise(map, buf->page, MADV_DONTNEED));
	EXPECT_EQ(EINVAL, errno);
}

#endif /* _BUFFER_TEST_H */
