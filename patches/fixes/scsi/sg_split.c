// SPDX-License-Identifier: GPL-2.0
/*
 * Each page of a mapping of sg's reserved buffer has to be the one at its offset,
 * also after the mapping was split.
 *
 * Needs an sg device; any does, as no command is sent. scsi_debug has one.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <scsi/sg.h>

#include "../repro.h"

/* More than one element of the buffer, which has 32 KiB by default */
#define PAGES 24

static unsigned char *map(int fd)
{
	void *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	return p;
}

/* Pages @from up to @to of @p are those of the buffer. */
static void right(unsigned char *p, int from, int to, const char *what)
{
	int i, got;

	for (i = from; i < to; i++) {
		got = load(p + i * PAGE);
		if (got != 'A' + i) {
			ok(false, "%s: page %d reads %s (expected '%c')", what, i,
			   seen(got), 'A' + i);
			return;
		}
	}
	ok(true, "%s: pages %d to %d are those of the buffer", what, from, to - 1);
}

int main(void)
{
	int fd, i, size = PAGES * PAGE;
	unsigned char *all, *p;

	repro_catch();
	fd = open("/dev/sg0", O_RDWR);
	if (fd < 0)
		skip_all("/dev/sg0: %s", strerror(errno));
	if (ioctl(fd, SG_SET_RESERVED_SIZE, &size) ||
	    ioctl(fd, SG_GET_RESERVED_SIZE, &size) || size < (int)(PAGES * PAGE))
		skip_all("the reserved buffer has %d bytes", size);

	all = map(fd);
	for (i = 0; i < PAGES; i++)
		if (store(all + i * PAGE, 'A' + i))
			skip_all("cannot write to page %d", i);
	right(all, 0, PAGES, "a whole mapping");

	/* Within the first element, at the end of one, and in the middle */
	p = map(fd);
	munmap(p, 4 * PAGE);
	right(p, 4, PAGES, "without 4 pages of the head");
	p = map(fd);
	munmap(p, 16 * PAGE);
	right(p, 16, PAGES, "without 16 pages of the head");
	p = map(fd);
	munmap(p + 6 * PAGE, 5 * PAGE);
	right(p, 0, 6, "below a hole");
	right(p, 11, PAGES, "above a hole");

	/* A mapping of the buffer's first pages only, and nothing behind them */
	p = mmap(NULL, 9 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	right(p, 0, 9, "a mapping of 9 pages");
	return finish();
}
