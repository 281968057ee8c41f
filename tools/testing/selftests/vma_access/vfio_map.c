// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a BAR an address shows, whatever became of its mapping, what the
 * mapping can become, and that nobody reaches the BAR while its memory is off. The
 * device is ivshmem of QEMU, whose BAR 2 is plain memory, behind a bridge that can
 * reset it:
 *	-device pci-bridge,id=bridge,chassis_nr=1,shpc=off
 *	-object memory-backend-ram,id=bar,size=8M,share=on
 *	-device ivshmem-plain,memdev=bar,bus=bridge,addr=1
 * It is bound to vfio-pci here, without an IOMMU if there is none, which wants
 * CONFIG_VFIO_NOIOMMU. read() and write() of the device say what is in the BAR.
 * Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "kselftest_harness.h"

#define PCI_DEVICES	"/sys/bus/pci/devices"
#define BAR		VFIO_PCI_BAR2_REGION_INDEX
#define REGION(index)	((off_t)(index) << 40)
#define HUGE		(2UL << 20)

static bool sysfs_read(const char *bdf, const char *file, char *buf, size_t size)
{
	char path[512];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", bdf, file);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	got = read(fd, buf, size - 1);
	close(fd);
	buf[got > 0 ? got : 0] = 0;
	return got > 0;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

/* The first ivshmem device. */
static bool find_device(char *bdf, size_t size)
{
	DIR *dir = opendir(PCI_DEVICES);
	struct dirent *entry;
	bool found = false;
	char id[16];

	while (dir && !found && (entry = readdir(dir))) {
		found = sysfs_read(entry->d_name, "vendor", id, sizeof(id)) &&
			!strncmp(id, "0x1af4", 6) &&
			sysfs_read(entry->d_name, "device", id, sizeof(id)) &&
			!strncmp(id, "0x1110", 6);
		if (found)
			snprintf(bdf, size, "%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The number of the device's group, once it is bound to vfio-pci. */
static const char *bind_device(const char *bdf)
{
	static char link[256];
	char path[512];
	ssize_t length;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/driver", bdf);
	length = readlink(path, link, sizeof(link) - 1);
	link[length > 0 ? length : 0] = 0;
	if (!strstr(link, "/vfio-pci")) {
		/* There may be an IOMMU, or no such mode. */
		write_file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "1");
		snprintf(path, sizeof(path), PCI_DEVICES "/%s/driver_override", bdf);
		if (!write_file(path, "vfio-pci") ||
		    !write_file("/sys/bus/pci/drivers_probe", bdf))
			return NULL;
	}
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/iommu_group", bdf);
	length = readlink(path, link, sizeof(link) - 1);
	if (length <= 0)
		return NULL;
	link[length] = 0;
	return strrchr(link, '/') + 1;
}

static int open_group(const char *number)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	fd = open(path, O_RDWR);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%s", number);
	return open(path, O_RDWR);
}

/* What is at @at now. */
static uint32_t load(const void *at)
{
	uint32_t value = *(const uint32_t *)at;

	asm volatile("" : "+r" (value) : : "memory");
	return value;
}

static void store(void *at, uint32_t value)
{
	*(uint32_t *)at = value;
	asm volatile("" : : : "memory");
}

static sigjmp_buf caught;

static void catch(int signal)
{
	siglongjmp(caught, signal);
}

/* The signal that a read of *@at gets, or 0. */
static int reads(const void *at)
{
	int signal = sigsetjmp(caught, 1);

	if (!signal)
		load(at);
	return signal;
}

static bool vm_flag(const void *addr, const char *flag)
{
	unsigned long start, end;
	bool here = false, has = false;
	char line[1024];
	FILE *smaps = fopen("/proc/self/smaps", "r");

	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = (unsigned long)addr >= start && (unsigned long)addr < end;
		else if (here && !strncmp(line, "VmFlags:", 8))
			has = strstr(line, flag);
	}
	if (smaps)
		fclose(smaps);
	return has;
}

struct vfio {
	char bdf[256];
	int container;
	int group;
	int device;
	size_t page;
	size_t size;		/* of the BAR */
	unsigned long pages;
	off_t config;		/* where the configuration space is */
	uint32_t flags;
};

static void *map_bar(struct vfio *vfio, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vfio->device,
		    REGION(BAR) + offset);
}

