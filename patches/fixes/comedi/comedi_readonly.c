// SPDX-License-Identifier: GPL-2.0
/*
 * A PROT_READ mapping of a comedi buffer must not be writable.
 *
 * Needs a device whose buffer is not for DMA, such as that of comedi_test.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../repro.h"

int main(void)
{
	unsigned char *p, *other;
	int fd, rw, ret, before;

	repro_catch();
	fd = open("/dev/comedi0", O_RDONLY);
	rw = open("/dev/comedi0", O_RDWR);
	if (fd < 0 || rw < 0)
		skip_all("/dev/comedi0: %s", strerror(errno));
	p = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	other = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || other == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));

	before = load(other + PAGE);
	ret = store(p + PAGE, before ^ 'w');
	ok(ret == -SIGSEGV, "a store to a PROT_READ mapping of an O_RDONLY file: %s",
	   ret ? seen(ret) : "succeeds");
	ok(load(other + PAGE) == before, "another mapping reads what it read before");
	ok(mprotect(p, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES,
	   "mprotect(PROT_WRITE) of it is refused");

	/* And one that may be written is. */
	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
	if (p == MAP_FAILED) {
		ok(false, "mmap(PROT_WRITE) of an O_RDWR file: %s", strerror(errno));
		return finish();
	}
	ret = store(p + PAGE, 'r');
	ok(!ret && load(p + PAGE) == 'r', "a PROT_WRITE mapping of an O_RDWR file is written");
	return finish();
}
