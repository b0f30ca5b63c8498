"""Settings: where they come from, and that each is documented."""

from pathlib import Path

import pytest

from qa.errors import InvalidSetting
from qa.settings import PREFIX, Settings, example, load_settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_in_the_example() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()
    for name, field in Settings.model_fields.items():
        assert f"# {PREFIX}{name.upper()}=" in example()
        assert field.description, f"{name} has no docstring"


def test_the_example_with_every_line_switched_on_is_accepted(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("# ")
        for line in example().splitlines()
        if line.startswith(f"# {PREFIX}") and not line.startswith(f"# {PREFIX}DATA=")
    ]
    Path(".env").write_text("\n".join(lines), encoding="utf-8")
    assert load_settings(data=tmp_path) == Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]


def test_overrides_win_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("DOSSIER_PORT=1001\nDOSSIER_HOST=file\nUNRELATED=1\n")
    monkeypatch.setenv("DOSSIER_PORT", "1002")
    assert load_settings().port == 1002
    assert load_settings().host == "file"
    assert load_settings(port=1003).port == 1003
    assert load_settings(port=None).port == 1002


@pytest.mark.parametrize(
    ("name", "value"),
    [("DOSSIER_PORT", "high"), ("DOSSIER_ANSWERER", "oracle"), ("DOSSIER_MODLE", "typo")],
)
def test_a_bad_or_unknown_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting, match=name):
        load_settings()


def test_an_unknown_line_of_the_file_is_named() -> None:
    Path(".env").write_text("DOSSIER_MODLE=typo\n")
    with pytest.raises(InvalidSetting, match="DOSSIER_MODLE"):
        load_settings()


def test_keys_do_not_show() -> None:
    settings = load_settings(model_api_key="sk-secret")
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in settings.model_dump_json()


def test_an_empty_variable_means_the_default_and_a_tilde_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOSSIER_PORT", "")
    monkeypatch.setenv("DOSSIER_DATA", "~/papers")
    assert load_settings().port == 8010
    assert load_settings().data == tmp_path / "papers"
