// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of TCP sockets (zerocopy receive) and of the rings of packet
 * sockets: which are refused, what becomes of them on split, move, fork and
 * enlargement, and which VMAs zerocopy receive works on. Completes net/tcp_mmap
 * and net/psock_tpacket, which map once. Passes on a kernel without typed VMA
 * access too.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/tcp.h>

#include "kselftest_harness.h"
#include "map_flags.h"
#include "ring_test.h"

#define PAGES	16UL

/* The signal that a read of @at raises in a child, 0 for none. */
static int child_reads(const void *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		asm volatile("" : : "r" (*(const char *)at));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int ret = -1;

	if (fd < 0)
		return -1;
	if (!ioctl(fd, SIOCGIFFLAGS, &ifr)) {
		ret = 0;
		if (!(ifr.ifr_flags & IFF_UP)) {
			ifr.ifr_flags |= IFF_UP;
			ret = ioctl(fd, SIOCSIFFLAGS, &ifr);
		}
	}
	close(fd);
	return ret;
}

/* ---- TCP ------------------------------------------------------------------- */

FIXTURE(tcp)
{
	int tx, rx;
	size_t page;
	size_t size;
	char *map;
};

/* A connection over the loopback device: the sender in fds[0]. */
static int tcp_pair(int fds[2])
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	fds[1] = -1;
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, 1) &&
	    !getsockname(fd, (struct sockaddr *)&addr, &len) &&
	    !connect(fds[0], (struct sockaddr *)&addr, sizeof(addr)))
		fds[1] = accept(fd, NULL, NULL);
	close(fd);
	return fds[1] < 0 ? -1 : 0;
}

static void *tcp_map(int fd, size_t size, int prot, int flags)
{
	return mmap(NULL, size, prot, flags, fd, 0);
}

FIXTURE_SETUP(tcp)
{
	int fds[2];

	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	if (loopback_up() || tcp_pair(fds))
		SKIP(return, "no TCP over the loopback device");
	self->tx = fds[0];
	self->rx = fds[1];
	self->map = tcp_map(self->rx, self->size, PROT_READ, MAP_SHARED);
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(tcp)
{
	close(self->tx);
	close(self->rx);
}

/*
 * Sends @size bytes, each of which is @value, and waits until they can be received. With
 * MSG_ZEROCOPY the loopback device copies them to whole pages, which can be mapped.
 */
static int tcp_fill(int tx, int rx, size_t size, char value)
{
	int queued = 0, tries, one = 1;
	char *data;

	data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return -1;
	memset(data, value, size);
	if (setsockopt(tx, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)) ||
	    send(tx, data, size, MSG_ZEROCOPY) != (ssize_t)size)
		return -1;
	for (tries = 0; tries < 1000; tries++) {
		if (!ioctl(rx, FIONREAD, &queued) && queued >= (int)size) {
			munmap(data, size);
			return 0;
		}
		usleep(1000);
	}
	return -1;
}

/* What zerocopy receive at @at maps, in bytes, or -errno. */
static int receive_flags(int fd, void *at, size_t size, unsigned int flags)
{
	struct tcp_zerocopy_receive zc = {
		.address = (unsigned long)at,
		.length = size,
		.flags = flags,
	};
	socklen_t len = sizeof(zc);

	if (getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len))
		return -errno;
	return zc.length;
}

static int receive(int fd, void *at, size_t size)
{
	return receive_flags(fd, at, size, 0);
}

