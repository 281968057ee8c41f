/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of /dev/vma_pool have in common. Failures come back as an
 * errno, never negative, so that a test can compare them with what it expects.
 */
#ifndef _VMA_POOL_TEST_H
#define _VMA_POOL_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vma_pool.h"

#define POOL_DEV "/dev/vma_pool"

static inline size_t pool_page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static inline size_t pool_bytes(void)
{
	return VMA_POOL_PAGES * pool_page_size();
}

/* Opens a pool; where there is no device, tries to load the sample first. */
static inline int pool_open(int mode)
{
	int fd = open(POOL_DEV, mode | O_CLOEXEC);
	pid_t pid;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("modprobe", "modprobe", "vma_pool", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return open(POOL_DEV, mode | O_CLOEXEC);
}

static inline void *pool_map(int fd)
{
	return mmap(NULL, pool_bytes(), PROT_READ, MAP_SHARED, fd, 0);
}

static inline int pool_fill(int fd, unsigned int index, unsigned int count,
			    uint64_t value, unsigned int *made)
{
	struct vma_pool_fill req = {
		.index = index, .count = count, .value = value, .made = ~0U,
	};
	int err = ioctl(fd, VMA_POOL_FILL, &req) ? errno : 0;

	if (made)
		*made = req.made;
	return err;
}

static inline int pool_zap(int fd, uint64_t addr, uint64_t size)
{
	struct vma_pool_zap req = { .addr = addr, .size = size };

	return ioctl(fd, VMA_POOL_ZAP, &req) ? errno : 0;
}

/* How many pages were given back. */
static inline int pool_shrink(int fd, unsigned long nr)
{
	return ioctl(fd, VMA_POOL_SHRINK, nr);
}

/* Frees all pages for good. */
static inline int pool_close(int fd)
{
	return ioctl(fd, VMA_POOL_CLOSE) ? errno : 0;
}

static inline struct vma_pool_info pool_info(int fd)
{
	struct vma_pool_info info = { .present = ~0U };

	ioctl(fd, VMA_POOL_INFO, &info);
	return info;
}

/*
 * Another process, with its copy of the file: a child does not get the mapping
 * (VMA_FORK_DROP), so what it fills is its parent's memory.
 */
static inline int pool_fill_from_child(int fd, unsigned int index,
				       unsigned int count, uint64_t value)
{
	pid_t pid = fork();
	int status, err = ECHILD;

	if (!pid)
		_exit(pool_fill(fd, index, count, value, NULL));
	if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		err = WEXITSTATUS(status);
	return err;
}

static sigjmp_buf pool_peek_env;

static void pool_peek_handler(int sig)
{
	siglongjmp(pool_peek_env, sig);
}

/* Reads a word. The signal that it raised, or 0. */
static inline int pool_peek(const void *p, uint64_t *value)
{
	struct sigaction act = { .sa_handler = pool_peek_handler };
	struct sigaction bus, segv;
	uint64_t word;
	int sig;

	sigaction(SIGBUS, &act, &bus);
	sigaction(SIGSEGV, &act, &segv);
	sig = sigsetjmp(pool_peek_env, 1);
	if (!sig) {
		word = __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED);
		if (value)
			*value = word;
	}
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

/* Does each word of a page that is there have this value? */
static inline bool pool_page_is(const void *map, unsigned int index,
				uint64_t value)
{
	size_t words = pool_page_size() / sizeof(uint64_t);
	const uint64_t *p = (const uint64_t *)map + index * words;
	size_t i;

	if (pool_peek(p, NULL))
		return false;
	for (i = 0; i < words; i++)
		if (p[i] != value)
			return false;
	return true;
}

/* How many of these pages can be read and are as a fill with @value made them. */
static inline unsigned int pool_pages_good(const void *map, unsigned int index,
					   unsigned int count, uint64_t value)
{
	unsigned int good = 0, i;

	for (i = index; i < index + count; i++)
		good += pool_page_is(map, i, value + i);
	return good;
}

/* How many of these pages raise SIGBUS. */
static inline unsigned int pool_pages_gone(const void *map, unsigned int index,
					   unsigned int count)
{
	unsigned int gone = 0, i;

	for (i = index; i < index + count; i++)
		gone += pool_peek((const char *)map + i * pool_page_size(),
				  NULL) == SIGBUS;
	return gone;
}

/* Passes an open file to another process, the long way. */
static inline int pool_send_fd(int sock, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : errno;
}

static inline int pool_recv_fd(int sock)
{
	char byte, control[CMSG_SPACE(sizeof(int))] = { };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

/* Writes a string to a file of the kernel's. */
static inline int pool_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

#endif /* _VMA_POOL_TEST_H */
