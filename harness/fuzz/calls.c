// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of programs that are mm's own.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "fuzz.h"

const struct op *ops[128];
unsigned int nr_ops;

unsigned long at(uint32_t slot, uint32_t page)
{
	return AREA + slot % SLOTS * SLOT_SIZE + page % SLOT_PAGES * PAGE;
}

static unsigned long length(uint32_t pages)
{
	return (1 + (pages - 1) % SLOT_PAGES) * PAGE;
}

static int fd_of(uint32_t file)
{
	return FILE_FD + file % FILES;
}

static long op_open(struct thread *t, const uint32_t *arg)
{
	struct file *file = &t->run->file[arg[0] % FILES];
	const struct device *dev = &devices[arg[1] % nr_devices];
	long ret;

	if (!device_there[arg[1] % nr_devices]) {
		errno = ENODEV;
		return -1;
	}
	if (file->dev)
		sys(t, __NR_close, fd_of(arg[0]));
	memset(file, 0, sizeof(*file));
	ret = dev->open(t, file, fd_of(arg[0]));
	if (ret >= 0)
		file->dev = dev;
	return ret;
}

static long op_close(struct thread *t, const uint32_t *arg)
{
	t->run->file[arg[0] % FILES].dev = NULL;
	return sys(t, __NR_close, fd_of(arg[0]));
}

static long op_dup(struct thread *t, const uint32_t *arg)
{
	struct file *to = &t->run->file[arg[1] % FILES];

	if (arg[0] % FILES == arg[1] % FILES)
		return 0;
	*to = t->run->file[arg[0] % FILES];
	return sys(t, __NR_dup3, fd_of(arg[0]), fd_of(arg[1]), O_CLOEXEC);
}

static long op_mmap(struct thread *t, const uint32_t *arg)
{
	const struct file *file = &t->run->file[arg[3] % FILES];
	unsigned long pgoff = (unsigned long)file->base + arg[6];

	return sys(t, __NR_mmap, at(arg[0], arg[1]), length(arg[2]),
		   choice_value(ARG_PROT, arg[4]),
		   choice_value(ARG_MAP, arg[5]) | MAP_FIXED, fd_of(arg[3]), pgoff * PAGE);
}

/*
 * Some drivers refuse an address that the caller chose. What comes of such a mapping is
 * done here, and undone.
 */
static long op_mmap_far(struct thread *t, const uint32_t *arg)
{
	unsigned long size = length(arg[2]), pgoff = t->run->file[arg[0] % FILES].base + arg[3];
	unsigned int what = arg[1];
	long map, i;

	map = sys(t, __NR_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(arg[0]),
		  pgoff * PAGE);
	if (map == -1)
		return -1;
	for (i = 0; i < 4 && i * PAGE < size; i++)
		peek(t, map + i * PAGE, what & 1);
	if (what & 2)
		sys(t, __NR_mprotect, map + size / PAGE / 2 * PAGE, PAGE, PROT_READ);
	if (what & 4)
		sys(t, __NR_munmap, map + size / PAGE / 2 * PAGE, PAGE);
	if (what & 8)
		sys(t, __NR_mremap, map, PAGE, 2 * PAGE, 0, 0);
	for (i = 0; i < 4 && i * PAGE < size; i++)
		peek(t, map + i * PAGE, !(what & 1));
	return sys(t, __NR_munmap, map, size);
}

static long op_anon(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_mmap, at(arg[0], arg[1]), length(arg[2]),
		   choice_value(ARG_PROT, arg[3]),
		   choice_value(ARG_MAP, arg[4]) | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
}

static long op_munmap(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_munmap, at(arg[0], arg[1]), length(arg[2]));
}

static long op_mremap(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_mremap, at(arg[0], arg[1]), length(arg[2]), length(arg[3]),
		   choice_value(ARG_REMAP, arg[4]), at(arg[5], arg[6]));
}

/* An old size of 0 asks for a second mapping of what is shared. */
static long op_mremap_dup(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_mremap, at(arg[0], arg[1]), 0, length(arg[2]),
		   MREMAP_MAYMOVE | MREMAP_FIXED, at(arg[3], arg[4]));
}

static long op_mprotect(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_mprotect, at(arg[0], arg[1]), length(arg[2]),
		   choice_value(ARG_PROT, arg[3]));
}

static long op_madvise(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_madvise, at(arg[0], arg[1]), length(arg[2]),
		   choice_value(ARG_ADVICE, arg[3]));
}

static long op_mlock(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_mlock2, at(arg[0], arg[1]), length(arg[2]), arg[3] & 1);
}