TEST_F(tcp, refused)
{
	/* No write and no execution, by mmap() or later. */
	EXPECT_EQ(MAP_FAILED, tcp_map(self->rx, self->size, PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(MAP_FAILED, tcp_map(self->rx, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(MAP_FAILED, tcp_map(self->rx, self->size, PROT_READ | PROT_EXEC, MAP_SHARED));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, mprotect(self->map, self->size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(self->map, self->size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(tcp, receive)
{
	int mapped;

	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	mapped = receive(self->rx, self->map, self->size);
	ASSERT_LE((int)self->page, mapped);
	EXPECT_EQ(3, self->map[0]);
	EXPECT_EQ(3, self->map[mapped - 1]);
	EXPECT_EQ(0, mapped % self->page);
}

static void drain(int fd)
{
	char data[4096];

	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
}

/* What was received before is in the way, unless it is unmapped first. */
TEST_F(tcp, again)
{
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	ASSERT_LE((int)self->page, receive(self->rx, self->map, self->size));
	drain(self->rx);
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 4));
	ASSERT_LE((int)self->page, receive(self->rx, self->map, self->size));
	EXPECT_EQ(4, self->map[0]);
	drain(self->rx);
	/* The same, if user space says that nothing is mapped there and is wrong. */
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 5));
	ASSERT_LE((int)self->page, receive_flags(self->rx, self->map, self->size,
						 TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT));
	EXPECT_EQ(5, self->map[0]);
}

/* A mapping that can never be written is private in name only. */
TEST_F(tcp, private)
{
	char *map = tcp_map(self->rx, self->size, PROT_READ, MAP_PRIVATE);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	ASSERT_LE((int)self->page, receive(self->rx, map, self->size));
	EXPECT_EQ(3, map[0]);
}

/* A mapping of one socket takes the data of another. */
TEST_F(tcp, of_another_socket)
{
	char *map = tcp_map(self->tx, self->size, PROT_READ, MAP_SHARED);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	ASSERT_LE((int)self->page, receive(self->rx, map, self->size));
	EXPECT_EQ(3, map[0]);
}

/* Memory that is not TCP's stays as it is, and nothing is received. */
TEST_F(tcp, anybodys)
{
	char *other;

	other = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, other);
	memset(other, 7, self->size);
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	EXPECT_EQ(-EINVAL, receive(self->rx, other, self->size));
	EXPECT_EQ(7, other[0]);
	EXPECT_EQ(7, other[self->size - 1]);
	ASSERT_EQ(0, munmap(other, self->size));
	EXPECT_EQ(-EINVAL, receive(self->rx, other, self->size));
	EXPECT_LE((int)self->page, receive(self->rx, self->map, self->size));
}

/* More is asked for than the mapping has: what lies behind it stays. */
TEST_F(tcp, beyond)
{
	char *other;

	other = mmap(self->map + 4 * self->page, self->page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ASSERT_NE(MAP_FAILED, other);
	*other = 7;
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	EXPECT_EQ((int)(4 * self->page), receive(self->rx, self->map, self->size));
	EXPECT_EQ(3, other[-1]);
	EXPECT_EQ(7, *other);
}

TEST_F(tcp, split_moved_enlarged)
{
	char *to;

	ASSERT_EQ(0, munmap(self->map + 4 * self->page, self->page));
	to = mremap(self->map + 5 * self->page, self->page, 4 * self->page, MREMAP_MAYMOVE);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	EXPECT_EQ((int)(4 * self->page), receive(self->rx, to, 4 * self->page));
	EXPECT_EQ(3, to[4 * self->page - 1]);
}

/* Pages of the kernel: part of a core dump, and no memory of a device. */
TEST_F(tcp, flags)
{
	char flags[256];

	map_flags(self->map, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "CONFIG_PROC_PAGE_MONITOR is not set");

	EXPECT_NE(NULL, strstr(flags, " mm "));
	EXPECT_EQ(NULL, strstr(flags, " io "));
	EXPECT_EQ(NULL, strstr(flags, " dd "));
}

/* A child has the mapping: SIGBUS rather than SIGSEGV where it is empty. */
TEST_F(tcp, forked)
{
	ASSERT_EQ(0, tcp_fill(self->tx, self->rx, self->size, 3));
	ASSERT_LE((int)self->page, receive(self->rx, self->map, self->page));
	EXPECT_EQ(0, child_reads(self->map));
	self->map += self->page;
	EXPECT_EQ(SIGBUS, child_reads(self->map));
}

/* ---- packet sockets ------------------------------------------------------------ */

FIXTURE(packet)
{
	int fd;
	size_t page;
	size_t size;
};

static int packet_ring(int fd, size_t page, unsigned int blocks)
{
	struct tpacket_req req = {
		.tp_block_size = 2 * page,
		.tp_block_nr = blocks,
		.tp_frame_size = page,
		.tp_frame_nr = 2 * blocks,
	};

	return setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) ? errno : 0;
}

FIXTURE_SETUP(packet)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (self->fd < 0)
		SKIP(return, "no packet sockets: CONFIG_PACKET, or not root");
	ASSERT_EQ(0, packet_ring(self->fd, self->page, PAGES / 2));
}

FIXTURE_TEARDOWN(packet)
{
	close(self->fd);
}

static char *packet_map(int fd, size_t size, int prot, int flags, off_t offset)
{
	return mmap(NULL, size, prot, flags, fd, offset);
}

TEST_F(packet, refused)
{
	size_t less = self->size - self->page, more = self->size + self->page;

	EXPECT_EQ(MAP_FAILED, packet_map(self->fd, less, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, packet_map(self->fd, more, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, packet_map(self->fd, self->size, PROT_READ, MAP_SHARED, self->page));
	EXPECT_EQ(EINVAL, errno);
	/* Without a ring there is nothing to map. */
	ASSERT_EQ(0, packet_ring(self->fd, self->page, 0));
	EXPECT_EQ(MAP_FAILED, packet_map(self->fd, self->size, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(EINVAL, errno);
}

/* Both rings, one behind the other, and twice at once. */
TEST_F(packet, pages)
{
	struct tpacket_req req = {
		.tp_block_size = 4 * self->page, .tp_block_nr = 2,
		.tp_frame_size = self->page, .tp_frame_nr = 8,
	};
	char *map, *again;

	ASSERT_EQ(0, packet_ring(self->fd, self->page, 0));
	ASSERT_EQ(0, packet_ring(self->fd, self->page, PAGES / 4));
	ASSERT_EQ(0, setsockopt(self->fd, SOL_PACKET, PACKET_TX_RING, &req, sizeof(req)));
	map = packet_map(self->fd, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, map);
	again = packet_map(self->fd, self->size, PROT_READ, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, again);
	fill(map, self->page, PAGES);
	EXPECT_TRUE(shows(again, self->page, 0, PAGES));
}

TEST_F(packet, private)
{
	char *map, *mine;

	map = packet_map(self->fd, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, map);
	mine = packet_map(self->fd, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
	ASSERT_NE(MAP_FAILED, mine);
	fill(map, self->page, PAGES);
	EXPECT_TRUE(shows(mine, self->page, 0, PAGES));
	mine[100] = 77;
	EXPECT_EQ(1, map[100]);
}

TEST_F(packet, flags)
{
	char *map = packet_map(self->fd, self->size, PROT_READ, MAP_SHARED, 0);
	char flags[256];

	ASSERT_NE(MAP_FAILED, map);
	map_flags(map, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "CONFIG_PROC_PAGE_MONITOR is not set");

	EXPECT_NE(NULL, strstr(flags, " mm "));
	EXPECT_EQ(NULL, strstr(flags, " io "));
	EXPECT_EQ(NULL, strstr(flags, " dd "));
}

/* A ring is mapped as what TCP receives is. It is not TCP's all the same. */
TEST_F(packet, no_place_for_tcp)
{
	int fds[2];
	char *map;

	if (loopback_up() || tcp_pair(fds))
		SKIP(return, "no TCP over the loopback device");

	map = packet_map(self->fd, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, map);
	fill(map, self->page, PAGES);
	ASSERT_EQ(0, tcp_fill(fds[0], fds[1], self->size, 3));
	EXPECT_EQ(-EINVAL, receive(fds[1], map, self->size));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	close(fds[0]);
	close(fds[1]);
}

/* A ring that is mapped cannot be freed, whatever became of its mapping. */
TEST_F(packet, busy)
{
	char *map, *to;
	int stop[2];
	pid_t pid;
	int status = -1;

	map = packet_map(self->fd, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, map);
	fill(map, self->page, PAGES);
	EXPECT_EQ(EBUSY, packet_ring(self->fd, self->page, 0));

	/* Split: two VMAs, of which one goes. */
	ASSERT_EQ(0, munmap(map + 4 * self->page, self->page));
	ASSERT_EQ(0, munmap(map, 4 * self->page));
	EXPECT_EQ(EBUSY, packet_ring(self->fd, self->page, 0));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, PAGES - 5));

	/*
	 * Moved, and enlarged by a page that is not the ring's. Where it is, mm does
	 * not enlarge a mapping of pages that a driver has inserted.
	 */
	to = mmap(NULL, (PAGES - 4) * self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	to = mremap(map + 5 * self->page, (PAGES - 5) * self->page, (PAGES - 4) * self->page,
		    MREMAP_MAYMOVE | MREMAP_FIXED, to);
	ASSERT_NE(MAP_FAILED, to);
	EXPECT_TRUE(shows(to, self->page, 5, PAGES - 5));
	EXPECT_EQ(SIGBUS, child_reads(to + (PAGES - 5) * self->page));
	EXPECT_EQ(EBUSY, packet_ring(self->fd, self->page, 0));

	/* Inherited: the child's mapping counts by itself. */
	ASSERT_EQ(0, pipe(stop));
	pid = fork();
	if (!pid) {
		char c;

		close(stop[1]);
		_exit(read(stop[0], &c, 1) || !shows(to, self->page, 5, PAGES - 5));
	}
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, munmap(to, (PAGES - 4) * self->page));
	EXPECT_EQ(EBUSY, packet_ring(self->fd, self->page, 0));
	close(stop[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, packet_ring(self->fd, self->page, 0));
}

TEST_HARNESS_MAIN
