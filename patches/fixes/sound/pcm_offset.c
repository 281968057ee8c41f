// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of a PCM stream's buffer has to begin at the offset that mmap() was
 * given.
 *
 * Needs a card whose buffer is SNDRV_DMA_TYPE_CONTINUOUS, such as snd-dummy with
 * fake_buffer=0.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <sound/asound.h>

#include "../repro.h"

#define PERIODS 4

static void interval(struct snd_pcm_hw_params *p, int param, unsigned int value)
{
	struct snd_interval *i = &p->intervals[param - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];

	i->min = value;
	i->max = value;
	i->integer = 1;
}

/* A buffer of four pages that can be mapped; the kernel chooses the rest. */
static int set_params(int fd)
{
	struct snd_pcm_hw_params p = { .rmask = UINT_MAX, .info = UINT_MAX };
	struct snd_mask *access = &p.masks[0];
	int i;

	memset(p.masks, 0xff, sizeof(p.masks));
	for (i = SNDRV_PCM_HW_PARAM_FIRST_INTERVAL; i <= SNDRV_PCM_HW_PARAM_LAST_INTERVAL; i++)
		p.intervals[i - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL].max = UINT_MAX;
	memset(access, 0, sizeof(*access));
	access->bits[0] = 1U << (int)SNDRV_PCM_ACCESS_MMAP_INTERLEAVED;
	interval(&p, SNDRV_PCM_HW_PARAM_PERIOD_BYTES, PAGE);
	interval(&p, SNDRV_PCM_HW_PARAM_PERIODS, PERIODS);
	return ioctl(fd, SNDRV_PCM_IOCTL_HW_PARAMS, &p);
}

static unsigned char *map(int fd, size_t pages, off_t offset)
{
	void *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	return p;
}

int main(void)
{
	unsigned char *all, *p;
	int fd, i;

	repro_catch();
	fd = open("/dev/snd/pcmC0D0p", O_RDWR | O_NONBLOCK);
	if (fd < 0)
		skip_all("/dev/snd/pcmC0D0p: %s", strerror(errno));
	if (set_params(fd))
		skip_all("SNDRV_PCM_IOCTL_HW_PARAMS: %s", strerror(errno));

	/* The buffer: A B C D */
	all = map(fd, PERIODS, 0);
	for (i = 0; i < PERIODS; i++)
		memset(all + i * PAGE, 'A' + i, PAGE);
	shows(all + 3 * PAGE, 'D', "page 3 of a whole mapping");

	p = map(fd, 2, PAGE);
	shows(p, 'B', "the first page of a mapping at page 1");
	shows(p + PAGE, 'C', "the second page of a mapping at page 1");
	p = map(fd, 1, 3 * PAGE);
	shows(p, 'D', "a mapping of page 3");
	memset(p, 'd', PAGE);
	shows(all, 'A', "page 0 after a store to the mapping of page 3");
	shows(all + 3 * PAGE, 'd', "page 3 after a store to the mapping of page 3");

	ok(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PERIODS * PAGE) == MAP_FAILED &&
	   errno == EINVAL, "a mapping behind the buffer is refused");
	return finish();
}
