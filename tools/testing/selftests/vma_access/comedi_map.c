// SPDX-License-Identifier: GPL-2.0
/*
 * User space may rely on this of the mapping of a comedi buffer: it
 * shows all pages of the buffer or nothing, does not grow, may be split, moved and
 * inherited, keeps the buffer, and can be read by a debugger. Nothing here is of
 * one implementation of the mapping: the program passes on a kernel without typed
 * VMA access too. Needs a device whose buffer is not for DMA: comedi_test.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/comedi.h>

#include "kselftest_harness.h"
#include "user_mode.h"

#define COMEDI_DEV	"/dev/comedi0"
#define PAGES		16UL
#define OTHER		0xf0	/* what is in no page at first */

FIXTURE(comedi)
{
	int fd;
	int mem;		/* of this process, as a debugger opens it */
	size_t page;
	size_t size;
	unsigned char *map;	/* of the buffer of the analog output */
};

static int buffer_size(int fd, unsigned int subdevice, size_t size)
{
	struct comedi_bufconfig bc = {
		.subdevice = subdevice, .maximum_size = size, .size = size,
	};

	return ioctl(fd, COMEDI_BUFCONFIG, &bc);
}

static bool pages_are(const unsigned char *map, size_t from, size_t to, size_t page)
{
	size_t i;

	for (i = from; i < to; i++)
		if (map[(i - from) * page] != i + 1 || map[(i - from + 1) * page - 1] != i + 1)
			return false;
	return true;
}

FIXTURE_SETUP(comedi)
{
	size_t i;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->map = MAP_FAILED;
	self->mem = -1;
	self->fd = open(COMEDI_DEV, O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " COMEDI_DEV);
	/* The subdevices of comedi_test: analog input is 0, analog output 1. */
	ASSERT_EQ(buffer_size(self->fd, 0, self->size), 0);
	ASSERT_EQ(buffer_size(self->fd, 1, self->size), 0);
	self->mem = open("/proc/self/mem", O_RDWR);
	ASSERT_GE(self->mem, 0);
	self->map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(self->map, MAP_FAILED);
	for (i = 0; i < PAGES; i++)
		memset(self->map + i * self->page, i + 1, self->page);
}

FIXTURE_TEARDOWN(comedi)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, self->size);
	if (self->mem >= 0)
		close(self->mem);
	if (self->fd >= 0)
		close(self->fd);
}

