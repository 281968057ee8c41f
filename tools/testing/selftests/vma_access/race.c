// SPDX-License-Identifier: GPL-2.0
/*
 * Fill, shrink, munmap() and exit at the same time, in several processes. The
 * order depends on timing, but the conditions checked here always hold. Lockdep
 * and KASAN report a wrong lock order and a use of freed pages.
 */
#include <sched.h>
#include <time.h>

#include "kselftest_harness.h"
#include "vma_pool_test.h"

#define VALUE 0x1234000000000000ULL
#define SECONDS 4

static sig_atomic_t stop;

static void set_stop(int sig)
{
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
}

static bool stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

/* Runs until SIGUSR1, or for a minute if the test has died. */
static pid_t worker(int (*work)(int fd), int fd)
{
	struct sigaction act = { .sa_handler = set_stop };
	sigset_t set, old;
	pid_t pid;

	/* Set this before the fork, so that no signal comes too early. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (!pid) {
		alarm(60);
		sigaction(SIGUSR1, &act, NULL);
		sigprocmask(SIG_SETMASK, &old, NULL);
		_exit(work(fd));
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* The worker's result. */
static int worker_end(pid_t pid)
{
	int status;

	kill(pid, SIGUSR1);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int fills(int fd)
{
	unsigned int made = 0, i;

	for (i = 0; !stopped(); i += 7) {
		unsigned int first = i % VMA_POOL_PAGES;
		unsigned int count = 1 + i % 40;
		int err;

		if (count > VMA_POOL_PAGES - first)
			count = VMA_POOL_PAGES - first;
		err = pool_fill(fd, first, count, VALUE, &made);
		/* Mapped, or not mapped at this moment. */
		if ((err && err != ESRCH) || made > count)
			return err ?: EOVERFLOW;
	}
	return 0;
}

static int shrinks(int fd)
{
	unsigned int i;

	for (i = 0; !stopped(); i++)
		if (pool_shrink(fd, 1 + i % 50) < 0)
			return errno;
	return 0;
}

static int drops_caches(int fd)
{
	while (!stopped()) {
		pool_write_file("/proc/sys/vm/drop_caches", "2");
		sched_yield();
	}
	return 0;
}

static bool time_is_up(void)
{
	static time_t end;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!end)
		end = now.tv_sec + SECONDS;
	return now.tv_sec >= end;
}

FIXTURE(race)
{
	int fd;
	size_t size;
};

FIXTURE_SETUP(race)
{
	self->fd = pool_open(O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	self->size = pool_bytes();
	alarm(60);
}

FIXTURE_TEARDOWN(race)
{
	close(self->fd);
}

/* Each page that exists has its own contents, while others fill and shrink. */
TEST_F_TIMEOUT(race, fill_and_shrink, 70)
{
	pid_t pid[4];
	void *map;
	int i;

	map = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, map);
	pid[0] = worker(fills, self->fd);
	pid[1] = worker(fills, self->fd);
	pid[2] = worker(shrinks, self->fd);
	pid[3] = worker(drops_caches, self->fd);

	while (!time_is_up()) {
		for (i = 0; i < VMA_POOL_PAGES; i++) {
			uint64_t word;
			int sig = pool_peek(map + i * pool_page_size(), &word);

			ASSERT_TRUE(sig ? sig == SIGBUS : word == VALUE + i);
		}
	}
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, worker_end(pid[i]));

	/* The pool reports the same. */
	EXPECT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));
	EXPECT_EQ(VMA_POOL_PAGES, pool_info(self->fd).present);
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_good(map, 0, VMA_POOL_PAGES, VALUE));
	EXPECT_EQ(VMA_POOL_PAGES, pool_shrink(self->fd, VMA_POOL_PAGES));
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_gone(map, 0, VMA_POOL_PAGES));
}

/*
 * The mapping comes and goes, and other memory takes its place meanwhile, which
 * must not change.
 */
TEST_F_TIMEOUT(race, unmap_and_map, 70)
{
	unsigned long rounds;
	pid_t pid[2];
	void *map;
	int i;

	/* An address range that stays reserved. */
	map = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	pid[0] = worker(fills, self->fd);
	pid[1] = worker(shrinks, self->fd);

	for (rounds = 0; !time_is_up(); rounds++) {
		uint64_t word;
		int sig;

		ASSERT_EQ(map, mmap(map, self->size, PROT_READ,
				    MAP_SHARED | MAP_FIXED, self->fd, 0));
		sched_yield();
		sig = pool_peek(map, &word);
		ASSERT_TRUE(sig ? sig == SIGBUS : word == VALUE);
		ASSERT_EQ(0, rounds % 2 ? munmap(map, self->size) : 0);

		ASSERT_EQ(map, mmap(map, self->size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				    -1, 0));
		memset(map, 0xa5, pool_page_size());
		ASSERT_EQ(0, pool_info(self->fd).present);
		sched_yield();
		ASSERT_EQ(0xa5a5a5a5a5a5a5a5ULL, *(uint64_t *)map);
		ASSERT_EQ(0, *(uint64_t *)(map + pool_page_size()));
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, worker_end(pid[i]));
	TH_LOG("%lu rounds", rounds);
	EXPECT_LT(0, rounds);
}

/*
 * A process exits while others insert pages into its memory. The task that
 * drops the last user of the mm tears it down, which may be one of them.
 */
TEST_F_TIMEOUT(race, exit_while_filled, 70)
{
	unsigned long rounds;
	int i;

	for (rounds = 0; rounds < 200 && !time_is_up(); rounds++) {
		int sock[2], fd, status;
		pid_t pid, other;

		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			fd = pool_open(O_RDWR);
			if (pool_map(fd) == MAP_FAILED)
				_exit(1);
			/*
			 * Pass the file to the others, and exit while they use
			 * it.
			 */
			_exit(pool_send_fd(sock[1], fd) ? 2 : 0);
		}
		fd = pool_recv_fd(sock[0]);
		ASSERT_LE(0, fd);
		other = worker(fills, fd);
		for (;;) {
			int err = pool_fill(fd, 0, 16, VALUE, NULL);

			if (err == ESRCH)
				break;
			ASSERT_EQ(0, err);
			ASSERT_LE(0, pool_shrink(fd, 16));
		}
		ASSERT_EQ(0, worker_end(other));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
		/*
		 * Nothing is left, whichever task it was. For a shrinker, a
		 * worker tears down.
		 */
		for (i = 0; i < 1000 && pool_info(fd).mapped; i++)
			usleep(10000);
		EXPECT_EQ(0, pool_info(fd).mapped);
		EXPECT_EQ(0, pool_info(fd).present);
		close(fd);
		close(sock[0]);
		close(sock[1]);
	}
	TH_LOG("%lu rounds", rounds);
	EXPECT_LT(0, rounds);
}

TEST_HARNESS_MAIN
