// SPDX-License-Identifier: GPL-2.0
/*
 * Binder, end to end: transactions between processes, whose buffers the driver
 * maps through <linux/vma_access.h>. Meanwhile the shrinker frees pages of the
 * buffers, and user space changes the mapping.
 *
 * A server process maps a device of its own binderfs instance, becomes its
 * context manager, and answers each transaction with the complement of its
 * data. So data crosses the mappings of both sides. Over a socket the server
 * gets requests to change its mapping in each way that user space can.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/android/binder.h>
#include <linux/android/binderfs.h>

#include "kselftest_harness.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

#define MAP_SIZE	(1024 * 1024UL)
#define BIG		(256 * 1024UL)
#define MIDDLING	(64 * 1024UL)
#define FILL		0x5a

static size_t page_size;

/*
 * With this argument, the program maps the file descriptor in the next
 * argument.
 */
#define MAP_IN_EXEC	"map-in-exec"

__attribute__((constructor)) static void map_in_exec(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[1], MAP_IN_EXEC))
		return;
	if (mmap(NULL, MAP_SIZE, PROT_READ, MAP_PRIVATE, atoi(argv[2]), 0) == MAP_FAILED)
		_exit(errno);
	_exit(0);
}

/*
 * ---- helpers of both sides ------------------------------------------------
 */

struct binder {
	int fd;
	char *map;
};

