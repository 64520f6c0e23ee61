"""Settings: all errors named at once, and no way to run with an unsafe one."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dnk_tool import config
from dnk_tool.cli.installation import sample_config
from dnk_tool.config import ConfigurationError
from dnk_tool.paths import create_instance


def refusals(**given: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        config.load_settings(**given)
    return caught.value.problems


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = config.load_settings(instance=tmp_path)
    assert settings.address == "http://localhost:8000"
    assert settings.hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert settings.database == f"sqlite:///{tmp_path}/dnk.sqlite3"
    assert not settings.is_https


def test_environment_before_file_before_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('port = 8111\nthreads = 3\ntrusted_hosts = ["intern"]\n')
    monkeypatch.setenv("DNK_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DNK_PORT", "8222")
    settings = config.load_settings()
    assert (settings.port, settings.threads, settings.smtp_port) == (8222, 3, 587)
    assert "intern" in settings.hosts
    assert config.load_settings(port=8333).port == 8333


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    messages = refusals(
        instance=tmp_path, port=0, host="0.0.0.0", debug=True, secret_key="short", database_url="mysql://x"
    )
    assert len(messages) == 5
    for name in ("DNK_PORT", "DNK_PUBLIC_URL", "DNK_DEBUG", "DNK_SECRET_KEY", "DNK_DATABASE_URL"):
        assert sum(name in message.split(" ")[0].rstrip(":") for message in messages) == 1


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"second_factor_for": ["boss"]}, "DNK_SECOND_FACTOR_FOR"),
        ({"oidc_issuer": "http://konto.example.de"}, "DNK_OIDC_ISSUER"),
        ({"oidc_issuer": "konto.example.de"}, "DNK_OIDC_ISSUER"),
        ({"oidc_issuer": "https://konto.example.de", "oidc_client_id": ""}, "DNK_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "https://konto.example.de", "oidc_name": ""}, "DNK_OIDC_NAME"),
    ],
)
def test_how_people_sign_in_is_checked(tmp_path: Path, given: dict[str, object], named: str) -> None:
    whole: dict[str, object] = {"oidc_client_id": "dnk", "oidc_name": "Kammer-Konto"}
    assert any(named in message for message in refusals(instance=tmp_path, **(whole | given)))


def test_signing_in_as_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_SECOND_FACTOR_FOR", '["operator", "manager"]')
    monkeypatch.setenv("DNK_SELF_REGISTRATION", "true")
    settings = config.load_settings(instance=tmp_path)
    assert settings.second_factor_for == ("operator", "manager")
    assert settings.self_registration
    assert not config.load_settings(instance=tmp_path, self_registration=False).oidc_issuer


def test_a_problem_does_not_print_the_secret(tmp_path: Path) -> None:
    assert "geheim" not in "".join(refusals(instance=tmp_path, secret_key="geheim"))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "dnk.example.de"])
def test_debug_never_beyond_this_machine(tmp_path: Path, host: str) -> None:
    assert any("DNK_DEBUG" in message for message in refusals(instance=tmp_path, host=host, debug=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_debug_on_this_machine(tmp_path: Path, host: str) -> None:
    assert config.load_settings(instance=tmp_path, host=host, debug=True).debug


@pytest.mark.parametrize(
    "url", ["dnk.example.de", "ftp://x.de", "https://x.de/pfad", "https://a:b@x.de", "https://"]
)
def test_public_address(tmp_path: Path, url: str) -> None:
    assert any("DNK_PUBLIC_URL" in message for message in refusals(instance=tmp_path, public_url=url))


@pytest.mark.parametrize(
    "url", ["http://dnk.example.de", "http://192.168.1.2:8000", "http://[2001:db8::1]", "http://dnk"]
)
def test_f12_plain_http_is_for_this_machine_only(tmp_path: Path, url: str) -> None:
    refused = [
        message for message in refusals(instance=tmp_path, host="0.0.0.0", public_url=url) if url in message
    ]
    assert len(refused) == 1
    assert "must begin with https://" in refused[0]


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000"])
def test_f12_plain_http_on_this_machine(tmp_path: Path, url: str) -> None:
    settings = config.load_settings(instance=tmp_path, public_url=url)
    assert settings.address == url
    assert settings.strict_transport == ""


@pytest.mark.parametrize("given", [{"public_url": "https://dnk.example.de"}, {"proxies": 1}])
def test_f12_debug_never_where_others_come_through_a_proxy(tmp_path: Path, given: dict[str, object]) -> None:
    assert any("DNK_DEBUG" in message for message in refusals(instance=tmp_path, debug=True, **given))


@pytest.mark.parametrize("key", ["a" * 32, "0" * 64, "abcabc" * 10, "1234567" * 8])
def test_f12_keys_that_are_easily_guessed(tmp_path: Path, key: str) -> None:
    refused = refusals(instance=tmp_path, secret_key=key)
    assert any("DNK_SECRET_KEY is easily guessed" in message for message in refused)
    assert key not in "".join(refused)
    (tmp_path / "secret-key").write_text(key)
    with pytest.raises(ConfigurationError, match="secret-key is easily guessed"):
        config.secret_key(config.load_settings(instance=tmp_path))


@pytest.mark.parametrize(
    ("host", "wish", "is_wide"),
    [
        ("dnk.example.de", None, True),
        ("example.de", None, False),
        ("dnk.example.de", False, False),
        ("example.de", True, True),
    ],
)
def test_f12_https_for_hosts_below(tmp_path: Path, host: str, wish: bool | None, is_wide: bool) -> None:
    settings = config.load_settings(instance=tmp_path, public_url=f"https://{host}", hsts_subdomains=wish)
    assert settings.strict_transport.startswith("max-age=31536000")
    assert settings.strict_transport.endswith("; includeSubDomains") == is_wide


def test_unknown_and_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1")
    assert refusals(instance=tmp_path) == ["config.toml: 'prot' is no setting. Is port meant?"]
    (tmp_path / "config.toml").write_text("public_url = https://dnk.example.org\n")
    (problem,) = refusals(instance=tmp_path)
    assert problem.startswith("config.toml cannot be read: Invalid value (at line 1")
    assert problem.endswith('in double quotes, as in public_url = "https://dnk.example.de"')


def test_lists_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_TRUSTED_HOSTS", "dnk.example.org")
    monkeypatch.setenv("DNK_SECOND_FACTOR_FOR", "operator")
    assert refusals(instance=tmp_path) == [
        'DNK_TRUSTED_HOSTS: dnk.example.org is no list, such as ["first", "second"] or []',
        'DNK_SECOND_FACTOR_FOR: operator is no list, such as ["first", "second"] or []',
    ]
    monkeypatch.setenv("DNK_TRUSTED_HOSTS", '["dnk.example.org"]')
    monkeypatch.setenv("DNK_SECOND_FACTOR_FOR", '["operator", "owner"]')
    settings = config.load_settings(instance=tmp_path)
    assert settings.trusted_hosts == ("dnk.example.org",)
    assert settings.second_factor_for == ("operator", "owner")


def test_an_empty_variable_is_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRUSTED_HOSTS", "SECOND_FACTOR_FOR", "HSTS_SUBDOMAINS", "HIBP_FILE", "BACKUP_FOLDER"):
        monkeypatch.setenv(f"DNK_{name}", "")
    settings = config.load_settings(instance=tmp_path)
    assert settings.trusted_hosts == ()
    assert settings.second_factor_for is settings.hsts_subdomains is settings.hibp_file is None


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("DNK_PUBLIC_ULR", ". Is DNK_PUBLIC_URL meant?"),
        ("DNK_SMTP_USERNAME", ". Is DNK_SMTP_USER meant?"),
        ("DNK_BACKUP_KEPT", ". Is DNK_BACKUPS_KEPT meant?"),
        ("dnk_prot", ". Is DNK_PORT meant?"),
        ("DNK_QQQQQQ", ""),
        ("DNK_", ""),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, proposal: str
) -> None:
    monkeypatch.setenv(name, "x")
    assert refusals(instance=tmp_path) == [f"{name} is no setting{proposal}"]


def test_unknown_names_are_told_with_all_other_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('DNK_Backup_Foldr = "/tmp"\n[mail]\nserver = "mail.example.org"\n')
    monkeypatch.setenv("DNK_PUBLIC_ULR", "https://dnk.example.org")
    messages = refusals(instance=tmp_path, host="0.0.0.0")
    assert messages == [
        "DNK_PUBLIC_ULR is no setting. Is DNK_PUBLIC_URL meant?",
        "config.toml: 'DNK_Backup_Foldr' is no setting. Is backup_folder meant?",
        "config.toml: 'mail' is no setting. Is mail_from meant?",
        "DNK_PUBLIC_URL is missing: DNK_HOST=0.0.0.0 can be reached from outside",
    ]


def test_every_setting_and_what_the_tests_read_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_TEST_ENGINE_OF_ANOTHER_DAY", "x")
    monkeypatch.setenv("dnk_port", "8123")
    monkeypatch.setenv("DNKNOTHING", "x")
    assert config.load_settings(instance=tmp_path).port == 8123


def test_the_sample_is_valid_and_all_of_it_is_commented_out(tmp_path: Path) -> None:
    assert all(not line or line.startswith("#") for line in sample_config().splitlines())
    lines = [line.removeprefix("# ") for line in sample_config().splitlines() if " = " in line]
    kept = [line for line in lines if line.split(" ")[0] in config.Settings.model_fields]
    assert len(kept) == len(config.Settings.model_fields) - 1
    (tmp_path / "config.toml").write_text("\n".join(kept))
    assert config.load_settings(instance=tmp_path).model_dump(exclude={"instance"}) == config.load_settings(
        instance=tmp_path / "none"
    ).model_dump(exclude={"instance"})


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    settings = config.load_settings(instance=tmp_path / "new")
    with pytest.raises(ConfigurationError, match="secret key is missing"):
        config.secret_key(settings)
    assert not settings.instance.exists(), "reading creates nothing"
    key = config.create_secret_key(settings)
    assert len(key) >= 32
    assert config.secret_key(settings) == config.create_secret_key(settings) == key
    file = tmp_path / "new" / "secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]
    file.write_text("short")
    with pytest.raises(ConfigurationError):
        config.secret_key(settings)


def test_the_folder_of_a_checkout_is_closed_before_anything_is_kept_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o755)
    (folder / "README.md").touch()
    create_instance(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    config.create_secret_key(config.load_settings(instance=folder))
    folder.chmod(0o750)
    create_instance(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750, "what the operator opened stays open"


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    code = "from dnk_tool import config; print(config.create_secret_key(config.load_settings()))"
    env = {"DNK_INSTANCE": str(tmp_path / "i"), "PATH": "/usr/bin:/bin"}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert len({process.communicate()[0] for process in running}) == 1