static long op_munlock(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_munlock, at(arg[0], arg[1]), length(arg[2]));
}

static long op_msync(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_msync, at(arg[0], arg[1]), length(arg[2]),
		   choice_value(ARG_SYNC, arg[3]));
}

static long op_mincore(struct thread *t, const uint32_t *arg)
{
	char vec[SLOT_PAGES] = { 0 };

	return sys(t, __NR_mincore, at(arg[0], arg[1]), length(arg[2]), PUT(t, vec));
}

static long op_remap_file_pages(struct thread *t, const uint32_t *arg)
{
	return sys(t, __NR_remap_file_pages, at(arg[0], arg[1]), length(arg[2]), 0, arg[3], 0);
}

/* A word of each page; a signal for each takes longest of all that programs do. */
static long touch(struct thread *t, const uint32_t *arg, bool write)
{
	unsigned long addr = at(arg[0], arg[1]);
	uint32_t i, nr = 1 + (arg[2] - 1) % 16;

	for (i = 0; i < nr; i++, addr += PAGE)
		peek(t, addr, write);
	return 0;
}

static long op_peek(struct thread *t, const uint32_t *arg)
{
	return touch(t, arg, false);
}

static long op_poke(struct thread *t, const uint32_t *arg)
{
	return touch(t, arg, true);
}

/* As a debugger: by ->access(), where there is no struct page. */
static long through_mem(struct thread *t, const uint32_t *arg, bool write)
{
	static const char path[] = "/proc/self/mem";
	char data[64] = "remote";
	long fd, ret;

	fd = keep(t, sys(t, __NR_openat, AT_FDCWD, PUT(t, path), O_RDWR | O_CLOEXEC, 0), TMP_FD);
	if (fd < 0)
		return -1;
	ret = sys(t, write ? __NR_pwrite64 : __NR_pread64, fd, PUT(t, data), sizeof(data),
		  at(arg[0], arg[1]) + PAGE - 32);
	sys(t, __NR_close, fd);
	return ret;
}

static long op_mem_read(struct thread *t, const uint32_t *arg)
{
	return through_mem(t, arg, false);
}

static long op_mem_write(struct thread *t, const uint32_t *arg)
{
	return through_mem(t, arg, true);
}

/* By pinned pages. */
static long through_vm(struct thread *t, const uint32_t *arg, long nr)
{
	struct iovec there = { (void *)at(arg[0], arg[1]), length(arg[2]) };
	static const char room[16 * 4096];
	struct iovec here;

	if (there.iov_len > sizeof(room))
		there.iov_len = sizeof(room);
	here.iov_base = (void *)put(t, room, there.iov_len);
	here.iov_len = there.iov_len;
	return sys(t, nr, getpid(), PUT(t, here), 1, PUT(t, there), 1, 0);
}

static long op_vm_read(struct thread *t, const uint32_t *arg)
{
	return through_vm(t, arg, __NR_process_vm_readv);
}

static long op_vm_write(struct thread *t, const uint32_t *arg)
{
	return through_vm(t, arg, __NR_process_vm_writev);
}

/* The next calls of the thread run in a child as well, at the same time. */
static long op_fork(struct thread *t, const uint32_t *arg)
{
	if (t->child || t->forked)
		return 0;
	trace(t, "\tpid = fork();\n");
	if (t->trace)
		fflush(t->trace);
	t->forked = fork();
	if (!t->forked) {
		t->child = true;
		t->nth_fd = -1;
		t->kcov = NULL;
		t->trace = NULL;
		alarm(20);
	}
	t->fork_left = 1 + arg[0] % 8;
	return t->forked < 0 ? -1 : 0;
}

static long op_drop_caches(struct thread *t, const uint32_t *arg)
{
	static const char path[] = "/proc/sys/vm/drop_caches", two[] = "2";
	long fd, ret;

	fd = keep(t, sys(t, __NR_openat, AT_FDCWD, PUT(t, path), O_WRONLY | O_CLOEXEC, 0), TMP_FD);
	if (fd < 0)
		return -1;
	ret = sys(t, __NR_pwrite64, fd, PUT(t, two), 1, 0);
	sys(t, __NR_close, fd);
	return ret;
}

/* ---- userfaultfd --------------------------------------------------------------------- */

static long op_uffd_register(struct thread *t, const uint32_t *arg)
{
	struct uffdio_register reg = {
		.range = { at(arg[1], arg[2]), length(arg[3]) },
		.mode = choice_value(ARG_UFFD, arg[4]),
	};

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_REGISTER, PUT(t, reg));
}