static bool binder_map(struct binder *b, const char *device, void *addr)
{
	b->fd = open(device, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (b->fd < 0)
		return false;
	b->map = mmap(addr, MAP_SIZE, PROT_READ,
		      MAP_PRIVATE | MAP_NORESERVE | (addr ? MAP_FIXED : 0),
		      b->fd, 0);
	return b->map != MAP_FAILED;
}

static void binder_unmap(struct binder *b)
{
	munmap(b->map, MAP_SIZE);
	close(b->fd);
}

static int binder_rw(struct binder *b, void *out, size_t out_size, void *in,
		     size_t in_size, size_t *got)
{
	struct binder_write_read bwr = {
		.write_buffer = (uintptr_t)out,
		.write_size = out_size,
		.read_buffer = (uintptr_t)in,
		.read_size = in_size,
	};
	int ret;

	do {
		ret = ioctl(b->fd, BINDER_WRITE_READ, &bwr);
		/* Do not send consumed commands again. */
		bwr.write_buffer += bwr.write_consumed;
		bwr.write_size -= bwr.write_consumed;
		bwr.write_consumed = 0;
	} while (ret && errno == EINTR);
	if (got)
		*got = bwr.read_consumed;
	return ret;
}

/* Commands follow each other in the write buffer without a gap. */
#pragma pack(push, 1)
struct send {
	uint32_t cmd;
	struct binder_transaction_data data;
};

struct release {
	uint32_t cmd;
	binder_uintptr_t buffer;
};

#pragma pack(pop)

static int binder_release(struct binder *b, binder_uintptr_t buffer)
{
	struct release release = { BC_FREE_BUFFER, buffer };

	return binder_rw(b, &release, sizeof(release), NULL, 0, NULL);
}

/* Get the next return that carries a result, or 0 if there is none yet. */
static uint32_t binder_next(struct binder *b, struct binder_transaction_data *data)
{
	/*
	 * Leave room for a BR_NOOP and one more of the largest. So at most one
	 * comes at a time, and none is left when this returns.
	 */
	char in[2 * sizeof(uint32_t) + sizeof(struct binder_transaction_data_secctx)];
	size_t got, pos = 0;
	uint32_t cmd;

	if (binder_rw(b, NULL, 0, in, sizeof(in), &got))
		return 0;
	while (pos + sizeof(cmd) <= got) {
		memcpy(&cmd, in + pos, sizeof(cmd));
		pos += sizeof(cmd);
		switch (cmd) {
		case BR_TRANSACTION:
		case BR_REPLY:
			memcpy(data, in + pos, sizeof(*data));
			return cmd;
		case BR_DEAD_REPLY:
		case BR_FAILED_REPLY:
			return cmd;
		}
		pos += _IOC_SIZE(cmd);
	}
	return 0;
}

/* ---- the server --------------------------------------------------------- */

enum op {
	OP_READY,	/* the mapping's address */
	OP_PROBE,	/* how many pages of the mapping can be read? */
	OP_REPLACE,	/* map anonymous memory over a part */
	OP_INTACT,	/* is that memory unchanged? */
	OP_SPLIT,	/* protect a page, and undo it: three VMAs of binder */
	OP_MOVE,	/* mremap() away, map anonymous memory instead */
	OP_MOVE_PAGES,	/* mremap() the pages away, keep the mapping */
	OP_SUM,		/* sum of the moved pages' contents */
	OP_IN_CHILD,	/* does a forked child have the mapping? */
	OP_GROW,	/* mremap() to twice the size, in place */
	OP_UNMAP,	/* munmap() a part of the mapping */
};

struct order {
	enum op op;
	size_t off, len;
};

static long server_probe(struct binder *b)
{
	long n = 0;
	int fds[2];
	char c;

	if (pipe(fds))
		return -errno;
	for (size_t off = 0; off < MAP_SIZE; off += page_size) {
		/*
		 * The kernel's read fails where a read by the process would
		 * raise SIGBUS.
		 */
		if (write(fds[1], b->map + off, 1) == 1)
			n += read(fds[0], &c, 1);
	}
	close(fds[0]);
	close(fds[1]);
	return n;
}

static long server_replace(char *addr, size_t len)
{
	char *mem = mmap(addr, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (mem == MAP_FAILED)
		return -errno;
	memset(mem, FILL, len);
	return 0;
}

static long server_in_child(struct binder *b)
{
	unsigned char vec[MAP_SIZE / 4096];
	int status;
	pid_t pid;

	/* This must fail, because the mapping is special. */
	if (!madvise(b->map, MAP_SIZE, MADV_DOFORK))
		return -EEXIST;
	pid = fork();
	if (!pid)
		_exit(mincore(b->map, page_size, vec) ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WEXITSTATUS(status);
}

static long server_order(struct binder *b, struct order *o, char **moved)
{
	char *at = b->map + o->off;
	long sum = 0;

	switch (o->op) {
	case OP_READY:
		return (long)b->map;
	case OP_PROBE:
		return server_probe(b);
	case OP_REPLACE:
		return server_replace(at, o->len);
	case OP_INTACT:
		for (size_t i = 0; i < o->len; i++) {
			if (at[i] != FILL)
				return 0;
		}
		return 1;
	case OP_SPLIT:
		if (mprotect(at, page_size, PROT_NONE) ||
		    mprotect(at, page_size, PROT_READ))
			return -errno;
		return 0;
	case OP_MOVE:
		*moved = mremap(b->map, MAP_SIZE, MAP_SIZE,
				MREMAP_MAYMOVE | MREMAP_FIXED, *moved);
		if (*moved == MAP_FAILED)
			return -errno;
		return server_replace(b->map, MAP_SIZE);
	case OP_MOVE_PAGES:
		*moved = mremap(b->map, MAP_SIZE, MAP_SIZE,
				MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
		return *moved == MAP_FAILED ? -errno : 0;
	case OP_SUM:
		for (size_t i = 0; i < o->len; i++)
			sum += (unsigned char)(*moved)[i];
		return sum;
	case OP_IN_CHILD:
		return server_in_child(b);
	case OP_GROW:
		/* Free the address range right behind it. */
		if (munmap(b->map + MAP_SIZE, MAP_SIZE) ||
		    mremap(b->map, MAP_SIZE, 2 * MAP_SIZE, 0) == MAP_FAILED)
			return -errno;
		return 0;
	case OP_UNMAP:
		return munmap(at, o->len) ? -errno : 0;
	}
	return -EINVAL;
}

static void server_answer(struct binder *b, struct binder_transaction_data *tr)
{
	struct {
		struct release release;
		struct send send;
	} out = {
		.release = { BC_FREE_BUFFER, tr->data.ptr.buffer },
		.send.cmd = BC_REPLY,
	};
	const unsigned char *in = (void *)(uintptr_t)tr->data.ptr.buffer;
	unsigned char *reply = malloc(tr->data_size + 1);

	for (size_t i = 0; i < tr->data_size; i++)
		reply[i] = ~in[i];
	out.send.data.data_size = tr->data_size;
	out.send.data.data.ptr.buffer = (uintptr_t)reply;
	binder_rw(b, &out, sizeof(out), NULL, 0, NULL);
	free(reply);
}

static void server_run(const char *device, int ctl)
{
	uint32_t looper = BC_ENTER_LOOPER;
	struct binder_transaction_data tr;
	struct pollfd fds[2];
	struct order order;
	struct binder b;
	char *room, *moved;
	long ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);

	/* Room for the mapping, and for the address that it is moved to. */
	room = mmap(NULL, 2 * MAP_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	moved = room + MAP_SIZE;
	if (room == MAP_FAILED || !binder_map(&b, device, room))
		_exit(1);
	/* A worker may still clean up the previous server. */
	for (int i = 0; ioctl(b.fd, BINDER_SET_CONTEXT_MGR, 0); i++) {
		if (errno != EBUSY || i == 200)
			_exit(2);
		usleep(10000);
	}
	if (binder_rw(&b, &looper, sizeof(looper), NULL, 0, NULL))
		_exit(3);

	fds[0] = (struct pollfd){ .fd = b.fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = ctl, .events = POLLIN };
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			_exit(4);
		if (fds[0].revents && binder_next(&b, &tr) == BR_TRANSACTION)
			server_answer(&b, &tr);
		if (!fds[1].revents)
			continue;
		if (read(ctl, &order, sizeof(order)) != sizeof(order))
			_exit(0);
		ret = server_order(&b, &order, &moved);
		if (write(ctl, &ret, sizeof(ret)) != sizeof(ret))
			_exit(5);
	}
}

/* ---- the client --------------------------------------------------------- */

static unsigned char pattern(unsigned int seed, size_t i)
{
	return seed + i * 7 + (i >> 12) * 13;
}

/* Send one transaction, and wait for the result, which is stored in @tr. */
static uint32_t exchange(struct binder *b, size_t size, unsigned int seed,
			 struct binder_transaction_data *tr)
{
	struct send out = { .cmd = BC_TRANSACTION };
	struct pollfd pfd = { .fd = b->fd, .events = POLLIN };
	unsigned char *data = malloc(size + 1);
	uint32_t cmd = 0;
	size_t i = 0;

	for (i = 0; i < size; i++)
		data[i] = pattern(seed, i);
	out.data.data_size = size;
	out.data.data.ptr.buffer = (uintptr_t)data;

	if (!binder_rw(b, &out, sizeof(out), NULL, 0, NULL)) {
		while (!(cmd = binder_next(b, tr)))
			poll(&pfd, 1, 100);
	}
	free(data);
	return cmd;
}

/*
 * Do one transaction. Returns BR_REPLY if the answer was right, BR_OK if it was
 * wrong, or another return that came instead.
 */
static uint32_t transact(struct binder *b, size_t size, unsigned int seed)
{
	struct binder_transaction_data tr;
	const unsigned char *in;
	uint32_t cmd;
	size_t i;

	cmd = exchange(b, size, seed, &tr);
	if (cmd != BR_REPLY)
		return cmd;

	in = (void *)(uintptr_t)tr.data.ptr.buffer;
	for (i = 0; tr.data_size == size && i < size; i++) {
		if (in[i] != (unsigned char)~pattern(seed, i))
			break;
	}
	binder_release(b, tr.data.ptr.buffer);
	return tr.data_size == size && i == size ? BR_REPLY : BR_OK;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * A process that does transactions for a limited time, or until one fails. It
 * exits with 0 if all answers were right, 1 if one was wrong, 2 if one failed
 * as it does without a server, and a larger number for anything else.
 */
static pid_t client_fork(const char *device, unsigned int seed, long ms)
{
	static const size_t sizes[] = { 8, 100, 4096, 24, 9000, 64, 70000, 16 };
	pid_t pid = fork();
	struct binder b;
	long end;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!binder_map(&b, device, NULL))
		_exit(3);
	for (end = now_ms() + ms; now_ms() < end; seed++) {
		switch (transact(&b, sizes[seed % 8], seed)) {
		case BR_REPLY:
			break;
		case BR_OK:
			_exit(1);
		case BR_DEAD_REPLY:
		case BR_FAILED_REPLY:
			_exit(2);
		default:
			_exit(4);
		}
	}
	_exit(0);
}

static int client_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* ---- the shrinker ------------------------------------------------------- */

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

/* Call only binder's shrinker, for each page; false if that is not possible. */
static bool shrink_binder(void)
{
	bool done = false;
	glob_t g;

	if (!glob("/sys/kernel/debug/shrinker/android-binder-*/scan", 0, NULL, &g))
		done = write_file(g.gl_pathv[0], "0 0 100000");
	globfree(&g);
	return done;
}

/* Call all shrinkers, as memory pressure does. */
static bool shrink_all(void)
{
	return write_file("/proc/sys/vm/drop_caches", "2");
}

static bool shrink(void)
{
	return shrink_binder() || shrink_all();
}

/*
 * ---- a binderfs instance with a server and a client ------------------------
 */

struct instance {
	char dir[32];
	char device[64];
	char stats[64];
	bool mounted;
	pid_t server;
	int ctl;
	struct binder client;
};

static long order(struct instance *in, enum op what, size_t off, size_t len)
{
	struct order o = { what, off, len };
	long ret;

	if (write(in->ctl, &o, sizeof(o)) != sizeof(o) ||
	    read(in->ctl, &ret, sizeof(ret)) != sizeof(ret))
		return -EPIPE;
	return ret;
}

static bool server_start(struct instance *in)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return false;
	in->server = fork();
	if (!in->server) {
		close(fds[0]);
		server_run(in->device, fds[1]);
	}
	close(fds[1]);
	in->ctl = fds[0];
	return in->server > 0 && order(in, OP_READY, 0, 0) > 0;
}

static void server_kill(struct instance *in)
{
	if (in->server <= 0)
		return;
	kill(in->server, SIGKILL);
	waitpid(in->server, NULL, 0);
	close(in->ctl);
	in->server = 0;
}

struct pages {
	int active, lru, free;
};

/* How many pages of the server the driver has; -1 if it does not say. */
static struct pages count_pages(struct instance *in)
{
	struct pages p = { -1, -1, -1 };
	bool mine = false;
	char line[256];
	FILE *f;
	int pid;

	f = fopen(in->stats, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "proc %d", &pid) == 1)
			mine = pid == in->server;
		else if (mine && sscanf(line, " pages: %d:%d:%d", &p.active,
					&p.lru, &p.free) == 3)
			break;
	}
	if (f)
		fclose(f);
	return p;
}