/* Map at an address that is @skew behind one where a huge page could begin. */
static char *map_bar_at(struct vfio *vfio, size_t size, off_t offset, size_t skew)
{
	char *room = mmap(NULL, size + 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at;

	if (room == MAP_FAILED)
		return MAP_FAILED;
	at = (char *)(((uintptr_t)room + HUGE - 1) & ~(HUGE - 1)) + skew;
	return mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, vfio->device,
		    REGION(BAR) + offset);
}

/* Does @map show the BAR's pages from @first on? Each has its index + 1 in it. */
static bool shows(struct vfio *vfio, const char *map, unsigned long first,
		  unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++) {
		const char *p = map + i * vfio->page;

		if (reads(p) || load(p) != first + i + 1)
			return false;
	}
	return true;
}

static uint16_t config_read(struct vfio *vfio, unsigned int where)
{
	uint16_t value = 0;

	if (pread(vfio->device, &value, 2, vfio->config + where) != 2)
		abort();
	return value;
}

static void config_write(struct vfio *vfio, unsigned int where, uint16_t value)
{
	if (pwrite(vfio->device, &value, 2, vfio->config + where) != 2)
		abort();
}

static void set_memory(struct vfio *vfio, bool on)
{
	uint16_t command = config_read(vfio, PCI_COMMAND);

	config_write(vfio, PCI_COMMAND, on ? command | PCI_COMMAND_MEMORY :
					     command & ~PCI_COMMAND_MEMORY);
}

/* Where the capability is in the configuration space, or 0. */
static unsigned int find_capability(struct vfio *vfio, uint8_t id)
{
	unsigned int at = 0, left = 48;

	if (config_read(vfio, PCI_STATUS) & PCI_STATUS_CAP_LIST)
		at = config_read(vfio, PCI_CAPABILITY_LIST) & 0xfc;
	while (at && left-- && (config_read(vfio, at) & 0xff) != id)
		at = config_read(vfio, at) >> 8 & 0xfc;
	return at;
}

FIXTURE(vfio)
{
	struct vfio vfio;
};

