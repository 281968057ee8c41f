// SPDX-License-Identifier: GPL-2.0
/*
 * The devices that programs map: how each is opened, up to where it can be mapped, and
 * what holds for its mappings.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/comedi.h>
#include <linux/dma-heap.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/iommufd.h>
#include <linux/kcov.h>
#include <linux/udmabuf.h>
#include <linux/userfaultfd.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <sound/asound.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "fuzz.h"
#include "test_modules/vma_eager.h"
#include "test_modules/vma_window.h"
#include "drivers/iommu/iommufd/iommufd_test.h"

#define ioctl_(t, fd, cmd, arg)	sys(t, __NR_ioctl, fd, (unsigned int)(cmd), arg)

static long open_path(struct thread *t, const char *path, int flags, int as)
{
	return keep(t, sys(t, __NR_openat, AT_FDCWD, put(t, path, strlen(path) + 1),
			   flags | O_CLOEXEC, 0), as);
}

/* Ends what failed, and leaves no descriptor behind. */
static long undo(struct thread *t, int fd)
{
	int err = errno;

	sys(t, __NR_close, fd);
	errno = err;
	return -1;
}

#define OPEN_PATH(name, path)							\
static long open_##name(struct thread *t, struct file *file, int as)		\
{										\
	return open_path(t, path, O_RDWR | O_NONBLOCK, as);			\
}

OPEN_PATH(pool, "/dev/vma_pool")
OPEN_PATH(window, "/dev/vma_window")
OPEN_PATH(eager, "/dev/vma_eager")
OPEN_PATH(eager_mmap, "/dev/vma_eager_mmap")
OPEN_PATH(huge, "/dev/vma_huge")
OPEN_PATH(merge, "/dev/vma_merge")
OPEN_PATH(import, "/dev/vma_import")
OPEN_PATH(binder, "/dev/binderfs/binder")
OPEN_PATH(ring, "/sys/kernel/debug/tracing/per_cpu/cpu0/trace_pipe_raw")
OPEN_PATH(zero, "/dev/zero")

static long open_udmabuf(struct thread *t, struct file *file, int as)
{
	struct udmabuf_create create = { .memfd = TMP_FD, .size = 16 * PAGE };
	static const char name[] = "udmabuf";
	long ret = -1;

	if (keep(t, sys(t, __NR_memfd_create, PUT(t, name), 2), TMP_FD) < 0)
		return -1;
	sys(t, __NR_ftruncate, TMP_FD, create.size);
	sys(t, __NR_fcntl, TMP_FD, F_ADD_SEALS, F_SEAL_SHRINK);
	if (open_path(t, "/dev/udmabuf", O_RDWR, TMP_FD + 1) >= 0) {
		ret = keep(t, ioctl_(t, TMP_FD + 1, UDMABUF_CREATE, PUT(t, create)), as);
		undo(t, TMP_FD + 1);
	}
	undo(t, TMP_FD);
	return ret;
}

static long open_kcov(struct thread *t, struct file *file, int as)
{
	long fd = open_path(t, "/sys/kernel/debug/kcov", O_RDWR, as);

	if (fd >= 0 && ioctl_(t, fd, KCOV_INIT_TRACE, 16 * PAGE / 8))
		return undo(t, fd);
	return fd;
}

static long open_heap(struct thread *t, const char *path, int as)
{
	struct dma_heap_allocation_data *data, empty = {
		.len = 20 * PAGE, .fd_flags = O_RDWR | O_CLOEXEC,
	};
	long ret = -1;

	if (open_path(t, path, O_RDWR, TMP_FD) < 0)
		return -1;
	data = (void *)PUT(t, empty);
	if (!ioctl_(t, TMP_FD, DMA_HEAP_IOCTL_ALLOC, (long)data)) {
		t->last = data->fd;
		trace(t, "\tr = *(int *)0x%lx;\n", (unsigned long)&data->fd);
		ret = keep(t, data->fd, as);
	}
	undo(t, TMP_FD);
	return ret;
}

