/* The watchdogs that the ROM starts before it loads from flash. */
#pragma once

void esp32_stop_watchdogs(void);
