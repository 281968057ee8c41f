// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of programs that are a device's own.
 */
#include <linux/android/binder.h>
#include <linux/bpf.h>
#include <linux/comedi.h>
#include <linux/io_uring.h>
#include <linux/iommufd.h>
#include <linux/kcov.h>
#include <linux/tcp.h>
#include <linux/trace_mmap.h>
#include <sound/asound.h>
#include <drm/drm.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "fuzz.h"
#include "vma_pool.h"
#include "test_modules/vma_huge.h"
#include "test_modules/vma_import.h"
#include "test_modules/vma_merge.h"
#include "test_modules/vma_window.h"

static long file_ioctl(struct thread *t, uint32_t file, unsigned int cmd, long arg)
{
	return sys(t, __NR_ioctl, FILE_FD + file % FILES, cmd, arg);
}

/* ---- the sample ---------------------------------------------------------------------- */

static long op_pool_fill(struct thread *t, const uint32_t *arg)
{
	struct vma_pool_fill fill = {
		.index = arg[1], .count = arg[2], .value = POOL_VALUE,
	};

	return file_ioctl(t, arg[0], VMA_POOL_FILL, PUT(t, fill));
}

static long op_pool_zap(struct thread *t, const uint32_t *arg)
{
	struct vma_pool_zap zap = { .addr = at(arg[1], arg[2]), .size = arg[3] * PAGE };

	return file_ioctl(t, arg[0], VMA_POOL_ZAP, PUT(t, zap));
}

static long op_pool_zap_wild(struct thread *t, const uint32_t *arg)
{
	struct vma_pool_zap zap = {
		.addr = at(arg[1], 0) + choice_value(ARG_WILD, arg[2]),
		.size = choice_value(ARG_WILD, arg[3]),
	};

	return file_ioctl(t, arg[0], VMA_POOL_ZAP, PUT(t, zap));
}

static long op_pool_shrink(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], VMA_POOL_SHRINK, arg[1]);
}

static long op_pool_close(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], VMA_POOL_CLOSE, 0);
}

static long op_pool_info(struct thread *t, const uint32_t *arg)
{
	struct vma_pool_info info = { 0 };

	return file_ioctl(t, arg[0], VMA_POOL_INFO, PUT(t, info));
}

/* ---- the test modules ------------------------------------------------------------------ */

static long op_window_type(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_SET_TYPE, arg[1] % (WINDOW_NR_TYPES + 1));
}

static long op_window_revoke(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_REVOKE, 0);
}

static long op_window_rearm(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_REARM, 0);
}

static long op_window_zap(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_ZAP, (long)arg[1] << 16 | (arg[2] & 0xffff));
}

static long op_window_try_zap(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_TRY_ZAP, (long)arg[1] << 16 | (arg[2] & 0xffff));
}

static long op_window_zap_wild(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_ZAP, choice_value(ARG_WILD, arg[1]));
}

static long op_window_insert(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_INSERT, at(arg[1], arg[2]));
}

static long op_window_copies(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], WINDOW_REVOKE_COPIES, arg[1] & 1);
}

static long op_huge_insert(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], HUGE_INSERT, at(arg[1], arg[2]));
}

static long op_huge_many(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], HUGE_INSERT_MANY, at(arg[1], arg[2]));
}

static long op_merge_type(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], MERGE_SET_TYPE, arg[1] % (MERGE_NR_TYPES + 1));
}

static long op_import_buf(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], IMPORT_BUF, FILE_FD + arg[1] % FILES);
}

static long op_import_export(struct thread *t, const uint32_t *arg)
{
	if (keep(t, file_ioctl(t, arg[0], IMPORT_EXPORT, arg[1] & 1), TMP_FD + 4) < 0)
		return -1;
	file_ioctl(t, arg[0], IMPORT_BUF, TMP_FD + 4);
	return sys(t, __NR_close, TMP_FD + 4);
}

static long op_import_at(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], IMPORT_AT, arg[1]);
}

static long op_import_at_wild(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], IMPORT_AT, choice_value(ARG_WILD, arg[1]));
}

/* ---- binder ------------------------------------------------------------------------------ */

