"""Settings are read once, checked, and named in one Chinese sentence when they are wrong."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from office.privacy import generate_field_key
from office.settings import LogFormat, Settings, SettingsError

POSTGRES = "postgresql+psycopg://huinong:p4ssw0rd@db/huinong"
LONG_KEY = "k" * 40


def read(tmp_path: Path, **environ: str) -> Settings:
    """Settings with a state folder of the test's own."""
    return Settings.from_environ({"STATE_DIR": str(tmp_path / "var"), **environ})


def test_nothing_configured_is_enough(tmp_path: Path) -> None:
    """Every default is the promised one, and what is missing is said."""
    settings = read(tmp_path)

    assert settings.telegram_bot_token is None
    assert settings.telegram_api_base_url == "https://api.telegram.org"
    assert (settings.web_host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_base_url == "http://127.0.0.1:8000"
    assert (settings.log_level, settings.log_format) == ("INFO", LogFormat.TEXT)
    assert settings.database_url.reveal() == f"sqlite:///{tmp_path}/var/ledger.db"
    assert [said.split(" ")[1].split("：")[0] for said in settings.warnings] == [
        "TELEGRAM_BOT_TOKEN",
        "PUBLIC_BASE_URL",
    ]


def test_every_setting_is_taken(tmp_path: Path) -> None:
    """A full configuration comes through, keys newest first."""
    keys = [generate_field_key(), generate_field_key()]
    settings = read(
        tmp_path,
        TELEGRAM_BOT_TOKEN="123:abc",
        TELEGRAM_API_BASE_URL="http://127.0.0.1:9/",
        TELEGRAM_WEBHOOK_SECRET="s3cret-words",
        PUBLIC_BASE_URL="https://hn.example.cn/",
        DATABASE_URL=POSTGRES,
        SECRET_KEY=LONG_KEY,
        FIELD_KEY=",".join(keys),
        ADMIN_CHAT_ID="-1001",
        WEB_HOST="::1",
        PORT="8123",
        LOG_LEVEL="debug",
        LOG_FORMAT="json",
    )

    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.reveal() == "123:abc"
    assert settings.telegram_api_base_url == "http://127.0.0.1:9"
    assert settings.public_base_url == "https://hn.example.cn"
    assert settings.database_url.reveal() == POSTGRES
    assert [key.reveal() for key in settings.field_keys] == keys
    assert (settings.admin_chat_id, settings.web_host, settings.port) == (-1001, "::1", 8123)
    assert (settings.log_level, settings.log_format) == ("DEBUG", LogFormat.JSON)
    assert settings.warnings == ()


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_spelling_of_postgresql_opens_with_our_driver(tmp_path: Path, spelling: str) -> None:
    """Hosting providers' spellings are understood."""
    url = POSTGRES.replace("postgresql+psycopg", spelling)
    settings = read(tmp_path, DATABASE_URL=url, SECRET_KEY=LONG_KEY, FIELD_KEY=generate_field_key())

    assert settings.database_url.reveal() == POSTGRES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "没有冒号"),
        ("TELEGRAM_API_BASE_URL", "api.telegram.org"),
        ("TELEGRAM_WEBHOOK_SECRET", "有汉字的密语一二三四"),
        ("PUBLIC_BASE_URL", "ftp://example.cn"),
        ("PUBLIC_BASE_URL", "https://example.cn/?a=1"),
        ("PUBLIC_BASE_URL", "https://example.cn:99999"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgresql://u:hunter2@h"),
        ("SECRET_KEY", "hunter2"),
        ("FIELD_KEY", "hunter2"),
        ("ADMIN_CHAT_ID", "小王"),
        ("WEB_HOST", "no host"),
        ("WEB_HOST", "300.1.1.1"),
        ("PORT", "八千"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_malformed_setting_is_named_with_an_example(tmp_path: Path, name: str, value: str) -> None:
    """One sentence: which setting, what is wrong, how it is written; never a secret."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: value})

    said = str(caught.value)
    assert said.startswith(f"设置 {name} 不对：")
    assert f"例如 {name}=" in said
    assert "hunter2" not in said
    assert "\n" not in said


def test_blank_setting_counts_as_not_set(tmp_path: Path) -> None:
    """An empty line of a compose file is not a mistake."""
    assert read(tmp_path, PORT="", TELEGRAM_BOT_TOKEN=" ").port == 8000


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_WEBHOOK_SECRETS", "TELEGRAM_WEBHOOK_SECRET"),
        ("PROT", "PORT"),
        ("port", "PORT"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("LOG_LEVL", "LOG_LEVEL"),
        ("FIELD_KEYS", "FIELD_KEY"),
        ("ADMIN_CHATID", "ADMIN_CHAT_ID"),
    ],
)
def test_mistyped_name_in_the_environment_stops_with_the_right_one(tmp_path: Path, typo: str, meant: str) -> None:
    """A near miss is not silently ignored."""
    with pytest.raises(SettingsError, match=f"没有 {typo} 这个设置.*是不是想写 {meant}，例如 {meant}="):
        read(tmp_path, **{typo: "x"})


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "PWD", "TERM", "HOST", "EDITOR", "WEB_PORT", "STATE_DIRECTORY", "LOGNAME", "KUBERNETES_PORT"],
)
def test_other_programs_variables_are_no_business_of_ours(tmp_path: Path, name: str) -> None:
    """Ordinary variables of a machine or a container do not stop the start."""
    assert read(tmp_path, **{name: "anything"}).port == 8000


def test_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """Quotes, comments and export are understood."""
    env_file = tmp_path / ".env"
    env_file.write_text(
        "# 注释\n\nexport PORT=8100 # 端口\nLOG_LEVEL='WARNING'\nWEB_HOST=\"localhost\"\n", encoding="utf-8"
    )

    settings = Settings.from_environ({"STATE_DIR": str(tmp_path / "var"), "LOG_LEVEL": "ERROR"}, env_file)

    assert (settings.port, settings.log_level, settings.web_host) == (8100, "ERROR", "localhost")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("COLOUR=red\n", "没有 COLOUR 这个设置（写在 .env 里）"),
        ("PORT=1\nPORT=2\n", ":2 设置 PORT 写了两次"),
        ("PORT 8000\n", ":1 不是 名称=值 的写法"),
        ("PORT=x\n", "设置 PORT 不对"),
    ],
)
def test_every_fault_of_the_env_file_is_named(tmp_path: Path, content: str, said: str) -> None:
    """In our own file any unknown name is a mistake, near miss or not."""
    env_file = tmp_path / ".env"
    env_file.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=said):
        Settings.from_environ({"STATE_DIR": str(tmp_path / "var")}, env_file)


def test_missing_env_file_is_an_empty_one(tmp_path: Path) -> None:
    """The file is optional."""
    assert Settings.from_environ({"STATE_DIR": str(tmp_path / "var")}, tmp_path / ".env").port == 8000


def test_local_keys_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    """The second start finds the first start's keys; nobody else may read them."""
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_keys == second.secret_keys
    assert first.field_keys == second.field_keys
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").glob("*.txt")}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_processes_starting_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    """Whoever writes the key first, all read the same one, and no draft is left behind."""
    found: list[Settings] = []
    threads = [threading.Thread(target=lambda: found.append(read(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({(one.secret_keys, one.field_keys) for one in found}) == 1
    assert len(found) == 8
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["field_key.txt", "secret_key.txt"]


def test_lost_field_key_is_not_replaced_beside_a_ledger(tmp_path: Path) -> None:
    """A new key could not open the old ledger, so the start stops and says where the key belongs."""
    state = read(tmp_path).state_dir
    (state / "ledger.db").touch()
    (state / "field_key.txt").unlink()

    with pytest.raises(SettingsError, match=r"FIELD_KEY.*从备份放回"):
        read(tmp_path)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEY"])
def test_keys_are_demanded_when_the_ledger_is_shared(tmp_path: Path, missing: str) -> None:
    """Replicas with keys of their own could not read each other."""
    keys = {"SECRET_KEY": LONG_KEY, "FIELD_KEY": generate_field_key()}
    del keys[missing]

    with pytest.raises(SettingsError, match=f"设置 {missing} 缺了"):
        read(tmp_path, DATABASE_URL=POSTGRES, **keys)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    """Printing the settings gives away nothing."""
    field_key = generate_field_key()
    settings = read(
        tmp_path, TELEGRAM_BOT_TOKEN="123:abcdef", DATABASE_URL=POSTGRES, SECRET_KEY=LONG_KEY, FIELD_KEY=field_key
    )

    for shown in (repr(settings), str(settings), str(settings.telegram_bot_token)):
        assert not [secret for secret in ("abcdef", "p4ssw0rd", LONG_KEY, field_key) if secret in shown]


def test_webhook_needs_a_token_and_an_https_address(tmp_path: Path) -> None:
    """Telegram itself calls https only; another Bot API server may call plain http."""
    webhook = {"TELEGRAM_WEBHOOK_SECRET": "s3cret-words"}
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
        read(tmp_path, **webhook)
    with pytest.raises(SettingsError, match=r"PUBLIC_BASE_URL.*https"):
        read(tmp_path, TELEGRAM_BOT_TOKEN="1:a", **webhook)

    local = read(tmp_path, TELEGRAM_BOT_TOKEN="1:a", TELEGRAM_API_BASE_URL="http://127.0.0.1:9", **webhook)
    assert local.telegram_webhook_secret is not None


def test_state_dir_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    """A file in its place stops the start."""
    (tmp_path / "var").write_text("", encoding="utf-8")

    with pytest.raises(SettingsError, match="设置 STATE_DIR 不对"):
        read(tmp_path)