FIXTURE_SETUP(vfio)
{
	struct vfio_region_info region = { .argsz = sizeof(region), .index = BAR };
	struct vfio_region_info config = { .argsz = sizeof(config),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	struct vfio_device_info info = { .argsz = sizeof(info) };
	const char *number;
	uint32_t i;

	self->vfio.page = sysconf(_SC_PAGESIZE);
	if (!find_device(self->vfio.bdf, sizeof(self->vfio.bdf)))
		SKIP(return, "no ivshmem device");
	number = bind_device(self->vfio.bdf);
	if (!number)
		SKIP(return, "no vfio-pci, no IOMMU and no CONFIG_VFIO_NOIOMMU, or not root");
	self->vfio.container = open("/dev/vfio/vfio", O_RDWR);
	self->vfio.group = open_group(number);
	if (self->vfio.container < 0 || self->vfio.group < 0)
		SKIP(return, "no /dev/vfio: CONFIG_VFIO_GROUP, CONFIG_VFIO_CONTAINER");
	ASSERT_EQ(0, ioctl(self->vfio.group, VFIO_GROUP_SET_CONTAINER, &self->vfio.container));
	if (ioctl(self->vfio.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		ASSERT_EQ(0, ioctl(self->vfio.container, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	self->vfio.device = ioctl(self->vfio.group, VFIO_GROUP_GET_DEVICE_FD, self->vfio.bdf);
	ASSERT_LE(0, self->vfio.device);
	ASSERT_EQ(0, ioctl(self->vfio.device, VFIO_DEVICE_GET_INFO, &info));
	self->vfio.flags = info.flags;
	ASSERT_EQ(0, ioctl(self->vfio.device, VFIO_DEVICE_GET_REGION_INFO, &config));
	self->vfio.config = config.offset;
	ASSERT_EQ(0, ioctl(self->vfio.device, VFIO_DEVICE_GET_REGION_INFO, &region));
	ASSERT_TRUE(region.flags & VFIO_REGION_INFO_FLAG_MMAP);
	ASSERT_EQ(REGION(BAR), region.offset);
	self->vfio.size = region.size;
	self->vfio.pages = self->vfio.size / self->vfio.page;
	ASSERT_LE(4 * HUGE, self->vfio.size);

	signal(SIGBUS, catch);
	signal(SIGSEGV, catch);
	set_memory(&self->vfio, true);
	for (i = 0; i < self->vfio.pages; i++) {
		uint32_t value = i + 1;
		off_t at = REGION(BAR) + i * self->vfio.page;

		ASSERT_EQ(4, pwrite(self->vfio.device, &value, 4, at));
	}
}

FIXTURE_TEARDOWN(vfio)
{
	close(self->vfio.device);
	close(self->vfio.group);
	close(self->vfio.container);
}

TEST_F(vfio, whole)
{
	uint32_t value = 0;
	char *map;

	map = map_bar(&self->vfio, self->vfio.size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map, 0, self->vfio.pages));
	store(map + 3 * self->vfio.page, 77);
	ASSERT_EQ(4, pread(self->vfio.device, &value, 4, REGION(BAR) + 3 * self->vfio.page));
	EXPECT_EQ(77, value);
}

/* Of the parts, some have room for a huge page, and begin or end beside one. */
TEST_F(vfio, part)
{
	const size_t page = self->vfio.page;
	const size_t parts[][3] = {	/* offset, size, skew of the address */
		{ 0, 2 * HUGE, 0 }, { HUGE, 2 * HUGE, 0 }, { page, 2 * HUGE, 0 },
		{ page, 2 * HUGE, page }, { 0, 2 * HUGE, page }, { HUGE, HUGE, page },
		{ HUGE - page, HUGE + 2 * page, HUGE - page },
		{ HUGE, HUGE - page, 0 }, { self->vfio.size - HUGE, HUGE, 0 },
		{ self->vfio.size - page, page, HUGE - page },
	};
	unsigned int i;
	char *map;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		map = map_bar_at(&self->vfio, parts[i][1], parts[i][0], parts[i][2]);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(&self->vfio, map, parts[i][0] / page, parts[i][1] / page));
		ASSERT_EQ(0, munmap(map, parts[i][1]));
	}
}

/* A huge entry is made by an access in its middle, too. */
TEST_F(vfio, from_the_middle)
{
	const size_t page = self->vfio.page;
	char *map;

	map = map_bar_at(&self->vfio, 2 * HUGE, HUGE, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map + HUGE + 5 * page, (2 * HUGE) / page + 5, 1));
	store(map + 7 * page, HUGE / page + 8);
	EXPECT_TRUE(shows(&self->vfio, map, HUGE / page, 2 * HUGE / page));
}

TEST_F(vfio, bounds)
{
	struct vfio_region_info region = { .argsz = sizeof(region) };
	const size_t page = self->vfio.page;
	unsigned int i;

	EXPECT_NE(MAP_FAILED, map_bar(&self->vfio, page, self->vfio.size - page));
	EXPECT_NE(MAP_FAILED, map_bar(&self->vfio, self->vfio.size - page, page));
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, self->vfio.size + page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, self->vfio.size, page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, 2 * page, self->vfio.size - page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, page, self->vfio.size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, page, 2 * self->vfio.size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_bar(&self->vfio, 2 * page, REGION(1) - page));
	EXPECT_EQ(EINVAL, errno);

	/* All other regions, and some that are none. */
	for (i = 0; i < VFIO_PCI_NUM_REGIONS + 8; i++) {
		region.argsz = sizeof(region);
		region.index = i;
		region.flags = 0;
		if (!ioctl(self->vfio.device, VFIO_DEVICE_GET_REGION_INFO, &region) &&
		    region.flags & VFIO_REGION_INFO_FLAG_MMAP)
			continue;
		EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_SHARED, self->vfio.device,
					   REGION(i)));
		EXPECT_EQ(EINVAL, errno);
	}
}

