"""Boards: flash images, getting them into flash, and the serial console.

* `images`: what the build puts beside `firmware.elf`, and where in flash it belongs
* `plan`: what `flash`, `erase-flash` and `read-flash` do, as data; `esptool` and `rp2040` do it, for `command`
* `ports`: which serial port a board is at
* `uf2`, `mass_storage`, `picotool`: the ways into an RP2040
* `monitor`, `console`, `shower`, `trace`: the console, with advice and with source lines of faults
"""