static void instance_setup(struct __test_metadata *_metadata, struct instance *in)
{
	struct binderfs_device device = { .name = "vma_access" };
	char control[64];
	int fd, ret;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		SKIP(return, "needs root");
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		SKIP(return, "no mount namespace: %s", strerror(errno));

	snprintf(in->dir, sizeof(in->dir), "/tmp/binder_XXXXXX");
	ASSERT_NE(NULL, mkdtemp(in->dir));
	if (mount("binder", in->dir, "binder", 0, "stats=global")) {
		ret = errno;
		rmdir(in->dir);
		ASSERT_EQ(ENODEV, ret);
		SKIP(return, "no binderfs");
	}
	in->mounted = true;
	snprintf(in->device, sizeof(in->device), "%s/%s", in->dir, device.name);
	snprintf(in->stats, sizeof(in->stats), "%s/binder_logs/stats", in->dir);
	snprintf(control, sizeof(control), "%s/binder-control", in->dir);
	fd = open(control, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, BINDER_CTL_ADD, &device));
	close(fd);

	ASSERT_TRUE(server_start(in));
	ASSERT_TRUE(binder_map(&in->client, in->device, NULL));
}

static void instance_teardown(struct instance *in)
{
	if (!in->mounted)
		return;
	server_kill(in);
	if (in->client.map)
		binder_unmap(&in->client);
	umount2(in->dir, MNT_DETACH);
	rmdir(in->dir);
}