TEST_F(vfio, private)
{
	const int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		EXPECT_EQ(MAP_FAILED, mmap(NULL, self->vfio.page, prots[i], MAP_PRIVATE,
					   self->vfio.device, REGION(BAR)));
		EXPECT_EQ(EINVAL, errno);
	}
}

TEST_F(vfio, access)
{
	char *map;

	map = mmap(NULL, self->vfio.page, PROT_READ, MAP_SHARED, self->vfio.device, REGION(BAR));
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, mprotect(map, self->vfio.page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, mprotect(map, self->vfio.page, PROT_NONE));
	EXPECT_EQ(SIGSEGV, reads(map));
	EXPECT_EQ(0, mprotect(map, self->vfio.page, PROT_READ));
	EXPECT_TRUE(shows(&self->vfio, map, 0, 1));
}

TEST_F(vfio, flags)
{
	char *map;

	map = map_bar(&self->vfio, self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(vm_flag(map, " sh"));
	EXPECT_TRUE(vm_flag(map, " pf"));
	EXPECT_TRUE(vm_flag(map, " io"));
	EXPECT_TRUE(vm_flag(map, " de"));
	EXPECT_TRUE(vm_flag(map, " dd"));
	EXPECT_FALSE(vm_flag(map, " dc"));
	EXPECT_FALSE(vm_flag(map, " mm"));
}

TEST_F(vfio, split)
{
	const size_t page = self->vfio.page;
	char *map;

	map = map_bar_at(&self->vfio, 2 * HUGE, HUGE, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * page, page));
	EXPECT_EQ(SIGSEGV, reads(map + 4 * page));
	EXPECT_TRUE(shows(&self->vfio, map, HUGE / page, 4));
	EXPECT_TRUE(shows(&self->vfio, map + 5 * page, HUGE / page + 5,
			  2 * HUGE / page - 5));
	/* And where a huge page is mapped. */
	ASSERT_EQ(0, mprotect(map + HUGE + 8 * page, page, PROT_READ));
	EXPECT_TRUE(shows(&self->vfio, map + HUGE, 2 * HUGE / page, HUGE / page));
}

TEST_F(vfio, moved)
{
	char *map, *to;

	map = map_bar_at(&self->vfio, 2 * HUGE, 0, 0);
	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, 4 * self->vfio.page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + 10 * self->vfio.page, 4 * self->vfio.page, 4 * self->vfio.page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(&self->vfio, to, 10, 4));
	EXPECT_TRUE(shows(&self->vfio, map, 0, 10));
	set_memory(&self->vfio, false);
	EXPECT_EQ(SIGBUS, reads(to));
	EXPECT_EQ(SIGBUS, reads(map));
	set_memory(&self->vfio, true);
	EXPECT_TRUE(shows(&self->vfio, to, 10, 4));
}

