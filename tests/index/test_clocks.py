"""A clock that jumps: what is newest, and what was seen, rests on numbers and not on the time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SUPPORT = Path(__file__).parents[1] / "support"

FAKED = """
import datetime, json, sys, time
real_time, real = time.time, datetime.datetime

class Clock(real):
    jumped = 0.0

    @classmethod
    def now(cls, tz=None):
        return real.fromtimestamp(time.time(), tz)

time.time = lambda: real_time() + Clock.jumped
datetime.datetime = Clock
DAY = 86_400.0
sys.path.append({support!r})
from pathlib import Path
from word_embedder import WordEmbedder
import texts
from index.corpus import Corpus

place = Path({data!r})
file = place / "on disk.txt"

def say(corpus, name, words):
    (done,) = [e for e in corpus.ingest([texts.origin(name, words)], limit=10**6)
               if hasattr(e, "outcome")]
    return [done.outcome, done.version]

def from_disk(corpus):
    from index.load.origins import find
    from index.models import Metadata
    (done,) = [e for e in corpus.ingest(list(find([file], Metadata())), limit=10**6)
               if hasattr(e, "outcome")]
    return [done.outcome, done.version]

told = {{}}
owner = Corpus.open(place / "data", WordEmbedder(), write=True)
reader = Corpus.open(place / "data", WordEmbedder(), write=False)
told["first"] = say(owner, "a.txt", "The anvil was sold in the first edition.")
file.write_text("The walnut was kept in the first edition.")
told["file"] = from_disk(owner)
told["seen"] = len(reader.search("anvil").hits)
Clock.jumped = -400 * DAY
told["back"] = say(owner, "a.txt", "The anvil was melted in the second edition.")
told["seen back"] = reader.search("what became of the anvil").hits[0].text
file.write_text("The walnut was eaten in the second edition.")
told["file back"] = from_disk(owner)
key = owner.catalog.keys.create("desk", "0" * 64, {{"*": "read"}})
told["key opens"] = owner.catalog.keys.with_hash("0" * 64).opens(Clock.now(datetime.UTC))
Clock.jumped = 4_000 * DAY
told["forth"] = say(owner, "a.txt", "The anvil was found in the third edition.")
told["seen forth"] = reader.search("what became of the anvil").hits[0].text
told["file forth"] = from_disk(owner)
owner.catalog.keys.revoke(key.id)
Clock.jumped = -4_000 * DAY
told["key revoked"] = owner.catalog.keys.with_hash("0" * 64).opens(Clock.now(datetime.UTC))
told["again"] = say(owner, "a.txt", "The anvil was found in the third edition.")
owner.close()
reader.close()
again = Corpus.open(place / "data", WordEmbedder(), write=True)
told["versions"] = [again.catalog.versions(d.id) for d in again.documents()]
told["current"] = sorted(d.text.strip() for d in again.documents())
told["found"] = sorted(hit.text.strip() for hit in again.search("edition", limit=9).hits)
told["whole"] = [check.ok for check in again.check()]
told["years"] = sorted({{d.ingested_at.year for d in again.documents()}})
again.close()
print(json.dumps(told))
"""


def test_a_clock_that_jumps_changes_nothing_but_the_times_that_are_told(tmp_path: Path) -> None:
    script = FAKED.format(support=str(SUPPORT), data=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["first"] == told["file"] == ["added", 1]
    assert told["seen"] >= 1
    assert told["back"] == ["changed", 2]
    assert "melted" in told["seen back"]
    assert told["file back"] == ["changed", 2]
    assert told["forth"] == ["changed", 3]
    assert "found" in told["seen forth"]
    assert told["file forth"] == ["unchanged", 2]
    assert told["again"] == ["unchanged", 3]
    assert (told["key opens"], told["key revoked"]) == (True, False)
    third = "The anvil was found in the third edition."
    second = "The walnut was eaten in the second edition."
    assert told["current"] == told["found"] == [third, second]
    assert sorted(told["versions"]) == [[1, 2], [1, 2, 3]]
    assert all(told["whole"])
    assert len(told["years"]) == 2, "the clock was not faked"