static long open_system_heap(struct thread *t, struct file *file, int as)
{
	return open_heap(t, "/dev/dma_heap/system", as);
}

static long open_cma_heap(struct thread *t, struct file *file, int as)
{
	return open_heap(t, "/dev/dma_heap/default_cma_region", as);
}

static long open_io_uring(struct thread *t, struct file *file, int as)
{
	struct io_uring_params params = { 0 };

	return keep(t, sys(t, __NR_io_uring_setup, 256, PUT(t, params)), as);
}

static long open_packet(struct thread *t, struct file *file, int as)
{
	struct tpacket_req req = {
		.tp_block_size = 2 * PAGE, .tp_block_nr = 4,
		.tp_frame_size = PAGE, .tp_frame_nr = 8,
	};
	long fd = keep(t, sys(t, __NR_socket, AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), as);

	if (fd >= 0 && sys(t, __NR_setsockopt, fd, SOL_PACKET, PACKET_RX_RING,
			   PUT(t, req), sizeof(req)))
		return undo(t, fd);
	return fd;
}

/* The receiver is the file, and the sender its peer. */
static long open_tcp(struct thread *t, struct file *file, int as)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t size = sizeof(addr);
	long at, len, fd = -1;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (keep(t, sys(t, __NR_socket, AF_INET, SOCK_STREAM, 0), TMP_FD) < 0)
		return -1;
	at = PUT(t, addr);
	len = PUT(t, size);
	if (!sys(t, __NR_bind, TMP_FD, at, size) && !sys(t, __NR_listen, TMP_FD, 1) &&
	    !sys(t, __NR_getsockname, TMP_FD, at, len) &&
	    keep(t, sys(t, __NR_socket, AF_INET, SOCK_STREAM, 0), as - FILE_FD + PEER_FD) >= 0 &&
	    !sys(t, __NR_connect, as - FILE_FD + PEER_FD, at, size))
		fd = keep(t, sys(t, __NR_accept4, TMP_FD, 0, 0, SOCK_NONBLOCK), as);
	undo(t, TMP_FD);
	return fd;
}

static long open_comedi(struct thread *t, struct file *file, int as)
{
	struct comedi_bufconfig config = {
		.subdevice = 1, .maximum_size = 16 * PAGE, .size = 16 * PAGE,
	};
	long fd = open_path(t, "/dev/comedi0", O_RDWR, as);

	/* It fails as long as another program has it mapped. */
	if (fd >= 0)
		ioctl_(t, fd, COMEDI_BUFCONFIG, PUT(t, config));
	return fd;
}

static long open_iommufd(struct thread *t, struct file *file, int as)
{
	struct iommu_ioas_alloc new_ioas = { .size = sizeof(new_ioas) }, *ioas;
	struct iommu_test_cmd new_dev = {
		.size = sizeof(new_dev), .op = IOMMU_TEST_OP_MOCK_DOMAIN,
	}, *dev;
	struct iommu_hwpt_alloc new_hwpt = {
		.size = sizeof(new_hwpt), .flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
	}, *hwpt;
	struct iommu_viommu_selftest new_data = { .in_data = 0xbeef }, *data;
	struct iommu_viommu_alloc new_viommu = {
		.size = sizeof(new_viommu), .type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.data_len = sizeof(*data),
	}, *viommu;
	long fd = open_path(t, "/dev/iommu", O_RDWR, as);

	if (fd < 0)
		return fd;
	ioas = (void *)PUT(t, new_ioas);
	if (ioctl_(t, fd, IOMMU_IOAS_ALLOC, (long)ioas))
		return undo(t, fd);
	new_dev.id = ioas->out_ioas_id;
	dev = (void *)PUT(t, new_dev);
	if (ioctl_(t, fd, IOMMU_TEST_CMD, (long)dev))
		return undo(t, fd);
	new_hwpt.dev_id = dev->mock_domain.out_idev_id;
	new_hwpt.pt_id = ioas->out_ioas_id;
	hwpt = (void *)PUT(t, new_hwpt);
	if (ioctl_(t, fd, IOMMU_HWPT_ALLOC, (long)hwpt))
		return undo(t, fd);
	data = (void *)PUT(t, new_data);
	new_viommu.dev_id = new_hwpt.dev_id;
	new_viommu.hwpt_id = hwpt->out_hwpt_id;
	new_viommu.data_uptr = (uintptr_t)data;
	viommu = (void *)PUT(t, new_viommu);
	if (ioctl_(t, fd, IOMMU_VIOMMU_ALLOC, (long)viommu))
		return undo(t, fd);
	file->id = viommu->out_viommu_id;
	file->base = data->out_mmap_offset / PAGE;
	return fd;
}