FIXTURE(binder)
{
	struct instance in;
};

FIXTURE_SETUP(binder)
{
	instance_setup(_metadata, &self->in);
}

FIXTURE_TEARDOWN(binder)
{
	instance_teardown(&self->in);
}

/* ---- transactions and the shrinker -------------------------------------- */

/* Data of any size arrives unchanged, and so does the answer. */
TEST_F(binder, sizes)
{
	static const size_t sizes[] = {
		0, 1, 8, 4095, 4096, 4097, 12288, 65536, 200001, BIG,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(BR_REPLY, transact(&self->in.client, sizes[i], i))
			TH_LOG("of %zu bytes", sizes[i]);
	}
}

/* A transaction larger than the mapping fails, and later ones do not. */
TEST_F(binder, too_large)
{
	EXPECT_EQ(BR_FAILED_REPLY, transact(&self->in.client, MAP_SIZE + 8, 1));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 2));
}

/* Pages are kept for the next transaction, until the shrinker frees them. */
TEST_F(binder, shrink)
{
	int big = BIG / page_size, total = MAP_SIZE / page_size;
	struct pages p;

	ASSERT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	p = count_pages(&self->in);
	EXPECT_EQ(0, p.active);
	EXPECT_EQ(big, p.lru);
	EXPECT_EQ(total - big, p.free);
	EXPECT_EQ(big, order(&self->in, OP_PROBE, 0, 0));

	if (!shrink_binder())
		SKIP(return, "no CONFIG_SHRINKER_DEBUG");
	p = count_pages(&self->in);
	EXPECT_EQ(0, p.active);
	EXPECT_EQ(0, p.lru);
	EXPECT_EQ(total, p.free);
	/* They are unmapped too, not only missing in the count. */
	EXPECT_EQ(0, order(&self->in, OP_PROBE, 0, 0));

	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 2));
	EXPECT_EQ(big, order(&self->in, OP_PROBE, 0, 0));
}

