"""Settings from the file, the environment and options: what wins, what is refused, what is kept."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.config import Config, CostMode, PriceOverride, Theme, parse, render, settings

NAMES = [setting.name for setting in settings()]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
configs = st.builds(
    Config,
    start_at_login=st.booleans(),
    theme=st.sampled_from(Theme),
    cost_mode=st.sampled_from(CostMode),
    extra_folders=st.lists(texts.filter(lambda text: text and "\0" not in text), max_size=3).map(tuple),
    time_zone=st.sampled_from(["", "UTC", "Europe/Berlin", "Etc/GMT+5", "America/Argentina/Ushuaia"]),
    price_overrides=st.dictionaries(texts, st.builds(PriceOverride, input=st.floats(0, 1e6) | st.none()), max_size=2),
    machine_name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=32),
)


def test_nothing_said_is_all_defaults() -> None:
    """Without any source there are the defaults and no complaint."""
    assert parse(None, {}).config == Config()
    assert parse(b" \n", {}).complaints == ()


def test_precedence() -> None:
    """An option beats the environment, which beats the file, which beats the default."""
    file = b'{"theme": "dark", "cost_mode": "display", "poll_always": true}'
    read = parse(file, {"CCTRAY_THEME": "light", "CCTRAY_COST_MODE": "auto"}, {"cost_mode": "calculate"})
    assert (read.config.theme, read.config.cost_mode, read.config.poll_always) == ("light", "calculate", True)
    assert set(read.fixed) == {"theme", "cost_mode"}
    assert read.complaints == ()


def test_bad_field_is_named_and_the_source_below_stays() -> None:
    """A wrong value costs that value alone; the sentence says what, where, what is allowed and what is used."""
    read = parse(b'{"theme": "dark", "poll_always": 3}', {"CCTRAY_THEME": "blue"})
    assert read.config == Config(theme=Theme.DARK)
    assert read.complaints == (
        '"poll_always" in the settings file is 3; allowed: true, false. cctray uses false.',
        'The environment variable CCTRAY_THEME is "blue"; allowed: auto, dark, light. cctray uses "dark".',
    )


def test_lists_and_objects_lose_only_their_bad_parts() -> None:
    """One wrong price or path does not cost the others."""
    file = b'{"extra_folders": ["/a", ""], "price_overrides": {"m": {"input": -1}, "n": {"input": 2, "output": 5}}}'
    read = parse(file, {})
    assert read.config.extra_folders == ("/a",)
    assert read.config.price_overrides == {"n": PriceOverride(input=2.0, output=5.0)}
    assert len(read.complaints) == 2


@pytest.mark.parametrize("file", [b"[1]", b'{"a":', b"nonsense", b'{"a": "\xff"}', b'{"theme":' * 5000, b"\x00"])
def test_a_file_that_is_no_object_is_said_once(file: bytes) -> None:
    """A file that is not JSON, or no object, gives the defaults and one sentence."""
    read = parse(file, {})
    assert read.config == Config()
    assert len(read.complaints) == 1


def test_byte_order_mark() -> None:
    """A file saved by a Windows editor is read."""
    assert parse(b'\xef\xbb\xbf{"theme": "dark"}', {}).config.theme is Theme.DARK


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("CCTRAY_START_AT_LOGIN", "Yes", "start_at_login", True),
        ("CCTRAY_NOTIFY_BLOCK_80", "off", "notify_block_80", False),
        ("CCTRAY_EXTRA_FOLDERS", "/a, ~/b c,", "extra_folders", ("/a", "~/b c")),
        ("CCTRAY_EXTRA_FOLDERS", '["/with,comma"]', "extra_folders", ("/with,comma",)),
        ("CCTRAY_PRICE_OVERRIDES", '{"m": {"input": 3}}', "price_overrides", {"m": PriceOverride(input=3.0)}),
        ("CCTRAY_THEME", "", "theme", Theme.AUTO),
    ],
)
def test_environment_texts(variable: str, text: str, name: str, value: object) -> None:
    """Variables hold words for truth, comma or JSON lists, JSON objects; empty ones count as unset."""
    read = parse(None, {variable: text})
    assert getattr(read.config, name) == value
    assert read.complaints == ()


def test_time_zone_is_asked_of_the_machine() -> None:
    """A zone has the shape of one and is known here; a path is never one."""
    assert parse(b'{"time_zone": "Mars/Base"}', {}, is_time_zone=lambda _: False).config.time_zone == ""
    assert parse(b'{"time_zone": "Mars/Base"}', {}, is_time_zone=lambda _: True).config.time_zone == "Mars/Base"
    assert parse(b'{"time_zone": "../../etc/passwd"}', {}, is_time_zone=lambda _: True).config.time_zone == ""


def test_unknown_keys_are_named_and_kept() -> None:
    """A key of another version survives saving, in its place."""
    file = b'{"colour": [1], "theme": "dark", "later": {"x": null}}'
    assert sum("not a setting" in complaint for complaint in parse(file, {}).complaints) == 2
    saved = render(Config(theme=Theme.LIGHT), file)
    assert list(msgspec.json.decode(saved).items()) == [
        ("colour", [1]),
        ("theme", "light"),
        ("later", {"x": None}),
    ]
    assert saved.count(b"\n") > 3


def test_the_environment_is_not_saved() -> None:
    """A field that a variable sets keeps what the file says about it."""
    read = parse(b'{"theme": "dark"}', {"CCTRAY_THEME": "light", "CCTRAY_COST_MODE": "display"})
    assert parse(render(read.config, b'{"theme": "dark"}', read.fixed), {}).config == Config(theme=Theme.DARK)


def test_every_field_is_explained() -> None:
    """The dialog and the README have a sentence, a variable, a default and the allowed values of each field."""
    assert list(Config.__struct_fields__) == NAMES
    for setting in settings():
        assert setting.description.endswith(".")
        assert setting.allowed
        assert setting.variable == f"CCTRAY_{setting.name.upper()}"


@given(configs, st.none() | st.dictionaries(texts, json_values, max_size=4).map(msgspec.json.encode))
def test_what_is_saved_is_read_again(config: Config, previous: bytes | None) -> None:
    """Whatever the file held before: render, then parse gives the same settings, and render again the same bytes."""
    saved = render(config, previous)
    assert parse(saved, {}).config == config
    assert render(config, saved) == saved


@given(st.binary(max_size=60) | st.dictionaries(st.sampled_from(NAMES) | texts, json_values).map(msgspec.json.encode))
def test_any_file_is_survived(file: bytes) -> None:
    """Any bytes give settings that are legal."""
    read = parse(file, {})
    assert msgspec.convert(msgspec.to_builtins(read.config), Config) == read.config


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30)),
    st.dictionaries(st.sampled_from([*NAMES, "nonsense"]), st.text(max_size=30)),
)
def test_any_environment_is_survived(variables: dict[str, str], options: dict[str, str]) -> None:
    """Any texts, broken Unicode too, give legal settings that can be saved."""
    read = parse(None, {f"CCTRAY_{name.upper()}": text for name, text in variables.items()}, options)
    assert parse(render(read.config, None), {}).config == read.config
