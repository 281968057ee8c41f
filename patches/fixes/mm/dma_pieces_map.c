// SPDX-License-Identifier: GPL-2.0
/*
 * A driver can map memory of the DMA API that was allocated in several pieces. Needs
 * the module dma_pieces, and a kernel with CONFIG_X86_PAT.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../repro.h"

int main(void)
{
	unsigned char *p;
	char what[32];
	int fd, i;

	repro_catch();
	fd = open("/dev/dma_pieces", O_RDWR);
	if (fd < 0)
		skip_all("there is no device of dma_pieces");
	p = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	ok(p != MAP_FAILED, "mmap() of four pieces: %s", p == MAP_FAILED ? strerror(errno) : "0");
	if (p == MAP_FAILED)
		return finish();
	for (i = 0; i < 4; i++) {
		snprintf(what, sizeof(what), "piece %d", i);
		shows(p + i * PAGE, 'a' + i, what);
	}
	ok(!munmap(p, 4 * PAGE), "munmap()");
	return finish();
}