/* Memory pressure calls binder's shrinker. */
TEST_F(binder, drop_caches)
{
	struct pages p;

	ASSERT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	p = count_pages(&self->in);
	EXPECT_LE(BIG / page_size, (size_t)p.lru);
	for (int i = 0; i < 10 && p.lru; i++) {
		ASSERT_TRUE(shrink_all());
		p = count_pages(&self->in);
	}
	EXPECT_EQ(0, p.lru);
	EXPECT_EQ(0, order(&self->in, OP_PROBE, 0, 0));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 2));
}

/*
 * Two clients at once, while the shrinker runs all the time: all answers are
 * right.
 */
TEST_F(binder, shrink_meanwhile)
{
	pid_t a = client_fork(self->in.device, 1, 2500);
	pid_t b = client_fork(self->in.device, 1002, 2500);
	long end = now_ms() + 2000;

	while (now_ms() < end) {
		ASSERT_TRUE(shrink());
		sched_yield();
	}
	EXPECT_EQ(0, client_wait(a));
	EXPECT_EQ(0, client_wait(b));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
}

/*
 * The server dies during transactions and shrinking: its clients get an error.
 */
TEST_F(binder, server_dies)
{
	for (int i = 0; i < 3; i++) {
		pid_t a = client_fork(self->in.device, 1, 10000);
		pid_t b = client_fork(self->in.device, 1002, 10000);

		usleep(100000);
		shrink();
		server_kill(&self->in);
		shrink();
		EXPECT_EQ(2, client_wait(a));
		EXPECT_EQ(2, client_wait(b));
		EXPECT_EQ(BR_DEAD_REPLY, transact(&self->in.client, 8, 1));
		ASSERT_TRUE(server_start(&self->in));
		EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	}
}

/* ---- what user space may do to the mapping ------------------------------ */

FIXTURE(binder_write)
{
	struct instance in;
};

FIXTURE_VARIANT(binder_write)
{
	int flags;
};

FIXTURE_VARIANT_ADD(binder_write, private) { .flags = MAP_PRIVATE };
FIXTURE_VARIANT_ADD(binder_write, shared) { .flags = MAP_SHARED };

