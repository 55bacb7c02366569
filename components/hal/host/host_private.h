/* Shared by the files of this folder. */
#pragma once

#include <stdbool.h>

void hal_host_events_close(void);
void hal_host_flash_close(void);
