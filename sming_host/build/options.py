"""Every variable of the build: its values, default, help text and what a change of it makes again.

One table feeds the command line's checks, `help`, `list-config` and the reading of the environment. A value is kept
in its lower-case form where case does not matter; `Option.shown` gives it as people write it (`Axtls`, `Bearssl`).
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Optional

from sming_host.build.archive.pins import SOURCES, root_variables
from sming_host.build.soc import SOCS
from sming_host.errors import UserError


class Effect(Enum):
    """What a change of a variable makes again."""

    NOTHING = "nothing"
    RELINK = "relinks the applications"
    APPLICATION = "recompiles the application"
    VARIANT = "selects another set of outputs; switching back recompiles nothing"


@dataclass(frozen=True)
class Option:
    """A variable of the command line, `NAME=value`."""

    name: str
    help: str
    default: str = ""
    # Allowed values as they are shown; empty: any text.
    values: tuple[str, ...] = ()
    # Other spellings (lower case) of allowed values.
    aliases: tuple[tuple[str, str], ...] = ()
    effect: Effect = Effect.NOTHING
    # Any of the values, separated by commas.
    many: bool = False
    # The target that reads it; empty: the build itself.
    target: str = ""
    # Also taken from the environment. Not so where the name is too common to be meant for us.
    environment: bool = True
    secret: bool = False

    def check(self, text: str, origin: str) -> str:
        """Return the canonical form of a value, or raise a UserError that names the allowed ones."""
        if not self.values:
            return text
        parts = [part.strip() for part in text.split(",")] if self.many else [text.strip()]
        found = [self._match(part, text, origin) for part in parts if part or not self.many]
        return ",".join(sorted(set(found))) if self.many else found[0]

    def _match(self, part: str, text: str, origin: str) -> str:
        known = {value.lower(): value for value in self.values}
        known.update(self.aliases)
        if part.lower() in known:
            return known[part.lower()]
        where = f" ({origin})" if origin != COMMAND_LINE else ""
        raise UserError(
            f"{self.name}={text}{where}: no such value{nearest(part, self.values)}",
            f"Allowed: {', '.join(v or 'empty' for v in self.values)}"
            + (" (separated by commas)" if self.many else "")
            + "".join(f"; {alias} means {value}" for alias, value in self.aliases),
        )


COMMAND_LINE = "command line"
ENVIRONMENT = "environment"
APPLICATION_DEFAULT = "the application's default"
DEFAULT = "default"


def flag(name: str, text: str, effect: Effect = Effect.NOTHING, target: str = "", environment: bool = True) -> Option:
    """Return an option that is 0 or 1."""
    return Option(name, text, "0", ("0", "1"), effect=effect, target=target, environment=environment)


SOURCE_ROOTS = tuple(pin.variable for pin in SOURCES.values())

OPTIONS = (
    Option("SMING_SOC", "The chip to build for.", "host", tuple(SOCS), effect=Effect.VARIANT),
    Option(
        "ENABLE_SSL",
        "TLS engine: 0 (none), Axtls or Bearssl; 1 means Axtls. A sample may set its own default.",
        "0",
        ("0", "Axtls", "Bearssl"),
        aliases=(("1", "Axtls"),),
        effect=Effect.VARIANT,
    ),
    flag("SSL_DEBUG", "1: the TLS engine logs every step of its handshakes.", Effect.APPLICATION),
    flag("SMING_RELEASE", "1: optimised (on chips for size), without debug log and assertions.", Effect.VARIANT),
    flag("V", "1: full commands instead of one line for each step, and tracebacks.", environment=False),
    Option("APP", "A sample's name or an application's folder; empty: all samples.", effect=Effect.NOTHING),
    Option(
        "ARGS",
        "Arguments for the program of `run` or `heap-plot`, `monitor`, pytest in `test`, `check`, libFuzzer in `fuzz`.",
        environment=False,
    ),
    Option("WIFI_SSID", "Network name that is compiled into the application.", effect=Effect.APPLICATION),
    Option("WIFI_PWD", "Its password.", effect=Effect.APPLICATION, secret=True),
    Option(
        "TRUST_ANCHORS",
        "Files of CA certificates (PEM, DER; by commas) to trust, or system: compiled into the application.",
        effect=Effect.APPLICATION,
    ),
    Option("USER_CFLAGS", "Flags for every C and C++ compilation, last on the line.", effect=Effect.VARIANT),
    Option(
        "TOOLCHAIN",
        "What stands before gcc, g++ and ar: /path/to/bin/ or a cross prefix; or clang, fetched on first use (host).",
        effect=Effect.VARIANT,
    ),
    Option(
        "SANITIZERS",
        "Instrumented host build: address, undefined, leak, thread or fuzzer (clang), separated by commas.",
        "",
        ("address", "fuzzer", "leak", "thread", "undefined"),
        effect=Effect.VARIANT,
        many=True,
    ),
    flag("COVERAGE", "1: host build that writes gcov data.", Effect.VARIANT),
    Option(
        "LAUNCHER",
        "Program in front of every compilation: ccache or distcc (fetched if not on PATH), icecc, or a path.",
    ),
    Option("CACHE_DIR", "Folder of compiled files shared by all checkouts (SCons cache); keys never get there."),
    Option(
        "KEY_TYPE",
        "Kind of key (default ec256).",
        "",
        ("", "ec256", "ec384", "rsa2048", "rsa3072", "rsa4096"),
        target="generate-cert",
    ),
    Option(
        "KEY_PASSWORD",
        "Encrypts the private key (PKCS#8, PBES2); empty: not encrypted.",
        target="generate-cert",
        secret=True,
    ),
    Option(
        "CERT_SANS",
        "Host names and addresses of the certificate, by commas (default localhost,127.0.0.1,::1).",
        target="generate-cert",
    ),
    Option("CERT_DAYS", "Days that the certificate is valid (default 825).", target="generate-cert"),
    Option(
        "CERT",
        "Certificate to look at: a file (PEM, DER, cert.h) or HOST:PORT.",
        "out/ssl/server.crt.pem",
        target="cert-info",
    ),
    flag(
        "FORCE",
        "1: replace existing keys and certificates; read-flash: the file.",
        target="generate-cert",
        environment=False,
    ),
    Option(
        "COM_PORT",
        "A board's serial port, a URL of pyserial, or the folder of an RP2040's volume; empty: found by its USB id.",
        target="flash",
    ),
    Option("COM_SPEED", "Bits per second while an ESP's flash is written or read.", "460800", target="flash"),
    Option("FLASH_FILE", "File for what flash holds (default out/<soc>/flash.bin).", target="read-flash"),
    Option("TARGET", "Harnesses to run, by commas; empty: all.", target="fuzz", environment=False),
    Option("SECONDS", "How long each harness runs.", "60", target="fuzz", environment=False),
    *(
        # A source tree changes what is compiled; a tool does not.
        Option(
            name, text[0].upper() + text[1:] + ".", effect=Effect.VARIANT if name in SOURCE_ROOTS else Effect.NOTHING
        )
        for name, text in root_variables().items()
    ),
)

BY_NAME = {option.name: option for option in OPTIONS}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the nearest known word, or nothing if none is near."""
    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)
    return f"; did you mean {lowered[close[0]]}?" if close else ""


