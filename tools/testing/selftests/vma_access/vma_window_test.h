/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of /dev/vma_window have in common.
 */
#ifndef _VMA_WINDOW_TEST_H
#define _VMA_WINDOW_TEST_H

#include <sys/syscall.h>

#include "test_modules/vma_window.h"
#include "vma_pool_test.h"

#define WINDOW_DEV	"/dev/vma_window"
#define WINDOW_MODULE	"test_modules/vma_window.ko"

/* Opens a device; where there is none, tries to load its module first. */
static inline int module_open(const char *dev, const char *module)
{
	int fd = open(dev, O_RDWR | O_CLOEXEC), mod;

	if (fd >= 0)
		return fd;
	mod = open(module, O_RDONLY | O_CLOEXEC);
	if (mod < 0)
		return -1;
	syscall(SYS_finit_module, mod, "", 0);
	close(mod);
	return open(dev, O_RDWR | O_CLOEXEC);
}

static inline int window_open(void)
{
	return module_open(WINDOW_DEV, WINDOW_MODULE);
}

static inline char *window_map(int fd, enum window_type type,
			       unsigned int index, unsigned int pages)
{
	size_t page = pool_page_size();

	ioctl(fd, WINDOW_SET_TYPE, type);
	return mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (WINDOW_BASE + index) * page);
}

/* How many pages from @index on are there, and in use. */
static inline unsigned int window_good(const char *map, unsigned int index,
				       unsigned int pages)
{
	unsigned int good = 0, i;

	for (i = 0; i < pages; i++)
		good += pool_page_is(map, i, WINDOW_GOOD(index + i));
	return good;
}

#endif /* _VMA_WINDOW_TEST_H */