/* ---- ALSA ---------------------------------------------------------------------------- */

static int card_of(const char *driver)
{
	struct snd_ctl_card_info info;
	char path[32];
	int fd, card, err;

	for (card = 0; card < 8; card++) {
		snprintf(path, sizeof(path), "/dev/snd/controlC%d", card);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		err = syscall(__NR_ioctl, fd, SNDRV_CTL_IOCTL_CARD_INFO, &info);
		close(fd);
		if (!err && !strcmp((char *)info.driver, driver))
			return card;
	}
	return -1;
}

static void set_interval(struct snd_pcm_hw_params *p, int param, unsigned int value)
{
	struct snd_interval *interval = &p->intervals[param - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];

	interval->min = value;
	interval->max = value;
	interval->integer = 1;
}

static long open_pcm(struct thread *t, const char *driver, int as)
{
	struct snd_pcm_hw_params p;
	char path[32];
	unsigned int i;
	long fd;

	snprintf(path, sizeof(path), "/dev/snd/pcmC%dD0p", card_of(driver));
	fd = open_path(t, path, O_RDWR | O_NONBLOCK, as);
	if (fd < 0)
		return fd;
	memset(&p, 0, sizeof(p));
	memset(p.masks, 0xff, sizeof(p.masks));
	for (i = 0; i < ARRAY_SIZE(p.intervals); i++)
		p.intervals[i].max = -1;
	p.rmask = -1;
	p.info = -1;
	memset(&p.masks[0], 0, sizeof(p.masks[0]));
	p.masks[0].bits[0] = 1;	/* SNDRV_PCM_ACCESS_MMAP_INTERLEAVED */
	set_interval(&p, SNDRV_PCM_HW_PARAM_PERIOD_BYTES, PAGE);
	set_interval(&p, SNDRV_PCM_HW_PARAM_PERIODS, 4);
	ioctl_(t, fd, SNDRV_PCM_IOCTL_HW_PARAMS, PUT(t, p));
	return fd;
}

#define OPEN_PCM(name, driver)							\
static long open_##name(struct thread *t, struct file *file, int as)		\
{										\
	return open_pcm(t, driver, as);						\
}

OPEN_PCM(pcm_dummy, "Dummy")
OPEN_PCM(pcm_loop, "Loopback")
OPEN_PCM(pcm_dev, "ENS1370")
OPEN_PCM(pcm_sg, "HDA-Intel")

/* ---- BPF, DRM, userfaultfd -------------------------------------------------------------- */

static long open_bpf(struct thread *t, uint32_t type, uint32_t value, uint32_t nr,
		     uint32_t flags, int as)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = value ? 4 : 0, .value_size = value,
		.max_entries = nr, .map_flags = flags,
	};

	return keep(t, sys(t, __NR_bpf, BPF_MAP_CREATE, PUT(t, attr), sizeof(attr)), as);
}

#define OPEN_BPF(name, type, value, nr, flags)					\
static long open_##name(struct thread *t, struct file *file, int as)		\
{										\
	return open_bpf(t, type, value, nr, flags, as);				\
}

