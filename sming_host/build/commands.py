"""Targets that make no files of the build: help, lists, certificates."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Callable

import SCons.Script

from sming_host.build.doctor import doctor
from sming_host.build.documentation import build_docs
from sming_host.build.options import DEFAULT, OPTIONS, Option, Settings
from sming_host.build.paths import Workspace
from sming_host.build.program import Application, is_application
from sming_host.build.session import Session
from sming_host.build.soc import SOCS, soc_is_ready
from sming_host.build.targets import TARGETS
from sming_host.build.testing import run_tests
from sming_host.errors import UserError

# Long options of the command line, as SCons' AddOption takes them.
FLAGS: Mapping[str, Mapping[str, Any]] = {
    "--json": {"dest": "json", "action": "store_true", "default": False, "help": "output of a list for programs"},
    "--fail-if-expires-within": {
        "dest": "fail_if_expires_within",
        "type": "int",
        "nargs": 1,
        "action": "store",
        "metavar": "DAYS",
        "help": "cert-info fails if the certificate is valid for less than DAYS",
    },
}

# Of the first column of every list.
WIDTH = max(len(option.name) for option in OPTIONS) + 3


class Context:
    """What a command works on."""

    def __init__(self, settings: Settings, workspace: Workspace, applications: list[Application]) -> None:
        self.settings = settings
        self.workspace = workspace
        self.applications = applications
        self.json = bool(SCons.Script.GetOption("json"))

    def print(self, rows: list[dict[str, Any]], lines: list[str]) -> None:
        """Print a list for people, or for programs with --json."""
        print(json.dumps(rows, indent=1) if self.json else "\n".join(lines))


def run(goal: str, context: Context) -> None:
    """Do what a target says."""
    _COMMANDS[goal](context)


def _help(context: Context) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "target", "name": row.name, "group": row.group, "help": row.help} for row in TARGETS
    ]
    rows += [
        {
            "kind": "variable",
            "name": row.name,
            "help": row.help,
            "default": row.default,
            "values": list(row.values),
            "change": row.effect.value,
            "target": row.target,
        }
        for row in OPTIONS
    ]
    rows += [{"kind": "option", "name": name, "help": str(text["help"])} for name, text in FLAGS.items()]
    context.print(rows, [help_text()])


def help_text() -> str:
    """Return the help of the build: every target, every variable."""
    lines = ["usage: ./scons [VARIABLE=VALUE …] [TARGET or SAMPLE …]", ""]
    for group in dict.fromkeys(target.group for target in TARGETS):
        lines.append(f"{group}:")
        lines += [f"  {row.name:<{WIDTH}}{row.help}" for row in TARGETS if row.group == group]
        lines.append("")
    lines.append("Variables (also from the environment, unless marked with *):")
    lines += [_describe(option) for option in OPTIONS]
    lines += ["", "Options:"]
    for name, text in FLAGS.items():
        shown = f"{name}={text['metavar']}" if "metavar" in text else name
        lines.append(f"  {shown:<{WIDTH - 1}} {text['help']}")
    lines.append(f"  {'-c':<{WIDTH}}remove what a build has made (never keys and certificates)")
    lines.append(f"  {'-j N':<{WIDTH}}N compilations at once (default: one for each processor)")
    lines.append(f"  {'-k':<{WIDTH}}go on after an error as far as possible")
    return "\n".join(lines)


def _describe(option: Option) -> str:
    name = option.name + ("" if option.environment else " *")
    words = [*option.values, *(alias for alias, _ in option.aliases)]
    values = "|".join(value or "(empty)" for value in words)
    default = f"default {option.default}" if option.default else ""
    limits = ", ".join(part for part in (values, default) if part)
    target = f"{option.target}: " if option.target else ""
    return f"  {name:<{WIDTH}}{target}{option.help}" + (f" [{limits}]" if limits else "")


def _list_soc(context: Context) -> None:
    folders = context.workspace.component_folders
    rows = [
        {
            "name": soc.name,
            "about": soc.about,
            "family": soc.family,
            "ready": soc_is_ready(soc, folders),
            "compiler": soc.prefix + "gcc",
            "memory": {region.name: [region.start, region.size] for region in soc.memory},
            "emulator": soc.emulator,
        }
        for soc in SOCS.values()
    ]
    lines = [f"{row['name']:<10}{'ready' if row['ready'] else 'not yet':<10}{row['about']}" for row in rows]
    context.print(rows, lines)


def _list_components(context: Context) -> None:
    found = {script.parent for folder in context.workspace.component_folders for script in folder.glob("*/SConscript")}
    rows = [{"name": folder.name, "folder": context.workspace.name(folder)} for folder in sorted(found)]
    context.print(rows, [f"{row['name']:<16}{row['folder']}" for row in rows])


def _list_config(context: Context) -> None:
    settings = context.settings
    for application in context.applications:
        # As the application itself would be built.
        settings = Session(settings, context.workspace).declare(application)
    rows = []
    for option in OPTIONS:
        value = settings[option.name]
        if option.secret and value:
            value = "(hidden)"
        rows.append({"name": option.name, "value": value, "from": settings.origin(option.name)})
    context.print(rows, [f"{row['name']:<{WIDTH}}{row['value']:<23} {row['from']}" for row in rows])


def _generate_cert(context: Context) -> None:
    # Imported here: a build without certificates need not load the cryptography package.
    from sming_host.certificates import VARIABLES, generate, settings_from_variables

    settings, workspace = context.settings, context.workspace
    # What was not said is left to generate-cert: it keeps what there is.
    values = {name: settings[name] for name in VARIABLES if settings.origin(name) != DEFAULT}
    if len(context.applications) > 1:
        raise UserError("generate-cert writes the headers of one application; name one with APP=…")
    # What is made for no application in particular is taken by all that have nothing of their own.
    own = workspace.top if is_application(workspace.top) else None
    folder = context.applications[0].folder if context.applications else own
    for action, path in generate(settings_from_variables(values, workspace.top, folder)).files:
        print(f"{action:8} {workspace.name(path)}")


def _cert_info(context: Context) -> None:
    from sming_host.certificates import check_expiry, load, report

    certificates = load(context.settings["CERT"])
    print(report(certificates))
    days = SCons.Script.GetOption("fail_if_expires_within")
    if days is not None:
        check_expiry(certificates, days)


def _doctor(context: Context) -> None:
    if not doctor(context.settings, context.workspace, context.json):
        sys.exit(1)


def _size_table(context: Context) -> None:
    # Imported here: it starts emulators.
    from sming_host.build.size_table import size_table

    size_table(context.settings, context.workspace, context.applications, context.json)


def _docs(context: Context) -> None:
    build_docs(context.workspace)


def _test(context: Context) -> None:
    run_tests(context.workspace, context.settings.words("ARGS"), everything=False)


def _check(context: Context) -> None:
    run_tests(context.workspace, context.settings.words("ARGS"), everything=True)


_COMMANDS: Mapping[str, Callable[[Context], None]] = {
    "help": _help,
    "list-soc": _list_soc,
    "list-components": _list_components,
    "list-config": _list_config,
    "generate-cert": _generate_cert,
    "cert-info": _cert_info,
    "doctor": _doctor,
    "size-table": _size_table,
    "docs": _docs,
    "test": _test,
    "check": _check,
}