FIXTURE_SETUP(binder_write)
{
	instance_setup(_metadata, &self->in);
}

FIXTURE_TEARDOWN(binder_write)
{
	instance_teardown(&self->in);
}

/* A writable mapping is refused, and a read-only one never becomes writable. */
TEST_F(binder_write, refused)
{
	int fd = open(self->in.device, O_RDWR | O_CLOEXEC);
	char *map;

	ASSERT_LE(0, fd);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE,
				   variant->flags, fd, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, MAP_SIZE, PROT_WRITE, variant->flags,
				   fd, 0));
	EXPECT_EQ(EPERM, errno);

	/*
	 * The refused ones changed nothing: the one mapping is still possible.
	 */
	map = mmap(NULL, MAP_SIZE, PROT_READ, variant->flags, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(-1, mprotect(map, MAP_SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(map, page_size, PROT_WRITE));
	EXPECT_EQ(EACCES, errno);

	/* A second mapping is refused. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, MAP_SIZE, PROT_READ, variant->flags,
				   fd, 0));
	EXPECT_EQ(EBUSY, errno);
	munmap(map, MAP_SIZE);
	close(fd);
}

/* A child does not get the mapping, and madvise() cannot change that. */
TEST_F(binder, fork)
{
	EXPECT_EQ(ENOMEM, order(&self->in, OP_IN_CHILD, 0, 0));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
}

/* Pages can be inserted into and freed from all parts of a split mapping. */
TEST_F(binder, split)
{
	ASSERT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	ASSERT_EQ(0, order(&self->in, OP_SPLIT, 3 * page_size, 0));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 2));
	ASSERT_TRUE(shrink());
	EXPECT_EQ(0, count_pages(&self->in).lru);
	EXPECT_EQ(0, order(&self->in, OP_PROBE, 0, 0));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 3));
}

/* A second mapping is refused, and its end does not end the first. */
TEST_F(binder, second_mapping)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, MAP_SIZE, PROT_READ, MAP_PRIVATE,
				   self->in.client.fd, 0));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
}

/*
 * mm does not enlarge a special mapping, even if there is room, and nothing is
 * lost.
 */
TEST_F(binder, grown)
{
	int total = MAP_SIZE / page_size;
	struct pages p;

	ASSERT_EQ(-ENOMEM, order(&self->in, OP_GROW, 0, 0));
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	EXPECT_EQ(BR_FAILED_REPLY, transact(&self->in.client, MAP_SIZE + 8, 2));
	p = count_pages(&self->in);
	EXPECT_EQ(total, p.active + p.lru + p.free);
	EXPECT_EQ((long)(BIG / page_size), order(&self->in, OP_PROBE, 0, 0));
}

/* Once a part is unmapped, no transaction arrives, and no page is inserted. */
TEST_F(binder, unmapped)
{
	int big = BIG / page_size;

	ASSERT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	ASSERT_EQ(0, order(&self->in, OP_UNMAP, MAP_SIZE - page_size, page_size));
	EXPECT_NE(BR_REPLY, transact(&self->in.client, 8, 2));
	EXPECT_NE(BR_REPLY, transact(&self->in.client, BIG, 3));

	/* The rest still shows the same pages, also when memory is short. */
	ASSERT_TRUE(shrink());
	EXPECT_EQ(big, order(&self->in, OP_PROBE, 0, 0));
	ASSERT_EQ(0, order(&self->in, OP_UNMAP, 0, MAP_SIZE));
	ASSERT_TRUE(shrink());
}

/*
 * exec() keeps the process and gives it another mm. A device that was opened
 * before cannot be mapped there.
 */
TEST_F(binder, after_exec)
{
	char fd_arg[16];
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		snprintf(fd_arg, sizeof(fd_arg), "%d", open(self->in.device, O_RDWR));
		execl("/proc/self/exe", "binder_transaction", MAP_IN_EXEC, fd_arg, NULL);
		_exit(100);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EINVAL, WEXITSTATUS(status));
}

