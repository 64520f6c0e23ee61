"""A backup takes evidence out of a bucket, and a restore puts it wherever the new installation keeps it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from dnk_tool.config import Settings
from dnk_tool.services.backup.create import create_backup
from dnk_tool.services.backup.restore import restore
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.evidence.queries import all_content_hashes
from tests.integration.evidence.test_blob_store import s3_server, s3_settings

__all__ = ["s3_server"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_evidence_comes_out_of_a_bucket_and_goes_into_another(
    full: Flask,
    tmp_path: Path,
    s3_server: str,
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    bucket = s3_settings(settings.instance, s3_server)
    settings = settings.model_copy(update={name: getattr(bucket, name) for name in S3_SETTINGS})
    folder, blobs = full.extensions["dnk_blobs"], open_blob_store(settings)
    [content] = [blob for blob in folder.all() if blob.key]
    blobs.put(content.key, b"".join(folder.open(content.key)))
    shutil.rmtree(settings.instance / "evidence")
    report = create_backup(full.extensions["dnk_engine"], settings, tmp_path / "b", now=datetime.now(UTC))
    assert (report.contents, report.lost) == (1, ())
    blobs.delete(content.key)
    other = Settings(instance=tmp_path / "other").model_copy(
        update={name: getattr(bucket, name) for name in S3_SETTINGS}
    )
    restore(tmp_path / "b", other, now=datetime.now(UTC))
    assert b"".join(blobs.open(content.key)) == b"a bill " * 1000
    engine = make_engine(other.database)
    with session_factory(engine)() as session:
        assert all_content_hashes(session) == {(content.key.organisation_id, content.key.sha256)}
    engine.dispose()


S3_SETTINGS = (
    "evidence_store",
    "evidence_bucket",
    "evidence_endpoint",
    "evidence_access_key",
    "evidence_secret_key",
)
