"""Variables: values, spellings, and who wins."""

from __future__ import annotations

import pytest

from sming_host.build.options import BY_NAME, OPTIONS, SOURCE_ROOTS, adapter_of, read_settings
from sming_host.errors import UserError


@pytest.mark.parametrize(
    ("text", "value", "adapter"),
    [
        ("0", "0", "none"),
        ("1", "Axtls", "axtls"),
        ("AXTLS", "Axtls", "axtls"),
        ("Axtls", "Axtls", "axtls"),
        ("bearssl", "Bearssl", "bearssl"),
        ("BearSSL", "Bearssl", "bearssl"),
    ],
)
def test_enable_ssl_in_any_case(text: str, value: str, adapter: str) -> None:
    settings = read_settings({"ENABLE_SSL": text}, {})
    assert settings["ENABLE_SSL"] == value
    assert adapter_of(settings) == adapter


def test_defaults() -> None:
    settings = read_settings({}, {})
    assert settings["SMING_SOC"] == "host"
    assert adapter_of(settings) == "none"
    assert {settings.origin(option.name) for option in OPTIONS} == {"default"}


def test_command_line_beats_environment_beats_application_beats_default() -> None:
    name = "ENABLE_SSL"
    defaults = {name: "bearssl"}
    assert read_settings({}, {}).with_defaults(defaults, "x")[name] == "Bearssl"
    assert read_settings({}, {name: "0"}).with_defaults(defaults, "x")[name] == "0"
    assert read_settings({name: "0"}, {name: "axtls"})[name] == "0"
    assert read_settings({name: "0"}, {name: "axtls"}).origin(name) == "command line"


def test_names_too_common_for_the_environment() -> None:
    assert read_settings({}, {"V": "1", "ARGS": "x", "FORCE": "1"}).flag("V") is False
    assert {option.name for option in OPTIONS if not option.environment} == {"V", "ARGS", "FORCE", "TARGET", "SECONDS"}


def test_lists_are_ordered_and_without_repetition() -> None:
    assert read_settings({"SANITIZERS": "undefined, address,undefined"}, {})["SANITIZERS"] == "address,undefined"


def test_wrong_value_names_the_allowed_ones() -> None:
    with pytest.raises(UserError) as caught:
        read_settings({"SMING_SOC": "esp2866"}, {})
    assert "did you mean esp8266?" in caught.value.message
    assert "rp2040" in caught.value.hint


def test_application_cannot_set_what_belongs_to_a_target() -> None:
    with pytest.raises(UserError, match="no variable FORCE"):
        read_settings({}, {}).with_defaults({"FORCE": "1"}, "Thing/SConscript")


def test_every_option_can_be_explained() -> None:
    assert len(BY_NAME) == len(OPTIONS)
    for option in OPTIONS:
        assert option.help.endswith((".", ").")), option.name
        if option.values and option.default:
            assert option.check(option.default, "default") == option.default


def test_source_trees_of_the_user_are_variables() -> None:
    assert {"BEARSSL_ROOT", "HTTP_PARSER_ROOT"} <= set(SOURCE_ROOTS) <= set(BY_NAME)