/* Pages that were moved away from the mapping still show the same contents. */
TEST_F(binder, pages_moved)
{
	long sum;

	ASSERT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
	ASSERT_EQ(0, order(&self->in, OP_MOVE_PAGES, 0, 0));
	EXPECT_EQ(0, order(&self->in, OP_PROBE, 0, 0));
	sum = order(&self->in, OP_SUM, 0, BIG);
	EXPECT_LT(0, sum);

	/* The driver drops them, and continues with new ones. */
	ASSERT_TRUE(shrink());
	EXPECT_EQ(0, count_pages(&self->in).lru);
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 2));
	EXPECT_EQ((long)(BIG / page_size), order(&self->in, OP_PROBE, 0, 0));
	EXPECT_EQ(sum, order(&self->in, OP_SUM, 0, BIG));
}

/*
 * ---- concurrent changes ----------------------------------------------------
 */

enum churn {
	CHURN_UNMAP,
	CHURN_UNMAP_PART,
	CHURN_REPLACE,
	CHURN_MOVE,
	CHURN_MOVE_PAGES,
	CHURN_SPLIT,
	CHURN_DONTNEED,
	NR_CHURN,
};

struct churner {
	struct binder b;
	enum churn how;
	useconds_t after;
	char *impostor;		/* the mapping that took over the address */
	bool done;
};

