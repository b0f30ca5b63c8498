"""Finding what to read: folders in order, nothing hidden, and no path that stops the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from load_samples import PARAGRAPHS, eml

from index.errors import DocumentTooLarge, EmptyDocument, UnreadableFile, UnsupportedFormat
from index.load import Origin, Skipped, find
from index.models import Metadata

LIMIT = 100_000
WORDS = PARAGRAPHS[0].encode()


def put(path: Path, data: bytes = WORDS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(items: list[Origin | Skipped]) -> list[str]:
    return [item.name for item in items if isinstance(item, Origin)]


def reasons(items: list[Origin | Skipped]) -> dict[str, str]:
    return {
        item.source.rpartition("/")[2]: item.reason for item in items if isinstance(item, Skipped)
    }


def test_a_folder_is_read_in_order_with_all_below(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "z/c.html", "m/d.txt", "m/a/e.txt", ".hidden.txt", ".git/f.txt"):
        put(tmp_path / name)
    put(tmp_path / "photo.png")
    put(tmp_path / "README")
    put(tmp_path / "mail-17", eml("The lock opened."))

    found = find([tmp_path], Metadata(outlet="Harbour Post"))

    assert names(found) == ["a.md", "b.txt", "mail-17", "d.txt", "e.txt", "c.html"]
    assert reasons(found) == {
        "photo.png": ".png files cannot be read",
        "README": "its name has no extension; name the file itself to read it",
    }
    first = next(item for item in found if isinstance(item, Origin))
    assert first.source == (tmp_path / "a.md").as_uri()
    assert first.size == len(WORDS)
    assert first.given.outlet == "Harbour Post"
    assert first.read(LIMIT) == WORDS


def test_a_file_is_listed_once_however_often_it_is_named(tmp_path: Path) -> None:
    real = put(tmp_path / "docs" / "a.txt")
    (tmp_path / "link.txt").symlink_to(real)
    (tmp_path / "folder").symlink_to(tmp_path / "docs")

    found = find(
        [
            real,
            tmp_path / "docs",
            tmp_path / "link.txt",
            tmp_path / "docs/../docs/a.txt",
            tmp_path / "folder" / "a.txt",
            tmp_path / "folder",
        ],
        Metadata(),
    )

    assert [item.source for item in found] == [real.as_uri()]


def test_a_file_without_extension_is_read_where_it_is_named_itself(tmp_path: Path) -> None:
    readme = put(tmp_path / "README")

    (origin,) = [item for item in find([tmp_path, readme], Metadata()) if isinstance(item, Origin)]

    assert origin.read(LIMIT) == WORDS


def test_a_named_file_of_another_kind_is_an_error_and_the_others_go_on(tmp_path: Path) -> None:
    photo, good = put(tmp_path / "photo.png"), put(tmp_path / "a.txt")

    bad, fine = find([photo, good], Metadata())

    assert isinstance(bad, Origin)
    assert isinstance(fine, Origin)
    with pytest.raises(UnsupportedFormat, match=r"photo\.png"):
        bad.read(LIMIT)
    assert fine.read(LIMIT) == WORDS


def test_a_missing_file_is_an_error_by_name(tmp_path: Path) -> None:
    (origin,) = find([tmp_path / "gone.txt"], Metadata())

    assert isinstance(origin, Origin)
    with pytest.raises(UnreadableFile, match=r"gone\.txt.*no such file"):
        origin.read(LIMIT)


@pytest.mark.parametrize("name", ["a\x00b.txt", "x" * 300 + ".txt", "a.txt/b.txt"])
def test_impossible_paths_are_errors(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a.txt")

    (origin,) = find([tmp_path / name], Metadata())

    assert isinstance(origin, Origin)
    with pytest.raises(UnreadableFile):
        origin.read(LIMIT)


def test_a_name_outside_of_utf_8_can_be_shown(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), b"")

    (origin,) = find([tmp_path], Metadata())

    assert isinstance(origin, Origin)
    assert origin.name == "caf\ufffd.txt"
    origin.source.encode()
    with pytest.raises(EmptyDocument) as caught:
        origin.read(LIMIT)
    str(caught.value).encode()


def test_a_name_too_long_for_a_sidecar_is_read(tmp_path: Path) -> None:
    (origin,) = find([put(tmp_path / ("x" * 250 + ".txt"))], Metadata())

    assert isinstance(origin, Origin)
    assert origin.read(LIMIT) == WORDS


def test_a_folder_in_place_of_a_file_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    origin = Origin(tmp_path.as_uri(), tmp_path.name, Metadata(), path=tmp_path)

    with pytest.raises(UnreadableFile, match="is a folder") as caught:
        origin.read(LIMIT)
    assert "Ingest the folder" in caught.value.hint


def test_a_pipe_is_neither_waited_for_nor_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)

    assert reasons(find([tmp_path], Metadata())) == {"pipe.txt": "it is not a regular file"}
    (named,) = find([pipe, Path("/dev/zero")], Metadata())[:1]
    assert isinstance(named, Origin)
    with pytest.raises(UnreadableFile, match="not a regular file"):
        named.read(LIMIT)
    with pytest.raises(UnreadableFile, match="not a regular file"):
        Origin("file:///dev/zero", "zero", Metadata(), path=Path("/dev/zero")).read(LIMIT)


def test_links_that_lead_in_circles_or_nowhere_end(tmp_path: Path) -> None:
    put(tmp_path / "sub" / "a.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")

    found = find([tmp_path], Metadata())

    assert sorted(names(found)) == ["a.txt", "gone.txt", "loop.txt"]
    assert reasons(found) == {tmp_path.name: "links to folders are not followed"}
    for item in found:
        if isinstance(item, Origin) and item.name != "a.txt":
            with pytest.raises(UnreadableFile):
                item.read(LIMIT)


def test_size_is_checked_before_and_while_reading(tmp_path: Path) -> None:
    big = put(tmp_path / "big.txt", b"x" * 2_000)

    (origin,) = find([big], Metadata())

    assert isinstance(origin, Origin)
    with pytest.raises(DocumentTooLarge, match=r"big\.txt has 2,000 bytes, the limit is 1,999"):
        origin.read(1_999)
    assert len(origin.read(2_000)) == 2_000
    with pytest.raises(DocumentTooLarge, match="upload"):
        Origin("upload:upload", "upload", Metadata(), data=b"xxx").read(2)


def test_empty_content_is_an_error_by_name(tmp_path: Path) -> None:
    (origin,) = find([put(tmp_path / "blank.txt", b"")], Metadata())

    assert isinstance(origin, Origin)
    with pytest.raises(EmptyDocument, match=r"blank\.txt is empty"):
        origin.read(LIMIT)
    with pytest.raises(EmptyDocument, match="notes is empty"):
        Origin("stdin:notes", "notes", Metadata(), data=b"").read(LIMIT)
    with pytest.raises(UnreadableFile, match="nothing to read"):
        Origin("stdin:notes", "notes", Metadata()).read(LIMIT)


def test_what_may_not_be_read_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")
    secret, closed = put(tmp_path / "secret.txt"), tmp_path / "closed"
    put(closed / "b.txt")
    secret.chmod(0)
    closed.chmod(0)
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(65534)
    try:
        found = {
            item.name: item for item in find([tmp_path], Metadata()) if isinstance(item, Origin)
        }
        assert found["a.txt"].read(LIMIT) == WORDS
        for name in ("secret.txt", "closed"):
            with pytest.raises(UnreadableFile, match=rf"{name} cannot be read: permission denied"):
                found[name].read(LIMIT)
    finally:
        if privileged:
            os.seteuid(0)
        closed.chmod(0o700)


def test_a_folder_with_nothing_in_it_gives_nothing(tmp_path: Path) -> None:
    assert find([tmp_path], Metadata()) == []
    assert find([], Metadata()) == []