/* A second mapping shows the same pages in the same order. */
TEST_F(comedi, shows_the_buffer)
{
	unsigned char *other;

	other = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(other, MAP_FAILED);
	EXPECT_TRUE(pages_are(other, 0, PAGES, self->page));
	other[3 * self->page] = OTHER;
	EXPECT_EQ(self->map[3 * self->page], OTHER);
	munmap(other, self->size);

	/* The first pages of it, too. */
	other = mmap(NULL, 3 * self->page, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(other, MAP_FAILED);
	EXPECT_TRUE(pages_are(other, 0, 3, self->page));
	munmap(other, 3 * self->page);
}

/* PROT_READ selects the buffer of the input, and PROT_WRITE that of the output. */
TEST_F(comedi, two_buffers)
{
	unsigned char *in;

	in = mmap(NULL, self->size, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(in, MAP_FAILED);
	EXPECT_EQ(in[0], 0);
	EXPECT_EQ(in[self->size - 1], 0);
	munmap(in, self->size);
}

/* Beyond the buffer nothing is mapped, and no offset is taken. */
TEST_F(comedi, bounds)
{
	const int prot = PROT_READ | PROT_WRITE;

	EXPECT_EQ(mmap(NULL, self->size + self->page, prot, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EFAULT);
	EXPECT_EQ(mmap(NULL, self->page, prot, MAP_SHARED, self->fd, self->page), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mremap(self->map, self->size, 2 * self->size, MREMAP_MAYMOVE), MAP_FAILED);
	EXPECT_EQ(errno, EFAULT);
	/* None that a write would copy, of more than one page. */
	EXPECT_EQ(mmap(NULL, self->size, prot, MAP_PRIVATE, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_TRUE(pages_are(self->map, 0, PAGES, self->page));
}

/* As long as a part of it is mapped, the buffer keeps its size. */
TEST_F(comedi, keeps_the_buffer)
{
	EXPECT_NE(buffer_size(self->fd, 1, 8 * self->page), 0);
	EXPECT_EQ(errno, EBUSY);
	ASSERT_EQ(munmap(self->map, 4 * self->page), 0);
	ASSERT_EQ(munmap(self->map + 8 * self->page, self->page), 0);
	EXPECT_TRUE(pages_are(self->map + 4 * self->page, 4, 8, self->page));
	EXPECT_TRUE(pages_are(self->map + 9 * self->page, 9, PAGES, self->page));
	EXPECT_NE(buffer_size(self->fd, 1, 8 * self->page), 0);
	ASSERT_EQ(munmap(self->map, self->size), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(buffer_size(self->fd, 1, 8 * self->page), 0);
}

/* A refused mapping keeps nothing. */
TEST_F(comedi, refusal_keeps_nothing)
{
	EXPECT_EQ(mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0),
		  MAP_FAILED);
	ASSERT_EQ(munmap(self->map, self->size), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(buffer_size(self->fd, 1, 8 * self->page), 0);
}

/* A moved mapping shows the same, and holds the buffer once. */
TEST_F(comedi, moved)
{
	unsigned char *to, *moved;

	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(to, MAP_FAILED);
	moved = mremap(self->map, self->size, self->size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	ASSERT_EQ(moved, to);
	self->map = moved;
	EXPECT_TRUE(pages_are(moved, 0, PAGES, self->page));
	ASSERT_EQ(munmap(moved, self->size), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(buffer_size(self->fd, 1, 8 * self->page), 0);
}

/* A child has it, and what it writes is seen here. */
TEST_F(comedi, inherited)
{
	pid_t child;
	int status;

	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		if (!pages_are(self->map, 0, PAGES, self->page))
			_exit(1);
		self->map[5 * self->page] = OTHER;
		_exit(0);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(status, 0);
	EXPECT_EQ(self->map[5 * self->page], OTHER);
	ASSERT_EQ(munmap(self->map, self->size), 0);
	self->map = MAP_FAILED;
	EXPECT_EQ(buffer_size(self->fd, 1, 8 * self->page), 0);
}

/* A debugger reads and writes it, of each page its own, also after a split. */
TEST_F(comedi, debugger)
{
	const off_t at = (uintptr_t)self->map;
	unsigned char buf[64];
	size_t i;

	if (user_mode_linux())
		SKIP(return, "->access() is not called");

	for (i = 0; i < PAGES; i++) {
		ASSERT_EQ(pread(self->mem, buf, sizeof(buf), at + i * self->page), sizeof(buf));
		EXPECT_EQ(buf[0], i + 1);
		EXPECT_EQ(buf[63], i + 1);
	}
	/* Across the end of a page. */
	ASSERT_EQ(pread(self->mem, buf, sizeof(buf), at + 7 * self->page - 32), sizeof(buf));
	EXPECT_EQ(buf[31], 7);
	EXPECT_EQ(buf[32], 8);
	memset(buf, 0x77, sizeof(buf));
	ASSERT_EQ(pwrite(self->mem, buf, sizeof(buf), at + 9 * self->page - 32), sizeof(buf));
	EXPECT_EQ(self->map[9 * self->page - 33], 9);
	EXPECT_EQ(self->map[9 * self->page - 32], 0x77);
	EXPECT_EQ(self->map[9 * self->page + 31], 0x77);
	EXPECT_EQ(self->map[9 * self->page + 32], 10);
	ASSERT_EQ(munmap(self->map, 4 * self->page), 0);
	ASSERT_EQ(pread(self->mem, buf, sizeof(buf), at + 12 * self->page), sizeof(buf));
	EXPECT_EQ(buf[0], 13);
	/* And no more than is mapped. */
	ASSERT_EQ(munmap(self->map + 15 * self->page, self->page), 0);
	ASSERT_EQ(pread(self->mem, buf, sizeof(buf), at + 15 * self->page - 32), 32);
	/* Pages, too, are read where the process itself cannot. */
	ASSERT_EQ(mprotect(self->map + 5 * self->page, self->page, PROT_NONE), 0);
	ASSERT_EQ(pread(self->mem, buf, sizeof(buf), at + 5 * self->page), sizeof(buf));
	EXPECT_EQ(buf[0], 6);
}

/* Page frames that nobody can pin or drop one by one. */
TEST_F(comedi, page_frames)
{
	struct iovec here = { .iov_len = 64 }, there = { self->map, 64 };
	char buf[64];

	here.iov_base = buf;
	EXPECT_EQ(process_vm_readv(getpid(), &here, 1, &there, 1, 0), -1);
	EXPECT_EQ(errno, EFAULT);
	EXPECT_NE(madvise(self->map, self->page, MADV_DONTNEED), 0);
	EXPECT_NE(madvise(self->map, self->page, MADV_DODUMP), 0);
	EXPECT_TRUE(pages_are(self->map, 0, PAGES, self->page));
}

TEST_HARNESS_MAIN
