/* Randomness from the kernel. */
#include "hal.h"
#include <errno.h>
#include <string.h>
#include <sys/random.h>

bool hal_random(void* buffer, size_t length)
{
	unsigned char* place = buffer;
	size_t left = length;
	while(left != 0) {
		ssize_t got = getrandom(place, left, 0);
		if(got > 0) {
			place += got;
			left -= (size_t)got;
		} else if(got == 0 || errno != EINTR) {
			memset(buffer, 0, length);
			return false;
		}
	}
	return true;
}
