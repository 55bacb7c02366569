"""One way to build: a chip, a TLS adapter and the flags that follow from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sming_host.build.component import Component
from sming_host.build.flags import Flags, abi_name, compile_flags, program_folder
from sming_host.build.options import Settings, adapter_of
from sming_host.build.soc import SOCS, Soc
from sming_host.build.toolchain import Toolchain


@dataclass(frozen=True)
class Variant:
    """Everything that objects, libraries and programs of one kind have in common."""

    soc: Soc
    adapter: str
    flags: Flags
    toolchain: Toolchain
    # Folder of its libraries below out/lib.
    abi: str
    # Folder of its programs, relative to the top folder.
    programs: Path
    ssl_debug: bool

    @classmethod
    def of(cls, settings: Settings, toolchain: Toolchain) -> Variant:
        """Return the variant that some settings ask for."""
        soc = SOCS[settings["SMING_SOC"]]
        return cls(
            soc=soc,
            adapter=adapter_of(settings),
            flags=compile_flags(soc, settings),
            toolchain=toolchain,
            abi=abi_name(soc, settings),
            programs=program_folder(soc, settings),
            ssl_debug=settings.flag("SSL_DEBUG"),
        )

    @property
    def ssl_defines(self) -> tuple[str, ...]:
        """Return the defines that only the TLS component and applications see."""
        if self.adapter == "none":
            return ()
        return ("ENABLE_SSL=1", "SSL_DEBUG=1") if self.ssl_debug else ("ENABLE_SSL=1",)

    @property
    def soc_define(self) -> str:
        """Return the define that names the chip."""
        return f"SOC_{self.soc.name.upper()}=1"

    def library_folder(self, component: Component) -> str:
        """Return where a component's library goes, relative to the top folder."""
        name = component.name
        if component.adapter:
            name += f"-{self.programs.name.split('-')[0]}" + ("-debug" if self.ssl_debug else "")
        if component.soc and self.soc.name != self.soc.family:
            name += f"-{self.soc.name}"
        return f"out/lib/{self.abi}/{name}"
