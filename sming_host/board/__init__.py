"""Boards: flash images, getting them into flash, and the serial console.

* `images`: what the build puts beside `firmware.elf`, and where in flash it belongs
* `plan`: what `flash`, `erase-flash` and `read-flash` do, as data; `runner` does it
* `ports`: which serial port a board is at
* `uf2`, `mass_storage`, `picotool`: the ways into an RP2040
* `monitor`, `trace`: the console, and fault traces with source lines
"""
