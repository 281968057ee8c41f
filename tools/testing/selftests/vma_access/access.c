// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping's type denies an access now and later, whatever call user space
 * uses for it (R1). An access by another process ends at the end of the
 * mapping.
 */
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "vma_window_test.h"
#include "test_modules/vma_eager.h"

#define VALUE 0x1122334455660000ULL

FIXTURE(access)
{
	int fd;
	char *map;
};

FIXTURE_VARIANT(access)
{
	int mode;
	int flags;
	int write_errno;
};

FIXTURE_VARIANT_ADD(access, shared_rdwr)
{
	.mode = O_RDWR,
	.flags = MAP_SHARED,
	.write_errno = EPERM,
};

FIXTURE_VARIANT_ADD(access, private_rdwr)
{
	.mode = O_RDWR,
	.flags = MAP_PRIVATE,
	.write_errno = EPERM,
};

FIXTURE_VARIANT_ADD(access, shared_rdonly)
{
	.mode = O_RDONLY,
	.flags = MAP_SHARED,
	/* The core refuses it before it calls the driver. */
	.write_errno = EACCES,
};

FIXTURE_VARIANT_ADD(access, private_rdonly)
{
	.mode = O_RDONLY,
	.flags = MAP_PRIVATE,
	.write_errno = EPERM,
};

FIXTURE_SETUP(access)
{
	self->map = MAP_FAILED;
	self->fd = pool_open(variant->mode);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
}

FIXTURE_TEARDOWN(access)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, pool_bytes());
	close(self->fd);
}

#define MAP(prot) \
	mmap(NULL, pool_bytes(), prot, variant->flags, self->fd, 0)

/* A writable mapping is refused, and leaves nothing behind. */
TEST_F(access, mmap_write)
{
	ASSERT_EQ(MAP_FAILED, MAP(PROT_READ | PROT_WRITE));
	EXPECT_EQ(variant->write_errno, errno);
	ASSERT_EQ(MAP_FAILED, MAP(PROT_WRITE));
	EXPECT_EQ(variant->write_errno, errno);

	EXPECT_EQ(0, pool_info(self->fd).mapped);
	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
}

/* An executable mapping is refused, and leaves nothing behind. */
TEST_F(access, mmap_exec)
{
	ASSERT_EQ(MAP_FAILED, MAP(PROT_READ | PROT_EXEC));
	EXPECT_EQ(EPERM, errno);

	EXPECT_EQ(0, pool_info(self->fd).mapped);
	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
}

/* mprotect() does not give the access that mmap() refused. */
TEST_F(access, mprotect)
{
	static const int denied[] = {
		PROT_WRITE, PROT_READ | PROT_WRITE, PROT_EXEC,
		PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	size_t i;

	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 1, VALUE, NULL));

	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		EXPECT_EQ(-1, mprotect(self->map, pool_bytes(), denied[i]));
		EXPECT_EQ(EACCES, errno) TH_LOG("protection %d", denied[i]);
		/*
		 * For a part of the mapping, the access is denied before any
		 * split.
		 */
		EXPECT_EQ(-1, mprotect(self->map, pool_page_size(), denied[i]));
		EXPECT_EQ(EACCES, errno) TH_LOG("protection %d", denied[i]);
	}
	EXPECT_TRUE(pool_page_is(self->map, 0, VALUE));
}

/*
 * PROT_NONE in between, from mmap() or mprotect(), does not allow the access.
 */
TEST_F(access, mprotect_from_none)
{
	self->map = MAP(PROT_NONE);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 1, VALUE, NULL));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map, NULL));

	EXPECT_EQ(-1, mprotect(self->map, pool_bytes(), PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	ASSERT_EQ(0, mprotect(self->map, pool_bytes(), PROT_READ));
	EXPECT_TRUE(pool_page_is(self->map, 0, VALUE));
	ASSERT_EQ(0, mprotect(self->map, pool_bytes(), PROT_NONE));
	EXPECT_EQ(-1, mprotect(self->map, pool_bytes(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
}

/* A debugger's write through /proc/self/mem fails. */
TEST_F(access, write_by_proc_mem)
{
	uint64_t word = 0;
	int mem;

	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 1, VALUE, NULL));

	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, mem);
	EXPECT_EQ(sizeof(word), pread(mem, &word, sizeof(word), (off_t)self->map));
	EXPECT_EQ(VALUE, word);
	word = ~VALUE;
	EXPECT_EQ(-1, pwrite(mem, &word, sizeof(word), (off_t)self->map));
	EXPECT_EQ(EIO, errno);
	close(mem);
	EXPECT_TRUE(pool_page_is(self->map, 0, VALUE));
}

/* A debugger's write by ptrace() fails. */
TEST_F(access, write_by_ptrace)
{
	pid_t parent = getpid(), pid;
	int status;

	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 1, VALUE, NULL));

	/*
	 * The child has no copy of the mapping, so it traces its parent, which
	 * has it.
	 */
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int err = 0;

		if (ptrace(PTRACE_SEIZE, parent, 0, 0) ||
		    ptrace(PTRACE_INTERRUPT, parent, 0, 0) ||
		    waitpid(parent, NULL, __WALL) != parent)
			_exit(ECHILD);
		if (ptrace(PTRACE_POKEDATA, parent, self->map, ~VALUE))
			err = errno;
		ptrace(PTRACE_DETACH, parent, 0, 0);
		_exit(err);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EIO, WEXITSTATUS(status));
	EXPECT_TRUE(pool_page_is(self->map, 0, VALUE));
}

/*
 * process_vm_writev() fails, and so does a write by the kernel for this
 * process.
 */
