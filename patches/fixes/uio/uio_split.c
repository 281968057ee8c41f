// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of a UIO map must not show another map, or memory of no map, once a
 * part of it is gone. Needs the module uio_two_maps.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../repro.h"

static int open_device(void)
{
	char path[64], name[32];
	FILE *f;
	int i;

	for (i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/sys/class/uio/uio%d/name", i);
		f = fopen(path, "r");
		if (!f)
			continue;
		name[0] = 0;
		if (fscanf(f, "%31s", name) != 1)
			name[0] = 0;
		fclose(f);
		if (!strcmp(name, "uio_two_maps")) {
			snprintf(path, sizeof(path), "/dev/uio%d", i);
			return open(path, O_RDWR);
		}
	}
	return -1;
}

int main(void)
{
	unsigned char *p, *q, *to;
	char what[64];
	int fd, i, ret;

	repro_catch();
	fd = open_device();
	if (fd < 0)
		skip_all("there is no device of uio_two_maps");
	p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1 * PAGE);
	if (q == MAP_FAILED)
		skip_all("mmap of map 1: %s", strerror(errno));

	/* Whether the kernel does it or refuses to, what is left is map 0. */
	ret = munmap(p, PAGE);
	printf("# munmap() of page 0: %s\n", ret ? strerror(errno) : "0");
	for (i = 1; i < 4; i++) {
		snprintf(what, sizeof(what), "page %d of map 0 after munmap() of page 0", i);
		shows(p + i * PAGE, 'a' + i, what);
	}

	/* Map 0 whole, moved: still map 0 */
	p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	to = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || to == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	p = mremap(p, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	if (p == MAP_FAILED) {
		ok(false, "mremap() of a whole mapping: %s", strerror(errno));
	} else {
		shows(p + 7 * PAGE, 'h', "page 7 of map 0 after mremap()");
		ok(!munmap(p, 8 * PAGE), "munmap() of a whole mapping");
	}
	shows(q, 'Z', "map 1");
	return finish();
}
