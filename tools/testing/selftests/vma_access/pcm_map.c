// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of an ALSA PCM stream: its buffer, and the pages of the status and
 * control records, by ioctl() and mmap() alone. Passes on a kernel without typed VMA
 * access too, but for the offset in a buffer of snd_dma_continuous_mmap().
 *
 * A card for each kind of buffer; one that is not there is skipped:
 *
 *	dummy		the same page for each fault; with snd_dummy.fake_buffer=0
 *			SNDRV_DMA_TYPE_CONTINUOUS
 *	loopback	SNDRV_DMA_TYPE_VMALLOC
 *	es1370		SNDRV_DMA_TYPE_DEV
 *	hda		SNDRV_DMA_TYPE_DEV_SG, which is _DEV if the DMA API has the
 *			memory; with snd_hda_intel.snoop=0 the same, write-combined
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sound/asound.h>

#include "kselftest_harness.h"
#include "buffer_test.h"

#define PERIODS	4UL

FIXTURE(pcm)
{
	int fd;
	bool at_once;		/* the whole buffer, as memory of VM_PFNMAP */
	bool one_page;		/* stands for the whole buffer */
	size_t page;
	size_t size;		/* of the buffer */
	bool records;		/* status and control can be mapped */
};

FIXTURE_VARIANT(pcm)
{
	const char *driver;	/* as the card calls it */
	const char *config;
	bool at_once;
};

FIXTURE_VARIANT_ADD(pcm, dummy) {
	.driver = "Dummy",
	.config = "CONFIG_SND_DUMMY",
};

FIXTURE_VARIANT_ADD(pcm, loopback) {
	.driver = "Loopback",
	.config = "CONFIG_SND_ALOOP",
};

FIXTURE_VARIANT_ADD(pcm, es1370) {
	.driver = "ENS1370",
	.config = "CONFIG_SND_ENS1370",
	.at_once = true,
};

FIXTURE_VARIANT_ADD(pcm, hda) {
	.driver = "HDA-Intel",
	.config = "CONFIG_SND_HDA_INTEL",
	.at_once = true,
};

/* The first playback stream of the first card of that driver. */
static int open_card(const char *driver)
{
	struct snd_ctl_card_info info;
	char path[32];
	int ctl, err, i;

	for (i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/dev/snd/controlC%d", i);
		ctl = open(path, O_RDONLY | O_CLOEXEC);
		if (ctl < 0)
			continue;
		memset(&info, 0, sizeof(info));
		err = ioctl(ctl, SNDRV_CTL_IOCTL_CARD_INFO, &info);
		close(ctl);
		if (err || strcmp((char *)info.driver, driver))
			continue;
		snprintf(path, sizeof(path), "/dev/snd/pcmC%dD0p", i);
		return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	return -1;
}

/* snd_dummy.fake_buffer=0: its buffer is memory. */
static bool dummy_has_buffer(void)
{
	int fd = open("/sys/module/snd_dummy/parameters/fake_buffer", O_RDONLY);
	char value = 'Y';

	if (fd < 0)
		return false;
	if (read(fd, &value, 1) != 1)
		value = 'Y';
	close(fd);
	return value == 'N';
}

static void set_mask(struct snd_pcm_hw_params *p, int param, unsigned int bit)
{
	struct snd_mask *mask = &p->masks[param - SNDRV_PCM_HW_PARAM_FIRST_MASK];

	memset(mask, 0, sizeof(*mask));
	mask->bits[0] = 1U << bit;
}

static void set_interval(struct snd_pcm_hw_params *p, int param, unsigned int value)
{
	struct snd_interval *interval =
		&p->intervals[param - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];

	interval->min = value;
	interval->max = value;
	interval->integer = 1;
}

/* Four pages, to be mapped. The rest is the card's choice. */
static int set_params(int fd, size_t page)
{
	struct snd_pcm_hw_params p;
	unsigned int i;

	memset(&p, 0, sizeof(p));
	memset(p.masks, 0xff, sizeof(p.masks));
	for (i = 0; i < ARRAY_SIZE(p.intervals); i++)
		p.intervals[i].max = UINT_MAX;
	p.rmask = UINT_MAX;
	p.info = UINT_MAX;
	set_mask(&p, SNDRV_PCM_HW_PARAM_ACCESS,
		 (unsigned int)SNDRV_PCM_ACCESS_MMAP_INTERLEAVED);
	set_interval(&p, SNDRV_PCM_HW_PARAM_PERIOD_BYTES, page);
	set_interval(&p, SNDRV_PCM_HW_PARAM_PERIODS, PERIODS);
	return ioctl(fd, SNDRV_PCM_IOCTL_HW_PARAMS, &p);
}

FIXTURE_SETUP(pcm)
{
	int version = SNDRV_PCM_VERSION;
	void *status;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = PERIODS * self->page;
	self->fd = open_card(variant->driver);
	if (self->fd < 0)
		SKIP(return, "no %s card: %s, the device, or not root",
		     variant->driver, variant->config);
	self->at_once = variant->at_once;
	if (!strcmp(variant->driver, "Dummy")) {
		self->at_once = dummy_has_buffer();
		self->one_page = !self->at_once;
	}
	ASSERT_EQ(0, ioctl(self->fd, SNDRV_PCM_IOCTL_USER_PVERSION, &version));
	status = mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd,
		      SNDRV_PCM_MMAP_OFFSET_STATUS);
	/* Not where caches are not coherent. */
	self->records = status != MAP_FAILED || errno != ENXIO;
	if (status != MAP_FAILED)
		munmap(status, self->page);
}