TEST_F(access, write_by_kernel)
{
	uint64_t word = ~VALUE;
	struct iovec from = { &word, sizeof(word) }, to;
	int zero;

	self->map = MAP(PROT_READ);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 1, VALUE, NULL));

	to = (struct iovec){ self->map, sizeof(word) };
	/* It also fails on a kernel without process_vm_writev(). */
	EXPECT_EQ(-1, process_vm_writev(getpid(), &from, 1, &to, 1, 0));

	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, zero);
	EXPECT_EQ(-1, read(zero, self->map, sizeof(word)));
	EXPECT_EQ(EFAULT, errno);
	close(zero);
	EXPECT_TRUE(pool_page_is(self->map, 0, VALUE));
}

/*
 * ---- mappings without pages: the core calls the ->access() hook
 * --------------
 */

#define EAGER_DEV	"/dev/vma_eager"
#define EAGER_MODULE	"test_modules/vma_eager.ko"

FIXTURE(remote)
{
	int fd, mem;
	size_t page;
	char *map;
};

FIXTURE_VARIANT(remote)
{
	enum eager_how how;
};

FIXTURE_VARIANT_ADD(remote, pfns) { .how = EAGER_REMAP };
FIXTURE_VARIANT_ADD(remote, io) { .how = EAGER_IOMAP };

FIXTURE_SETUP(remote)
{
	self->page = pool_page_size();
	self->mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->mem);
	self->fd = module_open(EAGER_DEV, EAGER_MODULE);
	if (self->fd < 0)
		SKIP(return, "no " EAGER_DEV ": load the module vma_eager");
	/* Leave a page without a mapping behind it. */
	self->map = mmap(NULL, (EAGER_PAGES + 1) * self->page, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(self->map, mmap(self->map, EAGER_PAGES * self->page,
				  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				  self->fd, variant->how * EAGER_PAGES * self->page));
	ASSERT_EQ(0, munmap(self->map + EAGER_PAGES * self->page, self->page));
}

FIXTURE_TEARDOWN(remote)
{
	if (self->fd >= 0)
		close(self->fd);
	close(self->mem);
}

/* Read and write a word of page @nr, through the kernel. */
#define PREAD(nr, word)							\
	pread(self->mem, &(word), sizeof(uint64_t),			\
	      (off_t)(self->map + (nr) * self->page))
#define PWRITE(nr, word)						\
	pwrite(self->mem, &(word), sizeof(uint64_t),			\
	       (off_t)(self->map + (nr) * self->page))

/* The access reaches the right page, also after a part was unmapped. */
TEST_F(remote, read)
{
	uint64_t word;

	EXPECT_EQ(sizeof(word), PREAD(0, word));
	EXPECT_EQ(EAGER_GOOD(0), word);
	EXPECT_EQ(sizeof(word), PREAD(EAGER_PAGES - 1, word));
	EXPECT_EQ(EAGER_GOOD(EAGER_PAGES - 1), word);

	ASSERT_EQ(0, munmap(self->map, 2 * self->page));
	EXPECT_EQ(sizeof(word), PREAD(2, word));
	EXPECT_EQ(EAGER_GOOD(2), word);
	EXPECT_EQ(-1, PREAD(1, word));
	EXPECT_EQ(EIO, errno);
}

/*
 * The access ends with the mapping: only the first of two words is transferred.
 */
TEST_F(remote, bounds)
{
	uint64_t words[2] = { 0, 0 };

	EXPECT_EQ(sizeof(words[0]),
		  pread(self->mem, words, sizeof(words),
			(off_t)(self->map + EAGER_PAGES * self->page - sizeof(words[0]))));
	EXPECT_EQ(EAGER_GOOD(EAGER_PAGES - 1), words[0]);
	EXPECT_EQ(0, words[1]);

	/* It also ends where a split has put the end of the VMA. */
	ASSERT_EQ(0, mprotect(self->map + self->page, self->page, PROT_READ));
	ASSERT_EQ(sizeof(words),
		  pread(self->mem, words, sizeof(words),
			(off_t)(self->map + self->page - sizeof(words[0]))));
	EXPECT_EQ(sizeof(words[0]),
		  pwrite(self->mem, words, sizeof(words),
			 (off_t)(self->map + self->page - sizeof(words[0]))));
	EXPECT_EQ(EAGER_GOOD(0), words[0]);
}

/* A debugger writes only where the process itself can, and reads as it can read pages. */
TEST_F(remote, write)
{
	uint64_t word = EAGER_GOOD(3) ^ 1;

	EXPECT_EQ(sizeof(word), PWRITE(3, word));
	EXPECT_EQ(0, memcmp(&word, self->map + 3 * self->page, sizeof(word)));
	word = EAGER_GOOD(3);
	EXPECT_EQ(sizeof(word), PWRITE(3, word));

	ASSERT_EQ(0, mprotect(self->map, EAGER_PAGES * self->page, PROT_READ));
	word = ~EAGER_GOOD(3);
	EXPECT_EQ(-1, PWRITE(3, word));
	EXPECT_EQ(EIO, errno);
	word = EAGER_GOOD(3);
	EXPECT_EQ(0, memcmp(&word, self->map + 3 * self->page, sizeof(word)));

	ASSERT_EQ(0, mprotect(self->map, EAGER_PAGES * self->page, PROT_NONE));
	EXPECT_EQ(-1, PWRITE(3, word));
	EXPECT_EQ(EIO, errno);
	word = 0;
	EXPECT_EQ(sizeof(word), PREAD(3, word));
	EXPECT_EQ(EAGER_GOOD(3), word);
}

TEST_HARNESS_MAIN
