/* Shared by the files of this folder. */
#pragma once

#include <stdbool.h>

bool hal_host_events_start(void);
void hal_host_events_close(void);
void hal_host_flash_close(void);