FIXTURE_TEARDOWN(pcm)
{
	close(self->fd);
}

/* In a child: the signal that a write of @at raises, 0 for none. */
static int child_writes(char *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		*at = 1;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* What does not grow and is in no core dump; nothing says what it consists of. */
#define EXPECT_RECORD_FLAGS(map) do {						\
	char flags[256];							\
										\
	map_flags((void *)(map), flags, sizeof(flags));				\
	if (*flags) {								\
		EXPECT_NE(NULL, strstr(flags, " de "));				\
		EXPECT_NE(NULL, strstr(flags, " dd "));				\
		EXPECT_EQ(NULL, strstr(flags, " dc "));				\
		EXPECT_EQ(NULL, strstr(flags, " pf "));				\
		EXPECT_EQ(NULL, strstr(flags, " mm "));				\
		EXPECT_EQ(NULL, strstr(flags, " io "));				\
	}									\
} while (0)

TEST_F(pcm, status)
{
	struct snd_pcm_mmap_status *status;
	off_t offset = SNDRV_PCM_MMAP_OFFSET_STATUS;
	void *map, *to;

	if (!self->records)
		SKIP(return, "no records are mapped here");
	status = mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, offset);
	ASSERT_NE(MAP_FAILED, (void *)status);
	EXPECT_EQ(SNDRV_PCM_STATE_OPEN, status->state);
	ASSERT_EQ(0, set_params(self->fd, self->page));
	EXPECT_EQ(SNDRV_PCM_STATE_SETUP, status->state);
	ASSERT_EQ(0, ioctl(self->fd, SNDRV_PCM_IOCTL_PREPARE));
	EXPECT_EQ(SNDRV_PCM_STATE_PREPARED, status->state);
	EXPECT_RECORD_FLAGS(status);
	EXPECT_EQ(0, child_reads((char *)status));

	/* Read-only, now and later, also if it was asked for. */
	EXPECT_EQ(-1, mprotect((void *)status, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	map = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGSEGV, child_writes(map));
	EXPECT_EQ(0, child_reads(map));
	EXPECT_EQ(-1, mprotect(map, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	map = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGSEGV, child_writes(map));
	EXPECT_EQ(0, mprotect((void *)status, self->page, PROT_READ | PROT_EXEC));

	/* One page that can be read. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * self->page, PROT_READ, MAP_SHARED, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_NONE, MAP_SHARED, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mremap((void *)status, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);

	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap((void *)status, self->page, self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	status = to;
	EXPECT_EQ(SNDRV_PCM_STATE_PREPARED, status->state);
	ASSERT_EQ(0, madvise((void *)status, self->page, MADV_DONTNEED));
	EXPECT_EQ(SNDRV_PCM_STATE_PREPARED, status->state);
}

TEST_F(pcm, control)
{
	struct snd_pcm_mmap_control *control, *copy;
	off_t offset = SNDRV_PCM_MMAP_OFFSET_CONTROL;
	struct snd_pcm_sync_ptr sync = {
		.flags = SNDRV_PCM_SYNC_PTR_APPL | SNDRV_PCM_SYNC_PTR_AVAIL_MIN,
	};
	void *to;

	if (!self->records)
		SKIP(return, "no records are mapped here");
	ASSERT_EQ(0, set_params(self->fd, self->page));
	ASSERT_EQ(0, ioctl(self->fd, SNDRV_PCM_IOCTL_PREPARE));
	control = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, offset);
	ASSERT_NE(MAP_FAILED, (void *)control);
	EXPECT_RECORD_FLAGS(control);
	control->avail_min = 123;
	ASSERT_EQ(0, ioctl(self->fd, SNDRV_PCM_IOCTL_SYNC_PTR, &sync));
	EXPECT_EQ(123, sync.c.control.avail_min);
	EXPECT_EQ(0, child_reads((char *)control));

	/* A private one has what it has not written itself. */
	copy = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, offset);
	ASSERT_NE(MAP_FAILED, (void *)copy);
	EXPECT_EQ(123, copy->avail_min);
	copy->avail_min = 45;
	EXPECT_EQ(123, control->avail_min);

	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * self->page, PROT_READ, MAP_SHARED, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_WRITE, MAP_SHARED, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mremap((void *)control, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, mprotect((void *)control, self->page, PROT_READ | PROT_WRITE | PROT_EXEC));

	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap((void *)control, self->page, self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	control = to;
	EXPECT_EQ(123, control->avail_min);
}

/* No mapping without a buffer, and none of more than the buffer. */
TEST_F(pcm, buffer_refused)
{
	char *map;

	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->page, 0));
	EXPECT_EQ(EBADFD, errno);
	ASSERT_EQ(0, set_params(self->fd, self->page));
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->size + self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->page, self->size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	map = buf_map(self->fd, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, child_reads(map));
}