TEST_F(vfio, not_larger)
{
	char *map;

	map = map_bar(&self->vfio, self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->vfio.page, 2 * self->vfio.page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
}

/* Memory off: an access gets SIGBUS, and shows the same pages once it is on. */
TEST_F(vfio, memory_off)
{
	char *small, *huge;

	huge = map_bar_at(&self->vfio, 2 * HUGE, 0, 0);
	small = map_bar_at(&self->vfio, 4 * self->vfio.page, self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, huge);
	ASSERT_NE(MAP_FAILED, small);
	EXPECT_TRUE(shows(&self->vfio, huge, 0, 2 * HUGE / self->vfio.page));
	EXPECT_TRUE(shows(&self->vfio, small, 1, 4));
	set_memory(&self->vfio, false);
	EXPECT_EQ(SIGBUS, reads(huge));
	EXPECT_EQ(SIGBUS, reads(huge + 2 * HUGE - self->vfio.page));
	EXPECT_EQ(SIGBUS, reads(small));
	EXPECT_EQ(SIGBUS, reads(small + 3 * self->vfio.page));
	/* It can be mapped, if not accessed. */
	small = map_bar(&self->vfio, self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, small);
	EXPECT_EQ(SIGBUS, reads(small));
	set_memory(&self->vfio, true);
	EXPECT_TRUE(shows(&self->vfio, huge, 0, 2 * HUGE / self->vfio.page));
	EXPECT_TRUE(shows(&self->vfio, small, 0, 1));
}

/* A child has the mapping, and loses it with its parent. */
TEST_F(vfio, memory_off_in_child)
{
	int to[2], from[2], status;
	char *map, c = 0;
	pid_t child;

	ASSERT_EQ(0, pipe(to));
	ASSERT_EQ(0, pipe(from));
	map = map_bar(&self->vfio, 8 * self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (!shows(&self->vfio, map, 0, 8))
			_exit(1);
		if (write(from[1], &c, 1) != 1 || read(to[0], &c, 1) != 1)
			_exit(2);
		if (reads(map) != SIGBUS || reads(map + 7 * self->vfio.page) != SIGBUS)
			_exit(3);
		if (write(from[1], &c, 1) != 1 || read(to[0], &c, 1) != 1)
			_exit(2);
		_exit(shows(&self->vfio, map, 0, 8) ? 0 : 4);
	}
	EXPECT_EQ(1, read(from[0], &c, 1));
	set_memory(&self->vfio, false);
	EXPECT_EQ(1, write(to[1], &c, 1));
	EXPECT_EQ(1, read(from[0], &c, 1));
	set_memory(&self->vfio, true);
	EXPECT_EQ(1, write(to[1], &c, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_F(vfio, low_power)
{
	struct vfio_device_feature feature = {
		.argsz = sizeof(feature),
		.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
	};
	char *map;

	map = map_bar(&self->vfio, 8 * self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
	if (ioctl(self->vfio.device, VFIO_DEVICE_FEATURE, &feature))
		SKIP(return, "no low power: %s", strerror(errno));
	EXPECT_EQ(SIGBUS, reads(map));
	feature.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT;
	EXPECT_EQ(0, ioctl(self->vfio.device, VFIO_DEVICE_FEATURE, &feature));
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
}

TEST_F(vfio, d3hot)
{
	unsigned int pm = find_capability(&self->vfio, PCI_CAP_ID_PM);
	uint16_t control;
	char *map;

	if (!pm)
		SKIP(return, "the device has no power management");
	map = map_bar(&self->vfio, 8 * self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
	control = config_read(&self->vfio, pm + PCI_PM_CTRL) & ~PCI_PM_CTRL_STATE_MASK;
	config_write(&self->vfio, pm + PCI_PM_CTRL, control | 3);
	EXPECT_EQ(SIGBUS, reads(map));
	config_write(&self->vfio, pm + PCI_PM_CTRL, control);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
}

TEST_F(vfio, reset)
{
	char *map;

	if (!(self->vfio.flags & VFIO_DEVICE_FLAGS_RESET))
		SKIP(return, "the device cannot be reset");
	map = map_bar(&self->vfio, 8 * self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
	ASSERT_EQ(0, ioctl(self->vfio.device, VFIO_DEVICE_RESET));
	set_memory(&self->vfio, true);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 8));
}

/* Faults while the memory goes and comes end with SIGBUS, or show the page. */
TEST_F(vfio, race)
{
	unsigned int i, seen = 0;
	int status;
	pid_t child;
	char *map;

	map = map_bar(&self->vfio, 64 * self->vfio.page, 0);
	ASSERT_NE(MAP_FAILED, map);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		for (i = 0; i < 2000; i++) {
			set_memory(&self->vfio, false);
			set_memory(&self->vfio, true);
		}
		_exit(0);
	}
	while (!waitpid(child, &status, WNOHANG)) {
		for (i = 0; i < 64; i++) {
			if (!reads(map + i * self->vfio.page))
				seen++;
		}
	}
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_NE(0, seen);
	EXPECT_TRUE(shows(&self->vfio, map, 0, 64));
}

TEST_HARNESS_MAIN