#pragma pack(push, 1)
struct binder_send {
	uint32_t cmd;
	struct binder_transaction_data data;
};

struct binder_free {
	uint32_t cmd;
	binder_uintptr_t buffer;
};

#pragma pack(pop)

static long binder_rw(struct thread *t, uint32_t file, long out, size_t out_size, long in,
		      size_t in_size)
{
	struct binder_write_read bwr = {
		.write_buffer = out, .write_size = out_size,
		.read_buffer = in, .read_size = in_size,
	};

	return file_ioctl(t, file, BINDER_WRITE_READ, PUT(t, bwr));
}

/* Becomes the process that others send to. */
static long op_binder_manager(struct thread *t, const uint32_t *arg)
{
	uint32_t looper = BC_ENTER_LOOPER;
	long ret = file_ioctl(t, arg[0], BINDER_SET_CONTEXT_MGR, 0);

	binder_rw(t, arg[0], PUT(t, looper), sizeof(looper), 0, 0);
	return ret;
}

/* One way, so that nobody waits. */
static long op_binder_send(struct thread *t, const uint32_t *arg)
{
	static const char data[8 * 4096] = "binder";
	struct binder_send send = { .cmd = BC_TRANSACTION };

	send.data.flags = TF_ONE_WAY;
	send.data.data_size = arg[1] % sizeof(data);
	send.data.data.ptr.buffer = PUT(t, data);
	return binder_rw(t, arg[0], PUT(t, send), sizeof(send), 0, 0);
}

/* Receives a transaction, and frees its buffer. */
static long op_binder_receive(struct thread *t, const uint32_t *arg)
{
	struct binder_free release = { .cmd = BC_FREE_BUFFER };
	char room[256] = { 0 };
	long in = PUT(t, room), ret;
	uint32_t pos = 0, cmd;

	ret = binder_rw(t, arg[0], 0, 0, in, sizeof(room));
	while (!ret && pos + sizeof(cmd) + sizeof(struct binder_transaction_data) <=
	       sizeof(room)) {
		memcpy(&cmd, (void *)(in + pos), sizeof(cmd));
		pos += sizeof(cmd);
		if (cmd == BR_TRANSACTION) {
			struct binder_transaction_data data;

			memcpy(&data, (void *)(in + pos), sizeof(data));
			release.buffer = data.data.ptr.buffer;
			return binder_rw(t, arg[0], PUT(t, release), sizeof(release), 0, 0);
		}
		pos += _IOC_SIZE(cmd);
	}
	return ret;
}

static long op_binder_free(struct thread *t, const uint32_t *arg)
{
	struct binder_free release = {
		.cmd = BC_FREE_BUFFER, .buffer = at(arg[1], arg[2]),
	};

	return binder_rw(t, arg[0], PUT(t, release), sizeof(release), 0, 0);
}

/* ---- the other drivers ---------------------------------------------------------------------- */

static long op_kcov_disable(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], KCOV_DISABLE, 0);
}

static long op_uring_region(struct thread *t, const uint32_t *arg)
{
	struct io_uring_region_desc desc = { .size = (1 + arg[1] % 16) * PAGE };
	struct io_uring_mem_region_reg reg = { .region_uptr = PUT(t, desc) };

	return sys(t, __NR_io_uring_register, FILE_FD + arg[0] % FILES,
		   IORING_REGISTER_MEM_REGION, PUT(t, reg), 1);
}

static long op_uring_buffers(struct thread *t, const uint32_t *arg)
{
	struct io_uring_buf_reg reg = {
		.ring_entries = 1U << arg[1] % 10, .bgid = 3, .flags = IOU_PBUF_RING_MMAP,
	};

	return sys(t, __NR_io_uring_register, FILE_FD + arg[0] % FILES,
		   arg[2] & 1 ? IORING_UNREGISTER_PBUF_RING : IORING_REGISTER_PBUF_RING,
		   PUT(t, reg), 1);
}

