// SPDX-License-Identifier: GPL-2.0
/*
 * Each page of the memory BAR of an mbochs device has to be the one at its offset,
 * also after the mapping was split.
 *
 * Creates a device of type mbochs-small. Needs /dev/vfio/vfio and vfio groups.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/vfio.h>

#include "../repro.h"

#define UUID "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"
#define PARENT "/sys/devices/virtual/mbochs/mbochs"
#define MDEV "/sys/bus/mdev/devices/" UUID

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		skip_all("%s: %s", path, strerror(errno));
	close(fd);
}

static int open_device(void)
{
	char path[128], link[256];
	int container, group, dev;
	ssize_t n;

	if (access(MDEV, F_OK))
		write_file(PARENT "/mdev_supported_types/mbochs-small/create", UUID);
	n = readlink(MDEV "/iommu_group", link, sizeof(link) - 1);
	if (n < 0)
		skip_all("iommu_group: %s", strerror(errno));
	link[n] = 0;
	snprintf(path, sizeof(path), "/dev/vfio/%.64s", strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR);
	group = open(path, O_RDWR);
	if (container < 0 || group < 0)
		skip_all("/dev/vfio: %s", strerror(errno));
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		skip_all("the vfio container: %s", strerror(errno));
	dev = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, UUID);
	if (dev < 0)
		skip_all("VFIO_GROUP_GET_DEVICE_FD: %s", strerror(errno));
	return dev;
}

static unsigned char *map(int dev, off_t offset)
{
	void *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dev, offset);

	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	return p;
}

int main(void)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	unsigned char *all, *p;
	int dev, i;

	repro_catch();
	dev = open_device();
	if (ioctl(dev, VFIO_DEVICE_GET_REGION_INFO, &info))
		skip_all("VFIO_DEVICE_GET_REGION_INFO: %s", strerror(errno));

	/* The video memory: A B C D */
	all = map(dev, info.offset);
	for (i = 0; i < 4; i++)
		memset(all + i * PAGE, 'A' + i, PAGE);
	shows(all + 3 * PAGE, 'D', "page 3 of a whole mapping");

	p = map(dev, info.offset);
	munmap(p, PAGE);
	munmap(p + 2 * PAGE, PAGE);
	shows(p + PAGE, 'B', "page 1 after munmap() of page 0");
	shows(p + 3 * PAGE, 'D', "page 3 after munmap() of those below");
	store(p + 3 * PAGE, 'd');
	shows(all + 3 * PAGE, 'd', "page 3, after a store to it in a split mapping,");
	shows(all, 'A', "page 0, after that store,");
	return finish();
}