static void *churn(void *arg)
{
	struct churner *c = arg;
	char *map = c->b.map;

	usleep(c->after);
	switch (c->how) {
	case CHURN_UNMAP:
		munmap(map, MAP_SIZE);
		break;
	case CHURN_UNMAP_PART:
		munmap(map + 2 * page_size, page_size);
		break;
	case CHURN_REPLACE:
		if (!server_replace(map, MAP_SIZE))
			c->impostor = map;
		break;
	case CHURN_MOVE:
		mremap(map, MAP_SIZE, MAP_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       map + MAP_SIZE);
		if (!server_replace(map, MAP_SIZE))
			c->impostor = map;
		break;
	case CHURN_MOVE_PAGES:
		mremap(map, MAP_SIZE, MAP_SIZE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
		break;
	case CHURN_SPLIT:
		for (size_t off = 0; off < MAP_SIZE; off += 3 * page_size)
			mprotect(map + off, page_size, PROT_NONE);
		break;
	case CHURN_DONTNEED:
		madvise(map, MAP_SIZE, MADV_DONTNEED);
		break;
	default:
		break;
	}
	__atomic_store_n(&c->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/*
 * A process whose one thread does transactions while the other does @how to the
 * mapping that the answers arrive in. Exits with 1 if the memory that took its
 * place was written. The answers are not checked, because they may be unmapped.
 */
static pid_t churn_fork(const char *device, enum churn how, useconds_t after)
{
	static const size_t sizes[] = { 8, 70000, 4096, 9000, BIG };
	struct churner c = { .how = how, .after = after };
	struct binder_transaction_data tr;
	pthread_t thread;
	pid_t pid = fork();
	char *room;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	room = mmap(NULL, 2 * MAP_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED || !binder_map(&c.b, device, room) ||
	    pthread_create(&thread, NULL, churn, &c))
		_exit(2);
	for (unsigned int i = 0, more = 0; more < 3; i++) {
		if (exchange(&c.b, sizes[i % 5], i, &tr) == BR_REPLY)
			binder_release(&c.b, tr.data.ptr.buffer);
		more += __atomic_load_n(&c.done, __ATOMIC_ACQUIRE);
	}
	pthread_join(thread, NULL);
	for (size_t i = 0; c.impostor && i < MAP_SIZE; i++) {
		if (c.impostor[i] != FILL)
			_exit(1);
	}
	_exit(0);
}

/*
 * User space changes the mapping at any time while answers arrive and pages are
 * freed.
 */
TEST_F(binder, rearranged_meanwhile)
{
	for (unsigned int i = 0; i < 4 * NR_CHURN; i++) {
		pid_t a = churn_fork(self->in.device, i % NR_CHURN, 300 * (i % 11));
		pid_t b = churn_fork(self->in.device, (i + 2) % NR_CHURN, 500 * (i % 7));

		for (int j = 0; j < 4; j++) {
			ASSERT_TRUE(shrink());
			usleep(1000);
		}
		EXPECT_EQ(0, client_wait(a)) TH_LOG("change %u", i % NR_CHURN);
		EXPECT_EQ(0, client_wait(b)) TH_LOG("change %u", (i + 2) % NR_CHURN);
	}
	EXPECT_EQ(BR_REPLY, transact(&self->in.client, BIG, 1));
}

/*
 * ---- another mapping at the address ----------------------------------------
 */

FIXTURE(impostor)
{
	struct instance in;
	size_t off, len;
};

FIXTURE_VARIANT(impostor)
{
	bool move;		/* mremap() instead of mapping over it */
	size_t page, nr;	/* which part; nr 0 is all the rest */
};

FIXTURE_VARIANT_ADD(impostor, whole) { };
FIXTURE_VARIANT_ADD(impostor, first_page) { .nr = 1 };
FIXTURE_VARIANT_ADD(impostor, middle) { .page = 5, .nr = 2 };
FIXTURE_VARIANT_ADD(impostor, moved) { .move = true };

FIXTURE_SETUP(impostor)
{
	instance_setup(_metadata, &self->in);
	self->off = variant->page * page_size;
	self->len = variant->nr ? variant->nr * page_size : MAP_SIZE - self->off;
}

FIXTURE_TEARDOWN(impostor)
{
	instance_teardown(&self->in);
}

#define IMPOSTOR_TAKES_OVER()						\
	ASSERT_EQ(0, order(&self->in, variant->move ? OP_MOVE : OP_REPLACE, \
			   self->off, self->len))

#define EXPECT_IMPOSTOR_INTACT()					\
	EXPECT_EQ(1, order(&self->in, OP_INTACT, self->off, self->len))

static bool failed(uint32_t cmd)
{
	return cmd == BR_DEAD_REPLY || cmd == BR_FAILED_REPLY;
}

/* Transactions fail, and write nothing into the memory that took the place. */
TEST_F(impostor, transact)
{
	IMPOSTOR_TAKES_OVER();
	EXPECT_TRUE(failed(transact(&self->in.client, MIDDLING, 1)));
	EXPECT_TRUE(failed(transact(&self->in.client, 8, 2)));
	EXPECT_IMPOSTOR_INTACT();
}

/* The same if the driver has pages for the whole mapping already. */
TEST_F(impostor, transact_with_pages)
{
	ASSERT_EQ(BR_REPLY, transact(&self->in.client, MIDDLING, 1));
	IMPOSTOR_TAKES_OVER();
	EXPECT_TRUE(failed(transact(&self->in.client, MIDDLING, 2)));
	EXPECT_TRUE(failed(transact(&self->in.client, 8, 3)));
	EXPECT_IMPOSTOR_INTACT();
}

/* The shrinker unmaps nothing from the memory that took the place. */
TEST_F(impostor, shrink)
{
	ASSERT_EQ(BR_REPLY, transact(&self->in.client, MIDDLING, 1));
	IMPOSTOR_TAKES_OVER();
	for (int i = 0; i < 3; i++) {
		ASSERT_TRUE(shrink());
		ASSERT_TRUE(shrink_all());
	}
	EXPECT_IMPOSTOR_INTACT();
	EXPECT_TRUE(failed(transact(&self->in.client, MIDDLING, 2)));
	EXPECT_IMPOSTOR_INTACT();
}

/* The change comes during transactions and shrinking. */
TEST_F(impostor, meanwhile)
{
	pid_t a = client_fork(self->in.device, 1, 10000);
	pid_t b = client_fork(self->in.device, 1002, 10000);

	for (int i = 0; i < 10; i++) {
		usleep(10000);
		ASSERT_TRUE(shrink());
	}
	IMPOSTOR_TAKES_OVER();
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(shrink());
	/* A server that reads late answers with the other memory's contents. */
	a = client_wait(a);
	b = client_wait(b);
	EXPECT_TRUE(a == 1 || a == 2);
	EXPECT_TRUE(b == 1 || b == 2);
	EXPECT_IMPOSTOR_INTACT();
}

TEST_HARNESS_MAIN
