/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of udmabuf's mappings have in common.
 */
#ifndef _UDMABUF_TEST_H
#define _UDMABUF_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/udmabuf.h>

#include "buffer_test.h"

#define PAGES	16UL

/*
 * A udmabuf of PAGES pages, each of which begins with its index and one. Returns
 * its file descriptor, with the memory itself in @mem; -ENODEV without the driver.
 */
static inline int udmabuf_make(size_t page, char **mem)
{
	struct udmabuf_create create = { .size = PAGES * page };
	int dev, buf = -EIO;
	unsigned long i;

	dev = open("/dev/udmabuf", O_RDWR);
	if (dev < 0)
		return -ENODEV;
	create.memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING);
	if (!ftruncate(create.memfd, create.size) &&
	    !fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK)) {
		*mem = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    create.memfd, 0);
		for (i = 0; *mem != MAP_FAILED && i < PAGES; i++)
			(*mem)[i * page] = i + 1;
		if (*mem != MAP_FAILED)
			buf = ioctl(dev, UDMABUF_CREATE, &create);
	}
	close(create.memfd);
	close(dev);
	return buf;
}

#endif /* _UDMABUF_TEST_H */