@dataclass(frozen=True)
class Setting:
    """A value and where it came from."""

    value: str
    origin: str


class Settings:
    """The values of all variables in one run; an application's defaults stand below what the user says."""

    def __init__(self, values: Mapping[str, Setting]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name].value

    def flag(self, name: str) -> bool:
        """Tell whether a 0/1 variable is 1."""
        return self._values[name].value == "1"

    def words(self, name: str) -> list[str]:
        """Split a value as a shell would."""
        try:
            return shlex.split(self[name])
        except ValueError as error:
            raise UserError(f"{name}={self[name]}: {error}") from error

    def origin(self, name: str) -> str:
        """Tell where a value came from: command line, environment, application or default."""
        return self._values[name].origin

    def with_defaults(self, defaults: Mapping[str, str], who: str) -> Settings:
        """Return settings with an application's defaults wherever the user said nothing."""
        values = dict(self._values)
        for name, text in defaults.items():
            option = BY_NAME.get(name)
            if option is None or option.target:
                raise UserError(f"{who}: no variable {name}{nearest(name, BY_NAME)}")
            if values[name].origin == DEFAULT:
                values[name] = Setting(option.check(text, who), APPLICATION_DEFAULT)
        return Settings(values)

    def replace(self, name: str, value: str) -> Settings:
        """Return settings with one value changed, as if given on the command line."""
        return Settings({**self._values, name: Setting(BY_NAME[name].check(value, COMMAND_LINE), COMMAND_LINE)})


def read_settings(arguments: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Check the variables of the command line and of the environment; the command line wins."""
    for name in arguments:
        if name not in BY_NAME:
            raise UserError(
                f"unknown variable {name}{nearest(name, BY_NAME)}",
                "Known: " + ", ".join(BY_NAME) + "\n`./scons help` explains them.",
            )
    values: dict[str, Setting] = {}
    for option in OPTIONS:
        if option.name in arguments:
            values[option.name] = Setting(option.check(arguments[option.name], COMMAND_LINE), COMMAND_LINE)
        elif option.environment and environment.get(option.name):
            values[option.name] = Setting(option.check(environment[option.name], ENVIRONMENT), ENVIRONMENT)
        else:
            values[option.name] = Setting(option.default, DEFAULT)
    return Settings(values)


ADAPTERS: Mapping[str, str] = {"0": "none", "Axtls": "axtls", "Bearssl": "bearssl"}


def adapter_of(settings: Settings) -> str:
    """Return the name of the TLS adapter that ENABLE_SSL picks: none, axtls or bearssl."""
    return ADAPTERS[settings["ENABLE_SSL"]]


def describe(option: Option) -> Optional[str]:
    """Return the allowed values of an option as help shows them, if they are limited."""
    return "|".join(option.values) if option.values else None
