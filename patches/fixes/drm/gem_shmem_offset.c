// SPDX-License-Identifier: GPL-2.0
/*
 * Each page of a mapping of a GEM object has to be the one at its offset, after
 * a split, and in a dma-buf that is mapped at an offset.
 *
 * Needs a driver of the shmem helpers with dumb buffers, such as vgem.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "../repro.h"

static int open_vgem(void)
{
	char path[32], name[32];
	int fd, i;

	for (i = 0; i < 8; i++) {
		struct drm_version v = { .name = name, .name_len = sizeof(name) - 1 };

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		memset(name, 0, sizeof(name));
		if (!ioctl(fd, DRM_IOCTL_VERSION, &v) && !strcmp(name, "vgem"))
			return fd;
		close(fd);
	}
	skip_all("there is no vgem device");
}

static void *map(int fd, int prot, size_t pages, off_t offset)
{
	void *p = mmap(NULL, pages * PAGE, prot, MAP_SHARED, fd, offset);

	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	return p;
}

int main(void)
{
	struct drm_mode_create_dumb create = { .width = 1024, .height = 6, .bpp = 32 };
	struct drm_mode_map_dumb dumb = { 0 };
	struct drm_prime_handle prime = { .flags = O_CLOEXEC | O_RDWR };
	unsigned char *all, *p;
	int fd, i;

	repro_catch();
	fd = open_vgem();
	if (ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		skip_all("DRM_IOCTL_MODE_CREATE_DUMB: %s", strerror(errno));
	dumb.handle = create.handle;
	prime.handle = create.handle;
	if (ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb))
		skip_all("DRM_IOCTL_MODE_MAP_DUMB: %s", strerror(errno));
	if (ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
		skip_all("DRM_IOCTL_PRIME_HANDLE_TO_FD: %s", strerror(errno));

	/* The object: A B C D E F */
	all = map(fd, PROT_READ | PROT_WRITE, 6, dumb.offset);
	for (i = 0; i < 6; i++)
		memset(all + i * PAGE, 'A' + i, PAGE);
	shows(all + 5 * PAGE, 'F', "page 5 of a whole mapping");

	/* One that begins with page 1, and one that is page 3 alone */
	p = map(fd, PROT_READ | PROT_WRITE, 6, dumb.offset);
	munmap(p, PAGE);
	munmap(p + 2 * PAGE, PAGE);
	munmap(p + 4 * PAGE, 2 * PAGE);
	shows(p + PAGE, 'B', "page 1 after munmap() of page 0");
	shows(p + 3 * PAGE, 'D', "page 3 after munmap() of those around it");

	/* A store goes to the page too */
	p = map(fd, PROT_READ | PROT_WRITE, 6, dumb.offset);
	munmap(p, 2 * PAGE);
	store(p + 2 * PAGE, 'c');
	shows(all + 2 * PAGE, 'c', "page 2, after a store to it in a split mapping,");
	shows(all, 'A', "page 0, after that store,");

	/* The same object as a dma-buf */
	p = map(prime.fd, PROT_READ, 6, 0);
	shows(p + 3 * PAGE, 'D', "page 3 of the dma-buf, mapped at 0,");
	p = map(prime.fd, PROT_READ, 2, 4 * PAGE);
	shows(p, 'E', "page 4 of the dma-buf, mapped at 4,");
	shows(p + PAGE, 'F', "page 5 of the dma-buf, mapped at 4,");
	return finish();
}