static long op_packet_ring(struct thread *t, const uint32_t *arg)
{
	struct tpacket_req req = {
		.tp_block_size = 2 * PAGE, .tp_block_nr = arg[1] % 8,
		.tp_frame_size = PAGE, .tp_frame_nr = 2 * (arg[1] % 8),
	};

	return sys(t, __NR_setsockopt, FILE_FD + arg[0] % FILES, SOL_PACKET,
		   arg[2] & 1 ? PACKET_TX_RING : PACKET_RX_RING, PUT(t, req), sizeof(req));
}

static long op_tcp_send(struct thread *t, const uint32_t *arg)
{
	int one = 1, fd = PEER_FD + arg[0] % FILES;

	sys(t, __NR_setsockopt, fd, SOL_SOCKET, SO_ZEROCOPY, PUT(t, one), sizeof(one));
	return sys(t, __NR_sendto, fd, at(arg[1], arg[2]), (1 + arg[3] % 16) * PAGE,
		   MSG_ZEROCOPY | MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0);
}

static long op_tcp_receive(struct thread *t, const uint32_t *arg)
{
	struct tcp_zerocopy_receive zc = {
		.address = at(arg[1], arg[2]), .length = (1 + arg[3] % 16) * PAGE,
		.flags = arg[4] & 1,
	};
	socklen_t len = sizeof(zc);

	return sys(t, __NR_getsockopt, FILE_FD + arg[0] % FILES, IPPROTO_TCP,
		   TCP_ZEROCOPY_RECEIVE, PUT(t, zc), PUT(t, len));
}

static long op_comedi_size(struct thread *t, const uint32_t *arg)
{
	struct comedi_bufconfig config = {
		.subdevice = arg[1] & 1, .maximum_size = 32 * PAGE,
		.size = arg[2] % 33 * PAGE,
	};

	return file_ioctl(t, arg[0], COMEDI_BUFCONFIG, PUT(t, config));
}

static long op_ring_reader(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], TRACE_MMAP_IOCTL_GET_READER, 0);
}

static long op_iommu_destroy(struct thread *t, const uint32_t *arg)
{
	struct iommu_destroy cmd = {
		.size = sizeof(cmd), .id = t->run->file[arg[0] % FILES].id,
	};

	return file_ioctl(t, arg[0], IOMMU_DESTROY, PUT(t, cmd));
}

static long op_pcm_free(struct thread *t, const uint32_t *arg)
{
	return file_ioctl(t, arg[0], SNDRV_PCM_IOCTL_HW_FREE, 0);
}

static long op_bpf_freeze(struct thread *t, const uint32_t *arg)
{
	union bpf_attr attr = { .map_fd = FILE_FD + arg[0] % FILES };

	return sys(t, __NR_bpf, BPF_MAP_FREEZE, PUT(t, attr), sizeof(attr));
}

/* The object as a dma-buf, in another file. */
static long op_vgem_export(struct thread *t, const uint32_t *arg)
{
	struct drm_prime_handle new = {
		.handle = t->run->file[arg[0] % FILES].id, .flags = O_CLOEXEC | O_RDWR,
	}, *prime = (void *)PUT(t, new);
	struct file *to = &t->run->file[arg[1] % FILES];

	if (arg[0] % FILES == arg[1] % FILES)
		return 0;
	if (file_ioctl(t, arg[0], DRM_IOCTL_PRIME_HANDLE_TO_FD, (long)prime))
		return -1;
	t->last = prime->fd;
	trace(t, "\tr = *(int *)0x%lx;\n", (unsigned long)&prime->fd);
	memset(to, 0, sizeof(*to));
	to->dev = &devices[device_find("udmabuf")];
	return keep(t, prime->fd, FILE_FD + arg[1] % FILES);
}

static long op_vgem_close(struct thread *t, const uint32_t *arg)
{
	struct drm_gem_close gem = { .handle = t->run->file[arg[0] % FILES].id };

	return file_ioctl(t, arg[0], DRM_IOCTL_GEM_CLOSE, PUT(t, gem));
}