/* Each page is there, and what is written stays, whatever becomes of the mapping. */
TEST_F(pcm, buffer)
{
	char flags[256];
	char *map, *to;
	unsigned long i;

	ASSERT_EQ(0, set_params(self->fd, self->page));
	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	for (i = 0; i < PERIODS; i++) {
		map[i * self->page] = i + 1;
		EXPECT_EQ((char)(i + 1), map[i * self->page]);
	}
	map_flags(map, flags, sizeof(flags));
	if (*flags) {
		EXPECT_NE(NULL, strstr(flags, " de "));
		EXPECT_NE(NULL, strstr(flags, " dd "));
		EXPECT_EQ(NULL, strstr(flags, " dc "));
		EXPECT_EQ(self->at_once, !!strstr(flags, " pf "));
	}
	EXPECT_EQ(0, child_reads(map));
	EXPECT_EQ(0, mprotect(map, self->page, PROT_READ));
	EXPECT_EQ(0, mprotect(map, self->page, PROT_READ | PROT_WRITE | PROT_EXEC));

	/* A private one shows what it has not written itself. */
	to = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0);
	ASSERT_NE(MAP_FAILED, to);
	EXPECT_EQ(map[0], to[0]);
	to[0] = 77;
	EXPECT_NE(77, map[0]);

	/* The last page, with nothing mapped of a new mapping. */
	map = buf_map(self->fd, 2 * self->page, 2 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + self->page, self->page, self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_EQ((char)PERIODS, to[0]);
}

/* Each page is found at its offset, by a shared and by a private mapping. */
TEST_F(pcm, buffer_offset)
{
	char *all, *map;
	unsigned long i;

	if (self->one_page)
		SKIP(return, "no memory: snd_dummy.fake_buffer=0");
	ASSERT_EQ(0, set_params(self->fd, self->page));
	all = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, all);
	for (i = 0; i < PERIODS; i++)
		all[i * self->page] = i + 1;
	for (i = 0; i < PERIODS; i++) {
		map = buf_map(self->fd, self->size - i * self->page, i * self->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(map, self->page, i, PERIODS - i));
		ASSERT_EQ(0, munmap(map, self->size - i * self->page));

		map = buf_map(self->fd, self->page, i * self->page);
		ASSERT_NE(MAP_FAILED, map);
		map[1] = 50 + i;
		EXPECT_EQ((char)(50 + i), all[i * self->page + 1]);
		ASSERT_EQ(0, munmap(map, self->page));

		map = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			   self->fd, i * self->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_EQ(0, child_reads(map));
		EXPECT_EQ((char)(i + 1), map[0]);
		map[1] = 99;
		EXPECT_EQ((char)(i + 1), map[0]);
		EXPECT_EQ((char)(50 + i), all[i * self->page + 1]);
		ASSERT_EQ(0, munmap(map, self->page));
	}
	EXPECT_TRUE(shows(all, self->page, 0, PERIODS));
}

/* The buffer cannot go while some part of it is mapped, and can after that. */
TEST_F(pcm, buffer_held)
{
	char *map;

	ASSERT_EQ(0, set_params(self->fd, self->page));
	map = buf_map(self->fd, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(-1, ioctl(self->fd, SNDRV_PCM_IOCTL_HW_FREE));
	EXPECT_EQ(EBADFD, errno);
	ASSERT_EQ(0, munmap(map + self->page, self->page));
	EXPECT_EQ(0, child_reads(map));
	ASSERT_EQ(0, munmap(map, self->page));
	EXPECT_EQ(-1, ioctl(self->fd, SNDRV_PCM_IOCTL_HW_FREE));
	EXPECT_EQ(EBADFD, errno);
	/* A mapping that is refused does not count. */
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->size + self->page, 0));
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_EQ(0, ioctl(self->fd, SNDRV_PCM_IOCTL_HW_FREE));
}

TEST_HARNESS_MAIN