static long op_uffd_unregister(struct thread *t, const uint32_t *arg)
{
	struct uffdio_range range = { at(arg[1], arg[2]), length(arg[3]) };

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_UNREGISTER, PUT(t, range));
}

static long op_uffd_move(struct thread *t, const uint32_t *arg)
{
	struct uffdio_move move = {
		.dst = at(arg[1], arg[2]), .src = at(arg[3], arg[4]), .len = length(arg[5]),
		.mode = arg[6] & 1,
	};

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_MOVE, PUT(t, move));
}

static long op_uffd_copy(struct thread *t, const uint32_t *arg)
{
	struct uffdio_copy copy = {
		.dst = at(arg[1], arg[2]), .src = at(arg[3], arg[4]), .len = length(arg[5]),
	};

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_COPY, PUT(t, copy));
}

static long op_uffd_zero(struct thread *t, const uint32_t *arg)
{
	struct uffdio_zeropage zero = { .range = { at(arg[1], arg[2]), length(arg[3]) } };

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_ZEROPAGE, PUT(t, zero));
}

static long op_uffd_wp(struct thread *t, const uint32_t *arg)
{
	struct uffdio_writeprotect wp = {
		.range = { at(arg[1], arg[2]), length(arg[3]) }, .mode = arg[4] & 1,
	};

	return sys(t, __NR_ioctl, fd_of(arg[0]), UFFDIO_WRITEPROTECT, PUT(t, wp));
}

const struct op mm_ops[] = {
	{ "open", op_open, NULL, 4, { ARG_FILE, ARG_DEV } },
	{ "close", op_close, NULL, 5, { ARG_FILE } },
	{ "dup", op_dup, NULL, 2, { ARG_FILE, ARG_FILE } },
	{ "mmap", op_mmap, NULL, 40,
	  { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_FILE, ARG_PROT, ARG_MAP, ARG_OFF } },
	{ "mmap_far", op_mmap_far, NULL, 8, { ARG_FILE, ARG_NUM, ARG_LEN, ARG_OFF } },
	{ "anon", op_anon, NULL, 8, { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_PROT, ARG_MAP } },
	{ "munmap", op_munmap, NULL, 16, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "mremap", op_mremap, NULL, 16,
	  { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_LEN, ARG_REMAP, ARG_SLOT, ARG_PAGE } },
	{ "mremap_dup", op_mremap_dup, NULL, 3,
	  { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_SLOT, ARG_PAGE } },
	{ "mprotect", op_mprotect, NULL, 12, { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_PROT } },
	{ "madvise", op_madvise, NULL, 18, { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_ADVICE } },
	{ "mlock", op_mlock, NULL, 3, { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_NUM } },
	{ "munlock", op_munlock, NULL, 2, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "msync", op_msync, NULL, 2, { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_SYNC } },
	{ "mincore", op_mincore, NULL, 2, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "remap_file_pages", op_remap_file_pages, NULL, 2,
	  { ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_OFF } },
	{ "peek", op_peek, NULL, 24, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "poke", op_poke, NULL, 20, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "mem_read", op_mem_read, NULL, 4, { ARG_SLOT, ARG_PAGE } },
	{ "mem_write", op_mem_write, NULL, 3, { ARG_SLOT, ARG_PAGE } },
	{ "vm_read", op_vm_read, NULL, 3, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "vm_write", op_vm_write, NULL, 3, { ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "fork", op_fork, NULL, 2, { ARG_NUM } },
	{ "drop_caches", op_drop_caches, NULL, 1, { } },
	{ "uffd_register", op_uffd_register, "uffd", 12,
	  { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_UFFD } },
	{ "uffd_unregister", op_uffd_unregister, "uffd", 3,
	  { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "uffd_move", op_uffd_move, "uffd", 20,
	  { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_NUM } },
	{ "uffd_copy", op_uffd_copy, "uffd", 6,
	  { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "uffd_zero", op_uffd_zero, "uffd", 4, { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "uffd_wp", op_uffd_wp, "uffd", 4, { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_NUM } },
};

const unsigned int nr_mm_ops = ARRAY_SIZE(mm_ops);

void ops_init(void)
{
	unsigned int i;

	for (i = 0; i < nr_mm_ops; i++)
		ops[nr_ops++] = &mm_ops[i];
	for (i = 0; i < nr_dev_ops; i++)
		ops[nr_ops++] = &dev_ops[i];
}

int op_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_ops; i++)
		if (!strcmp(ops[i]->name, name))
			return i;
	return -1;
}