/* No arenas: each has 4 GiB of addresses, of which KASAN's shadow is 512 MiB of memory. */
OPEN_BPF(bpf_array, BPF_MAP_TYPE_ARRAY, PAGE, 6, BPF_F_MMAPABLE)
OPEN_BPF(bpf_ring, BPF_MAP_TYPE_RINGBUF, 0, 2 * PAGE, 0)

static long open_vgem(struct thread *t, struct file *file, int as)
{
	struct drm_mode_create_dumb new = { .height = 16, .width = PAGE / 4, .bpp = 32 }, *create;
	struct drm_mode_map_dumb new_map = { 0 }, *map;
	char path[32], name[8];
	long fd = -1;
	int i;

	for (i = 0; i < 4 && fd < 0; i++) {
		struct drm_version v = { .name = name, .name_len = sizeof(name) - 1 };

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		memset(name, 0, sizeof(name));
		if (fd >= 0) {
			if (syscall(__NR_ioctl, fd, DRM_IOCTL_VERSION, &v) || strcmp(name, "vgem"))
				path[0] = '\0';
			close(fd);
			if (path[0])
				break;
			fd = -1;
		}
	}
	fd = open_path(t, path, O_RDWR, as);
	if (fd < 0)
		return fd;
	create = (void *)PUT(t, new);
	if (ioctl_(t, fd, DRM_IOCTL_MODE_CREATE_DUMB, (long)create))
		return undo(t, fd);
	file->id = create->handle;
	new_map.handle = create->handle;
	map = (void *)PUT(t, new_map);
	if (ioctl_(t, fd, DRM_IOCTL_MODE_MAP_DUMB, (long)map))
		return undo(t, fd);
	file->base = map->offset / PAGE;
	return fd;
}

/* Faults raise SIGBUS: nobody would handle them. */
static long uffd_with(struct thread *t, unsigned long features, int as)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = features | UFFD_FEATURE_MOVE | UFFD_FEATURE_SIGBUS |
			    UFFD_FEATURE_MISSING_SHMEM,
	};
	long fd = keep(t, sys(t, __NR_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY),
		       as);

	if (fd >= 0 && ioctl_(t, fd, UFFDIO_API, PUT(t, api)))
		return undo(t, fd);
	return fd;
}

/* Not every architecture has write-protection and minor faults of userfaultfd. */
static long open_uffd(struct thread *t, struct file *file, int as)
{
	long fd = uffd_with(t, UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_MINOR_SHMEM, as);

	return fd < 0 && errno == EINVAL ? uffd_with(t, 0, as) : fd;
}

/* ---- the table ---------------------------------------------------------------------------- */

enum { R, RW };
enum { SHARED, PRIVATE };