const struct op dev_ops[] = {
	{ "pool_fill", op_pool_fill, "pool", 30, { ARG_FILE, ARG_PAGE, ARG_LEN } },
	{ "pool_zap", op_pool_zap, "pool", 14, { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_LEN } },
	{ "pool_zap_wild", op_pool_zap_wild, "pool", 3,
	  { ARG_FILE, ARG_SLOT, ARG_WILD, ARG_WILD } },
	{ "pool_shrink", op_pool_shrink, "pool", 12, { ARG_FILE, ARG_NUM }, true },
	{ "pool_close", op_pool_close, "pool", 5, { ARG_FILE }, true },
	{ "pool_info", op_pool_info, "pool", 1, { ARG_FILE } },
	{ "window_type", op_window_type, "window", 14, { ARG_FILE, ARG_NUM } },
	{ "window_revoke", op_window_revoke, "window", 12, { ARG_FILE }, true },
	{ "window_rearm", op_window_rearm, "window", 8, { ARG_FILE } },
	{ "window_zap", op_window_zap, "window", 8, { ARG_FILE, ARG_NUM, ARG_NUM } },
	{ "window_try_zap", op_window_try_zap, "window", 8, { ARG_FILE, ARG_NUM, ARG_NUM } },
	{ "window_zap_wild", op_window_zap_wild, "window", 2, { ARG_FILE, ARG_WILD } },
	{ "window_insert", op_window_insert, "window", 14, { ARG_FILE, ARG_SLOT, ARG_PAGE } },
	{ "window_copies", op_window_copies, "window", 3, { ARG_FILE, ARG_NUM } },
	{ "huge_insert", op_huge_insert, "huge", 14, { ARG_FILE, ARG_SLOT, ARG_PAGE } },
	{ "huge_many", op_huge_many, "huge", 14, { ARG_FILE, ARG_SLOT, ARG_PAGE } },
	{ "merge_type", op_merge_type, "merge", 20, { ARG_FILE, ARG_NUM } },
	{ "import_buf", op_import_buf, "import", 16, { ARG_FILE, ARG_FILE } },
	{ "import_export", op_import_export, "import", 14, { ARG_FILE, ARG_NUM } },
	{ "import_at", op_import_at, "import", 5, { ARG_FILE, ARG_NUM } },
	{ "import_at_wild", op_import_at_wild, "import", 2, { ARG_FILE, ARG_WILD } },
	{ "binder_manager", op_binder_manager, "binder", 12, { ARG_FILE } },
	{ "binder_send", op_binder_send, "binder", 12, { ARG_FILE, ARG_NUM } },
	{ "binder_receive", op_binder_receive, "binder", 10, { ARG_FILE } },
	{ "binder_free", op_binder_free, "binder", 3, { ARG_FILE, ARG_SLOT, ARG_PAGE } },
	{ "kcov_disable", op_kcov_disable, "kcov", 2, { ARG_FILE } },
	{ "uring_region", op_uring_region, "io_uring", 8, { ARG_FILE, ARG_NUM } },
	{ "uring_buffers", op_uring_buffers, "io_uring", 8, { ARG_FILE, ARG_NUM, ARG_NUM } },
	{ "packet_ring", op_packet_ring, "packet", 8, { ARG_FILE, ARG_NUM, ARG_NUM } },
	{ "tcp_send", op_tcp_send, "tcp", 12, { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_NUM } },
	{ "tcp_receive", op_tcp_receive, "tcp", 16,
	  { ARG_FILE, ARG_SLOT, ARG_PAGE, ARG_NUM, ARG_NUM } },
	{ "comedi_size", op_comedi_size, "comedi", 6, { ARG_FILE, ARG_NUM, ARG_NUM } },
	{ "ring_reader", op_ring_reader, "ring", 3, { ARG_FILE } },
	{ "iommu_destroy", op_iommu_destroy, "iommufd", 5, { ARG_FILE } },
	{ "pcm_free", op_pcm_free, "pcm_dev", 3, { ARG_FILE } },
	{ "bpf_freeze", op_bpf_freeze, "bpf_array", 5, { ARG_FILE } },
	{ "vgem_export", op_vgem_export, "vgem", 6, { ARG_FILE, ARG_FILE } },
	{ "vgem_close", op_vgem_close, "vgem", 3, { ARG_FILE } },
};

const unsigned int nr_dev_ops = ARRAY_SIZE(dev_ops);
