"""The folder of a run: the same command goes on, another one is refused, and nothing of it is half written."""

import json
from pathlib import Path

import pytest

from simmer_training.model import Sizes
from simmer_training.own_song.failure import SongError, no_room
from simmer_training.own_song.project import Begun, Project
from simmer_training.own_song.run_files import append_line, fingerprint, read_lines

BEGUN = Begun({"a.wav": "1", "b.wav": "2"}, Sizes(32, 16, 8))


def opened(folder: Path) -> Project:
    project = Project(folder / "my-song")
    project.open()
    return project


def test_the_same_command_goes_on_with_the_hours_it_had(tmp_path: Path) -> None:
    project = opened(tmp_path)
    assert project.known_hours(BEGUN) is None
    project.begin(BEGUN, 2)
    assert project.known_hours(BEGUN) == 2


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Begun({"a.wav": "1"}, BEGUN.sizes), "b.wav is missing"),
        (Begun({**BEGUN.audio, "c.wav": "3"}, BEGUN.sizes), "c.wav is new"),
        (Begun({"a.wav": "1", "b.wav": "4"}, BEGUN.sizes), "b.wav has changed"),
        (Begun(BEGUN.audio, Sizes(256, 128)), "256/128"),
        (Begun(BEGUN.audio, BEGUN.sizes, preparation=0), "another version"),
    ],
)
def test_another_run_under_the_same_name_is_refused(tmp_path: Path, other: Begun, words: str) -> None:
    project = opened(tmp_path)
    project.begin(BEGUN, 6)
    before = (project.folder / "run.json").read_text()
    with pytest.raises(SongError, match=words) as caught:
        project.known_hours(other)
    assert "--fresh" in caught.value.message
    assert (project.folder / "run.json").read_text() == before


def test_a_damaged_run_file_is_told(tmp_path: Path) -> None:
    project = opened(tmp_path)
    for content in ("{", "[]", "[1]", '{"audio": {}}', '{"audio": {}, "sizes": {"width": 3}}'):
        (project.folder / "run.json").write_text(content)
        with pytest.raises(SongError, match="damaged"):
            project.known_hours(BEGUN)


def test_two_programs_do_not_train_in_one_folder(tmp_path: Path) -> None:
    project = opened(tmp_path)
    with pytest.raises(SongError, match="Another simmer train"):
        opened(tmp_path)
    project.close()
    opened(tmp_path).close()


def test_a_fresh_start_keeps_what_was_there(tmp_path: Path) -> None:
    project = opened(tmp_path)
    assert project.set_aside() is None
    project.begin(BEGUN, 6)
    project.checkpoint.write_bytes(b"hours of work")
    project.close()
    aside = project.set_aside()
    assert aside is not None
    assert (aside / "checkpoint.pt").read_bytes() == b"hours of work"
    assert not project.folder.exists()


def test_the_log_is_taken_back_to_the_checkpoint(tmp_path: Path) -> None:
    project = opened(tmp_path)
    for updates in (10, 20, 30):
        append_line(project.log, {"updates": updates})
    with project.log.open("a") as file:
        file.write('{"updates": 4')  # cut off by a power failure
    project.trim_log(20)
    assert [line["updates"] for line in read_lines(project.log)] == [10, 20]
    assert all(json.loads(line) for line in project.log.read_text().splitlines())


def test_files_are_known_by_their_content(tmp_path: Path) -> None:
    one, other = tmp_path / "a.wav", tmp_path / "deep" / "a.wav"
    other.parent.mkdir()
    one.write_bytes(b"1")
    other.write_bytes(b"1")
    assert fingerprint([one]) == fingerprint([other])
    with pytest.raises(SongError, match="two files named"):
        fingerprint([one, other])
    with pytest.raises(SongError, match="no file"):
        fingerprint([tmp_path / "none.wav"])


def test_a_full_disk_is_known_by_what_pytorch_and_python_say() -> None:
    assert no_room(OSError(28, "No space left on device"))
    assert no_room(RuntimeError("[enforce fail at inline_container.cc:671] . unexpected pos 297600 vs 297488"))
    assert not no_room(OSError(13, "Permission denied"))
    assert not no_room(RuntimeError("shapes do not match"))