const struct device devices[] = {
	{ "pool", open_pool, "/dev/vma_pool", "mm de dc", "wr mw ex me pf io", "wx",
	  256, R, SHARED, { 0 } },
	{ "window", open_window, "/dev/vma_window", "de", "ex me", "x",
	  WINDOW_PAGES, RW, SHARED, { WINDOW_BASE, WINDOW_BASE, WINDOW_BASE, WINDOW_BASE + 5 },
	  WINDOW_FREED },
	{ "eager", open_eager, "/dev/vma_eager", "de", "ex me", "x", EAGER_PAGES, RW, SHARED,
	  { 0, EAGER_PAGES, 2 * EAGER_PAGES, 3 * EAGER_PAGES } },
	{ "eager_mmap", open_eager_mmap, "/dev/vma_eager_mmap", "de", "", "", EAGER_PAGES,
	  RW, SHARED, { 0, EAGER_PAGES, 3 * EAGER_PAGES, 5 * EAGER_PAGES } },
	{ "huge", open_huge, "/dev/vma_huge", "de", "ex me", "x", SLOT_PAGES, RW, SHARED,
	  { 0, 0, 512, 1 << 18 } },
	{ "merge", open_merge, "/dev/vma_merge", "", "", "", 16, RW, SHARED, { 0, 0, 16, 32 } },
	{ "import", open_import, "/dev/vma_import", "", "", "", 1, RW, SHARED, { 0 } },
	{ "binder", open_binder, "/dev/binderfs/binder", "mm dc", "wr mw", "w", 256, R,
	  PRIVATE, { 0 } },
	{ "udmabuf", open_udmabuf, "/dmabuf:", "de dd", "", "", 16, RW, SHARED, { 0 } },
	{ "kcov", open_kcov, "/sys/kernel/debug/kcov", "de", "", "", 16, RW, SHARED, { 0 } },
	{ "system_heap", open_system_heap, "/dmabuf:", "de dd", "", "", 20, RW, SHARED, { 0 } },
	{ "cma_heap", open_cma_heap, "/dmabuf:", "de dd", "", "", 20, RW, SHARED, { 0 } },
	{ "io_uring", open_io_uring, "anon_inode:[io_uring]", "", "", "", 4, RW, SHARED,
	  { 0, 0x8000, 0x10000, 0x20000 } },
	{ "packet", open_packet, "socket:", "", "", "", 8, RW, SHARED, { 0 } },
	{ "tcp", open_tcp, "socket:", "", "", "", 16, R, SHARED, { 0 } },
	{ "comedi", open_comedi, "/dev/comedi0", "de", "", "", 16, RW, SHARED, { 0 } },
	{ "ring", open_ring, "/sys/kernel/debug/tracing/per_cpu/cpu0/trace_pipe_raw",
	  "mm de dc", "wr mw ex me", "wx", 2, R, SHARED, { 0, 0, 1, 2 } },
	{ "iommufd", open_iommufd, "/dev/iommu", "de", "", "", 2, RW, SHARED, { 0 } },
	{ "pcm_dummy", open_pcm_dummy, "/dev/snd/", "de", "", "", 4, RW, SHARED,
	  { 0, 0, SNDRV_PCM_MMAP_OFFSET_STATUS / PAGE, SNDRV_PCM_MMAP_OFFSET_CONTROL / PAGE } },
	{ "pcm_loop", open_pcm_loop, "/dev/snd/", "de", "", "", 4, RW, SHARED,
	  { 0, 0, 1, SNDRV_PCM_MMAP_OFFSET_CONTROL / PAGE } },
	{ "pcm_dev", open_pcm_dev, "/dev/snd/", "de", "", "", 4, RW, SHARED, { 0, 0, 1, 2 } },
	{ "pcm_sg", open_pcm_sg, "/dev/snd/", "de", "", "", 4, RW, SHARED, { 0, 0, 1, 2 } },
	{ "bpf_array", open_bpf_array, "anon_inode:bpf-map", "de", "me", "x", 6, RW, SHARED,
	  { 0 } },
	{ "bpf_ring", open_bpf_ring, "anon_inode:bpf-map", "de", "me", "x", 6, R, SHARED, { 0 } },
	{ "vgem", open_vgem, "/dev/dri/card", "de dd", "", "", 16, RW, SHARED, { 0 } },
	{ "uffd", open_uffd, "", "", "", "", 1, RW, SHARED, { 0 } },
	{ "zero", open_zero, "/dev/zero", "", "", "", 16, RW, PRIVATE, { 0 } },
};

const unsigned int nr_devices = ARRAY_SIZE(devices);
bool device_there[ARRAY_SIZE(devices)];

int device_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_devices; i++)
		if (!strcmp(devices[i].name, name))
			return i;
	return -1;
}

const char *devices_look(void)
{
	static char missing[400];
	struct thread t = { .nth_fd = -1 };
	struct file file = { 0 };
	unsigned int i;

	missing[0] = '\0';
	for (i = 0; i < nr_devices; i++) {
		t.used = 0;
		device_there[i] = devices[i].open(&t, &file, FILE_FD) >= 0;
		if (device_there[i])
			close(FILE_FD);
		else
			strcat(strcat(missing, " "), devices[i].name);
		close(PEER_FD);
	}
	return missing;
}
